//! The report of a search by sampling.

use super::{Asked, Figures, Found, Inference, Period, Status, Tested, equal_weight, period};
use crate::Error;
use crate::executor::{Executor, Serial, Workers};
use crate::plan::Plan;
use crate::settings::Settings;
use serde::{Deserialize, Serialize};
use sharpest_search::subsets::Order;
use sharpest_search::{Best, Portfolio};
use std::time::Duration;

/// How far a sampled Sharpe ratio may lie above a bound by rounding.
const ABOVE: f64 = 1e-12;

/// Everything a search found, and what it was asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Report {
    /// How the search ended.
    pub status: Status,
    /// The best portfolio found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best: Option<Found>,
    /// The best portfolio of each of the best subsets, the best first.
    pub top: Vec<Found>,
    /// Subsets that were searched.
    pub subsets: u64,
    /// Portfolios that were scored.
    pub portfolios: u64,
    /// How long the search took, reading and writing of files apart.
    pub seconds: f64,
    /// Portfolios a second.
    pub throughput: f64,
    /// The names of all assets that subsets were chosen from, in the order that ranks refer to.
    pub universe: Vec<String>,
    /// What was trained on; absent where moments were given in place of a table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    /// How the best did in the period held out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<Tested>,
    /// The same amount in each of all assets: what needs no search.
    pub equal_weight: Figures,
    /// What is proven of the whole question, beside the sampled best; absent where it would cost too much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exact: Option<Exact>,
    /// What the returns of the best found say about its Sharpe ratio, as if it had been chosen before they were known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inference: Option<Inference>,
    /// The highest mean return a year that any allowed portfolio has, a fraction; only where no portfolio beats the rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub highest_mean: Option<f64>,
    /// What the reader should know about data and answer.
    pub warnings: Vec<String>,
    /// What was asked.
    pub settings: Asked<Settings>,
    /// Who searched.
    pub workers: Workers,
    /// The instructions that scored.
    pub kernel: String,
    /// The version of this program.
    pub version: String,
}

/// What is proven of the whole question, beside what a sample found.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Exact {
    /// The highest Sharpe ratio there is; absent if only a bound is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sharpe: Option<f64>,
    /// No portfolio has a higher one.
    pub bound: f64,
    /// The sampled best, as a share of the optimum, or else of the bound.
    pub share: f64,
}

impl Exact {
    /// What is proven, beside a `sampled` Sharpe ratio.
    ///
    /// # Errors
    /// A sampled ratio above what is proven to be the highest.
    pub(crate) fn new(sharpe: Option<f64>, bound: f64, sampled: f64) -> Result<Self, Error> {
        if sampled > bound * (1.0 + ABOVE) {
            return Err(Error::AboveBound { sampled, bound });
        }
        Ok(Self { sharpe, bound, share: sampled / sharpe.unwrap_or(bound) })
    }
}

/// Said of a search that ran because some portfolio beats the rate.
const MISSED: &str = "none of the portfolios tried beats the rate, though some portfolio does: more draws may find it";

/// The course of a search: what is in the report beside plan and best.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Course {
    pub(crate) status: Status,
    pub(crate) seconds: f64,
    pub(crate) workers: Workers,
    pub(crate) exact: Option<Exact>,
}

impl Course {
    /// A search that ran, to the end or not.
    pub(crate) fn of(best: &Best, all_subsets: u64, workers: Workers, time: Duration) -> Self {
        let whole = best.subsets == all_subsets;
        let status = if whole { Status::Complete } else { Status::Incomplete };
        Self { status, seconds: time.as_secs_f64(), workers, exact: None }
    }

    /// A search that need not run, because no portfolio beats the rate.
    pub(crate) fn needless() -> Self {
        let workers = Serial.workers();
        Self { status: Status::NoExcess, seconds: 0.0, workers, exact: None }
    }
}

impl Report {
    /// Puts together what was planned, found and asked. `excess` is the highest mean less the rate.
    pub(crate) fn new(
        plan: &Plan,
        best: &Best,
        course: Course,
        asked: Asked<Settings>,
        excess: f64,
    ) -> Self {
        let rate = asked.settings.terms.rate;
        let top: Vec<Found> =
            best.portfolios().iter().map(|portfolio| place(portfolio, plan, &asked)).collect();
        let loses = |best: &&Found| asked.score.is_none() && best.figures.sharpe <= 0.0;
        let warnings = plan.warnings(top.first().map(|best| &best.figures));
        let missed = top.first().filter(loses).map(|_| MISSED.to_owned());
        Self {
            status: course.status,
            test: Tested::new(plan, top.first(), rate),
            best: top.first().cloned(),
            top,
            subsets: best.subsets,
            portfolios: best.tried,
            seconds: course.seconds,
            throughput: if best.tried == 0 { 0.0 } else { best.tried as f64 / course.seconds },
            universe: plan.moments.assets().to_vec(),
            period: period(plan),
            equal_weight: equal_weight(&plan.moments, rate),
            exact: course.exact,
            inference: best.first().and_then(|best| {
                let weights = spread(best, plan.moments.len());
                Inference::of(plan, &weights, &asked.settings.terms, asked.settings.trials)
            }),
            highest_mean: (course.status == Status::NoExcess).then_some(excess + rate),
            warnings: warnings.into_iter().chain(missed).collect(),
            workers: course.workers,
            kernel: asked.settings.kernel.to_string(),
            settings: asked,
            version: env!("CARGO_PKG_VERSION").into(),
        }
    }
}

impl Report {
    /// Subsets that there are.
    pub fn all_subsets(&self) -> u64 {
        Order::new(self.universe.len(), self.settings.settings.pick).map_or(0, |order| order.len())
    }
}

/// One weight an asset.
fn spread(portfolio: &Portfolio, assets: usize) -> Vec<f64> {
    let mut weights = vec![0.0; assets];
    portfolio.assets.iter().zip(&portfolio.weights).for_each(|(&i, &w)| weights[i] = w);
    weights
}

fn place(portfolio: &Portfolio, plan: &Plan, asked: &Asked<Settings>) -> Found {
    let Portfolio { rank, assets, weights, score, .. } = portfolio;
    let rate = asked.settings.terms.rate;
    let own = asked.score.as_ref().map(|_| *score);
    let sharpe = match own {
        None => *score,
        Some(_) => plan.moments.select(assets).performance(weights, rate).sharpe,
    };
    Found { rank: Some(*rank), score: own, ..Found::new(assets, weights, sharpe, plan, rate) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_above_the_bound_is_a_bug_by_proof() {
        let exact = Exact::new(Some(4.0), 4.0, 3.0).unwrap();
        assert_eq!(exact, Exact { sharpe: Some(4.0), bound: 4.0, share: 0.75 });
        assert!(Exact::new(None, 4.0, 4.0 + 1e-12).is_ok());
        let error = Exact::new(None, 4.0, 4.001).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the sampled Sharpe ratio 4.001 is above 4, which is proven to be the highest there is: this is a bug of sharpest; please report it with the command and the data"
        );
    }
}
