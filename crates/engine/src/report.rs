//! The report: what a search answers, in the shape of its JSON. Parts that a search has no answer for are absent.

use crate::cut::Stretch;
use crate::executor::{Executor, Serial, Workers};
use crate::plan::Plan;
use crate::settings::{Date, Settings};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use sharpest_search::{Best, Moments, Performance, Portfolio};
use std::time::Duration;

/// Everything a search found, and what it was asked.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// How the search ended.
    pub status: Status,
    /// The best portfolio found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub best: Option<Found>,
    /// The best portfolio of each of the best subsets, the best first.
    pub top: Vec<Found>,
    /// Subsets that were searched.
    pub subsets: u64,
    /// Subsets that there are.
    #[serde(skip)]
    pub all_subsets: u64,
    /// Portfolios that were scored.
    pub portfolios: u64,
    /// How long the search took, reading and writing of files apart.
    pub seconds: f64,
    /// Portfolios a second.
    pub throughput: f64,
    /// The names of all assets that subsets were chosen from, in the order that ranks refer to.
    pub universe: Vec<String>,
    /// What was trained on; absent where moments were given in place of a table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    /// How the best did in the period held out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test: Option<Tested>,
    /// The same amount in each of all assets: what needs no search.
    pub equal_weight: Figures,
    /// The highest return a year that any allowed portfolio promises, for a search that no portfolio can answer.
    #[serde(skip)]
    pub highest_return: f64,
    /// What the reader should know about data and answer.
    pub warnings: Vec<String>,
    /// What was asked.
    pub settings: Asked,
    /// Who searched.
    pub workers: Workers,
    /// The instructions that scored.
    pub kernel: String,
    /// The version of this program.
    pub version: &'static str,
}

/// How a search ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Every subset was sampled. (A sample proves nothing, so it is never "optimal".)
    Complete,
    /// It was stopped; what is reported is the best so far.
    Incomplete,
    /// No portfolio beats the rate, so none has a Sharpe ratio worth finding.
    NoExcess,
}

/// A portfolio of the answer.
#[derive(Debug, Clone, Serialize)]
pub struct Found {
    /// Its annual figures in training.
    #[serde(flatten)]
    pub figures: Figures,
    /// The position of its subset in the minimal-change order, from 0.
    pub rank: u64,
    /// The names in its subset.
    pub assets: Vec<String>,
    /// The weight of each, in the same order.
    #[serde(serialize_with = "by_name")]
    pub weights: Vec<(String, f64)>,
    /// Its annual figures in the test period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test: Option<Figures>,
}

/// What a portfolio does in a year.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Figures {
    /// (`return` - rate) / `volatility`.
    pub sharpe: f64,
    /// Mean return, a fraction.
    #[serde(rename = "return")]
    pub mean: f64,
    /// Standard deviation, a fraction.
    pub volatility: f64,
}

/// A stretch of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Period {
    /// Its first row; in a table of prices, the one that the first return starts from.
    #[serde(serialize_with = "date", skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// Its last row.
    #[serde(serialize_with = "date", skip_serializing_if = "Option::is_none")]
    pub to: Option<Date>,
    /// How many returns it has.
    pub returns: usize,
}

/// The period held out, and what was held through it, weights constant.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Tested {
    /// The period.
    #[serde(flatten)]
    pub period: Period,
    /// The best portfolio of training; absent if there is none.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub best: Option<Figures>,
    /// The same amount in each of all assets.
    pub equal_weight: Figures,
}

/// The settings, and the data that they were for.
#[derive(Debug, Clone, Serialize)]
pub struct Asked {
    /// What the numbers were read from.
    pub source: String,
    /// All settings.
    #[serde(flatten)]
    pub settings: Settings,
}

/// Said of a search that ran because some portfolio beats the rate.
const MISSED: &str = "none of the portfolios tried beats the rate, though some portfolio does: more draws may find it";

