//! What each asset may hold: C = {w : Σw = 1, ℓ ≤ w ≤ u}, asset by asset, and the best corner of C for a linear score.
//! What the user typed is [`Rule`]'s; who may hold nothing at all is decided by the modules that search.

use crate::Rule;
use crate::rule::SLACK;

/// The least and the most that each asset may hold: fractions of the whole, one pair an asset.
#[derive(Debug, Clone, PartialEq)]
pub struct Bounds {
    lower: Vec<f64>,
    upper: Vec<f64>,
}

/// Why no portfolio lies within some bounds.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum Infeasible {
    /// Two vectors of different lengths, or of none.
    #[error("{lower} lower and {upper} upper bounds: one of each is needed for each asset")]
    Lengths {
        /// Lower bounds given.
        lower: usize,
        /// Upper bounds given.
        upper: usize,
    },
    /// A bound that is no finite number, or a lower above its upper.
    #[error("asset {asset} may hold at least {lower} and at most {upper}: no weight is both")]
    Crossed {
        /// Its position, from 0.
        asset: usize,
        /// Its lower bound.
        lower: f64,
        /// Its upper bound.
        upper: f64,
    },
    /// All upper bounds together are less than 1.
    #[error("all assets together may hold at most {most}: the weights cannot add up to 1")]
    TooLow {
        /// The sum of the upper bounds.
        most: f64,
    },
    /// All lower bounds together are more than 1.
    #[error("all assets together hold at least {least}: the weights cannot add up to 1")]
    TooHigh {
        /// The sum of the lower bounds.
        least: f64,
    },
}

impl Bounds {
    /// Takes one lower and one upper bound an asset.
    ///
    /// # Errors
    /// Vectors of different lengths or none, a bound that is not finite, a lower above its upper, no weights that
    /// add up to 1 (beyond [`SLACK`]).
    pub fn new(lower: Vec<f64>, upper: Vec<f64>) -> Result<Self, Infeasible> {
        if lower.len() != upper.len() || lower.is_empty() {
            return Err(Infeasible::Lengths { lower: lower.len(), upper: upper.len() });
        }
        let good = |l: f64, u: f64| l.is_finite() && u.is_finite() && l <= u;
        if let Some(asset) = (0..lower.len()).find(|&i| !good(lower[i], upper[i])) {
            return Err(Infeasible::Crossed { asset, lower: lower[asset], upper: upper[asset] });
        }
        let bounds = Self { lower, upper };
        bounds.admit_one()?;
        Ok(bounds)
    }

    /// The floor and the cap of `rule` for each of `assets` assets.
    ///
    /// # Errors
    /// No weights that add up to 1.
    pub fn of_rule(rule: &Rule, assets: usize) -> Result<Self, Infeasible> {
        Self::new(vec![rule.floor(); assets], vec![rule.cap(); assets])
    }

    /// From nothing to everything for each of `assets` assets, which is one at least.
    pub(crate) fn free(assets: usize) -> Self {
        Self { lower: vec![0.0; assets], upper: vec![1.0; assets] }
    }

    /// The number of assets.
    pub fn len(&self) -> usize {
        self.lower.len()
    }

    /// Whether there is no asset at all.
    pub fn is_empty(&self) -> bool {
        self.lower.is_empty()
    }

    /// The least that each asset may hold.
    pub fn lower(&self) -> &[f64] {
        &self.lower
    }

    /// The most that each asset may hold.
    pub fn upper(&self) -> &[f64] {
        &self.upper
    }

    /// Makes them bounds of `assets` assets, of which the new ones may hold nothing.
    pub(crate) fn resize(&mut self, assets: usize) {
        self.lower.resize(assets, 0.0);
        self.upper.resize(assets, 0.0);
    }

    /// Gives one asset other bounds. Whether weights still add up to 1 is for [`Bounds::admit_one`] to say.
    pub(crate) fn set(&mut self, asset: usize, lower: f64, upper: f64) {
        self.lower[asset] = lower;
        self.upper[asset] = upper;
    }

    /// Whether some weights within the bounds add up to 1.
    pub(crate) fn admit_one(&self) -> Result<(), Infeasible> {
        let most: f64 = self.upper.iter().sum();
        if most < 1.0 - SLACK {
            return Err(Infeasible::TooLow { most });
        }
        let least: f64 = self.lower.iter().sum();
        if least > 1.0 + SLACK { Err(Infeasible::TooHigh { least }) } else { Ok(()) }
    }

    /// Writes the corner of C that holds as much as it may of the assets of the highest `score`: the maximizer of
    /// scoreᵀw. Of equal scores the lower index is filled first. `order` is scratch.
    pub(crate) fn corner(&self, score: &[f64], order: &mut Vec<usize>, weights: &mut [f64]) {
        order.clear();
        order.extend(0..self.len());
        order.sort_unstable_by(|&a, &b| score[b].total_cmp(&score[a]).then(a.cmp(&b)));
        weights.copy_from_slice(&self.lower);
        let mut left = 1.0 - self.lower.iter().sum::<f64>();
        for &asset in order.iter() {
            let room = self.upper[asset] - self.lower[asset];
            if room >= left - SLACK {
                // A remainder within the slack is rounding, not a weight.
                weights[asset] = if left >= room - SLACK {
                    self.upper[asset]
                } else {
                    self.lower[asset] + left.max(0.0)
                };
                return;
            }
            weights[asset] = self.upper[asset];
            left -= room;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corner(bounds: &Bounds, score: &[f64]) -> Vec<f64> {
        let mut weights = vec![0.0; score.len()];
        bounds.corner(score, &mut Vec::new(), &mut weights);
        weights
    }

    #[test]
    fn a_corner_fills_the_highest_scores() {
        let bounds = Bounds::new(vec![0.1, 0.0, 0.0], vec![0.5, 0.6, 1.0]).unwrap();
        assert_eq!(corner(&bounds, &[1.0, 3.0, 2.0]), [0.1, 0.6, 1.0 - 0.1 - 0.6]);
        let ties = Bounds::new(vec![0.0; 3], vec![0.5; 3]).unwrap();
        assert_eq!(corner(&ties, &[1.0, 1.0, 1.0]), [0.5, 0.5, 0.0]);
    }

    #[test]
    fn one_over_n_is_one_point() {
        let bounds = Bounds::new(vec![0.0; 49], vec![1.0 / 49.0; 49]).unwrap();
        assert_eq!(corner(&bounds, &[1.0; 49]), [1.0 / 49.0; 49]);
    }

    #[test]
    fn what_cannot_add_up_says_by_how_much() {
        let low = Bounds::new(vec![0.0; 3], vec![0.25; 3]).unwrap_err();
        assert_eq!(low, Infeasible::TooLow { most: 0.75 });
        let high = Bounds::new(vec![0.5; 3], vec![1.0; 3]).unwrap_err();
        assert_eq!(high, Infeasible::TooHigh { least: 1.5 });
        let crossed = Bounds::new(vec![0.0, 0.5], vec![1.0, 0.25]).unwrap_err();
        assert_eq!(crossed, Infeasible::Crossed { asset: 1, lower: 0.5, upper: 0.25 });
        let nan = Bounds::new(vec![0.0, f64::NAN], vec![1.0, 0.25]).unwrap_err();
        assert!(matches!(nan, Infeasible::Crossed { asset: 1, .. }));
        assert!(matches!(Bounds::new(vec![], vec![]), Err(Infeasible::Lengths { .. })));
    }
}
