//! What is done where rounding leads a walk astray.
//!
//! Beside a mix with neither risk nor excess worth the name (two mirrors whose means cancel) plain sums no longer tell which
//! way is up: the mix seems to be without risk and to beat the rate by a last bit, or a step from there leads down, even below
//! the rate, and the walk stays there or goes round and round. Such an end shows. The walk is then done once more from its
//! corner, with an eye on what the weights are sure to have, and goes back to the best of the faces on the way where that
//! falls. Others pay nothing for it.

use super::{Outcome, Problem, RISKLESS, Solver};
use crate::exact::linear::dot;

/// A ratio is lower than another if it is so by more than this share: two ways to one differ by rounding.
const LOWER: f64 = 1e-9;

impl Solver {
    /// Whether only rounding can have led the walk to its end: below the rate, or to no risk and an excess that is as small a
    /// share of its parts as the deviation may be.
    pub(super) fn is_astray(&self, outcome: Outcome) -> bool {
        match outcome {
            Outcome::Optimal { sharpe } => sharpe <= 0.0,
            Outcome::Riskless { excess } => {
                let part = |(w, excess): (&f64, &f64)| (w * excess).abs();
                let parts: f64 = self.weights.iter().zip(&self.excess).map(part).sum();
                excess <= RISKLESS.sqrt() * parts
            }
            Outcome::NoExcess { .. } => false,
        }
    }

    /// Walks once more from the corner. Says false if there is none that beats the rate; `None` if it was stopped.
    pub(super) fn walk_warily(
        &mut self,
        problem: &Problem<'_>,
        stop: &mut dyn FnMut() -> bool,
    ) -> Option<bool> {
        if !self.start_cold(problem) {
            return Some(false);
        }
        self.peak.clone_from(&self.weights);
        self.wary = true;
        let walked = self.walk(problem, stop);
        if walked.is_some() {
            self.falls(problem, stop);
        }
        self.wary = false;
        walked.map(|_| true)
    }

    /// Remembers the weights if they are the best so far; if they are not nearly so, goes back to those and says true.
    pub(super) fn falls(&mut self, problem: &Problem<'_>, stop: &mut dyn FnMut() -> bool) -> bool {
        let (now, peak) =
            (self.sure_ratio(problem, &self.weights), self.sure_ratio(problem, &self.peak));
        if now > peak {
            self.peak.clone_from(&self.weights);
        }
        let falls = now < peak * (1.0 - LOWER);
        if falls {
            self.weights.clone_from(&self.peak);
            self.take_places(problem, stop);
            self.refresh(problem);
        }
        falls
    }

    /// The Sharpe ratio that weights have at least, whatever rounding makes of a risk that is next to nothing.
    fn sure_ratio(&self, problem: &Problem<'_>, weights: &[f64]) -> f64 {
        let product = |asset: usize| weights[asset] * dot(problem.row(asset), weights);
        let variance: f64 = (0..weights.len()).map(product).sum();
        let gross: f64 = weights.iter().zip(&self.deviation).map(|(w, d)| w.abs() * d).sum();
        dot(weights, &self.excess) / variance.max(RISKLESS * gross * gross).sqrt()
    }
}
