//! The bound that knows how many assets are held: Σ is split into a diagonal D and a rest R = Σ − D that is positive
//! semidefinite.
//!
//! For a portfolio w let y = t·w with the t that makes 2μ̃ᵀy − yᵀΣy highest: then that is its squared Sharpe ratio. For
//! any v, yᵀRy ≥ 2vᵀRy − vᵀRv, so the squared ratio is at most vᵀRv + Σ (2gᵢyᵢ − dᵢyᵢ²) with g = μ̃ − Rv, and each term
//! of the sum at most gᵢ₊²/dᵢ. Only K assets are held:
//!
//! **no portfolio of at most K assets has a squared Sharpe ratio above vᵀRv + the K highest gᵢ₊²/dᵢ.**
//!
//! Those that are held for sure count in any case, the highest others beside them. A cap is y ≤ cap·Σy, and a floor of
//! what is held for sure y ≥ floor·Σy; each with a multiplier adds to g what may be had (`proof`). The best v is the
//! answer to the perspective relaxation (Frangioni & Gentile, 2006), in which each asset may be held in part
//! (`relax`, `classes`); the best D is a semidefinite program (Zheng, Sun & Li, 2014), which is only begun (`sweep`).
//! Whether R is semidefinite takes one Cholesky factor (`definite`).

mod classes;
mod definite;
mod field;
mod proof;
mod relax;
mod sweep;

use crate::Moments;
use crate::blocked::cholesky::Factoring;
pub(super) use proof::{Claim, Terms};
pub(super) use relax::{Published, Query, Relaxation, Relaxed};
pub(super) use sweep::{SLICE, Sweep};

/// A diagonal that leaves Σ − D positive semidefinite.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Splitting {
    /// One number an asset.
    pub(super) diagonal: Vec<f64>,
}

impl Splitting {
    /// Takes a diagonal, if it surely leaves something positive semidefinite.
    pub(super) fn new(moments: &Moments, diagonal: Vec<f64>) -> Option<Self> {
        let rest = rest(moments, &diagonal)?;
        definite::is_surely_definite(moments.covariance(), &rest).then_some(Self { diagonal })
    }

    /// The proof of a diagonal, on its way: it is proven if that comes to its end. `None` if it is none.
    fn proof(moments: &Moments, diagonal: &[f64]) -> Option<Factoring> {
        let rest = rest(moments, diagonal)?;
        Some(definite::proof(moments.covariance(), &rest))
    }
}

/// The diagonal of Σ − D; `None` if D has a number below 0.
fn rest(moments: &Moments, diagonal: &[f64]) -> Option<Vec<f64>> {
    let left = |(i, d): (usize, &f64)| moments.covariance_row(i)[i] - d;
    let good = diagonal.iter().all(|d| *d >= 0.0);
    good.then(|| diagonal.iter().enumerate().map(left).collect())
}
