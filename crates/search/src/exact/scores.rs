//! What scores earn at most, one an asset, within bounds: h_C of the [`certificate`](super::certificate).

use super::Bounds;
use super::precise::{Sum, dot, support};
use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// One score an asset, none below the true one, and how far each may be above.
pub(super) struct Scores {
    pub(super) values: Vec<f64>,
    errors: Vec<f64>,
}

/// A score and its asset; the highest score comes first, of equals the first asset.
struct Place {
    value: f64,
    at: usize,
}

impl Ord for Place {
    fn cmp(&self, other: &Self) -> Ordering {
        self.value.total_cmp(&other.value).then(other.at.cmp(&self.at))
    }
}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Eq for Place {}

impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Scores {
    pub(super) fn new(assets: usize) -> Self {
        Self { values: Vec::with_capacity(assets), errors: Vec::with_capacity(assets) }
    }

    pub(super) fn push(&mut self, score: Sum) {
        self.values.push(score.above());
        self.errors.push(2.0 * score.error());
    }

    /// h_C of the scores, rounded up: what the best corner of C earns at most.
    pub(super) fn highest(&self, bounds: &Bounds) -> f64 {
        let (lower, upper) = (bounds.lower(), bounds.upper());
        let mut order: BinaryHeap<Place> =
            self.values.iter().enumerate().map(|(at, &value)| Place { value, at }).collect();
        let (mut left, mut total) = (Sum::default(), dot(&support(lower), &self.values));
        left.add(1.0);
        lower.iter().for_each(|&l| left.add(-l));
        // A few assets fill the portfolio, so the rest is never sorted.
        while let Some(Place { at: asset, .. }) = order.pop() {
            let room = upper[asset] - lower[asset];
            if room >= left.value() {
                let last = left.value().max(0.0) * self.values[asset];
                total.add(last);
                total.add(2.0 * f64::EPSILON * last.abs());
                break;
            }
            // upper − lower is rounded, so the two are added apart.
            total.add_product(upper[asset], self.values[asset]);
            total.add_product(-lower[asset], self.values[asset]);
            left.add(-upper[asset]);
            left.add(lower[asset]);
        }
        // What is sold short earns at most what the lowest of its scores loses.
        let short = lower.iter().zip(&self.errors).map(|(l, error)| (-l).max(0.0) * error);
        total.above() + short.sum::<f64>() * (1.0 + 4.0 * f64::EPSILON)
    }
}
