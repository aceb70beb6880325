//! C ± PᵀP for a symmetric C, of which the lower triangle is kept.

use super::{PanelRow, Panels, WIDTH};
use crate::Kernel;
use crate::lanes::{Lanes, Task};

/// So many bytes of panels are gone through again and again: they fit a second-level cache.
const GROUP_BYTES: usize = 256 << 10;

/// Adds PᵀP to the lower triangle of a matrix whose rows are `stride` apart. Above the diagonal, what lies within 8
/// columns of it may change too.
pub(crate) fn add(kernel: Kernel, matrix: &mut [f64], stride: usize, panels: &Panels) {
    kernel.checked().run(Gram::<false> { matrix, stride, panels });
}

/// Subtracts PᵀP, like [`add`].
pub(crate) fn subtract(kernel: Kernel, matrix: &mut [f64], stride: usize, panels: &Panels) {
    kernel.checked().run(Gram::<true> { matrix, stride, panels });
}

struct Gram<'a, const SUBTRACT: bool> {
    matrix: &'a mut [f64],
    stride: usize,
    panels: &'a Panels,
}

impl<const SUBTRACT: bool> Task for Gram<'_, SUBTRACT> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(mut self, _: L) {
        let count = self.panels.columns.div_ceil(WIDTH);
        let bytes = self.panels.rows * size_of::<PanelRow>();
        let group = (GROUP_BYTES / bytes.max(1)).max(1);
        for first in (0..count).step_by(group) {
            for left in first..count {
                for right in first..(first + group).min(left + 1) {
                    self.tile::<L>(left, right);
                }
            }
        }
    }
}

impl<const SUBTRACT: bool> Gram<'_, SUBTRACT> {
    /// The entries of the columns of two panels.
    #[inline(always)]
    fn tile<L: Lanes>(&mut self, left: usize, right: usize) {
        let (top, from) = (left * WIDTH, right * WIDTH);
        let size = self.panels.columns;
        let (high, wide) = ((size - top).min(WIDTH), (size - from).min(WIDTH));
        let mut sums = [[0.0; WIDTH]; WIDTH];
        for (row, sums) in sums.iter_mut().enumerate().take(high) {
            let at = (top + row) * self.stride + from;
            sums[..wide].copy_from_slice(&self.matrix[at..at + wide]);
        }
        let (left, right) = (self.panels.panel(left), self.panels.panel(right));
        #[cfg(test)]
        crate::exact::linear::work::count(left.len() * WIDTH * WIDTH);
        if L::WIDE {
            multiply::<SUBTRACT, 0, 8>(left, right, &mut sums);
        } else {
            // A half at a time, or the sums do not fit the registers.
            multiply::<SUBTRACT, 0, 4>(left, right, &mut sums);
            multiply::<SUBTRACT, 4, 4>(left, right, &mut sums);
        }
        for (row, sums) in sums.iter().enumerate().take(high) {
            let at = (top + row) * self.stride + from;
            self.matrix[at..at + wide].copy_from_slice(&sums[..wide]);
        }
    }
}

/// `HEIGHT` rows of a tile from `FIRST` on.
#[inline(always)]
fn multiply<const SUBTRACT: bool, const FIRST: usize, const HEIGHT: usize>(
    left: &[PanelRow],
    right: &[PanelRow],
    sums: &mut [PanelRow; WIDTH],
) {
    let mut kept = [[0.0; WIDTH]; HEIGHT];
    kept.copy_from_slice(&sums[FIRST..FIRST + HEIGHT]);
    for (left, right) in left.iter().zip(right) {
        for row in 0..HEIGHT {
            for column in 0..WIDTH {
                let product = left[FIRST + row] * right[column];
                if SUBTRACT {
                    kept[row][column] -= product;
                } else {
                    kept[row][column] += product;
                }
            }
        }
    }
    sums[FIRST..FIRST + HEIGHT].copy_from_slice(&kept);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::rng::mix;

    /// The plain loop: rows outermost, each term rounded and added.
    fn plain(rows: &[Vec<f64>], n: usize, sign: f64) -> Vec<f64> {
        let mut sums = vec![1.0; n * n];
        for row in rows {
            for i in 0..n {
                for j in 0..=i {
                    sums[i * n + j] += sign * (row[i] * row[j]);
                }
            }
        }
        sums
    }

    #[test]
    fn every_kernel_has_the_bits_of_the_plain_loop() {
        for (n, depth) in [(1, 1), (7, 3), (8, 40), (9, 2), (33, 70), (150, 31)] {
            let cell = |row: usize, at: usize| mix((row * 1000 + at) as u64) as f64 / 1e19 - 0.9;
            let rows: Vec<Vec<f64>> =
                (0..depth).map(|row| (0..n).map(|at| cell(row, at)).collect()).collect();
            let mut panels = Panels::new(depth, n);
            for (at, row) in rows.iter().enumerate() {
                panels.set_row(at, row.iter().copied());
            }
            for kernel in Kernel::available() {
                let (mut more, mut less) = (vec![1.0; n * n], vec![1.0; n * n]);
                add(kernel, &mut more, n, &panels);
                subtract(kernel, &mut less, n, &panels);
                for (found, sign) in [(more, 1.0), (less, -1.0)] {
                    let expected = plain(&rows, n, sign);
                    for at in (0..n * n).filter(|at| at % n <= at / n) {
                        let bits = (found[at].to_bits(), expected[at].to_bits());
                        assert_eq!(bits.0, bits.1, "{kernel}, n = {n}, entry {at}");
                    }
                }
            }
        }
    }
}
