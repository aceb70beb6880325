//! The step along the direction, and what it does to places, factor and Σw.

use super::price::Entry;
use super::{Place, Problem, Solver};
use crate::exact::linear::{add_scaled, add_scaled_rows};

/// A weight this close to the bound that it moves to is at it.
const TOUCH: f64 = 1e-15;

impl Solver {
    /// Goes to the best of the face, and says true; or to the first bound in the way, and says false.
    pub(super) fn advance(&mut self, problem: &Problem<'_>) -> bool {
        if self.factor.len() < 2 {
            return true; // one free weight is fixed by the sum
        }
        let (reach, blocking) = self.first_bound(problem, self.reach);
        if reach.is_finite() {
            self.go(problem, reach);
        }
        match blocking {
            Some(position) => self.settle(problem, position),
            None => return true,
        }
        false
    }

    /// The position of the free asset whose bound stops the direction before `reach`, and where.
    fn first_bound(&self, problem: &Problem<'_>, reach: f64) -> (f64, Option<usize>) {
        let mut first = (reach, None);
        for (position, (&asset, &step)) in
            self.factor.assets().iter().zip(&self.direction).enumerate()
        {
            let room = self.room(problem, asset, step);
            if room < first.0 * step.abs() {
                first = ((room / step.abs()).max(0.0), Some(position));
            }
        }
        first
    }

    /// How far the weight of `asset` may move in the direction of `step`.
    fn room(&self, problem: &Problem<'_>, asset: usize, step: f64) -> f64 {
        if step > 0.0 {
            problem.bounds.upper()[asset] - self.weights[asset]
        } else {
            self.weights[asset] - problem.bounds.lower()[asset]
        }
    }

    /// Moves the free weights, and Σw with them.
    fn go(&mut self, problem: &Problem<'_>, reach: f64) {
        let Self { factor, direction, weights, product, .. } = self;
        let steps = factor.assets().iter().zip(direction.iter());
        for (&asset, step) in steps.clone() {
            let (lower, upper) = (problem.bounds.lower()[asset], problem.bounds.upper()[asset]);
            weights[asset] = (weights[asset] + reach * step).clamp(lower, upper);
        }
        add_scaled_rows(product, steps.map(|(&asset, step)| (reach * step, problem.row(asset))));
    }

    /// Puts what met its bound there: the asset at `blocking`, and any other that came as far.
    fn settle(&mut self, problem: &Problem<'_>, blocking: usize) {
        for position in (0..self.factor.len()).rev() {
            let (asset, step) = (self.factor.assets()[position], self.direction[position]);
            if position == blocking || (step != 0.0 && self.room(problem, asset, step) <= TOUCH) {
                self.put(problem, asset, step > 0.0);
                self.factor.remove(position);
            }
        }
    }

    fn put(&mut self, problem: &Problem<'_>, asset: usize, upper: bool) {
        let bounds = problem.bounds;
        (self.place[asset], self.weights[asset]) = if upper {
            (Place::Upper, bounds.upper()[asset])
        } else {
            (Place::Lower, bounds.lower()[asset])
        };
    }

    /// Frees what is worth it.
    pub(super) fn enter(&mut self, problem: &Problem<'_>, entry: Entry) {
        match entry {
            Entry::One(asset) => self.free(problem, asset),
            Entry::Pair { rise, fall } => {
                self.free(problem, rise);
                self.free(problem, fall);
            }
        }
    }

    /// What the trade along the direction that frees `asset` by 1 is worth. Its own risk is nothing, but its covariance with
    /// the portfolio may be more than rounding: near copies differ in risk as well as in mean.
    fn gain_in_line(&self, asset: usize) -> f64 {
        let lambda = self.lambda();
        let worth = |i: usize| lambda * self.excess[i] - self.product[i];
        let traded = self.factor.assets().iter().zip(&self.direction);
        worth(asset) + traded.map(|(&i, step)| worth(i) * step).sum::<f64>()
    }

    /// Frees an asset. If it moves in line with the free ones, there is a way to trade it against them that adds
    /// hardly any risk of its own: it is followed to a bound, until the asset no longer does or meets its own.
    fn free(&mut self, problem: &Problem<'_>, asset: usize) {
        while !self.factor.push(asset, problem.row(asset), self.shift, self.excess[asset]) {
            self.factor.in_line(&mut self.direction);
            let gain = self.gain_in_line(asset);
            // Without a gain the trade only has to end: away from the bound at which the asset stands.
            let rising = gain > 0.0 || (gain == 0.0 && self.place[asset] != Place::Upper);
            let sign = if rising { 1.0 } else { -1.0 };
            self.direction.iter_mut().for_each(|step| *step *= sign);
            let own = self.room(problem, asset, sign);
            let (reach, blocking) = self.first_bound(problem, own);
            self.go(problem, reach);
            self.weights[asset] += sign * reach;
            add_scaled(&mut self.product, sign * reach, problem.row(asset));
            match blocking {
                Some(position) => self.settle(problem, position),
                None => return self.put(problem, asset, rising),
            }
        }
        self.place[asset] = Place::Free;
    }

    /// Computes afresh, from the weights alone, all that was carried from step to step.
    pub(super) fn refresh(&mut self, problem: &Problem<'_>) {
        let missing = 1.0 - self.weights.iter().sum::<f64>();
        let by_weight = |a: &&usize, b: &&usize| self.weights[**a].total_cmp(&self.weights[**b]);
        if let Some(&asset) = self.factor.assets().iter().max_by(by_weight) {
            let (lower, upper) = (problem.bounds.lower()[asset], problem.bounds.upper()[asset]);
            self.weights[asset] = (self.weights[asset] + missing).clamp(lower, upper);
        }
        self.multiply(problem);
        self.factor.renew(&self.excess);
    }

    /// Σw from the weights.
    pub(super) fn multiply(&mut self, problem: &Problem<'_>) {
        let Self { weights, product, .. } = self;
        product.fill(0.0);
        let held = weights.iter().enumerate().filter(|(_, weight)| **weight != 0.0);
        add_scaled_rows(product, held.map(|(asset, &weight)| (weight, problem.row(asset))));
    }
}
