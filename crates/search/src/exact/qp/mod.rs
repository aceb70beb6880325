//! The portfolio of the highest Sharpe ratio, exactly, by a finite active-set method. What proves it is
//! [`certificate`](super::certificate)'s; here only the weights are found.
//!
//! With y = t·w, t ≥ 0, the highest Sharpe ratio over C = {w : Σw = 1, ℓ ≤ w ≤ u} is the convex problem
//! max μ̃ᵀy − ½yᵀΣy over the cone of C (Charnes & Cooper, 1962). Its active set is walked in w-space:
//!
//! 1. **Start** at a corner of C, or at the answer to another problem (`start`).
//! 2. **Aim**: the best portfolio with the same assets at the same bounds, from one triangular factor (`aim`).
//! 3. **Advance** towards it, to the first bound in the way; what meets its bound is no longer free (`advance`).
//! 4. **Price**: at the best of its face, free the asset whose bound costs most, or stop (`price`).
//!
//! Free weights lie strictly within their bounds, so every step raises the Sharpe ratio strictly and no active set
//! returns: the method ends, on equal means, duplicates and singular Σ as well, without a perturbation (compare
//! Markowitz's critical line, which needs one). Before it stops it starts afresh from the weights alone and refines
//! them once, so that the rounding of the way there is gone. Where rounding has led it astray it is walked again (`wary`);
//! and where that leaves a gap it is walked on in twice the precision (`walk_on`).

mod advance;
mod aim;
mod factor;
mod price;
mod refine;
mod start;
mod wary;

use crate::Moments;
use crate::exact::linear::dot;
use crate::exact::{Bounds, precise};
use factor::Factor;
use price::Sums;

/// σ² below this share of (Σ w_i σ_i)² is rounding: the portfolio has no risk.
const RISKLESS: f64 = 1e-14;

/// One question: what is known of n assets, what each may hold, and the rate that has to be beaten.
#[derive(Debug, Clone, Copy)]
pub struct Problem<'a> {
    /// Mean of each asset, a fraction a year.
    pub mean: &'a [f64],
    /// Covariance a year, n x n, symmetric, row after row.
    pub covariance: &'a [f64],
    /// What each asset may hold.
    pub bounds: &'a Bounds,
    /// The rate without risk, a fraction a year.
    pub rate: f64,
}

impl<'a> Problem<'a> {
    /// The question that `moments` and `bounds`, both of the same assets, pose at a yearly `rate`.
    pub fn new(moments: &'a Moments, bounds: &'a Bounds, rate: f64) -> Self {
        Self { mean: moments.mean(), covariance: moments.covariance(), bounds, rate }
    }

    /// The number of assets.
    pub fn assets(&self) -> usize {
        self.mean.len()
    }

    /// One row of the covariance.
    pub(crate) fn row(&self, asset: usize) -> &'a [f64] {
        &self.covariance[asset * self.assets()..][..self.assets()]
    }
}

/// How a search ended. The weights that it speaks of are [`Solver::weights`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Outcome {
    /// The weights have the highest Sharpe ratio there is.
    Optimal {
        /// That ratio, a year.
        sharpe: f64,
    },
    /// No portfolio beats the rate: the weights have the highest mean there is.
    NoExcess {
        /// The highest mean less the rate, h_C(μ̃): a fraction a year, at most 0 but for rounding.
        excess: f64,
    },
    /// The weights beat the rate without any risk, so no ratio is the highest.
    Riskless {
        /// Their mean less the rate, above 0, a fraction a year.
        excess: f64,
    },
}

/// What is being looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Goal {
    Sharpe,
    Variance,
}

/// Where a weight stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Free,
    Lower,
    Upper,
    /// Its two bounds are one.
    Fixed,
}

/// The method and its memory, for any number of problems of the same size: solving one allocates nothing.
#[derive(Debug, Clone)]
pub struct Solver {
    goal: Goal,
    /// μ̃ = μ − rate.
    excess: Vec<f64>,
    deviation: Vec<f64>,
    /// γ, the variance that is added to each entry of Σ.
    shift: f64,
    weights: Vec<f64>,
    place: Vec<Place>,
    /// Σw: the covariance of each asset with the portfolio.
    product: Vec<f64>,
    factor: Factor,
    /// The step of each free weight, in the factor's order.
    direction: Vec<f64>,
    /// How many times `direction` leads to the best of the face; ∞ if it never does.
    reach: f64,
    order: Vec<usize>,
    steps: usize,
    /// Whether the walk looks back, and the best that it has seen.
    wary: bool,
    peak: Vec<f64>,
}

