//! The inverse of a symmetric matrix, which proves nothing; and whether a matrix with another diagonal is positive
//! semidefinite.

use crate::exact::linear::{add_scaled, dot};
use crate::semidefinite;

/// A lower triangle, row after row of n.
pub(super) struct Triangle {
    size: usize,
    rows: Vec<f64>,
}

impl Triangle {
    /// L with LLᵀ = A; `None` if a pivot is not above 0. A is symmetric; `diagonal` stands for its own.
    fn of(matrix: &[f64], diagonal: &[f64]) -> Option<Self> {
        let size = diagonal.len();
        let mut rows = vec![0.0; size * size];
        let mut inverse: Vec<f64> = Vec::with_capacity(size);
        for k in 0..size {
            let (head, tail) = rows.split_at_mut(k * size);
            for j in 0..k {
                let known = dot(&head[j * size..][..j], &tail[..j]);
                tail[j] = (matrix[k * size + j] - known) * inverse[j];
            }
            let pivot = diagonal[k] - dot(&tail[..k], &tail[..k]);
            if pivot.is_nan() || pivot <= 0.0 {
                return None;
            }
            tail[k] = pivot.sqrt();
            inverse.push(1.0 / tail[k]);
        }
        Some(Self { size, rows })
    }

    /// The lower triangle of (LLᵀ)⁻¹.
    fn inverse(mut self) -> Vec<f64> {
        let n = self.size;
        // L⁻¹, row after row in place: row k is −(L[k, ..k]·L⁻¹) / L[k, k].
        let mut row = vec![0.0; n];
        for k in 0..n {
            let (head, tail) = self.rows.split_at_mut(k * n);
            row[..k].fill(0.0);
            for j in 0..k {
                add_scaled(&mut row[..=j], -tail[j], &head[j * n..][..=j]);
            }
            let pivot = 1.0 / tail[k];
            (0..k).for_each(|j| tail[j] = row[j] * pivot);
            tail[k] = pivot;
        }
        let mut inverse = vec![0.0; n * n];
        for k in 0..n {
            let row = &self.rows[k * n..][..=k];
            for (i, factor) in row.iter().enumerate() {
                add_scaled(&mut inverse[i * n..][..=i], *factor, &row[..=i]);
            }
        }
        inverse
    }
}

/// Whether a symmetric matrix with this diagonal in place of its own is positive semidefinite for sure.
pub(super) fn is_surely_definite(matrix: &[f64], diagonal: &[f64]) -> bool {
    let n = diagonal.len();
    let mut matrix = matrix.to_vec();
    diagonal.iter().enumerate().for_each(|(i, entry)| matrix[i * n + i] = *entry);
    semidefinite::is_surely_definite(matrix, n)
}

/// The lower triangle of the inverse of a symmetric matrix, row after row of n; `None` if the matrix has none to speak
/// of.
pub(super) fn inverse(matrix: &[f64], diagonal: &[f64]) -> Option<Vec<f64>> {
    Triangle::of(matrix, diagonal).map(Triangle::inverse)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inverse_times_its_matrix_is_one() {
        let matrix = [4.0, 1.0, 0.5, 1.0, 3.0, -0.2, 0.5, -0.2, 2.0];
        let inverse = inverse(&matrix, &[4.0, 3.0, 2.0]).unwrap();
        let entry = |i: usize, j: usize| inverse[i.max(j) * 3 + i.min(j)];
        for (i, j) in (0..9).map(|at| (at / 3, at % 3)) {
            let product: f64 = (0..3).map(|k| matrix[i * 3 + k] * entry(k, j)).sum();
            assert!((product - f64::from(i == j)).abs() < 1e-14);
        }
    }
}
