//! Which bound costs most at the best of a face: the optimality conditions.
//!
//! With h = Σw − λμ̃ and λ = σ²/m, the free assets share one value h = ν. An asset at its lower bound with h < ν, or
//! at its upper with h > ν, is worth freeing (its multiplier has the wrong sign). With no free asset ν is an interval,
//! and a pair is worth freeing if one that may rise has a smaller h than one that may fall. For the least variance λ =
//! 0.

use super::{Goal, Place, Solver};
use crate::exact::linear::dot;

/// A difference of h below this share of what h is computed from is rounding.
const ROUNDING: f64 = 16.0 * f64::EPSILON;

/// What is worth freeing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    /// One asset, against the free ones.
    One(usize),
    /// Two, against each other: nothing is free.
    Pair { rise: usize, fall: usize },
}

/// How Σw was summed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sums {
    /// In the working precision: what is left of it may be rounding of all that went in.
    Plain,
    /// In twice that: only the result is rounded.
    Precise,
}

/// h of each asset, and how much of it is rounding.
struct Prices<'a> {
    solver: &'a Solver,
    sums: Sums,
    lambda: f64,
    gross: f64,
}

impl Prices<'_> {
    fn of(&self, asset: usize) -> f64 {
        self.solver.product[asset] - self.lambda * self.solver.excess[asset]
    }

    fn rounding(&self, asset: usize) -> f64 {
        let size = match self.sums {
            Sums::Plain => self.solver.deviation[asset] * self.gross,
            Sums::Precise => self.solver.product[asset].abs(),
        };
        ROUNDING * (size + (self.lambda * self.solver.excess[asset]).abs())
    }
}

impl Solver {
    /// The asset, or the pair, that is most worth freeing; of equals the first.
    pub(super) fn price(&self, sums: Sums) -> Option<Entry> {
        let prices = Prices { solver: self, sums, lambda: self.lambda(), gross: self.gross() };
        if self.factor.len() == 0 { self.price_pair(&prices) } else { self.price_one(&prices) }
    }

    /// What a mean is worth in risk: σ²/m, or nothing.
    pub(super) fn lambda(&self) -> f64 {
        match self.goal {
            Goal::Sharpe => self.variance() / dot(&self.weights, &self.excess),
            Goal::Variance => 0.0,
        }
    }

    fn price_one(&self, prices: &Prices<'_>) -> Option<Entry> {
        let free = self.factor.assets();
        let level = free.iter().map(|&i| prices.of(i)).sum::<f64>() / free.len() as f64;
        let mut best = (0.0, None);
        for (asset, place) in self.place.iter().enumerate() {
            let worth = match place {
                Place::Lower => level - prices.of(asset),
                Place::Upper => prices.of(asset) - level,
                Place::Free | Place::Fixed => continue,
            };
            let score = worth / self.deviation[asset];
            if score > best.0 && worth > prices.rounding(asset) {
                best = (score, Some(Entry::One(asset)));
            }
        }
        best.1
    }

    fn price_pair(&self, prices: &Prices<'_>) -> Option<Entry> {
        let standing = |place| (0..self.place.len()).filter(move |&i| self.place[i] == place);
        let by_price = |a: &usize, b: &usize| prices.of(*a).total_cmp(&prices.of(*b));
        let rise = standing(Place::Lower).min_by(by_price)?;
        let fall = standing(Place::Upper).max_by(|a, b| by_price(a, b).then(b.cmp(a)))?;
        let worth = prices.of(fall) - prices.of(rise);
        let rounding = prices.rounding(rise) + prices.rounding(fall);
        (worth > rounding).then_some(Entry::Pair { rise, fall })
    }
}
