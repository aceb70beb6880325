//! The luck test: the same question, asked of samples in which there is nothing to find. The crew takes samples by the
//! block; what is found is a function of the sample's number alone.

use crate::crew::Crew;
use crate::observer::{Observer, Stage};
use crate::question::Question;
use sharpest_search::exact::sparse::Search;
use sharpest_search::exact::{Outcome, Problem, Solver};
use sharpest_search::inference::{Luck, Resampler, Tally};
use sharpest_search::{Moments, Returns};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

/// Samples taken at a time.
const BLOCK: u64 = 64;

/// What is tested, and on what.
pub(crate) struct Test<'a> {
    pub(crate) question: &'a Question<'a>,
    pub(crate) returns: &'a Returns,
    pub(crate) periods: f64,
    pub(crate) luck: Luck,
    /// The best Sharpe ratio found in the returns as they are.
    pub(crate) observed: f64,
}

/// One worker's tools.
struct Desk<'a> {
    test: &'a Test<'a>,
    resampler: Resampler,
    solver: Solver,
}

impl Test<'_> {
    /// Runs the test; a block that is not done when it is stopped does not count.
    pub(crate) fn run(&self, crew: &Crew, observer: &dyn Observer) -> Tally {
        observer.begin(Stage::Luck, self.luck.draws);
        let rate = self.question.rule.rate();
        let resampler = Resampler::new(self.returns, self.periods, rate, self.luck);
        let next = AtomicU64::new(0);
        let tallies = crew.all(|_| {
            let solver = Solver::new(self.question.moments.len());
            let mut desk = Desk { test: self, resampler: resampler.clone(), solver };
            let mut done = Vec::new();
            loop {
                let first = next.fetch_add(BLOCK, Ordering::Relaxed);
                let last = first.saturating_add(BLOCK).min(self.luck.draws);
                match (first < last).then(|| desk.block(first..last, observer)).flatten() {
                    Some(tally) => done.push((first, tally)),
                    None => return done,
                }
                observer.advance(last - first, f64::NAN);
            }
        });
        let mut tallies: Vec<(u64, Tally)> = tallies.into_iter().flatten().collect();
        tallies.sort_by_key(|(first, _)| *first);
        let nothing = Tally::new(self.observed);
        tallies.into_iter().fold(nothing, |all, (_, tally)| all.merge(tally))
    }
}

impl Desk<'_> {
    /// Solves a block of samples; nothing if it is stopped.
    fn block(&mut self, numbers: Range<u64>, observer: &dyn Observer) -> Option<Tally> {
        let mut tally = Tally::new(self.test.observed);
        for number in numbers {
            if observer.stopped() {
                return None;
            }
            tally.count(self.find(number));
        }
        Some(tally)
    }

    /// The highest Sharpe ratio in one sample; none if nothing in it beats the rate.
    fn find(&mut self, number: u64) -> Option<f64> {
        let question = self.test.question;
        let (mean, covariance) = self.resampler.replicate(number);
        let (bounds, rate) = (question.bounds(), question.rule.rate());
        let problem = Problem { mean, covariance, bounds, rate };
        let highest = match self.solver.solve(&problem) {
            Outcome::Optimal { sharpe } => sharpe,
            Outcome::Riskless { .. } => f64::INFINITY,
            Outcome::NoExcess { .. } => return None,
        };
        if question.admits(self.solver.weights()) {
            return Some(highest);
        }
        let names = question.moments.assets().to_vec();
        let searched = Moments::new(names, mean, covariance, 1.0).ok().and_then(|moments| {
            let mut search = Search::new(&moments, question.limits(), rate).ok()?;
            let progress = search.run(&mut || false);
            // One that outgrew its room counts at its bound, too.
            Some(if progress.open > 0 { Some(progress.bound) } else { progress.sharpe })
        });
        // A sample too degenerate for a search counts at its bound: that makes luck look likelier, never less likely.
        searched.unwrap_or(Some(highest))
    }
}
