//! Elimination with the largest pivot first, block after block of pivots, until no pivot is left above a level.

use super::{Panels, gram};
use crate::Kernel;

/// Pivots taken before the rest of the matrix hears of them.
const BLOCK: usize = 64;

/// What an elimination leaves.
pub(crate) struct Rest {
    /// The rows and columns without a pivot, ascending.
    pub(crate) left: Vec<usize>,
    /// The lower triangle of what is left of them, row after row of as many as they are.
    pub(crate) matrix: Vec<f64>,
}

/// Eliminates pivots above `level` from the lower triangle of `matrix`, n x n, the largest first.
pub(crate) fn eliminate(matrix: Vec<f64>, n: usize, level: f64) -> Rest {
    let mut rest = Rest { left: (0..n).collect(), matrix };
    while rest.block(level) {}
    rest
}

impl Rest {
    /// Takes a block of pivots; says whether there may be more.
    fn block(&mut self, level: f64) -> bool {
        let size = self.left.len();
        let mut diagonal: Vec<f64> = (0..size).map(|i| self.matrix[i * size + i]).collect();
        let mut taken = vec![false; size];
        let mut columns: Vec<Vec<f64>> = Vec::with_capacity(BLOCK);
        while columns.len() < BLOCK {
            let open = (0..size).filter(|&i| !taken[i]);
            let largest = open.max_by(|&a, &b| diagonal[a].total_cmp(&diagonal[b]));
            let Some(pivot) = largest.filter(|&i| diagonal[i] > level) else { break };
            taken[pivot] = true;
            let column = self.column(pivot, diagonal[pivot], &columns);
            diagonal.iter_mut().zip(&column).for_each(|(rest, cell)| *rest -= cell * cell);
            columns.push(column);
        }
        let more = columns.len() == BLOCK;
        self.subtract(&columns);
        self.keep(&taken);
        more
    }

    /// The column of a pivot as far as the pivots of its block leave it, over the root of the pivot.
    fn column(&self, pivot: usize, value: f64, columns: &[Vec<f64>]) -> Vec<f64> {
        let size = self.left.len();
        let entry = |i: usize| self.matrix[i.max(pivot) * size + i.min(pivot)];
        let mut column: Vec<f64> = (0..size).map(entry).collect();
        for known in columns {
            let factor = known[pivot];
            column.iter_mut().zip(known).for_each(|(cell, known)| *cell -= factor * known);
        }
        let inverse = 1.0 / value.sqrt();
        column.iter_mut().for_each(|cell| *cell *= inverse);
        column
    }

    fn subtract(&mut self, columns: &[Vec<f64>]) {
        let size = self.left.len();
        let mut panels = Panels::new(columns.len(), size);
        for (at, column) in columns.iter().enumerate() {
            panels.set_row(at, column.iter().copied());
        }
        gram::subtract(Kernel::detect(), &mut self.matrix, size, &panels);
    }

    /// Drops the rows and columns of pivots.
    fn keep(&mut self, taken: &[bool]) {
        let size = self.left.len();
        let kept: Vec<usize> = (0..size).filter(|&i| !taken[i]).collect();
        // Nothing moves to the right, so nothing is overwritten that is still to be moved.
        for (i, &from) in kept.iter().enumerate() {
            for (j, &column) in kept[..=i].iter().enumerate() {
                self.matrix[i * kept.len() + j] = self.matrix[from * size + column];
            }
        }
        self.matrix.truncate(kept.len() * kept.len());
        self.left = kept.into_iter().map(|i| self.left[i]).collect();
    }
}
