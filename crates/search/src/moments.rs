//! Mean and covariance of returns: all that a score needs, estimated once for the whole universe.

use crate::exact::linear::dot;
use crate::{Error, Kernel, Returns, covariance, semidefinite, table};

/// The least number of returns with which a covariance says anything.
const LEAST_RETURNS: usize = 3;
/// How far the two halves of a covariance may differ, against the deviations of the two assets.
const SYMMETRY: f64 = 1e-12;
/// No mean and no variance a year is larger, and no variance smaller than its inverse: their squares and quotients still
/// fit a double, so that a sum carried in twice the precision loses nothing.
const LARGEST: f64 = 1e60;

/// Annual mean (a fraction a year) and covariance of every asset, n and n x n.
#[derive(Debug, Clone, PartialEq)]
pub struct Moments {
    assets: Vec<String>,
    mean: Vec<f64>,
    covariance: Vec<f64>,
}

/// What one portfolio is expected to do in a year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Performance {
    /// (`mean` - rate) / `volatility`.
    pub sharpe: f64,
    /// Mean return, a fraction a year.
    pub mean: f64,
    /// Standard deviation, a fraction a year.
    pub volatility: f64,
}

impl Moments {
    /// Mean and covariance (ddof 1) of `returns`, both times `periods` a year.
    ///
    /// # Errors
    /// Fewer than 3 rows; a constant column; numbers beyond all proportion.
    pub fn estimate(returns: &Returns, periods: f64) -> Result<Self, Error> {
        let moments = Self::of(returns, periods, refuse_constants)?;
        moments.refuse_sizes()?;
        Ok(moments)
    }

    /// The same of returns that are only looked back at: a constant column is what it is.
    ///
    /// # Errors
    /// Fewer than 3 rows.
    pub fn realized(returns: &Returns, periods: f64) -> Result<Self, Error> {
        Self::of(returns, periods, |_, _| Ok(()))
    }

    fn of(
        returns: &Returns,
        periods: f64,
        check: impl FnOnce(&Returns, &[f64]) -> Result<(), Error>,
    ) -> Result<Self, Error> {
        let (rows, n) = (returns.len(), returns.assets().len());
        if rows < LEAST_RETURNS {
            return Err(Error::TooFewRows { what: "returns", found: rows, needed: LEAST_RETURNS });
        }
        let mut mean = vec![0.0; n];
        for row in returns.rows() {
            mean.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
        }
        mean.iter_mut().for_each(|sum| *sum /= rows as f64);
        let covariance = covariance::products(returns, &mean, Kernel::detect());
        check(returns, &covariance)?;
        let annual = |values: Vec<f64>, divisor: f64| -> Vec<f64> {
            values.into_iter().map(|value| value / divisor * periods).collect()
        };
        Ok(Self {
            assets: returns.assets().to_vec(),
            mean: annual(mean, 1.0),
            covariance: annual(covariance, (rows - 1) as f64),
        })
    }

    /// Takes a mean and a covariance per period, given in place of a table, and annualizes both.
    ///
    /// # Errors
    /// A wrong shape, a number that is not finite, a covariance that is not symmetric to 1e-12 or not positive
    /// semidefinite, an asset without variance, numbers beyond all proportion.
    pub fn new(
        assets: Vec<String>,
        mean: &[f64],
        covariance: &[f64],
        periods: f64,
    ) -> Result<Self, Error> {
        let n = assets.len();
        table::check(&assets, mean)?;
        table::check(&assets, covariance)?;
        if mean.len() != n || covariance.len() != n * n {
            return Err(Error::Ragged { values: mean.len() + covariance.len(), assets: n });
        }
        let not_finite = |asset, row, value| Error::NotFinite { asset, row, value };
        let finite = |value: f64| (value * periods).is_finite();
        table::check_values(&assets, mean, finite, not_finite)?;
        table::check_values(&assets, covariance, finite, not_finite)?;
        let annual = |values: &[f64]| values.iter().map(|value| value * periods).collect();
        let mut moments = Self { mean: annual(mean), covariance: annual(covariance), assets };
        moments.check_covariance(covariance)?;
        moments.mirror();
        Ok(moments)
    }

    /// The moments that another process has, annual as they are: what they must be was checked there.
    ///
    /// # Errors
    /// Another number of values than of assets.
    pub fn copy(assets: Vec<String>, mean: Vec<f64>, covariance: Vec<f64>) -> Result<Self, Error> {
        let n = assets.len();
        if mean.len() != n || covariance.len() != n * n {
            return Err(Error::Ragged { values: mean.len() + covariance.len(), assets: n });
        }
        Ok(Self { assets, mean, covariance })
    }

