//! Where the walk begins: a corner of the bounds, or the answer to another problem.

use super::{Goal, Place, Problem, Solver};
use crate::exact::Bounds;
use crate::exact::linear::dot;
use crate::rule::SLACK;

/// An excess below this share of what it is the difference of is rounding.
const ROUNDING: f64 = 4.0 * f64::EPSILON;

impl Solver {
    /// Starts at the corner that holds the assets with the best ratios of their own; if that does not beat the rate,
    /// at the corner of the highest mean. Says false if not even that one does: then nothing does.
    pub(super) fn start_cold(&mut self, problem: &Problem<'_>) -> bool {
        let ratio = |(excess, deviation): (&f64, &f64)| match self.goal {
            Goal::Sharpe => excess / deviation,
            Goal::Variance => -deviation,
        };
        self.product.clear(); // a place to keep the scores for a moment
        self.product.extend(self.excess.iter().zip(&self.deviation).map(ratio));
        problem.bounds.corner(&self.product, &mut self.order, &mut self.weights);
        if self.goal == Goal::Sharpe && !self.beats_rate(problem) {
            problem.bounds.corner(&self.excess, &mut self.order, &mut self.weights);
            if !self.beats_rate(problem) {
                return false;
            }
        }
        self.multiply(problem);
        // A corner has one weight between its bounds at most, and one asset alone never moves in line with others.
        self.take_places(problem, &mut || false)
    }

    /// Starts at the weights as they are, moved into the bounds. Says false if they cannot be used, or if `stop` says so.
    pub(super) fn start_warm(
        &mut self,
        problem: &Problem<'_>,
        stop: &mut dyn FnMut() -> bool,
    ) -> bool {
        self.repair(problem.bounds);
        let whole = (1.0 - self.weights.iter().sum::<f64>()).abs() <= SLACK;
        if !whole || !self.beats_rate(problem) {
            return false;
        }
        self.multiply(problem);
        self.take_places(problem, stop)
    }

    /// Whether the mean of the weights exceeds the rate, by more than the rounding of both.
    fn beats_rate(&self, problem: &Problem<'_>) -> bool {
        let mean: f64 = self.weights.iter().zip(problem.mean).map(|(w, m)| (w * m).abs()).sum();
        dot(&self.weights, &self.excess) > ROUNDING * (mean + problem.rate.abs())
    }

    /// Finds each weight's place, and the factor of the free ones. Says false if they move in line, or if `stop` says so.
    pub(super) fn take_places(
        &mut self,
        problem: &Problem<'_>,
        stop: &mut dyn FnMut() -> bool,
    ) -> bool {
        self.factor.clear();
        for asset in 0..self.weights.len() {
            let place = Self::place_of(problem.bounds, asset, self.weights[asset]);
            self.place[asset] = place.unwrap_or(Place::Free);
            let row = problem.row(asset);
            if place.is_some() {
                continue;
            }
            // A row of the factor takes up to n²/2 multiply-adds, all of them n³/6.
            if stop() || !self.factor.push(asset, row, self.shift, self.excess[asset]) {
                return false;
            }
        }
        true
    }

    /// Clamps the weights, and spreads what is then missing (or too much) over the rooms of those that stand between
    /// their bounds; what does not fit goes to the others in turn.
    fn repair(&mut self, bounds: &Bounds) {
        for (asset, weight) in self.weights.iter_mut().enumerate() {
            *weight = weight.clamp(bounds.lower()[asset], bounds.upper()[asset]);
        }
        let missing = 1.0 - self.weights.iter().sum::<f64>();
        if missing.abs() <= SLACK {
            return;
        }
        let end = if missing > 0.0 { bounds.upper() } else { bounds.lower() };
        let between = |asset: usize, w: f64| Self::place_of(bounds, asset, w).is_none();
        let rooms = self.weights.iter().enumerate().filter(|&(i, w)| between(i, *w));
        let room: f64 = rooms.map(|(i, w)| end[i] - w).sum();
        let share = if room == 0.0 { 0.0 } else { (missing / room).min(1.0) };
        for (asset, weight) in self.weights.iter_mut().enumerate() {
            if between(asset, *weight) {
                *weight =
                    if share < 1.0 { *weight + share * (end[asset] - *weight) } else { end[asset] };
            }
        }
        self.fill(end);
    }

    /// Moves one weight after another to its `end` until the sum is 1.
    fn fill(&mut self, end: &[f64]) {
        let mut missing = 1.0 - self.weights.iter().sum::<f64>();
        for (weight, &end) in self.weights.iter_mut().zip(end) {
            let room = end - *weight;
            if missing.abs() <= SLACK {
                return;
            }
            if room * missing > 0.0 {
                let step = if room.abs() < missing.abs() { room } else { missing };
                *weight = if step == room { end } else { *weight + step };
                missing -= step;
            }
        }
    }
}
