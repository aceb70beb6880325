//! Scoring weightings: step 6 of a search.
//!
//! `scalar` is the plain `f64` reference: every figure that leaves this crate comes from it. `quadratic` scores 64 fresh
//! candidates at a time in `f32`, `swap` carries the scores of shared draws from one subset to the next, and `screen` keeps
//! of either whatever may turn out best in the reference, by a proven margin. So the kernels decide how fast the answer
//! comes, never what it is.

pub(crate) mod quadratic;
pub(crate) mod scalar;
pub(crate) mod screen;
pub(crate) mod swap;

use crate::{Moments, Rule};

/// Mean excess and covariance of the whole universe, in the two forms that scoring wants.
#[derive(Debug, Clone)]
pub(crate) struct Universe {
    assets: usize,
    /// Mean above the rate, annual, and covariance: the truth.
    excess: Vec<f64>,
    covariance: Vec<f64>,
    /// The same divided by the largest mean and the largest variance: at most 1 in size, so that error bounds need no
    /// units and nothing overflows.
    small_excess: Vec<f32>,
    small_covariance: Vec<f32>,
    /// A Sharpe ratio, from the scaled numbers to the true ones.
    pub(crate) scale: f64,
    /// The scaled volatility of equal weights in everything: about that of any draw.
    pub(crate) typical_volatility: f64,
}

impl Universe {
    pub(crate) fn new(moments: &Moments, rule: &Rule) -> Self {
        let n = moments.len();
        let excess: Vec<f64> = moments.mean().iter().map(|mean| mean - rule.rate()).collect();
        let covariance = moments.covariance().to_vec();
        let largest = excess.iter().fold(f64::MIN_POSITIVE, |m, x| x.abs().max(m));
        let variance = (0..n).map(|i| covariance[i * n + i]).fold(f64::MIN_POSITIVE, f64::max);
        let equal = covariance.iter().map(|x| x / variance).sum::<f64>() / (n * n) as f64;
        Self {
            assets: n,
            small_excess: excess.iter().map(|x| (x / largest) as f32).collect(),
            small_covariance: covariance.iter().map(|x| (x / variance) as f32).collect(),
            excess,
            covariance,
            scale: largest / variance.sqrt(),
            typical_volatility: equal.max(1e-4).sqrt(),
        }
    }

    /// One row of the scaled covariance.
    pub(crate) fn small_row(&self, asset: usize) -> &[f32] {
        &self.small_covariance[asset * self.assets..][..self.assets]
    }

    /// The scaled mean excess of an asset.
    pub(crate) fn small_excess(&self, asset: usize) -> f32 {
        self.small_excess[asset]
    }

    fn row(&self, asset: usize) -> &[f64] {
        &self.covariance[asset * self.assets..][..self.assets]
    }
}
