//! Growth: what one unit becomes that is held in constant weights, rebalanced each period, as the figures of a report assume.

use crate::plan::Plan;
use crate::settings::Date;
use serde::Serialize;
use sharpest_search::{ReturnKind, Returns};

/// What became of one unit in both periods.
#[derive(Debug, Clone, Serialize)]
pub struct Growth {
    /// In the period that the weights were chosen in.
    pub train: Path,
    /// In the period held out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test: Option<Path>,
}

/// What became of one unit in one period.
#[derive(Debug, Clone, Serialize)]
pub struct Path {
    /// The date of each value; none where the table has no dates.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dates: Vec<Date>,
    /// Held in the best portfolio, after each return.
    pub best: Vec<f64>,
    /// Held in equal weights of all assets.
    pub equal_weight: Vec<f64>,
}

impl Growth {
    /// That of `weights`, one an asset, if there is a table.
    pub(super) fn of(plan: &Plan, weights: &[f64], kind: ReturnKind) -> Option<Self> {
        let train = plan.train.as_ref()?;
        let test = plan.test.as_ref();
        Some(Self {
            train: Path::of(&train.returns, &train.dates, weights, kind),
            test: test.map(|test| Path::of(&test.returns, &test.dates, weights, kind)),
        })
    }
}

impl Path {
    fn of(returns: &Returns, dates: &[Date], weights: &[f64], kind: ReturnKind) -> Self {
        let equal = vec![1.0 / weights.len() as f64; weights.len()];
        // Of prices the first row has no return.
        let unpaired = dates.len().saturating_sub(returns.len());
        Self {
            dates: dates[unpaired..].to_vec(),
            best: grow(returns, weights, kind),
            equal_weight: grow(returns, &equal, kind),
        }
    }
}

/// The value after each return. Weights hold amounts, so logarithms are turned back into what was earned.
fn grow(returns: &Returns, weights: &[f64], kind: ReturnKind) -> Vec<f64> {
    let earned = |value: f64| match kind {
        ReturnKind::Simple => value,
        ReturnKind::Log => value.exp_m1(),
    };
    let mut value = 1.0;
    let after = |row: &[f64]| {
        value *= 1.0 + row.iter().zip(weights).map(|(x, w)| earned(*x) * w).sum::<f64>();
        value
    };
    returns.rows().map(after).collect()
}
