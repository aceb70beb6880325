//! How close a covariance is to singular. What is to be said of it is for others.

use crate::Moments;
use crate::blocked::cholesky;
use crate::exact::linear::dot;

/// Rounds of the two power iterations: enough for a figure of one digit.
const ROUNDS: usize = 40;

impl Moments {
    /// The condition number of the correlations, the largest eigenvalue over the smallest, to about a digit: by so much an
    /// error in the moments may grow in the weights. ∞ where the smallest is nothing but rounding. It takes O(n³).
    pub fn condition(&self) -> f64 {
        let n = self.len();
        let correlation = self.correlations();
        let least = 4.0 * n as f64 * f64::EPSILON; // a pivot below is nothing but rounding
        let Some(factor) = cholesky::factor(correlation.clone(), n, least) else {
            return f64::INFINITY;
        };
        let largest = growth(n, |x| {
            let product: Vec<f64> = correlation.chunks_exact(n).map(|row| dot(row, x)).collect();
            x.copy_from_slice(&product);
        });
        largest * growth(n, |x| solve(&factor, n, x))
    }
}

/// x ← (LLᵀ)⁻¹x.
fn solve(lower: &[f64], n: usize, x: &mut [f64]) {
    for i in 0..n {
        x[i] = (x[i] - dot(&lower[i * n..][..i], &x[..i])) / lower[i * n + i];
    }
    for i in (0..n).rev() {
        x[i] /= lower[i * n + i];
        let (head, tail) = x.split_at_mut(i);
        head.iter_mut().zip(&lower[i * n..]).for_each(|(x, l)| *x -= l * tail[0]);
    }
}

/// By how much a symmetric operator stretches what it stretches most.
fn growth(n: usize, mut apply: impl FnMut(&mut [f64])) -> f64 {
    // No direction that matters is orthogonal to numbers without a pattern.
    let mut x: Vec<f64> =
        (0..n).map(|i| 1.0 + (i as f64 * 0.618_033_988_749_895).fract()).collect();
    for (i, x) in x.iter_mut().enumerate() {
        if i % 2 == 1 {
            *x = -*x;
        }
    }
    let mut stretch = 0.0;
    for _ in 0..ROUNDS {
        let length = dot(&x, &x).sqrt();
        x.iter_mut().for_each(|x| *x /= length);
        apply(&mut x);
        stretch = dot(&x, &x).sqrt();
    }
    stretch
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `n` assets of different sizes, each pair of which has the same correlation.
    fn alike(n: usize, correlation: f64) -> Moments {
        let size = |i: usize| 10f64.powi(i as i32 % 5 - 2);
        let entry = |i: usize, j: usize| size(i) * size(j) * if i == j { 1.0 } else { correlation };
        let covariance: Vec<f64> = (0..n * n).map(|at| entry(at / n, at % n)).collect();
        let names = (0..n).map(|i| format!("A{i}")).collect();
        Moments::new(names, &vec![0.1; n], &covariance, 1.0).unwrap()
    }

    #[test]
    fn equal_correlations_have_a_closed_form() {
        for (n, correlation) in [(2, 0.5), (2, -0.9), (5, 0.8), (30, 0.999_999), (3, 0.0)] {
            let (one, other) = (1.0 + (n as f64 - 1.0) * correlation, 1.0 - correlation);
            let expected = one.max(other) / one.min(other);
            let found = alike(n, correlation).condition();
            assert!(
                (found / expected - 1.0).abs() < 0.01,
                "{n}, {correlation}: {found}, not {expected}"
            );
        }
        assert_eq!(alike(3, 1.0).condition(), f64::INFINITY);
    }
}
