//! What a track record is worth, in the shape of its JSON.

use crate::plan::Plan;
use crate::settings::Terms;
use serde::{Deserialize, Serialize};
use sharpest_search::inference::{Record, deflated, expected_maximum, luck_alone};

/// The chance of error at which a track record is called long enough.
const ALPHA: f64 = 0.05;

/// What the returns of a portfolio say about its Sharpe ratio.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Inference {
    /// The Sharpe ratio of one period.
    pub sharpe_per_period: f64,
    /// The standard error of the annual ratio for returns of any shape (Mertens 2002).
    pub standard_error_annual: f64,
    /// The same for normal returns (Lo 2002).
    pub standard_error_if_normal_annual: f64,
    /// The probabilistic Sharpe ratio: how likely the true ratio is above 0 (Bailey & López de Prado 2012).
    pub psr: f64,
    /// So many returns make a ratio like this one differ from 0 at a chance of error of 5 %.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least_length_returns: Option<f64>,
    /// The third standardized moment of the returns.
    pub skewness: f64,
    /// The fourth, raw: 3 for a normal distribution.
    pub raw_kurtosis: f64,
    /// The same for the best of many; absent where nobody said of how many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deflated: Option<Deflated>,
}

/// The deflated Sharpe ratio (Bailey & López de Prado 2014): what is left of a record that is the best of many.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Deflated {
    /// Portfolios tried, as it was said: independent of each other, and without skill.
    pub trials: u64,
    /// The annual Sharpe ratio that the best of them is expected to show by luck alone.
    pub expected_maximum_annual: f64,
    /// How likely the true ratio is above that one.
    pub dsr: f64,
}

impl Inference {
    /// Of the portfolio of these weights, one an asset, in the training period of `plan`; none without returns.
    pub(crate) fn of(
        plan: &Plan,
        weights: &[f64],
        terms: &Terms,
        trials: Option<u64>,
    ) -> Option<Self> {
        let returns = &plan.train.as_ref()?.returns;
        let (rate, year) = (terms.rate / plan.periods, plan.periods.sqrt());
        let earned = |row: &[f64]| row.iter().zip(weights).map(|(x, w)| x * w).sum::<f64>() - rate;
        let record = Record::of(&returns.rows().map(earned).collect::<Vec<f64>>());
        let shape = [record.sharpe, record.skewness, record.kurtosis];
        shape.iter().all(|figure| figure.is_finite()).then(|| Self {
            sharpe_per_period: record.sharpe,
            standard_error_annual: record.standard_error() * year,
            standard_error_if_normal_annual: record.standard_error_if_normal() * year,
            psr: record.probability_above(0.0),
            least_length_returns: record.least_length(0.0, ALPHA),
            skewness: record.skewness,
            raw_kurtosis: record.kurtosis,
            deflated: trials.map(|trials| Deflated::of(&record, trials, year)),
        })
    }
}

impl Deflated {
    fn of(record: &Record, trials: u64, year: f64) -> Self {
        let (variance, count) = (luck_alone(record), trials as f64);
        Self {
            trials,
            expected_maximum_annual: expected_maximum(variance, count) * year,
            dsr: deflated(record, variance, count),
        }
    }
}
