//! The Cholesky factor of a symmetric matrix, block after block of columns.

use super::{PanelRow, Panels, WIDTH, gram};
use crate::Kernel;
use crate::lanes::{Lanes, Task};

/// Columns in a block.
const BLOCK: usize = 64;

/// A factor on its way, one block of columns after the other: L of LLᵀ in the place of the lower triangle of A, and
/// above it what is lost.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Factoring {
    matrix: Vec<f64>,
    n: usize,
    /// The first column without a factor.
    first: usize,
}

impl Factoring {
    /// Nothing yet, of a matrix n x n.
    pub(crate) fn new(matrix: Vec<f64>, n: usize) -> Self {
        Self { matrix, n, first: 0 }
    }

    /// Factors the next block of columns, at a kernel's pace; `None` at a pivot that is not above `least`.
    pub(crate) fn step(&mut self, least: f64) -> Option<Pace> {
        let before = self.first;
        step(Kernel::detect(), &mut self.matrix, self.n, before, least).then(|| {
            self.first = (before + BLOCK).min(self.n);
            let (rows, columns) = (self.n - before, self.first - before);
            if self.first < self.n { Pace::More(rows * rows * columns) } else { Pace::Done }
        })
    }

    /// The factor, once it is done.
    pub(crate) fn lower(self) -> Vec<f64> {
        self.matrix
    }
}

/// How far a piece of work came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// There is more to do; this took about so many multiply-adds.
    More(usize),
    /// That was the last piece.
    Done,
}

/// L of LLᵀ in the place of the lower triangle of `matrix`, n x n; what stands above the diagonal is lost. `None` at a
/// pivot that is not above `least`.
pub(crate) fn factor(matrix: Vec<f64>, n: usize, least: f64) -> Option<Vec<f64>> {
    let mut factoring = Factoring::new(matrix, n);
    while factoring.step(least)? != Pace::Done {}
    Some(factoring.lower())
}

/// Factors the block of columns from `first` on, and subtracts what they explain from all that is to the right. Says
/// false at a pivot that is not above `least`.
fn step(kernel: Kernel, matrix: &mut [f64], n: usize, first: usize, least: f64) -> bool {
    let size = BLOCK.min(n - first);
    let Some(block) = Block::of(matrix, n, first, size, least) else { return false };
    let below = first + size;
    let mut panels = Panels::new(size, n - below);
    kernel.checked().run(Solve { block: &block, matrix, n, first, panels: &mut panels });
    if below < n {
        gram::subtract(kernel, &mut matrix[below * n + below..], n, &panels);
    }
    true
}

/// The factor of a block on the diagonal, column after column, and the inverses of its pivots.
struct Block {
    size: usize,
    columns: Vec<[f64; BLOCK]>,
    inverse: Vec<f64>,
}

impl Block {
    fn of(matrix: &mut [f64], n: usize, first: usize, size: usize, least: f64) -> Option<Self> {
        let mut columns = vec![[0.0; BLOCK]; size];
        for (j, column) in columns.iter_mut().enumerate() {
            for (i, cell) in column.iter_mut().enumerate().take(size).skip(j) {
                *cell = matrix[(first + i) * n + first + j];
            }
        }
        let mut inverse = Vec::with_capacity(size);
        for j in 0..size {
            let (column, right) = columns[j..].split_first_mut()?;
            let pivot = column[j];
            if pivot.is_nan() || pivot <= least {
                return None;
            }
            inverse.push(1.0 / pivot.sqrt());
            column[j] = pivot.sqrt();
            column[j + 1..size].iter_mut().for_each(|cell| *cell *= inverse[j]);
            for (other, to) in right.iter_mut().zip(j + 1..) {
                let factor = column[to];
                for i in to..size {
                    other[i] -= factor * column[i];
                }
            }
        }
        for (j, column) in columns.iter().enumerate() {
            for (i, cell) in column.iter().enumerate().take(size).skip(j) {
                matrix[(first + i) * n + first + j] = *cell;
            }
        }
        Some(Self { size, columns, inverse })
    }