impl Solver {
    /// A solver of problems with `assets` assets.
    pub fn new(assets: usize) -> Self {
        Self {
            goal: Goal::Sharpe,
            excess: vec![0.0; assets],
            deviation: vec![0.0; assets],
            shift: 0.0,
            weights: vec![0.0; assets],
            place: vec![Place::Fixed; assets],
            product: vec![0.0; assets],
            factor: Factor::new(assets),
            direction: Vec::with_capacity(assets),
            reach: 0.0,
            order: Vec::with_capacity(assets),
            steps: 0,
            wary: false,
            peak: Vec::new(),
        }
    }

    /// Makes it a solver of problems with `assets` assets.
    pub(crate) fn resize(&mut self, assets: usize) {
        self.excess.resize(assets, 0.0);
        self.deviation.resize(assets, 0.0);
        self.weights.resize(assets, 0.0);
        self.place.resize(assets, Place::Fixed);
        self.product.resize(assets, 0.0);
        self.factor.resize(assets);
    }

    /// The weights that the last answer speaks of, one an asset.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// Steps that the last answer took.
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// The highest Sharpe ratio, from scratch. The bounds must admit weights that add up to 1, as [`Bounds::new`] saw
    /// to.
    pub fn solve(&mut self, problem: &Problem<'_>) -> Outcome {
        let outcome = self.solve_until(problem, &mut || false);
        outcome.unwrap_or_else(|| self.outcome())
    }

    /// Like [`Solver::solve`], but asks `stop`, after a few n² multiply-adds each time, and once that has said true ends
    /// with `None` and some weights that beat the rate.
    pub fn solve_until(
        &mut self,
        problem: &Problem<'_>,
        stop: &mut dyn FnMut() -> bool,
    ) -> Option<Outcome> {
        self.load(problem, Goal::Sharpe);
        match self.start_cold(problem) {
            true => self.finish(problem, stop),
            false => Some(self.no_excess()),
        }
    }

    /// The highest Sharpe ratio, from `weights` that answered a similar problem (or any others): the same answer as
    /// [`Solver::solve`] up to rounding, sooner if few assets change places.
    pub fn solve_from(&mut self, problem: &Problem<'_>, weights: &[f64]) -> Outcome {
        let outcome = self.solve_from_until(problem, weights, &mut || false);
        outcome.unwrap_or_else(|| self.outcome())
    }

    /// Like [`Solver::solve_from`], stopped like [`Solver::solve_until`].
    pub(crate) fn solve_from_until(
        &mut self,
        problem: &Problem<'_>,
        weights: &[f64],
        stop: &mut dyn FnMut() -> bool,
    ) -> Option<Outcome> {
        self.load(problem, Goal::Sharpe);
        self.weights.copy_from_slice(weights);
        let warm = self.start_warm(problem, stop);
        if stop() {
            return None;
        }
        if warm || self.start_cold(problem) {
            self.finish(problem, stop)
        } else {
            Some(self.no_excess())
        }
    }

    /// The least variance, whatever the mean: the weights of the portfolio, and their variance.
    pub fn least_variance(&mut self, problem: &Problem<'_>) -> f64 {
        self.least_variance_until(problem, &mut || false);
        self.variance()
    }

    /// Like [`Solver::least_variance`], stopped like [`Solver::solve_until`].
    pub(crate) fn least_variance_until(
        &mut self,
        problem: &Problem<'_>,
        stop: &mut dyn FnMut() -> bool,
    ) -> Option<f64> {
        self.load(problem, Goal::Variance);
        self.start_cold(problem);
        self.walk(problem, stop)?;
        Some(self.variance())
    }

    /// The portfolio of least variance among those that hold the same assets at their bounds as `weights` does; the
    /// others may hold anything, less than nothing as well. `None` if it was stopped.
    pub(crate) fn least_variance_of_face(
        &mut self,
        problem: &Problem<'_>,
        weights: &[f64],
        stop: &mut dyn FnMut() -> bool,
    ) -> Option<Vec<f64>> {
        self.load(problem, Goal::Variance);
        self.weights.copy_from_slice(weights);
        self.multiply(problem);
        self.take_places(problem, stop);
        if stop() {
            return None;
        }
        self.aim();
        for (&asset, step) in self.factor.assets().iter().zip(&self.direction) {
            self.weights[asset] += step;
        }
        Some(self.weights.clone())
    }

    /// One more step of refinement, from Σw in twice the working precision: for a risk that is small against its
    /// parts. Says false if it met a bound.
    pub(crate) fn polish(&mut self, problem: &Problem<'_>) -> bool {
        let held = precise::support(&self.weights);
        let sums = precise::products(&held, |asset| problem.row(asset), self.product.len());
        self.product.iter_mut().zip(sums).for_each(|(product, sum)| *product = sum.value());
        self.aim();
        self.advance(problem)
    }

