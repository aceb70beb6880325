//! The search for a diagonal D ≥ 0 that leaves Σ − D positive semidefinite, and the relaxation a low bound. It proves
//! nothing.
//!
//! The bound is convex in D, and falls by aᵢ = yᵢ²(1/zᵢ − 1) per unit of dᵢ, y and z being the relaxation's portfolio
//! and parts. A sweep goes through all assets and sets each dᵢ to the maximizer of aᵀd + τ·log det(Σ − D), which needs
//! one entry of (Σ − D)⁻¹ and changes it by rank one; then it relaxes anew and moves a. τ falls from sweep to sweep.

use super::Splitting;
use super::definite;
use super::relax::{Query, Relaxation};
use crate::Moments;
use crate::exact::linear::add_scaled;
use crate::exact::sparse::node::Held;

/// Sweeps made.
const SWEEPS: usize = 10;
/// τ of the first sweep and of the last, each half the one before.
const FIRST: f64 = 0.5;
const LAST: f64 = 1e-3;
/// How much of the new a is taken.
const MOVED: f64 = 0.4;
/// The least aᵢ, in units of the variance of asset i that no others explain.
const CALM: f64 = 0.05;
/// The least dᵢ, as a share of that variance.
const LEAST: f64 = 1e-3;
/// What is taken from the diagonal until it is proven to leave something semidefinite.
const RETREATS: [f64; 4] = [1e-9, 1e-6, 1e-3, 1e-1];

/// A diagonal, and what is needed to better it.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::exact::sparse) struct Sweep {
    diagonal: Vec<f64>,
    /// The variance of each asset that no others explain.
    own: Vec<f64>,
    wanted: Vec<f64>,
    /// The lower triangle of (Σ − D)⁻¹.
    inverse: Vec<f64>,
    slack: f64,
    left: usize,
    held: Option<Held>,
    bound: f64,
}

impl Sweep {
    /// Nothing yet, of these moments.
    pub(in crate::exact::sparse) fn new(moments: &Moments) -> Self {
        Self {
            diagonal: vec![0.0; moments.len()],
            own: Vec::new(),
            wanted: Vec::new(),
            inverse: Vec::new(),
            slack: FIRST,
            left: SWEEPS,
            held: None,
            bound: f64::INFINITY,
        }
    }

    /// Whether it is worth no more.
    pub(in crate::exact::sparse) fn is_done(&self) -> bool {
        self.left == 0
    }

    /// One sweep more.
    pub(in crate::exact::sparse) fn step(
        mut self,
        moments: &Moments,
        relaxation: &mut Relaxation<'_>,
    ) -> Self {
        self.left -= 1;
        if self.own.is_empty() && !self.begin(moments) {
            self.left = 0;
            return self;
        }
        (0..self.diagonal.len()).for_each(|asset| self.set(asset));
        self.slack = (0.5 * self.slack).max(LAST);
        let splitting = Splitting { diagonal: self.diagonal.clone() };
        let query = Query { forced: &[], excluded: &[], start: self.held.as_ref(), target: 0.0 };
        let relaxed = relaxation.solve(&splitting, query);
        self.want(&relaxation.wants(&splitting, &relaxed.held));
        (self.held, self.bound) = (Some(relaxed.held), relaxed.bound);
        self
    }

    /// What came of it, if that is proven to leave Σ − D semidefinite and has a bound below `bound`.
    pub(in crate::exact::sparse) fn finish(
        self,
        moments: &Moments,
        bound: f64,
    ) -> Option<Splitting> {
        if self.own.is_empty() || self.bound.is_nan() || self.bound >= bound {
            return None;
        }
        RETREATS.iter().find_map(|retreat| {
            let diagonal: Vec<f64> = self.diagonal.iter().map(|d| d * (1.0 - retreat)).collect();
            Splitting::new(moments, diagonal)
        })
    }

    /// Starts at D = 0; says false if Σ is singular.
    fn begin(&mut self, moments: &Moments) -> bool {
        let n = moments.len();
        let diagonal: Vec<f64> = (0..n).map(|i| moments.covariance_row(i)[i]).collect();
        let Some(inverse) = definite::inverse(moments.covariance(), &diagonal) else {
            return false;
        };
        self.own = (0..n).map(|i| 1.0 / inverse[i * n + i]).collect();
        self.wanted = self.own.iter().map(|own| 1.0 / own).collect();
        self.inverse = inverse;
        self.own.iter().all(|own| own.is_finite() && *own > 0.0)
    }

    /// Sets one entry of the diagonal to the best.
    fn set(&mut self, asset: usize) {
        let n = self.diagonal.len();
        let own = self.inverse[asset * n + asset];
        let least = LEAST * self.own[asset] - self.diagonal[asset];
        let more = (1.0 / own - self.slack / self.wanted[asset]).max(least);
        let mut column = self.inverse[asset * n..][..n].to_vec();
        (asset + 1..n).for_each(|other| column[other] = self.inverse[other * n + asset]);
        let factor = more / (1.0 - more * own);
        for (other, row) in self.inverse.chunks_exact_mut(n).enumerate() {
            add_scaled(&mut row[..=other], factor * column[other], &column[..=other]);
        }
        self.diagonal[asset] += more;
    }

    /// Moves a towards what the relaxation wants.
    fn want(&mut self, wants: &[f64]) {
        let all: f64 = wants.iter().zip(&self.diagonal).map(|(want, d)| want * d).sum();
        let scale = if all > 0.0 { wants.len() as f64 / all } else { 0.0 };
        for ((wanted, want), own) in self.wanted.iter_mut().zip(wants).zip(&self.own) {
            *wanted += MOVED * ((scale * want).max(CALM / own) - *wanted);
        }
    }
}
