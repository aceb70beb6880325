//! The triangular factor of the free assets, grown and shrunk one asset at a time. Which assets are free is decided
//! elsewhere.
//!
//! Where Σw is fixed, wᵀ(Σ + γ11ᵀ)w differs from wᵀΣw by a constant; so Σ_FF + γ11ᵀ = LLᵀ is factored, which is
//! singular only if the *problem* is (a pair of mirrored assets has no risk, and a singular Σ_FF, but one best mix).
//! Rows are appended by a forward substitution and deleted by Givens rotations (Gill, Golub, Murray & Saunders, 1974).
//! L⁻¹1 and L⁻¹μ̃ are carried through both, so that a step costs one substitution each way.

use crate::exact::linear::{add_scaled, dot};

/// A pivot below this share of its diagonal is zero: the asset moves in line with the free ones.
const SINGULAR: f64 = 1e-13;

/// LLᵀ = Σ_FF + γ11ᵀ, and two vectors solved through L.
#[derive(Debug, Clone)]
pub(super) struct Factor {
    stride: usize,
    assets: Vec<usize>,
    /// Row k holds L[k, 0..=k].
    rows: Vec<f64>,
    /// 1 / L[k, k].
    inverse: Vec<f64>,
    /// L⁻¹1.
    ones: Vec<f64>,
    /// L⁻¹μ̃.
    excess: Vec<f64>,
    rotations: Vec<(f64, f64)>,
}

impl Factor {
    /// Room for `assets` free assets; none is free yet.
    pub(super) fn new(assets: usize) -> Self {
        Self {
            stride: assets,
            assets: Vec::with_capacity(assets),
            rows: vec![0.0; assets * assets],
            inverse: Vec::with_capacity(assets),
            ones: Vec::with_capacity(assets),
            excess: Vec::with_capacity(assets),
            rotations: Vec::with_capacity(assets),
        }
    }

    /// Makes room for `assets` free assets; none is free.
    pub(super) fn resize(&mut self, assets: usize) {
        self.clear();
        self.stride = assets;
        self.rows.resize(self.rows.len().max(assets * assets), 0.0);
    }

    /// Sets no asset free.
    pub(super) fn clear(&mut self) {
        self.assets.clear();
        self.inverse.clear();
        self.ones.clear();
        self.excess.clear();
    }

    /// The free assets, in the order in which they were freed.
    pub(super) fn assets(&self) -> &[usize] {
        &self.assets
    }

    /// The number of free assets.
    pub(super) fn len(&self) -> usize {
        self.assets.len()
    }

    /// L⁻¹1.
    pub(super) fn ones(&self) -> &[f64] {
        &self.ones
    }

    /// L⁻¹μ̃.
    pub(super) fn excess(&self) -> &[f64] {
        &self.excess
    }

    fn row(&self, k: usize) -> &[f64] {
        &self.rows[k * self.stride..][..k]
    }

    /// Frees `asset`, given its row of Σ, γ and its μ̃. Says false and leaves all as it was if the asset moves in line
    /// with the free ones; the next row's place then holds L⁻¹ of its column, for `Factor::in_line`.
    pub(super) fn push(
        &mut self,
        asset: usize,
        covariance: &[f64],
        shift: f64,
        excess: f64,
    ) -> bool {
        let count = self.len();
        let (head, tail) = self.rows.split_at_mut(count * self.stride);
        for (k, &other) in self.assets.iter().enumerate() {
            let known = dot(&head[k * self.stride..][..k], &tail[..k]);
            tail[k] = (covariance[other] + shift - known) * self.inverse[k];
        }
        let column = &tail[..count];
        let diagonal = covariance[asset] + shift;
        let pivot = diagonal - dot(column, column);
        if pivot <= SINGULAR * diagonal {
            return false;
        }
        let inverse = 1.0 / pivot.sqrt();
        let (one, mean) = (dot(column, &self.ones), dot(column, &self.excess));
        tail[count] = pivot.sqrt();
        self.ones.push((1.0 - one) * inverse);
        self.excess.push((excess - mean) * inverse);
        self.inverse.push(inverse);
        self.assets.push(asset);
        true
    }

    /// After a refused `Factor::push`: the free assets' share of the move that frees the refused one by 1 and
    /// changes neither the risk nor the sum of the weights.
    pub(super) fn in_line(&self, direction: &mut Vec<f64>) {
        let count = self.len();
        direction.clear();
        direction.extend(self.rows[count * self.stride..][..count].iter().map(|x| -x));
        self.back(direction);
    }

    /// No longer frees the asset at `position`.
    pub(super) fn remove(&mut self, position: usize) {
        let (count, stride) = (self.len() - 1, self.stride);
        self.assets.remove(position);
        self.rotations.clear();
        for k in position..count {
            let row = k * stride;
            self.rows.copy_within(row + stride..row + stride + k + 2, row);
            let row = &mut self.rows[row..][..k + 2];
            rotate(&self.rotations, &mut row[position..=k]);
            let (x, y) = (row[k], row[k + 1]);
            let pivot = (x * x + y * y).sqrt();
            row[k] = pivot;
            self.inverse[k] = 1.0 / pivot;
            self.rotations.push((x / pivot, y / pivot));
        }
        rotate(&self.rotations, &mut self.ones[position..]);
        rotate(&self.rotations, &mut self.excess[position..]);
        self.inverse.truncate(count);
        self.ones.truncate(count);
        self.excess.truncate(count);
    }

    /// Solves for L⁻¹1 and L⁻¹μ̃ again.
    pub(super) fn renew(&mut self, excess: &[f64]) {
        for k in 0..self.len() {
            let row = &self.rows[k * self.stride..][..k];
            self.ones[k] = (1.0 - dot(row, &self.ones[..k])) * self.inverse[k];
            self.excess[k] =
                (excess[self.assets[k]] - dot(row, &self.excess[..k])) * self.inverse[k];
        }
    }

    /// x ← L⁻¹x.
    pub(super) fn forward(&self, x: &mut [f64]) {
        for k in 0..self.len() {
            x[k] = (x[k] - dot(self.row(k), &x[..k])) * self.inverse[k];
        }
    }

    /// x ← L⁻ᵀx.
    pub(super) fn back(&self, x: &mut [f64]) {
        for k in (0..self.len()).rev() {
            let (head, tail) = x.split_at_mut(k);
            tail[0] *= self.inverse[k];
            add_scaled(head, -tail[0], self.row(k));
        }
    }
}

/// Applies the rotations of columns (0, 1), (1, 2), … in turn.
fn rotate(rotations: &[(f64, f64)], row: &mut [f64]) {
    for (k, &(cosine, sine)) in rotations.iter().enumerate() {
        let (x, y) = (row[k], row[k + 1]);
        row[k] = cosine * x + sine * y;
        row[k + 1] = cosine * y - sine * x;
    }
}
