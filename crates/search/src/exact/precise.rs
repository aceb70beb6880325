//! Sums and products in twice the working precision, for a proof whose own rounding must not count.
//! The solver does without, until what plain f64 finds leaves a gap.
//!
//! Error-free transformations of Knuth (two-sum) and of Dekker and Veltkamp (two-product), summed as in Ogita, Rump
//! & Oishi, *Accurate Sum and Dot Product*, 2005, whose bound [`Sum::error`] is. No fused multiply-add is needed, so
//! the bits are the same on every machine. A matrix times a vector goes eight rows at a time ([`products`]): lanes are rows,
//! so each sum has the bits of [`dot`].

use crate::Kernel;
use crate::lanes::{Lanes, Task};

/// A running sum that keeps what rounding would lose.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Sum {
    high: f64,
    low: f64,
    /// The sum of the sizes of all terms: what the error is measured against.
    size: f64,
    terms: usize,
}

impl Sum {
    /// Adds `x`.
    pub(crate) fn add(&mut self, x: f64) {
        let (high, error) = two_sum(self.high, x);
        self.high = high;
        self.low += error;
        self.size += x.abs();
        self.terms += 1;
    }

    /// Adds `x * y`, the product unrounded.
    pub(crate) fn add_product(&mut self, x: f64, y: f64) {
        let (product, error) = two_product(x, y);
        self.add(product);
        self.low += error;
    }

    /// The sum of the terms' opposites.
    pub(crate) fn negated(self) -> Self {
        Self { high: -self.high, low: -self.low, ..self }
    }

    /// The sum, rounded once.
    pub(crate) fn value(&self) -> f64 {
        self.high + self.low
    }

    /// The sum as [`Sum::value`], and what rounding took from that.
    pub(crate) fn parts(&self) -> (f64, f64) {
        two_sum(self.high, self.low)
    }

    /// How far [`Sum::value`] may lie from the true sum, at most: ε|sum| + (2nε)²·Σ|terms|, doubled for the rounding
    /// of this bound itself.
    pub(crate) fn error(&self) -> f64 {
        let grown = 2.0 * self.terms as f64 * f64::EPSILON;
        2.0 * (f64::EPSILON * self.value().abs() + grown * grown * self.size)
    }

    /// A number that is surely not below the true sum.
    pub(crate) fn above(&self) -> f64 {
        self.value() + self.error()
    }
}

/// The entries of a vector that are not 0: most weights are.
pub(crate) fn support(x: &[f64]) -> Vec<(usize, f64)> {
    x.iter().copied().enumerate().filter(|(_, x)| *x != 0.0).collect()
}

/// xᵀy of a vector given by its [`support`].
pub(crate) fn dot(support: &[(usize, f64)], y: &[f64]) -> Sum {
    let mut sum = Sum::default();
    support.iter().for_each(|&(i, x)| sum.add_product(x, y[i]));
    sum
}

/// Rows of a product that are summed at the same time.
const ROWS: usize = 8;

/// The product of a symmetric matrix of n rows with a vector given by its [`support`]: one sum a row, with the bits of
/// [`dot`].
pub(crate) fn products<'a>(
    support: &[(usize, f64)],
    row: impl Fn(usize) -> &'a [f64],
    n: usize,
) -> Vec<Sum> {
    let rows: Vec<(f64, &[f64])> = support.iter().map(|&(i, x)| (x, row(i))).collect();
    #[cfg(test)]
    crate::exact::linear::work::count(rows.len() * n);
    Kernel::detect().checked().run(Products { rows: &rows, n })
}

/// The rows of a symmetric matrix, which are its columns too, each with a factor.
struct Products<'a> {
    rows: &'a [(f64, &'a [f64])],
    n: usize,
}

