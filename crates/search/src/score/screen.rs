//! Screening: which of the candidates scored in `f32` can be the best in the reference.
//!
//! With scaled moments (size at most 1) and numbers y within `absolute + relative·s` of the reference's, s their sum, the
//! errors of the mean m = Σ e_i y_i and the variance v = Σ c_ij y_i y_j are bounded by
//!
//! - `|δm| <= D + (k+3) u s`, D = k (absolute + relative·s): the deviation of each y, and rounding (u = 2^-24);
//! - `|δv| <= 2 D √v + D² + 2 (k+2) u s²`: |(Σy)_i| <= σ_i √v by Cauchy and Schwarz, and rounding of positive size at most
//!   (Σ σ_i y_i)² <= s². As 2√v <= v/t + t for any t, the root is not needed: t is the size that √v usually has.
//!
//! A candidate whose upper bound (m + δm) / √(v - δv) is below another's lower bound is not the best, and goes. The test
//! itself is free of roots: `(m+δm)|m+δm| >= T v - |T| δv` with T = threshold·|threshold|. Its own rounding is in the
//! constants, which leave room of a third and more.

use crate::draw::{Deviation, Group};
use crate::lanes::{LANES, Lanes, Row};

/// Unit roundoff of `f32`.
pub(crate) const ROUNDOFF: f64 = 0.5 * f32::EPSILON as f64;

/// A candidate that may be the best.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Candidate {
    /// Its number in its subset: 16 · group + lane.
    pub(crate) number: u64,
    /// How many were accepted before it.
    pub(crate) draw: u64,
    /// Its Sharpe ratio is at most this (scaled).
    pub(crate) upper: f64,
}

/// How far mean and variance may be from those of the reference: `mean_0 + mean_1 s` and
/// `variance_0 + variance_1 v + variance_2 s²`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Margin {
    pub(crate) mean: [f64; 2],
    pub(crate) variance: [f64; 3],
}

impl Margin {
    /// The margin of candidates that are scored from scratch.
    pub(crate) fn of_fresh(pick: usize, deviation: Deviation, typical_volatility: f64) -> Self {
        let k = pick as f64;
        let (fixed, relative) = (k * deviation.absolute, k * deviation.relative);
        // Any t will do; one well above D keeps the next factor small.
        let t =
            (typical_volatility * deviation.typical_sum).max(16.0 * fixed).max(f64::MIN_POSITIVE);
        // The bound is in terms of the reference's v, and the v at hand is off by the bound itself: B(v) <= B(v') / (1 - D/t).
        let room = 1.02 / (1.0 - fixed / t);
        // D √v <= (D_0 + D_1 s) √v, and D_1 s √v <= D_1 s² since √v <= s.
        Self {
            mean: [1.01 * fixed, 1.01 * relative + (k + 12.0) * ROUNDOFF],
            variance: [
                room * (fixed * t + 2.0 * fixed * fixed),
                room * fixed / t,
                room * (2.0 * relative + 2.0 * relative * relative + (2.0 * k + 24.0) * ROUNDOFF),
            ],
        }
    }

    /// The lowest and the highest Sharpe ratio (scaled) that the reference can give.
    fn bounds(&self, mean: f64, variance: f64, sum: f64) -> (f64, f64) {
        let off = self.mean[0] + self.mean[1] * sum;
        let spread = self.variance[0] + self.variance[1] * variance + self.variance[2] * sum * sum;
        let (low, high) = ((variance - spread).max(0.0).sqrt(), (variance + spread).sqrt());
        let ratio = |m: f64, toward_zero: f64, away: f64| {
            if m > 0.0 { m / away } else { m / toward_zero }
        };
        // A lower bound divides by what makes it low, an upper one by what makes it high.
        (ratio(mean - off, low, high), ratio(mean + off, high, low))
    }
}

/// Sixteen scored candidates of one group.
#[derive(Clone, Copy)]
pub(crate) struct Scored<L: Lanes> {
    pub(crate) mean: L::Floats,
    pub(crate) variance: L::Floats,
}

/// What may be best of one subset, so far.
#[derive(Debug, Clone)]
pub(crate) struct Screen {
    margin: Margin,
    /// No candidate whose upper bound is below this is the best.
    threshold: f64,
    test: Test,
    candidates: Vec<Candidate>,
}

/// Margin and threshold as the lanes test them; `squared` is T.
#[derive(Debug, Clone, Copy)]
struct Test {
    mean: [f32; 2],
    variance: [f32; 3],
    squared: f32,
}

impl Test {
    fn new(margin: &Margin, threshold: f64) -> Self {
        Self {
            mean: margin.mean.map(|x| x as f32),
            variance: margin.variance.map(|x| x as f32),
            squared: squared(threshold),
        }
    }
}

/// T = threshold·|threshold|, or what of it is an `f32` with room to spare: a lower threshold only lets more through.
fn squared(threshold: f64) -> f32 {
    (threshold * threshold.abs()).clamp(-1e30, 1e30) as f32
}

/// Below any Sharpe ratio, and its square is an `f32`.
const LOWEST: f64 = -1e15;

impl Screen {
    pub(crate) fn new(margin: Margin) -> Self {
        let test = Test::new(&margin, LOWEST);
        Self { margin, threshold: LOWEST, test, candidates: Vec::new() }
    }

    /// Starts over for another subset, of which only what can reach `threshold` (scaled) is wanted.
    pub(crate) fn clear(&mut self, threshold: f64) {
        self.set_threshold(threshold.max(LOWEST));
        self.candidates.clear();
    }