    /// Solves for eight rows of the factor below the block, in place.
    #[inline(always)]
    fn solve(&self, rows: &mut [PanelRow]) {
        for j in 0..self.size {
            let mut solved = rows[j];
            solved.iter_mut().for_each(|cell| *cell *= self.inverse[j]);
            rows[j] = solved;
            for (row, factor) in rows[j + 1..].iter_mut().zip(&self.columns[j][j + 1..]) {
                for lane in 0..WIDTH {
                    row[lane] -= factor * solved[lane];
                }
            }
        }
    }
}

/// The rows of the factor below a block, in the matrix and packed, eight at a time.
struct Solve<'a> {
    block: &'a Block,
    matrix: &'a mut [f64],
    n: usize,
    first: usize,
    panels: &'a mut Panels,
}

impl Task for Solve<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(self, _: L) {
        let Self { block, matrix, n, first, panels } = self;
        let below = first + block.size;
        for (at, top) in (below..n).step_by(WIDTH).enumerate() {
            let panel = panels.panel_mut(at);
            let rows = top..(top + WIDTH).min(n);
            for (lane, row) in rows.clone().enumerate() {
                let cells = &matrix[row * n + first..][..block.size];
                panel.iter_mut().zip(cells).for_each(|(packed, cell)| packed[lane] = *cell);
            }
            block.solve(panel);
            for (lane, row) in rows.enumerate() {
                let cells = &mut matrix[row * n + first..][..block.size];
                cells.iter_mut().zip(&*panel).for_each(|(cell, packed)| *cell = packed[lane]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::rng::mix;

    /// A sum of squares of `rank` random vectors, and a little on the diagonal.
    fn matrix(n: usize, rank: usize, more: f64) -> Vec<f64> {
        let cell = |row: usize, at: usize| mix((row * 5000 + at) as u64) as f64 / 1e19 - 0.9;
        let entry = |i: usize, j: usize| (0..rank).map(|row| cell(row, i) * cell(row, j)).sum();
        let mut matrix: Vec<f64> = (0..n * n).map(|at| entry(at / n, at % n)).collect();
        (0..n).for_each(|i| matrix[i * n + i] += more);
        matrix
    }

    #[test]
    fn the_factor_times_itself_is_the_matrix_on_every_kernel() {
        for n in [1, 2, 7, 63, 64, 65, 130, 201] {
            let matrix = matrix(n, n, 1.0);
            let mut first: Option<Vec<u64>> = None;
            for kernel in Kernel::available() {
                let mut factor = matrix.clone();
                let mut blocks = (0..n).step_by(BLOCK);
                assert!(blocks.all(|first| step(kernel, &mut factor, n, first, 0.0)));
                let lower = |i: usize, j: usize| if j <= i { factor[i * n + j] } else { 0.0 };
                for (i, j) in (0..n * n).map(|at| (at / n, at % n)) {
                    let product: f64 = (0..n).map(|k| lower(i, k) * lower(j, k)).sum();
                    let scale = (matrix[i * n + i] * matrix[j * n + j]).sqrt();
                    assert!((product - matrix[i * n + j]).abs() < 1e-13 * scale, "{n} {i} {j}");
                }
                let bits = |at: usize| lower(at / n, at % n).to_bits();
                let bits: Vec<u64> = (0..n * n).map(bits).collect();
                assert_eq!(first.get_or_insert_with(|| bits.clone()), &bits, "{kernel}, {n}");
            }
        }
    }

    #[test]
    fn what_is_not_definite_has_no_factor() {
        for (n, rank, more) in [(2, 1, -0.1), (65, 64, -1e-9), (150, 30, 0.0), (150, 150, -40.0)] {
            let factor = factor(matrix(n, rank, more), n, 1e-12 * n as f64);
            assert!(factor.is_none(), "{n} {rank}");
        }
        assert!(factor(vec![f64::NAN], 1, 0.0).is_none());
    }
}
