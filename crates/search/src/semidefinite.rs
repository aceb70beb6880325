//! Whether a symmetric matrix is positive semidefinite: surely, beyond the rounding of the test itself; or but for rounding.
//!
//! A Cholesky factor that was computed in floating point belongs to A + E with |E_ij| ≤ γ/(1−γ)·√(a_ii·a_jj), γ = γ_{n+1}
//! (Higham, *Accuracy and Stability of Numerical Algorithms*, theorem 10.3), whatever the order of its sums. E is
//! therefore at most nγ/(1−γ)·diag(A), and a factor of A with that much taken from its diagonal proves A.

use crate::blocked::{cholesky, pivoted};

/// What is left of a correlation when it is nothing but rounding.
const ROUNDING: f64 = 1e-9;

/// An asset that shows that a symmetric matrix with a diagonal of ±1 is not positive semidefinite; `None` if it is, but
/// for rounding.
///
/// The pivots are eliminated, the largest first. Once no pivot is left that is more than rounding, what is left over must be
/// rounding too. (Without the choice of pivots a small one blows rounding up, and a singular sample covariance in a few
/// thousand is refused.) Where a plain factor proves the matrix definite there is no need for that.
pub(crate) fn impossible(correlations: Vec<f64>, n: usize) -> Option<usize> {
    if is_surely_definite(correlations.clone(), n) {
        return None;
    }
    let rest = pivoted::eliminate(correlations, n, ROUNDING);
    let size = rest.left.len();
    let entry = |i: usize, j: usize| rest.matrix[i.max(j) * size + i.min(j)].abs();
    let wrong = |&i: &usize| (0..size).any(|j| entry(i, j) > 10.0 * ROUNDING);
    (0..size).find(wrong).map(|i| rest.left[i])
}

/// Whether a matrix, n x n, is positive semidefinite for sure; only its lower triangle counts.
pub(crate) fn is_surely_definite(matrix: Vec<f64>, n: usize) -> bool {
    cholesky::factor(with_allowance(matrix, n), n, 0.0).is_some()
}

/// The matrix less what rounding may hide: it proves the matrix if it has a factor.
pub(crate) fn with_allowance(mut matrix: Vec<f64>, n: usize) -> Vec<f64> {
    let size = n as f64;
    // γ_{n+1} and all that is rounded here, taken twice.
    let share = 2.0 * size * (size + 4.0) * f64::EPSILON;
    (0..n).for_each(|i| matrix[i * n + i] *= 1.0 - share);
    matrix
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::rng::mix;

    /// The test as it was before there were blocks: the whole matrix, pivot by pivot.
    fn is_possible(correlations: &[f64], n: usize) -> bool {
        let mut rest = correlations.to_vec();
        let mut left: Vec<usize> = (0..n).collect();
        while let Some(at) = (0..left.len()).max_by(|&a, &b| {
            let pivot = |i: usize| rest[left[i] * n + left[i]];
            pivot(a).total_cmp(&pivot(b))
        }) {
            let pivot = left[at];
            if rest[pivot * n + pivot] <= ROUNDING {
                break;
            }
            left.swap_remove(at);
            for &i in &left {
                let factor = rest[i * n + pivot] / rest[pivot * n + pivot];
                for &j in &left {
                    rest[i * n + j] -= factor * rest[pivot * n + j];
                }
            }
        }
        let small = |&i: &usize| left.iter().all(|&j| rest[i * n + j].abs() <= 10.0 * ROUNDING);
        left.iter().all(small)
    }

    /// Correlations of `rank` random factors and `own` of each asset's own, with a last eigenvalue moved by `moved`.
    fn correlations(seed: u64, n: usize, rank: usize, own: f64, moved: f64) -> Vec<f64> {
        let random = |at: u64| (mix(seed << 32 | at) >> 11) as f64 * 2f64.powi(-53) - 0.5;
        let cell = |row: usize, at: usize| random((row * n + at) as u64);
        let direction = |at: usize| random(1 << 30 | at as u64) * (12.0 / n as f64).sqrt();
        let entry = |i: usize, j: usize| {
            let common: f64 = (0..rank).map(|row| cell(row, i) * cell(row, j)).sum();
            common * 12.0 / rank as f64 + moved * direction(i) * direction(j)
        };
        let mut all: Vec<f64> = (0..n * n).map(|at| entry(at / n, at % n)).collect();
        (0..n).for_each(|i| all[i * n + i] += own);
        let scale: Vec<f64> = (0..n).map(|i| all[i * n + i].abs().sqrt()).collect();
        all.iter_mut().enumerate().for_each(|(at, x)| *x /= scale[at / n] * scale[at % n]);
        all
    }

    #[test]
    fn the_decisions_are_those_of_the_plain_elimination() {
        let (mut possible, mut impossible_ones) = (0, 0);
        for seed in 0..600 {
            let n = [2, 3, 9, 40, 64, 65, 100, 150][seed as usize % 8];
            let rank = 1 + (seed as usize * 7) % (n + 3);
            // From definite through singular to impossible, by far and by little; nothing within rounding of the limits.
            let own = [0.0, 0.0, 1e-12, 1e-7, 0.1][seed as usize / 8 % 5];
            let moved = [0.0, -1e-12, -1e-5, -0.01, -3.0, 1e-10][seed as usize / 40 % 6];
            let all = correlations(seed, n, rank, own, moved);
            let expected = is_possible(&all, n);
            assert_eq!(impossible(all, n).is_none(), expected, "{seed}: {n} {rank} {own} {moved}");
            if expected { possible += 1 } else { impossible_ones += 1 }
        }
        assert!(possible > 100 && impossible_ones > 100, "{possible} and {impossible_ones}");
    }

    #[test]
    fn what_is_semidefinite_by_a_hair_is_not_believed() {
        let is_sure = |last: f64| is_surely_definite(vec![1.0, 1.0, 1.0, last], 2);
        assert!(!is_sure(1.0) && !is_sure(1.0 - 1e-13) && !is_sure(f64::NAN));
        assert!(is_sure(1.0 + 1e-13));
    }
}