    /// Goes on from where the walk ended, with Σw in twice the working precision at each step: plain sums cannot tell what
    /// is worth freeing where they are thousands of times what is left of them. It ends where `stop` says so.
    pub(crate) fn walk_on(&mut self, problem: &Problem<'_>, stop: &mut dyn FnMut() -> bool) {
        let mut settled = false;
        for _ in 0..10 * self.weights.len() + 50 {
            if stop() {
                return;
            }
            let before = settled;
            settled = self.polish(problem);
            if !(before && settled) {
                continue; // a bound in the way, or a way that was rounded itself
            }
            match self.price(Sums::Precise) {
                Some(entry) => self.enter(problem, entry),
                None => return,
            }
            settled = false;
        }
    }

    /// Takes what is used of a problem again and again.
    fn load(&mut self, problem: &Problem<'_>, goal: Goal) {
        let n = self.weights.len();
        assert!(
            problem.mean.len() == n
                && problem.covariance.len() == n * n
                && problem.bounds.len() == n,
            "a solver for {n} assets was given another number"
        );
        self.goal = goal;
        self.shift = 0.0;
        for (i, mean) in problem.mean.iter().enumerate() {
            self.excess[i] = mean - problem.rate;
            let variance = problem.covariance[i * n + i];
            self.deviation[i] = variance.sqrt();
            self.shift += variance / n as f64;
        }
    }

    fn finish(&mut self, problem: &Problem<'_>, stop: &mut dyn FnMut() -> bool) -> Option<Outcome> {
        let ended = self.walk(problem, stop)?;
        let outcome = self.outcome();
        if ended && !self.is_astray(outcome) {
            Some(outcome)
        } else if self.walk_warily(problem, stop)? {
            Some(self.outcome())
        } else {
            Some(self.no_excess())
        }
    }

    fn outcome(&self) -> Outcome {
        let (excess, variance) = (dot(&self.weights, &self.excess), self.variance());
        if self.is_riskless() {
            Outcome::Riskless { excess }
        } else {
            Outcome::Optimal { sharpe: excess / variance.sqrt() }
        }
    }

    fn no_excess(&self) -> Outcome {
        Outcome::NoExcess { excess: dot(&self.weights, &self.excess) }
    }

    /// From face to face until no asset is worth freeing, on numbers computed afresh from the weights. Says false if that
    /// has no end; `None` if it was stopped, which is asked before each step.
    fn walk(&mut self, problem: &Problem<'_>, stop: &mut dyn FnMut() -> bool) -> Option<bool> {
        // Each step raises the Sharpe ratio, so the limit only stops a dispute about the last bit, or a round that rounding
        // makes, down and up again.
        let limit = 50 * self.weights.len() + 500;
        let mut afresh = false;
        self.steps = 0;
        while self.steps < limit {
            if stop() {
                return None;
            }
            self.steps += 1;
            self.aim();
            if !self.advance(problem) {
                afresh = false;
                continue;
            }
            if self.is_riskless() {
                // What was carried from step to step may be the rounding of a far larger variance.
                self.refresh(problem);
                if self.is_riskless() {
                    return Some(true);
                }
            }
            if self.wary && self.falls(problem, stop) {
                return Some(true);
            }
            match self.price(Sums::Plain) {
                Some(entry) => {
                    self.enter(problem, entry);
                    afresh = false;
                }
                None if afresh => return Some(true),
                None => {
                    self.refresh(problem);
                    afresh = true;
                }
            }
        }
        self.refresh(problem);
        Some(false)
    }

    /// wᵀΣw.
    fn variance(&self) -> f64 {
        dot(&self.weights, &self.product).max(0.0)
    }

    /// Σ w_i σ_i: the deviation if all assets moved as one.
    fn gross(&self) -> f64 {
        self.weights.iter().zip(&self.deviation).map(|(w, d)| w.abs() * d).sum()
    }

    fn is_riskless(&self) -> bool {
        self.goal == Goal::Sharpe && self.variance() <= RISKLESS * self.gross().powi(2)
    }

    /// Where a weight at one of its bounds stands; `None` strictly between them.
    fn place_of(bounds: &Bounds, asset: usize, weight: f64) -> Option<Place> {
        let (lower, upper) = (bounds.lower()[asset], bounds.upper()[asset]);
        if lower == upper {
            Some(Place::Fixed)
        } else if weight <= lower {
            Some(Place::Lower)
        } else if weight >= upper {
            Some(Place::Upper)
        } else {
            None
        }
    }
}