    /// The names of the assets.
    pub fn assets(&self) -> &[String] {
        &self.assets
    }

    /// The number of assets.
    pub fn len(&self) -> usize {
        self.assets.len()
    }

    /// Whether there is no asset at all.
    pub fn is_empty(&self) -> bool {
        self.assets.is_empty()
    }

    /// Annual means, one an asset.
    pub fn mean(&self) -> &[f64] {
        &self.mean
    }

    /// Annual covariance, row after row, n x n, exactly symmetric.
    pub fn covariance(&self) -> &[f64] {
        &self.covariance
    }

    /// One row of the annual covariance.
    pub fn covariance_row(&self, asset: usize) -> &[f64] {
        &self.covariance[asset * self.len()..][..self.len()]
    }

    /// The moments of some of the assets, in the order given: sliced on both axes.
    pub fn select(&self, assets: &[usize]) -> Self {
        let row = |&a: &usize| assets.iter().map(move |&b| self.covariance_row(a)[b]);
        Self {
            assets: assets.iter().map(|&a| self.assets[a].clone()).collect(),
            mean: assets.iter().map(|&a| self.mean[a]).collect(),
            covariance: assets.iter().flat_map(row).collect(),
        }
    }

    /// What the weights, one an asset, promise at an annual `rate`.
    pub fn performance(&self, weights: &[f64], rate: f64) -> Performance {
        let dot = |a: &[f64]| -> f64 { a.iter().zip(weights).map(|(x, w)| x * w).sum() };
        let mean = dot(&self.mean);
        let variance: f64 =
            weights.iter().enumerate().map(|(i, w)| w * dot(self.covariance_row(i))).sum();
        let volatility = variance.sqrt();
        Performance { sharpe: (mean - rate) / volatility, mean, volatility }
    }

    /// What the weights of some of the assets promise at an annual `rate`: like [`Moments::performance`] of
    /// [`Moments::select`], sums in another order, and without a copy.
    pub fn performance_of(&self, assets: &[usize], weights: &[f64], rate: f64) -> Performance {
        let mean: f64 = assets.iter().zip(weights).map(|(&asset, w)| self.mean[asset] * w).sum();
        let whole = assets.iter().copied().eq(0..self.len());
        let variance: f64 = (0..weights.len())
            .map(|at| {
                let (row, before) = (self.covariance_row(assets[at]), &weights[..at]);
                let cross: f64 = match whole {
                    true => dot(&row[..at], before),
                    false => assets.iter().zip(before).map(|(&other, w)| row[other] * w).sum(),
                };
                weights[at] * (weights[at] * row[assets[at]] + 2.0 * cross)
            })
            .sum();
        let volatility = variance.sqrt();
        Performance { sharpe: (mean - rate) / volatility, mean, volatility }
    }

    /// The standard deviation of one asset; of a variance that is no variance, that of its size.
    fn deviation(&self, asset: usize) -> f64 {
        self.covariance[asset * self.len() + asset].abs().sqrt()
    }

    /// What is not symmetric is told as it was given, before it was made annual.
    fn check_covariance(&self, given: &[f64]) -> Result<(), Error> {
        let n = self.len();
        let constant = |i: &usize| self.covariance[i * n + i] == 0.0;
        let assets: Vec<_> = (0..n).filter(constant).map(|i| self.assets[i].clone()).collect();
        if !assets.is_empty() {
            return Err(Error::Constant { assets });
        }
        self.refuse_sizes()?;
        if let Some((a, b)) = self.lopsided() {
            let (ab, ba) = (given[a * n + b], given[b * n + a]);
            let name = |i: usize| self.assets[i].clone();
            return Err(Error::NotSymmetric { a: name(a), b: name(b), ab, ba });
        }
        self.check_semidefinite()
    }

    /// The first pair whose two covariances differ by more than rounding.
    fn lopsided(&self) -> Option<(usize, usize)> {
        let n = self.len();
        let scale: Vec<f64> = (0..n).map(|i| self.deviation(i)).collect();
        let differs = |(a, b): (usize, usize)| {
            let (ab, ba) = (self.covariance[a * n + b], self.covariance[b * n + a]);
            (ab - ba).abs() > SYMMETRY * (scale[a] * scale[b]).max(ab.abs())
        };
        covariance::below_diagonal(n).filter(|&pair| differs(pair)).min()
    }

    /// Refuses what cannot be computed with. (A negative variance is refused as no variance at all.)
    fn refuse_sizes(&self) -> Result<(), Error> {
        let refuse = |at: usize, what, value| {
            Err(Error::OutOfProportion { asset: self.assets[at].clone(), what, value })
        };
        let good = |size: f64| (1.0 / LARGEST..=LARGEST).contains(&size); // which NaN is not
        for (i, &mean) in self.mean.iter().enumerate() {
            let variance = self.covariance_row(i)[i];
            if mean.is_nan() || mean.abs() > LARGEST {
                return refuse(i, "mean", mean);
            }
            if !good(variance.abs()) {
                return refuse(i, "variance", variance);
            }
        }
        Ok(())
    }