    /// The lanes of a group that may hold the best.
    #[inline(always)]
    pub(crate) fn pass<L: Lanes>(&self, l: L, group: &Group<L>, scored: &Scored<L>) -> u16 {
        let Test { mean: [m0, m1], variance: [v0, v1, v2], squared } = self.test;
        let upper = l.add(scored.mean, l.mul_add(l.splat(m1), group.sum, l.splat(m0)));
        let spread = l.mul_add(l.splat(v1), scored.variance, l.splat(v0));
        let spread = l.mul_add(l.mul(l.splat(v2), group.sum), group.sum, spread);
        let signed = l.mul(upper, l.abs(upper));
        let signed = l.mul_add(l.splat(squared.abs()), spread, signed);
        l.at_least(signed, l.mul(l.splat(squared), scored.variance))
    }

    /// As [`Screen::pass`], where the margin is fixed: it has neither part that grows with sum or variance.
    #[inline(always)]
    pub(crate) fn pass_fixed<L: Lanes>(&self, l: L, scored: &Scored<L>) -> u16 {
        let Test { mean: [m0, _], variance: [v0, ..], squared } = self.test;
        let upper = l.add(scored.mean, l.splat(m0));
        let signed = l.mul_add(upper, l.abs(upper), l.splat(squared.abs() * v0));
        l.at_least(signed, l.mul(l.splat(squared), scored.variance))
    }

    /// Takes in those of `lanes` that may be the best; `accepted` are all lanes that count as draws, from draw `first`.
    #[inline(always)]
    pub(crate) fn take<L: Lanes>(
        &mut self,
        l: L,
        group: (u64, &Group<L>),
        scored: &Scored<L>,
        mut lanes: u16,
        accepted: u16,
        first: u64,
    ) {
        let (mut means, mut variances, mut sums) = (Row::ZERO, Row::ZERO, Row::ZERO);
        l.store(scored.mean, &mut means);
        l.store(scored.variance, &mut variances);
        l.store(group.1.sum, &mut sums);
        while lanes != 0 {
            let lane = lanes.trailing_zeros() as usize;
            lanes &= lanes - 1;
            let draw = first + u64::from((accepted & ((1 << lane) - 1)).count_ones());
            let [mean, variance, sum] =
                [means.0[lane], variances.0[lane], sums.0[lane]].map(f64::from);
            self.see(group.0 * LANES as u64 + lane as u64, draw, mean, variance, sum);
        }
    }

    /// Weighs one candidate.
    pub(crate) fn see(&mut self, number: u64, draw: u64, mean: f64, variance: f64, sum: f64) {
        let (lower, upper) = self.margin.bounds(mean, variance, sum);
        // A NaN (no risk, no excess) is for the reference to judge.
        if upper < self.threshold {
            return;
        }
        self.candidates.push(Candidate { number, draw, upper });
        if lower > self.threshold {
            self.set_threshold(lower);
        }
    }

    /// Raises the threshold to a lower bound of some candidate, which will be seen itself.
    pub(crate) fn raise(&mut self, mean: f64, variance: f64) {
        self.set_threshold(self.threshold.max(self.margin.bounds(mean, variance, 1.0).0));
    }

    /// Changes the margin, for candidates whose errors have grown.
    pub(crate) fn set_margin(&mut self, margin: Margin) {
        self.margin = margin;
        self.test = Test::new(&self.margin, self.threshold);
    }

    fn set_threshold(&mut self, threshold: f64) {
        self.threshold = threshold;
        self.test.squared = squared(threshold);
    }

    /// How many wait.
    pub(crate) fn waiting(&self) -> usize {
        self.candidates.len()
    }

    /// What is left of those seen so far; they wait no longer.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = Candidate> + '_ {
        let threshold = self.threshold;
        self.candidates
            .drain(..)
            .filter(move |candidate| candidate.upper >= threshold || candidate.upper.is_nan())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_hold_on_both_sides_of_zero() {
        let margin = Margin { mean: [0.1, 0.0], variance: [0.01, 0.0, 0.0] };
        for mean in [-1.0, -0.05, 0.0, 0.05, 1.0] {
            let (low, high) = margin.bounds(mean, 0.04, 1.0);
            for m in [mean - 0.1, mean, mean + 0.1] {
                for v in [0.03f64, 0.04, 0.05] {
                    let ratio = m / v.sqrt();
                    assert!(low <= ratio + 1e-12 && ratio <= high + 1e-12, "{low} {ratio} {high}");
                }
            }
        }
    }

    #[test]
    fn what_cannot_win_goes_and_what_may_stays() {
        let mut screen = Screen::new(Margin { mean: [0.01, 0.0], variance: [0.0; 3] });
        [1.0, 0.98, 0.97, 1.005].into_iter().enumerate().for_each(|(i, mean)| {
            screen.see(i as u64, i as u64, mean, 1.0, 1.0);
        });
        let left: Vec<_> = screen.drain().map(|candidate| candidate.number).collect();
        assert_eq!(left, [0, 3]);
        screen.clear(2.0);
        screen.see(7, 7, 1.0, 1.0, 1.0);
        assert_eq!(screen.waiting(), 0);
        screen.see(8, 8, 1.0, 0.0, 1.0); // no variance is left once the error is taken off
        assert_eq!(screen.drain().count(), 1);
    }
}
