//! The inverse of a symmetric matrix, which proves nothing; and whether a matrix with another diagonal is positive
//! semidefinite. Both take n³ multiply-adds, and are done piece by piece.

use crate::blocked::cholesky::{Factoring, Pace};
use crate::blocked::{Panels, gram};
use crate::exact::linear::add_scaled;
use crate::{Kernel, semidefinite};

/// Rows of L⁻¹ that are made at a time: each row above is read once for all of them.
const ROWS: usize = 8;
/// Rows of L⁻¹ whose products are added at a time.
const PRODUCTS: usize = 64;

/// A matrix with another diagonal.
fn replaced(matrix: &[f64], diagonal: &[f64]) -> Vec<f64> {
    let n = diagonal.len();
    let mut matrix = matrix.to_vec();
    diagonal.iter().enumerate().for_each(|(i, entry)| matrix[i * n + i] = *entry);
    matrix
}

/// Whether a symmetric matrix with this diagonal in place of its own is positive semidefinite for sure.
pub(super) fn is_surely_definite(matrix: &[f64], diagonal: &[f64]) -> bool {
    semidefinite::is_surely_definite(replaced(matrix, diagonal), diagonal.len())
}

/// The same, on its way: its factor if there is one.
pub(super) fn proof(matrix: &[f64], diagonal: &[f64]) -> Factoring {
    let n = diagonal.len();
    Factoring::new(semidefinite::with_allowance(replaced(matrix, diagonal), n), n)
}

/// The inverse of a symmetric matrix on its way.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Inversion {
    n: usize,
    stage: Stage,
}

#[derive(Debug, Clone, PartialEq)]
enum Stage {
    /// L is being made.
    Factor(Factoring),
    /// L becomes L⁻¹ in place, from the first row on; so many are done.
    Invert(Vec<f64>, usize),
    /// L⁻¹, of which so many rows are in the products, the second matrix.
    Multiply(Vec<f64>, usize, Vec<f64>),
}

impl Inversion {
    /// Nothing yet of a matrix with this diagonal in place of its own.
    pub(super) fn new(matrix: &[f64], diagonal: &[f64]) -> Self {
        let n = diagonal.len();
        Self { n, stage: Stage::Factor(Factoring::new(replaced(matrix, diagonal), n)) }
    }

    /// One piece more; `None` if the matrix has no inverse to speak of.
    pub(super) fn step(&mut self) -> Option<Pace> {
        let n = self.n;
        match &mut self.stage {
            Stage::Factor(factoring) => {
                let pace = factoring.step(0.0)?;
                if pace == Pace::Done {
                    let factoring = std::mem::replace(factoring, Factoring::new(Vec::new(), 0));
                    self.stage = Stage::Invert(factoring.lower(), 0);
                    return Some(Pace::More(n * n));
                }
                Some(pace)
            }
            Stage::Invert(lower, done) => {
                let (first, last) = (*done, (*done + ROWS).min(n));
                invert(lower, n, first, last);
                *done = last;
                if last == n {
                    self.stage = Stage::Multiply(std::mem::take(lower), 0, vec![0.0; n * n]);
                }
                Some(Pace::More(ROWS * last * last / 2 + n))
            }
            Stage::Multiply(lower, done, products) => {
                let (first, last) = (*done, (*done + PRODUCTS).min(n));
                let mut panels = Panels::new(last - first, last);
                for row in first..last {
                    panels.set_row(row - first, lower[row * n..=row * n + row].iter().copied());
                }
                gram::add(Kernel::detect(), products, n, &panels);
                *done = last;
                Some(if last < n { Pace::More(PRODUCTS * last * last / 2) } else { Pace::Done })
            }
        }
    }

    /// The lower triangle, row after row of n, once it is done; nothing is left of it here.
    pub(super) fn take(&mut self) -> Vec<f64> {
        match &mut self.stage {
            Stage::Multiply(_, _, products) => std::mem::take(products),
            Stage::Factor(_) | Stage::Invert(..) => Vec::new(),
        }
    }
}

/// Some rows of L⁻¹ in place, those above being done: row k is −(L[k, ..k]·L⁻¹) / L[k, k].
fn invert(lower: &mut [f64], n: usize, first: usize, last: usize) {
    let (head, tail) = lower.split_at_mut(first * n);
    let mut rows = vec![0.0; (last - first) * n];
    for (j, above) in head.chunks_exact(n).enumerate() {
        for (row, factors) in rows.chunks_exact_mut(n).zip(tail.chunks_exact(n)) {
            add_scaled(&mut row[..=j], -factors[j], &above[..=j]);
        }
    }
    for (k, row) in rows.chunks_exact_mut(n).enumerate() {
        let (above, own) = tail.split_at_mut(k * n);
        for (j, above) in (first..).zip(above.chunks_exact(n)) {
            add_scaled(&mut row[..=j], -own[j], &above[..=j]);
        }
        let (k, pivot) = (first + k, 1.0 / own[first + k]);
        own[..k].iter_mut().zip(&*row).for_each(|(cell, x)| *cell = x * pivot);
        own[k] = pivot;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::rng::mix;

    #[test]
    fn an_inverse_times_its_matrix_is_one() {
        for n in [1, 3, 8, 70, 131] {
            let noise = |i: usize, j: usize| mix((i.min(j) * n + i.max(j)) as u64) as f64 / 2e19;
            let entry = |i: usize, j: usize| noise(i, j) + if i == j { n as f64 } else { 0.0 };
            let matrix: Vec<f64> = (0..n * n).map(|at| entry(at / n, at % n)).collect();
            let diagonal: Vec<f64> = (0..n).map(|i| entry(i, i)).collect();
            let mut inversion = Inversion::new(&matrix, &diagonal);
            while inversion.step().unwrap() != Pace::Done {}
            let inverse = inversion.take();
            let found = |i: usize, j: usize| inverse[i.max(j) * n + i.min(j)];
            for (i, j) in (0..n * n).map(|at| (at / n, at % n)) {
                let product: f64 = (0..n).map(|k| matrix[i * n + k] * found(k, j)).sum();
                assert!((product - f64::from(i == j)).abs() < 1e-13, "{n}: {i} {j} {product}");
            }
        }
        assert_eq!(Inversion::new(&[1.0, 2.0, 2.0, 1.0], &[1.0, 1.0]).step(), None);
    }
}
