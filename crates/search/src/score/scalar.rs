//! The reference: the Sharpe ratio of one portfolio in `f64`, in one order of summation, with explicit fused
//! multiply-adds. Sharpe = excess·w / √(w'Σw), annual (Sharpe 1966; formulas as in any text).

use super::Universe;

/// Mean excess and covariance of one subset, sliced on both axes: k and k x k.
#[derive(Debug, Clone)]
pub(crate) struct Subset {
    assets: Vec<usize>,
    excess: Vec<f64>,
    covariance: Vec<f64>,
    /// Σw, kept to spare an allocation a portfolio.
    product: Vec<f64>,
}

impl Subset {
    pub(crate) fn new(universe: &Universe, assets: &[usize]) -> Self {
        let k = assets.len();
        let mut subset = Self {
            assets: assets.to_vec(),
            excess: vec![0.0; k],
            covariance: vec![0.0; k * k],
            product: vec![0.0; k],
        };
        (0..k).for_each(|slot| subset.put(universe, slot, assets[slot]));
        subset
    }

    pub(crate) fn assets(&self) -> &[usize] {
        &self.assets
    }

    /// Puts another asset at a position.
    pub(crate) fn put(&mut self, universe: &Universe, slot: usize, asset: usize) {
        let k = self.assets.len();
        self.assets[slot] = asset;
        self.excess[slot] = universe.excess[asset];
        let row = universe.row(asset);
        for (other, &b) in self.assets.iter().enumerate() {
            self.covariance[slot * k + other] = row[b];
            self.covariance[other * k + slot] = row[b];
        }
    }

    /// The annual Sharpe ratio of `weights`. Without risk it is infinite, and without risk or excess the lowest there is.
    #[inline(always)]
    pub(crate) fn sharpe(&mut self, weights: &[f64]) -> f64 {
        self.product.fill(0.0);
        let rows = self.covariance.chunks_exact(weights.len());
        let (mut mean, mut variance) = (0.0f64, 0.0f64);
        for (row, &w) in rows.zip(weights) {
            for (sum, &c) in self.product.iter_mut().zip(row) {
                *sum = w.mul_add(c, *sum);
            }
        }
        for ((&w, &excess), &product) in weights.iter().zip(&self.excess).zip(&self.product) {
            mean = w.mul_add(excess, mean);
            variance = w.mul_add(product, variance);
        }
        let ratio = mean / variance.max(0.0).sqrt();
        if ratio.is_nan() { f64::NEG_INFINITY } else { ratio }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Moments, Rule};

    #[test]
    fn a_subset_scores_as_its_moments_do_however_it_was_reached() {
        let n = 6;
        let names = (0..n).map(|i| format!("A{i}")).collect();
        let mean: Vec<f64> = (0..n).map(|i| 0.02 * i as f64 + 0.01).collect();
        let loading = |i: usize| [0.1 + 0.03 * i as f64, 0.2 - 0.05 * i as f64];
        let covariance: Vec<f64> = (0..n * n)
            .map(|at| {
                let ([a, b], [c, d]) = (loading(at / n), loading(at % n));
                a * c + b * d + if at / n == at % n { 0.01 } else { 0.0 }
            })
            .collect();
        let moments = Moments::new(names, &mean, &covariance, 1.0).unwrap();
        let universe = Universe::new(&moments, &Rule::new(1.0, 0.0, 0.03).unwrap());
        let weights = [0.2, 0.5, 0.3];
        let mut subset = Subset::new(&universe, &[0, 2, 3]);
        subset.put(&universe, 2, 5);
        assert_eq!(subset.assets(), [0, 2, 5]);
        let expected = moments.select(&[0, 2, 5]).performance(&weights, 0.03).sharpe;
        assert!((subset.sharpe(&weights) - expected).abs() < 1e-14);
        assert_eq!(
            subset.sharpe(&weights).to_bits(),
            Subset::new(&universe, &[0, 2, 5]).sharpe(&weights).to_bits()
        );
    }
}