    fn check_semidefinite(&self) -> Result<(), Error> {
        match semidefinite::impossible(self.correlations(), self.len()) {
            Some(asset) => Err(Error::NotSemidefinite { asset: self.assets[asset].clone() }),
            None => Ok(()),
        }
    }

    /// The correlations, n x n, the two halves as different as those of the covariance.
    pub(crate) fn correlations(&self) -> Vec<f64> {
        let n = self.len();
        let scale: Vec<f64> = (0..n).map(|i| self.deviation(i)).collect();
        let mut all = self.covariance.clone();
        for (row, own) in all.chunks_exact_mut(n).zip(&scale) {
            row.iter_mut().zip(&scale).for_each(|(value, other)| *value /= own * other);
        }
        all
    }

    /// Makes the two halves equal to the last bit.
    fn mirror(&mut self) {
        let n = self.len();
        for (a, b) in covariance::below_diagonal(n) {
            let middle = 0.5 * (self.covariance[a * n + b] + self.covariance[b * n + a]);
            self.covariance[a * n + b] = middle;
            self.covariance[b * n + a] = middle;
        }
    }
}

/// A column is constant when its deviations are nothing but the rounding of its mean.
fn refuse_constants(returns: &Returns, sums: &[f64]) -> Result<(), Error> {
    let n = returns.assets().len();
    let mut largest = vec![0.0f64; n];
    for row in returns.rows() {
        largest.iter_mut().zip(row).for_each(|(most, value)| *most = most.max(value.abs()));
    }
    let constant = |&i: &usize| {
        let rounding = 4.0 * f64::EPSILON * (1.0 + largest[i]);
        sums[i * n + i] <= returns.len() as f64 * rounding.powi(2)
    };
    let assets: Vec<_> = (0..n).filter(constant).map(|i| returns.assets()[i].clone()).collect();
    if assets.is_empty() { Ok(()) } else { Err(Error::Constant { assets }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::rng::mix;

    fn names(n: usize) -> Vec<String> {
        (0..n).map(|i| format!("A{i}")).collect()
    }

    #[test]
    fn mean_and_covariance_of_a_table_done_by_hand() {
        // A: 1, 2, 6 (mean 3); B: 3, 1, 2 (mean 2). Deviations -2 -1 3 and 1 -1 0.
        let returns = Returns::new(names(2), vec![1.0, 3.0, 2.0, 1.0, 6.0, 2.0]).unwrap();
        let moments = returns.moments(10.0).unwrap();
        assert_eq!(moments.mean(), [30.0, 20.0]);
        assert_eq!(moments.covariance(), [70.0, -5.0, -5.0, 10.0]); // (14, -1, 2) / 2 * 10
    }

    #[test]
    fn select_slices_both_axes() {
        let covariance = [4.0, 1.0, 2.0, 1.0, 5.0, 3.0, 2.0, 3.0, 6.0];
        let moments = Moments::new(names(3), &[1.0, 2.0, 3.0], &covariance, 1.0).unwrap();
        let some = moments.select(&[2, 0]);
        assert_eq!(some.assets(), ["A2", "A0"]);
        assert_eq!((some.mean(), some.covariance()), (&[3.0, 1.0][..], &[6.0, 2.0, 2.0, 4.0][..]));
    }

    #[test]
    fn performance_is_mean_over_volatility() {
        let moments = Moments::new(names(2), &[0.1, 0.2], &[0.04, 0.0, 0.0, 0.09], 1.0).unwrap();
        let half = moments.performance(&[0.5, 0.5], 0.05);
        assert!((half.mean - 0.15).abs() < 1e-15);
        assert!((half.volatility - 0.0325f64.sqrt()).abs() < 1e-15);
        assert!((half.sharpe - 0.1 / 0.0325f64.sqrt()).abs() < 1e-14);
    }

    #[test]
    fn some_assets_perform_as_if_they_were_selected() {
        let mut at = 0;
        let mut values = || {
            at += 1;
            (mix(at) >> 11) as f64 * 2f64.powi(-53) - 0.4
        };
        let returns = Returns::new(names(9), (0..270).map(|_| values()).collect()).unwrap();
        let moments = returns.moments(252.0).unwrap();
        for assets in [vec![4], vec![1, 2, 7], (0..9).collect::<Vec<_>>(), vec![8, 0, 3, 5]] {
            let weights: Vec<f64> = assets.iter().map(|&i| 0.1 * (1 + i) as f64).collect();
            let expected = moments.select(&assets).performance(&weights, 0.02);
            let found = moments.performance_of(&assets, &weights, 0.02);
            let near = |a: f64, b: f64| (a - b).abs() <= 1e-14 * b.abs();
            assert!(near(found.mean, expected.mean) && near(found.sharpe, expected.sharpe));
            assert!(near(found.volatility, expected.volatility), "{found:?} {expected:?}");
        }
    }

    #[test]
    fn constant_columns_are_named() {
        let values = vec![0.1, 0.5, 0.3, 0.1, 0.5, 0.2, 0.1, 0.5, 0.4];
        let error = Returns::new(names(3), values).unwrap().moments(252.0).unwrap_err();
        assert_eq!(error, Error::Constant { assets: vec!["A0".into(), "A1".into()] });
        let error = Moments::new(names(2), &[0.1, 0.2], &[0.0, 0.0, 0.0, 1.0], 1.0).unwrap_err();
        assert_eq!(
            error.to_string(),
            "A0: its returns are all the same, so it has no risk and no Sharpe ratio; leave it out with --exclude, and if it stands for cash, give what it earns in a year as --rate"
        );
    }

    #[test]
    fn numbers_beyond_all_proportion_are_refused() {
        let returns = Returns::new(names(1), vec![1e157, 2e157, -1e157]).unwrap();
        let error = returns.moments(252.0).unwrap_err().to_string();
        assert_eq!(
            error,
            "A0: a mean of 1.6800000000000003e159 a year is out of all proportion: it is at most 1e60"
        );
        let new = |mean: f64, variance: f64| Moments::new(names(1), &[mean], &[variance], 1.0);
        let error = new(0.1, 1e-70).unwrap_err().to_string();
        assert_eq!(
            error,
            "A0: a variance of 1e-70 a year is out of all proportion: it lies between 1e-60 and 1e60"
        );
        assert!(new(0.1, 1e61).is_err() && new(-1e61, 1.0).is_err() && new(0.0, 1e-50).is_ok());
    }

    #[test]
    fn two_returns_are_too_few() {
        let error = Returns::new(names(1), vec![0.1, 0.2]).unwrap().moments(252.0).unwrap_err();
        assert_eq!(error.to_string(), "2 returns are too few: at least 3 are needed");
    }

    #[test]
    fn a_sample_covariance_is_never_refused() {
        // Fewer returns than assets, near and exact copies, sums of others: all estimated from real tables.
        let mut at = 0;
        let mut random = || {
            at += 1;
            (mix(at) >> 11) as f64 * 2f64.powi(-53) - 0.5
        };
        for instance in 0..6000 {
            let n = 2 + instance % 39;
            let (rows, factor_size) = (3 + (instance * 7) % (n + 2), 0.02 * random());
            let loadings: Vec<f64> = (0..n).map(|_| 1.0 + random()).collect();
            let mut values = vec![0.0; rows * n];
            for row in values.chunks_exact_mut(n) {
                let factor = random();
                for i in 0..n {
                    row[i] = factor_size * factor * loadings[i] + 0.02 * random();
                    match (instance + 7 * i) % 23 {
                        0 if i > 0 => row[i] = row[i - 1],
                        1 if i > 0 => row[i] = row[i - 1] + 1e-9 * random(),
                        2 if i > 1 => row[i] = row[i - 1] - 2.0 * row[i - 2],
                        3 => row[i] *= 1e4,
                        _ => {}
                    }
                }
            }
            let sample = Returns::new(names(n), values).unwrap().moments(1.0).unwrap();
            let again = Moments::new(names(n), sample.mean(), sample.covariance(), 1.0);
            assert!(again.is_ok(), "instance {instance}: {again:?}");
        }
    }

    #[test]
    fn a_covariance_must_be_one() {
        let new = |covariance: &[f64]| Moments::new(names(2), &[0.1, 0.2], covariance, 1.0);
        let lopsided = new(&[1.0, 0.5, 0.4, 1.0]).unwrap_err();
        assert!(matches!(lopsided, Error::NotSymmetric { .. }), "{lopsided}");
        let impossible = new(&[1.0, 2.0, 2.0, 1.0]).unwrap_err();
        assert!(matches!(impossible, Error::NotSemidefinite { .. }), "{impossible}");
        let singular = new(&[1.0, 1.0, 1.0, 1.0]); // the same asset twice is no mistake
        assert!(singular.is_ok(), "{singular:?}");
        let rounding = new(&[1.0, 0.5, 0.5 + 1e-15, 1.0]).unwrap();
        assert_eq!(rounding.covariance()[1], rounding.covariance()[2]);
    }
}
