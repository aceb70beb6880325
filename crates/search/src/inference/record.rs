//! What one track record says about its own Sharpe ratio. All figures are per period, none is annual.
//!
//! Lo, "The statistics of Sharpe ratios" (2002); Mertens, "Comments on variance of the IID estimator in Lo (2002)" (2002);
//! Bailey and López de Prado, "The Sharpe ratio efficient frontier" (2012). A later variant of the last (2026) takes the
//! variance at the benchmark and T in place of T - 1; the formulas here are those of 2012.

use super::normal;

/// A track record: how many returns above the rate, and the shape of their distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Record {
    /// Number of returns, T.
    pub returns: usize,
    /// Mean over standard deviation (ddof 1), per period.
    pub sharpe: f64,
    /// Third standardized moment.
    pub skewness: f64,
    /// Fourth standardized moment, raw: 3 for a normal distribution.
    pub kurtosis: f64,
}

impl Record {
    /// The record of these returns above the rate, three or more. Skewness and kurtosis are ratios of plain averages.
    pub fn of(excess: &[f64]) -> Self {
        let count = excess.len() as f64;
        let average = |f: &dyn Fn(f64) -> f64| excess.iter().map(|&x| f(x)).sum::<f64>() / count;
        let mean = average(&|x| x);
        let [second, third, fourth] = [2, 3, 4].map(|p| average(&|x| (x - mean).powi(p)));
        Self {
            returns: excess.len(),
            sharpe: mean / (second * count / (count - 1.0)).sqrt(),
            skewness: third / second.powf(1.5),
            kurtosis: fourth / (second * second),
        }
    }

    /// Lo's standard error of the Sharpe ratio, for independent normal returns: √((1 + S²/2) / T).
    pub fn standard_error_if_normal(&self) -> f64 {
        ((1.0 + 0.5 * self.sharpe * self.sharpe) / self.returns as f64).sqrt()
    }

    /// Mertens's standard error, for independent returns of any shape: √((1 - γ₃S + (γ₄-1)/4 S²) / (T-1)).
    pub fn standard_error(&self) -> f64 {
        (self.shape() / (self.returns as f64 - 1.0)).sqrt()
    }

    /// The probabilistic Sharpe ratio: how likely the true Sharpe ratio is above `benchmark` (per period).
    pub fn probability_above(&self, benchmark: f64) -> f64 {
        normal::cdf((self.sharpe - benchmark) / self.standard_error())
    }

    /// The least number of returns with which a record like this one would be above `benchmark` (per period) at a chance of
    /// error `alpha`; none if it is not above it at all.
    pub fn least_length(&self, benchmark: f64, alpha: f64) -> Option<f64> {
        let z = normal::quantile(1.0 - alpha);
        let ahead = self.sharpe - benchmark;
        (ahead > 0.0).then(|| 1.0 + self.shape() * (z / ahead).powi(2))
    }

    /// 1 - γ₃S + (γ₄-1)/4 S²: at least 0, since γ₄ >= 1 + γ₃².
    fn shape(&self) -> f64 {
        1.0 - self.skewness * self.sharpe + 0.25 * (self.kurtosis - 1.0) * self.sharpe.powi(2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of Bailey and López de Prado (2012).
    const HEDGE_FUND: Record =
        Record { returns: 24, sharpe: 0.036 / 0.079, skewness: -2.448, kurtosis: 10.164 };

    #[test]
    fn the_published_example() {
        let close = |found: f64, expected: f64| {
            assert!((found - expected).abs() < 5e-5 * expected.max(1.0), "{found}, not {expected}");
        };
        close(HEDGE_FUND.probability_above(0.0), 0.91271);
        close(HEDGE_FUND.probability_above(0.1), 0.85536);
        close(HEDGE_FUND.standard_error(), 0.33566);
        close(HEDGE_FUND.least_length(0.0, 0.05).unwrap(), 34.7614);
        assert_eq!(HEDGE_FUND.least_length(0.5, 0.05), None);
    }

    #[test]
    fn a_record_is_counted_by_hand() {
        // 1, 2, 3, 6: mean 3, deviations -2 -1 0 3, squares 14, cubes 18, fourths 98.
        let record = Record::of(&[1.0, 2.0, 3.0, 6.0]);
        assert!((record.sharpe - 3.0 / (14.0f64 / 3.0).sqrt()).abs() < 1e-15);
        assert!((record.skewness - 4.5 / 3.5f64.powf(1.5)).abs() < 1e-15);
        assert!((record.kurtosis - 24.5 / 12.25).abs() < 1e-15);
        let lo = ((1.0 + 0.5 * record.sharpe.powi(2)) / 4.0).sqrt();
        assert_eq!(record.standard_error_if_normal(), lo);
    }
}
