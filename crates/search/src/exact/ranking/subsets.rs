//! The optimum of one subset after another, each a problem of its own: what a floor on every picked asset asks for.

use crate::exact::{Bounds, Outcome, Problem, Solver};
use crate::{Error, Moments, Rule};

/// A solver of subsets of one size, each started from the answer to the one before.
#[derive(Debug, Clone)]
pub struct Subsets<'a> {
    moments: &'a Moments,
    rule: Rule,
    bounds: Bounds,
    solver: Solver,
    weights: Vec<f64>,
}

impl<'a> Subsets<'a> {
    /// Every asset of a subset of `pick` holds between the rule's floor and cap.
    ///
    /// # Errors
    /// A `pick`, cap or floor that admits no portfolio.
    pub fn new(moments: &'a Moments, rule: Rule, pick: usize) -> Result<Self, Error> {
        let n = moments.len();
        rule.admits(pick, n)?;
        let bounds = Bounds::free(n);
        Ok(Self { moments, rule, bounds, solver: Solver::new(n), weights: Vec::new() })
    }

    /// The highest Sharpe ratio of the assets in `subset`.
    pub fn solve(&mut self, subset: &[usize]) -> Outcome {
        (0..self.moments.len()).for_each(|asset| self.bounds.set(asset, 0.0, 0.0));
        for &asset in subset {
            self.bounds.set(asset, self.rule.floor(), self.rule.cap());
        }
        let problem = Problem::new(self.moments, &self.bounds, self.rule.rate());
        let outcome = if self.weights.is_empty() {
            self.solver.solve(&problem)
        } else {
            self.solver.solve_from(&problem, &self.weights)
        };
        self.weights.clear();
        self.weights.extend_from_slice(self.solver.weights());
        outcome
    }

    /// The weights of the last answer, one an asset of the whole universe.
    pub fn weights(&self) -> &[f64] {
        self.solver.weights()
    }
}
