//! What is proven of a question, beside what a sample of it found: a sampled best lies far below the optimum, and one
//! above it would be a mistake of this program.

use crate::Error;
use crate::question::Question;
use crate::report::Exact;
use sharpest_search::exact::sparse::{Evidence, Search};
use sharpest_search::exact::{Answer, solve};

/// So much work is put into a branch and bound: rounds of nodes times n², well under a second. It is counted, not timed,
/// so that the same search has the same report on any machine.
const CHEAP: usize = 2_000_000;

/// The exact optimum, or a bound on it, where that costs well under a second; nothing if nothing was `sampled` or no
/// Sharpe ratio is the highest.
///
/// # Errors
/// A sampled Sharpe ratio above what is proven to be the highest.
pub(crate) fn exact(question: &Question<'_>, sampled: Option<f64>) -> Result<Option<Exact>, Error> {
    let (moments, rate) = (question.moments, question.rule.rate());
    let (Some(sampled), Answer::Optimal(whole)) =
        (sampled, solve(moments, question.bounds(), rate))
    else {
        return Ok(None);
    };
    let Some(bound) = whole.proof.bound else {
        return Ok(None);
    };
    if question.admits(&whole.weights) {
        return Exact::new(Some(whole.proof.sharpe), bound, sampled).map(Some);
    }
    let mut search = Search::new(moments, question.limits(), rate)?;
    let (most, mut rounds) = (CHEAP / moments.len().pow(2), 0);
    let mut stop = || {
        rounds += 1;
        rounds > most
    };
    let done = search.run(&mut stop).open == 0;
    match search.evidence() {
        Some(Evidence { sharpe, bound: proven, .. }) if proven.is_finite() => {
            Exact::new(done.then_some(sharpe), proven.min(bound), sampled).map(Some)
        }
        _ => Exact::new(None, bound, sampled).map(Some),
    }
}
