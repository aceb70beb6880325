//! Scoring from scratch: mean and variance of 16, or 64, candidates in lanes.
//!
//! The variance is taken by rows of the lower triangle, doubled off the diagonal: k(k+1)/2 products instead of k². Four
//! rows at a time keep their sums in registers, so that each number loaded is used four times; 64 candidates at a time do
//! the same for the coefficients. In every lane the sums run in the same order, however many run beside it.

use super::Universe;
use super::screen::Scored;
use crate::lanes::{Lanes, Row};

/// The scaled moments of one subset as the kernel reads them.
#[derive(Debug, Clone)]
pub(crate) struct Coefficients {
    k: usize,
    excess: Vec<f32>,
    /// k x k, of which row i holds 2 c_ij for j < i and c_ii; the rest is not read.
    triangle: Vec<f32>,
}

impl Coefficients {
    pub(crate) fn new(universe: &Universe, assets: &[usize]) -> Self {
        let k = assets.len();
        let mut new = Self { k, excess: vec![0.0; k], triangle: vec![0.0; k * k] };
        (0..k).for_each(|slot| new.put(universe, assets, slot));
        new
    }

    /// Takes in the asset at position `slot` of `assets`.
    pub(crate) fn put(&mut self, universe: &Universe, assets: &[usize], slot: usize) {
        let (k, row) = (self.k, universe.small_row(assets[slot]));
        self.excess[slot] = universe.small_excess(assets[slot]);
        for (j, &b) in assets[..slot].iter().enumerate() {
            self.triangle[slot * k + j] = 2.0 * row[b];
        }
        self.triangle[slot * k + slot] = row[assets[slot]];
        for (i, &b) in assets.iter().enumerate().skip(slot + 1) {
            self.triangle[i * k + slot] = 2.0 * row[b];
        }
    }

    /// Mean and variance of `G` groups, not normalized: `rows[i][g]` is asset i of group g.
    #[inline(always)]
    pub(crate) fn score<L: Lanes, const G: usize>(
        &self,
        l: L,
        rows: &[[Row; G]],
    ) -> [Scored<L>; G] {
        let zero = l.splat(0.0);
        let (mut mean, mut variance) = ([zero; G], [zero; G]);
        // What is left over four rows comes first, where the rows are short.
        let single = self.k % 4;
        for first in 0..single {
            self.block::<L, G, 1>(l, rows, first, &mut mean, &mut variance);
        }
        for first in (single..self.k).step_by(4) {
            self.block::<L, G, 4>(l, rows, first, &mut mean, &mut variance);
        }
        std::array::from_fn(|g| Scored { mean: mean[g], variance: variance[g] })
    }

    /// `R` rows of the triangle, from `first`.
    #[inline(always)]
    fn block<L: Lanes, const G: usize, const R: usize>(
        &self,
        l: L,
        rows: &[[Row; G]],
        first: usize,
        mean: &mut [L::Floats; G],
        variance: &mut [L::Floats; G],
    ) {
        let mut sums = [[l.splat(0.0); G]; R];
        let coefficients: [&[f32]; R] =
            std::array::from_fn(|r| &self.triangle[(first + r) * self.k..][..first]);
        for (j, row) in rows[..first].iter().enumerate() {
            let y: [L::Floats; G] = row_of(l, row);
            for r in 0..R {
                let c = l.splat(coefficients[r][j]);
                for g in 0..G {
                    sums[r][g] = l.mul_add(c, y[g], sums[r][g]);
                }
            }
        }
        for r in 0..R {
            let row = &self.triangle[(first + r) * self.k + first..][..=r];
            for (j, &c) in row.iter().enumerate() {
                let (c, y) = (l.splat(c), row_of(l, &rows[first + j]));
                for g in 0..G {
                    sums[r][g] = l.mul_add(c, y[g], sums[r][g]);
                }
            }
            let (excess, y) = (l.splat(self.excess[first + r]), row_of(l, &rows[first + r]));
            for g in 0..G {
                mean[g] = l.mul_add(excess, y[g], mean[g]);
                variance[g] = l.mul_add(sums[r][g], y[g], variance[g]);
            }
        }
    }
}

/// One asset of `G` groups.
#[inline(always)]
fn row_of<L: Lanes, const G: usize>(l: L, row: &[Row; G]) -> [L::Floats; G] {
    let mut y = [l.splat(0.0); G];
    for g in 0..G {
        y[g] = l.load(&row[g]);
    }
    y
}
