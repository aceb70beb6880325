//! Sums of products of deviations: what a covariance is before it is divided.

use crate::blocked::{Panels, gram};
use crate::{Kernel, Returns};

/// Rows taken at a time: 16 KiB of each panel, which stay in a first-level cache. The sums do not depend on it.
const ROWS: usize = 256;

/// Σ (x_i − m_i)(x_j − m_j) over all rows, in their order, for all pairs: n x n, not yet divided by anything.
pub(crate) fn products(returns: &Returns, mean: &[f64], kernel: Kernel) -> Vec<f64> {
    let n = mean.len();
    let mut sums = vec![0.0; n * n];
    let mut panels = Panels::new(ROWS.min(returns.len()), n);
    for rows in returns.values().chunks(ROWS * n) {
        panels.resize(rows.len() / n, n);
        for (at, row) in rows.chunks_exact(n).enumerate() {
            panels.set_row(at, row.iter().zip(mean).map(|(value, mean)| value - mean));
        }
        gram::add(kernel, &mut sums, n, &panels);
    }
    mirror(&mut sums, n);
    sums
}

/// So many rows and columns are gone through at a time, or each entry of a column costs a line of the cache.
const SQUARE: usize = 32;

/// Copies the lower triangle to the upper.
fn mirror(matrix: &mut [f64], n: usize) {
    below_diagonal(n).for_each(|(i, j)| matrix[j * n + i] = matrix[i * n + j]);
}

/// All pairs (i, j) with j < i < n, square after square.
pub(crate) fn below_diagonal(n: usize) -> impl Iterator<Item = (usize, usize)> {
    let squares = |top: usize| (0..=top).step_by(SQUARE).map(move |left| (top, left));
    let rows = move |(top, left): (usize, usize)| {
        (top..(top + SQUARE).min(n))
            .flat_map(move |i| (left..(left + SQUARE).min(i)).map(move |j| (i, j)))
    };
    (0..n).step_by(SQUARE).flat_map(squares).flat_map(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::rng::mix;

    /// The sums as they were made before there were blocks: row by row, one triangle after the other.
    fn row_by_row(returns: &Returns, mean: &[f64]) -> Vec<f64> {
        let n = mean.len();
        let mut sums = vec![0.0; n * n];
        for row in returns.rows() {
            let deviation: Vec<f64> = row.iter().zip(mean).map(|(value, m)| value - m).collect();
            for (i, d) in deviation.iter().enumerate() {
                let below = &mut sums[i * n..=i * n + i];
                below.iter_mut().zip(&deviation).for_each(|(sum, other)| *sum += d * other);
            }
        }
        for i in 0..n {
            for j in 0..i {
                sums[j * n + i] = sums[i * n + j];
            }
        }
        sums
    }

    #[test]
    fn blocks_change_no_bit() {
        let shapes = [(1, 3), (2, 3), (5, 700), (8, 256), (31, 257), (65, 30), (130, 513)];
        for (instance, (n, rows)) in shapes.into_iter().enumerate() {
            let cell = |at: usize| mix((instance << 20 | at) as u64) as f64 / 1e21 - 0.009;
            let values: Vec<f64> = (0..n * rows).map(cell).collect();
            let names = (0..n).map(|i| format!("A{i}")).collect();
            let returns = Returns::new(names, values).unwrap();
            let mean: Vec<f64> = (0..n).map(|i| 1e-4 * i as f64).collect();
            let bits = |sums: &[f64]| sums.iter().map(|sum| sum.to_bits()).collect::<Vec<_>>();
            let expected = bits(&row_by_row(&returns, &mean));
            for kernel in Kernel::available() {
                let found = bits(&products(&returns, &mean, kernel));
                assert_eq!(found, expected, "{kernel}, {n} x {rows}");
            }
        }
    }
}
