//! The optima of all subsets, as a histogram: how special the best one is among them.

use crate::Error;
use crate::question::{Question, Size};
use crate::report::Histogram;
use sharpest_search::exact::Outcome;
use sharpest_search::exact::ranking::Ranking;

/// So much work is put into it: problems times n², well under a second.
const CHEAP: usize = 30_000_000;

/// The histogram of `question`, where few problems answer all subsets.
///
/// # Errors
/// None that the question has not been refused for.
pub(super) fn of(question: &Question<'_>) -> Result<Option<Histogram>, Error> {
    let (moments, rule) = (question.moments, question.rule);
    let Size::Pick(pick) = question.size else {
        return Ok(None);
    };
    if rule.floor() > 0.0 {
        return Ok(None);
    }
    let (mut problems, most) = (0, CHEAP / moments.len().pow(2).max(1));
    let mut stop = || {
        problems += 1;
        problems > most
    };
    let ranking = Ranking::of(moments, pick, rule.cap(), rule.rate(), &mut stop)?;
    let groups = ranking.map(|ranking| ranking.groups()).unwrap_or_default();
    let values = groups.iter().filter_map(|group| match group.outcome {
        Outcome::Optimal { sharpe } => Some((sharpe, group.subsets)),
        Outcome::NoExcess { .. } | Outcome::Riskless { .. } => None,
    });
    Ok(Histogram::of(values))
}