impl Task for Products<'_> {
    type Output = Vec<Sum>;

    #[inline(always)]
    fn run<L: Lanes>(self, _: L) -> Vec<Sum> {
        let mut sums = Vec::with_capacity(self.n);
        for first in (0..self.n - self.n % ROWS).step_by(ROWS) {
            sums.extend(self.eight(first));
        }
        for at in sums.len()..self.n {
            let mut sum = Sum::default();
            self.rows.iter().for_each(|(x, row)| sum.add_product(*x, row[at]));
            sums.push(sum);
        }
        sums
    }
}

impl Products<'_> {
    /// The sums of eight rows, step by step those of [`Sum::add_product`].
    #[inline(always)]
    fn eight(&self, first: usize) -> [Sum; ROWS] {
        let (mut high, mut low, mut size) = ([0.0; ROWS], [0.0; ROWS], [0.0; ROWS]);
        for &(x, row) in self.rows {
            let Some(cells) = row[first..].first_chunk::<ROWS>() else { continue };
            for at in 0..ROWS {
                let (product, lost) = two_product(x, cells[at]);
                let (sum, error) = two_sum(high[at], product);
                high[at] = sum;
                low[at] += error;
                size[at] += product.abs();
                low[at] += lost;
            }
        }
        let terms = self.rows.len();
        std::array::from_fn(|at| Sum { high: high[at], low: low[at], size: size[at], terms })
    }
}

/// x + y, rounded, and what rounding took.
#[inline(always)]
pub(crate) fn two_sum(x: f64, y: f64) -> (f64, f64) {
    let sum = x + y;
    let part = sum - x;
    (sum, (x - (sum - part)) + (y - part))
}

/// x · y, rounded, and what rounding took.
#[inline(always)]
pub(crate) fn two_product(x: f64, y: f64) -> (f64, f64) {
    let product = x * y;
    let ((x1, x2), (y1, y2)) = (split(x), split(y));
    (product, x2 * y2 - (((product - x1 * y1) - x2 * y1) - x1 * y2))
}

/// Two halves of 26 bits each, whose products are exact.
#[inline(always)]
fn split(x: f64) -> (f64, f64) {
    const FACTOR: f64 = 134_217_729.0; // 2^27 + 1
    let scaled = FACTOR * x;
    let high = scaled - (scaled - x);
    (high, x - high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cancels_is_kept() {
        let sum = dot(&support(&[1e16, 1.0, -1e16]), &[1.0, 1.0, 1.0]);
        assert_eq!(sum.value(), 1.0);
        let x = 1.0 + f64::EPSILON;
        let square = dot(&support(&[x, -1.0]), &[x, 1.0 + 2.0 * f64::EPSILON]);
        assert_eq!(square.value(), f64::EPSILON * f64::EPSILON);
    }

    #[test]
    fn the_truth_lies_between() {
        let tenths = dot(&support(&[0.1; 10]), &[1.0; 10]);
        let (above, below) = (tenths.above(), -tenths.negated().above());
        assert!(below < 1.0 && 1.0 < above && above - below < 2e-15);
    }

    #[test]
    fn eight_rows_at_a_time_have_the_bits_of_one() {
        let n = 29;
        let number = |i: usize, j: usize| (1.0 + (i.min(j) * n + i.max(j)) as f64).sin();
        let matrix: Vec<f64> = (0..n * n).map(|at| number(at / n, at % n)).collect();
        let vector: Vec<f64> =
            (0..n).map(|i| if i % 3 == 0 { 0.0 } else { 1e3 * (i as f64).cos() }).collect();
        let held = support(&vector);
        let row = |i: usize| &matrix[i * n..][..n];
        let expected: Vec<Sum> = (0..n).map(|i| dot(&held, row(i))).collect();
        for kernel in Kernel::available() {
            let rows: Vec<(f64, &[f64])> = held.iter().map(|&(i, x)| (x, row(i))).collect();
            let found = kernel.checked().run(Products { rows: &rows, n });
            assert_eq!(found, expected, "{kernel}");
        }
        assert_eq!(products(&held, row, n), expected);
    }
}
