//! Shared draws: carrying every score from one subset to the next.
//!
//! When asset a at position j gives way to b, and the weights stay, then with d_i = 2 (c_bi - c_ai) for the other assets i
//! and d_j = c_bb - c_aa
//!
//! - the mean gains `w_j (e_b - e_a)`,
//! - the variance gains `w_j Σ_i d_i w_i`,
//!
//! k products instead of k²/2. Steps are taken [`STEPS`] at a time, so that each weight loaded serves as many of them: what
//! bounds this loop is the second-level cache, from which the weights come. Rounding errors add up along the way, and the
//! margin of the screen grows with them.

use super::Universe;
use super::screen::{Margin, ROUNDOFF, Scored};
use crate::lanes::{Lanes, Row};
use crate::subsets::Step;

/// Groups that lie together in the table of weights.
pub(crate) const QUAD: usize = 4;
/// Steps that are taken together.
pub(crate) const STEPS: usize = 4;

/// A few steps in a row, as the kernel reads them. Those past the last one change nothing.
#[derive(Debug, Clone)]
pub(crate) struct Swaps {
    slots: [usize; STEPS],
    excess: [f32; STEPS],
    /// The largest |d_i| of each step.
    largest: [f32; STEPS],
    /// d_i of each step, one entry an asset.
    changes: Vec<[f32; STEPS]>,
}

impl Swaps {
    pub(crate) fn new(k: usize) -> Self {
        Self {
            slots: [0; STEPS],
            excess: [0.0; STEPS],
            largest: [0.0; STEPS],
            changes: vec![[0.0; STEPS]; k],
        }
    }

    /// Sets step `at`; `assets` is the subset that it leads to.
    pub(crate) fn set(&mut self, universe: &Universe, at: usize, step: Step, assets: &[usize]) {
        let (a, b) = (universe.small_row(step.leaves), universe.small_row(step.enters));
        let mut largest = 0.0f32;
        for (change, &asset) in self.changes.iter_mut().zip(assets) {
            change[at] = 2.0 * (b[asset] - a[asset]);
            largest = largest.max(change[at].abs());
        }
        let own = b[step.enters] - a[step.leaves];
        self.changes[step.slot][at] = own;
        self.largest[at] = largest.max(own.abs());
        self.slots[at] = step.slot;
        self.excess[at] = universe.small_excess(step.enters) - universe.small_excess(step.leaves);
    }

    /// Makes step `at` one that changes nothing.
    pub(crate) fn skip(&mut self, at: usize) {
        self.changes.iter_mut().for_each(|change| change[at] = 0.0);
        (self.slots[at], self.excess[at]) = (0, 0.0);
    }

    /// The margin after step `at`, if it was `before`: one more rounding of mean and variance, and of what they gained.
    pub(crate) fn grow(&self, at: usize, before: Margin, cap: f64) -> Margin {
        let k = self.changes.len() as f64;
        let largest = f64::from(self.largest[at]);
        let mut margin = before;
        margin.mean[0] += 1.01 * ROUNDOFF * (1.0 + 4.0 * cap * f64::from(self.excess[at].abs()));
        margin.variance[0] += 1.01 * ROUNDOFF * (1.0 + (k + 6.0) * cap * largest);
        margin
    }

    /// Mean and variance of one draw after each of the steps.
    pub(crate) fn follow(
        &self,
        weights: &[f64],
        mut mean: f64,
        mut variance: f64,
    ) -> [[f64; 2]; STEPS] {
        let mut gains = [0.0; STEPS];
        for (change, w) in self.changes.iter().zip(weights) {
            for (gain, &d) in gains.iter_mut().zip(change) {
                *gain += f64::from(d) * w;
            }
        }
        std::array::from_fn(|at| {
            let w = weights[self.slots[at]];
            mean += w * f64::from(self.excess[at]);
            variance += w * gains[at];
            [mean, variance]
        })
    }

    /// Takes `S` steps with groups `first..first + G` of a quad: their scores after each step.
    #[inline(always)]
    pub(crate) fn advance<L: Lanes, const S: usize, const G: usize>(
        &self,
        l: L,
        weights: &[[Row; QUAD]],
        first: usize,
        means: &mut [Row; QUAD],
        variances: &mut [Row; QUAD],
    ) -> [[Scored<L>; G]; S] {
        let zero = l.splat(0.0);
        let mut gains = [[zero; G]; S];
        for (row, change) in weights.iter().zip(&self.changes) {
            let mut w = [zero; G];
            for g in 0..G {
                w[g] = l.load(&row[first + g]);
            }
            for s in 0..S {
                let d = l.splat(change[s]);
                for g in 0..G {
                    gains[s][g] = l.mul_add(d, w[g], gains[s][g]);
                }
            }
        }
        let mut scored = [[Scored { mean: zero, variance: zero }; G]; S];
        for g in 0..G {
            let mut mean = l.load(&means[first + g]);
            let mut variance = l.load(&variances[first + g]);
            for s in 0..S {
                let w = l.load(&weights[self.slots[s]][first + g]);
                mean = l.mul_add(w, l.splat(self.excess[s]), mean);
                variance = l.mul_add(w, gains[s][g], variance);
                scored[s][g] = Scored { mean, variance };
            }
            l.store(mean, &mut means[first + g]);
            l.store(variance, &mut variances[first + g]);
        }
        scored
    }
}
