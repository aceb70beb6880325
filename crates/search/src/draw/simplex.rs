//! The feasible set {sum w = 1, floor <= w <= cap}, moved and scaled so that the floor is 0.

use crate::Rule;
use crate::rule::SLACK;

/// `w = floor + spread * v` with v on {sum v = 1, 0 <= v <= cap}.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Simplex {
    pub(crate) pick: usize,
    pub(crate) floor: f64,
    /// What is left to share out once each asset has the floor: 1 - k·floor.
    pub(crate) spread: f64,
    /// The cap of v, at most 1.
    pub(crate) cap: f64,
    /// The cap of w, as the user said it.
    pub(crate) limit: f64,
}

impl Simplex {
    pub(crate) fn new(pick: usize, rule: &Rule) -> Self {
        let spread = 1.0 - pick as f64 * rule.floor();
        let cap = ((rule.cap() - rule.floor()) / spread).min(1.0);
        Self { pick, floor: rule.floor(), spread, cap, limit: rule.cap() }
    }

    /// Whether equal weights are the only feasible ones.
    pub(crate) fn is_point(&self) -> bool {
        self.pick == 1 || self.spread <= SLACK || self.pick as f64 * self.cap <= 1.0 + SLACK
    }

    /// The share of the simplex {sum v = 1, v >= 0} that keeps to the cap: sum over j of (-1)^j C(k,j) (1 - jc)^(k-1).
    /// It cancels where it is small: good for choosing a method, for nothing else.
    pub(crate) fn acceptance(&self) -> f64 {
        let k = self.pick as f64;
        // The terms are at most λ^j / j!, λ = k (1-c)^(k-1), and spacings hang together negatively, so that the share is at
        // most e^-λ. Where λ is large the sum is nothing but cancellation, and what it comes to is next to nothing.
        if k * (1.0 - self.cap).powi(self.pick as i32 - 1) > 20.0 {
            return 0.0;
        }
        let (mut sum, mut term) = (0.0, 1.0);
        for j in 0..=self.pick {
            let rest = 1.0 - j as f64 * self.cap;
            if rest <= 0.0 {
                break;
            }
            sum += term * rest.powi(self.pick as i32 - 1);
            term *= -(k - j as f64) / (j as f64 + 1.0);
        }
        // What is no probability is cancellation, which only a small one suffers.
        if (0.0..=1.0).contains(&sum) { sum } else { 0.0 }
    }

    /// Turns the numbers v·s of a candidate into weights, and says whether they keep to the cap.
    #[inline(always)]
    pub(crate) fn finish(&self, weights: &mut [f64], sum: f64) -> bool {
        let scale = self.spread / sum;
        let mut largest = 0.0f64;
        for w in weights.iter_mut() {
            *w = w.mul_add(scale, self.floor);
            largest = if *w > largest { *w } else { largest };
        }
        // A cap that cannot bind is not tested: rounding would reject a draw here and there. (All exponentials may be 0, with
        // a chance of 2^-25 each: that is no candidate.)
        sum > 0.0 && (self.cap >= 1.0 || largest <= self.limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acceptance_has_the_published_values() {
        let acceptance =
            |pick, cap| Simplex::new(pick, &Rule::new(cap, 0.0, 0.0).unwrap()).acceptance();
        let known = [
            (25, 0.2, 0.8834),
            (25, 0.15, 0.5503),
            (25, 0.12, 0.2014),
            (25, 0.1, 0.0387),
            (25, 0.08, 8.05e-4),
            (10, 0.2, 0.0800),
            (8, 0.2, 0.0152),
            (6, 0.2, 0.00032),
            (25, 1.0, 1.0),
            (2, 0.75, 0.5),
        ];
        for (pick, cap, expected) in known {
            let found = acceptance(pick, cap);
            assert!((found / expected - 1.0).abs() < 1e-2, "{pick} {cap}: {found}, not {expected}");
        }
    }

    #[test]
    fn acceptance_is_never_the_noise_of_its_own_sum() {
        // P <= e^-λ: wherever λ > 3, rejection must not look fair.
        for pick in 100..=500 {
            for tenths in 20..=200 {
                let cap = f64::from(tenths) * 1e-4;
                let lambda = pick as f64 * (1.0 - cap).powi(pick - 1);
                if lambda > 3.0 && f64::from(pick) * cap > 1.0 {
                    let simplex = Simplex::new(pick as usize, &Rule::new(cap, 0.0, 0.0).unwrap());
                    assert!(simplex.acceptance() < 0.06, "{pick} {cap}");
                }
            }
        }
    }

    #[test]
    fn a_floor_is_moved_to_zero() {
        let simplex = Simplex::new(10, &Rule::new(0.3, 0.05, 0.0).unwrap());
        assert!((simplex.spread - 0.5).abs() < 1e-15 && (simplex.cap - 0.5).abs() < 1e-15);
        let mut weights = vec![1.0; 10];
        assert!(simplex.finish(&mut weights, 10.0));
        assert!(weights.iter().all(|w| (w - 0.1).abs() < 1e-15));
    }

    #[test]
    fn one_point_is_known_as_such() {
        let point =
            |pick, cap, floor| Simplex::new(pick, &Rule::new(cap, floor, 0.0).unwrap()).is_point();
        assert!(
            point(5, 0.2, 0.0)
                && point(49, 1.0 / 49.0, 0.0)
                && point(4, 1.0, 0.25)
                && point(1, 1.0, 0.0)
        );
        assert!(!point(6, 0.2, 0.0) && !point(4, 1.0, 0.2));
    }
}