/// The course of a search: what is in the report beside plan and best.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Course {
    pub(crate) status: Status,
    pub(crate) all_subsets: u64,
    pub(crate) seconds: f64,
    pub(crate) workers: Workers,
}

impl Course {
    /// A search that ran, to the end or not.
    pub(crate) fn of(best: &Best, all_subsets: u64, workers: Workers, time: Duration) -> Self {
        let whole = best.subsets == all_subsets;
        let status = if whole { Status::Complete } else { Status::Incomplete };
        Self { status, all_subsets, seconds: time.as_secs_f64(), workers }
    }

    /// A search that need not run, because no portfolio beats the rate.
    pub(crate) fn needless() -> Self {
        let workers = Serial.workers();
        Self { status: Status::NoExcess, all_subsets: 0, seconds: 0.0, workers }
    }
}

impl Report {
    /// Puts together what was planned, found and asked.
    pub(crate) fn new(plan: Plan, best: &Best, course: Course, asked: Asked) -> Self {
        let top: Vec<Found> =
            best.portfolios().iter().map(|portfolio| Found::new(portfolio, &plan)).collect();
        let equal = vec![1.0 / plan.moments.len() as f64; plan.moments.len()];
        let rate = plan.rule.rate();
        let figures = |moments: &Moments| Figures::from(moments.performance(&equal, rate));
        let missed =
            top.first().filter(|best| best.figures.sharpe <= 0.0).map(|_| MISSED.to_owned());
        Self {
            status: course.status,
            test: plan.test.as_ref().map(|test| Tested {
                period: test.period,
                best: top.first().and_then(|best| best.test),
                equal_weight: figures(&test.moments),
            }),
            best: top.first().cloned(),
            top,
            subsets: best.subsets,
            all_subsets: course.all_subsets,
            portfolios: best.tried,
            seconds: course.seconds,
            throughput: if best.tried == 0 { 0.0 } else { best.tried as f64 / course.seconds },
            universe: plan.moments.assets().to_vec(),
            period: plan.period,
            equal_weight: figures(&plan.moments),
            highest_return: plan.highest_excess() + plan.rule.rate(),
            warnings: plan.warnings.into_iter().chain(missed).collect(),
            workers: course.workers,
            kernel: asked.settings.kernel.to_string(),
            settings: asked,
            version: env!("CARGO_PKG_VERSION"),
        }
    }
}

impl Found {
    fn new(portfolio: &Portfolio, plan: &Plan) -> Self {
        let Portfolio { rank, assets, weights, .. } = portfolio;
        let rate = plan.rule.rate();
        let figures = |moments: &Moments| moments.select(assets).performance(weights, rate).into();
        let names: Vec<String> = assets.iter().map(|&i| plan.moments.assets()[i].clone()).collect();
        Self {
            // The score that ranked it is the same number but for the last bits: one figure, one source.
            figures: Figures { sharpe: portfolio.sharpe, ..figures(&plan.moments) },
            rank: *rank,
            weights: names.iter().cloned().zip(weights.iter().copied()).collect(),
            assets: names,
            test: plan.test.as_ref().map(|test| figures(&test.moments)),
        }
    }
}

impl From<Performance> for Figures {
    fn from(performance: Performance) -> Self {
        let Performance { sharpe, mean, volatility } = performance;
        Self { sharpe, mean, volatility }
    }
}

impl Period {
    pub(crate) fn of(stretch: &Stretch<'_>) -> Self {
        let (first, last) = stretch.ends;
        Self { from: first.date, to: last.date, returns: stretch.returns.len() }
    }
}

fn by_name<S: Serializer>(weights: &[(String, f64)], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(weights.len()))?;
    for (name, weight) in weights {
        map.serialize_entry(name, weight)?;
    }
    map.end()
}

fn date<S: Serializer>(date: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
    match date {
        Some(date) => serializer.collect_str(date),
        None => serializer.serialize_none(),
    }
}
