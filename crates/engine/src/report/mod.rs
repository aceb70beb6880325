//! The report: what is answered, in the shape of its JSON. Parts that there is no answer for are absent.
//!
//! Here are the parts that every answer has; [`Report`] is that of a search by sampling, [`Solution`] that of an exact
//! solution, and [`Certificate`] is what proves it.

mod by_name;
mod certificate;
mod histogram;
pub mod html;
mod inference;
pub mod numbers;
mod sample;
mod solution;
pub mod words;

pub use certificate::{Certificate, Evidence, PROVEN, Part, Rest};
pub use histogram::Histogram;
pub use inference::{Deflated, Inference};
pub(crate) use sample::Course;
pub use sample::{Exact, Report};
pub(crate) use solution::Findings;
pub use solution::{LuckReport, RankingReport, Solution, Spread, Ties, Times};

use crate::cut::Ends;
use crate::input::Data;
use crate::plan::{Plan, Train};
use crate::settings::Date;
use serde::{Deserialize, Deserializer, Serialize};
use sharpest_search::{Moments, Performance, Returns};

/// An answer of either kind.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(untagged)]
pub enum Answered<'a> {
    /// That of a search by sampling.
    Search(&'a Report),
    /// That of an exact solution.
    Solve(&'a Solution),
}

/// How the work ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Every subset was sampled. (A sample proves nothing, so it is never "optimal".)
    Complete,
    /// The portfolio is proven to be the best there is.
    Optimal,
    /// The time was up; what is reported is the best so far, and how far from the best it may be.
    TimeLimit,
    /// The proof took all the room that it may; what is reported is the best so far, and how far from the best it may be.
    MemoryLimit,
    /// The portfolio is the best that double precision finds, and it proves less than that no other is better: what is
    /// reported is how far from the best it may be.
    PrecisionLimit,
    /// It was stopped; what is reported is the best so far.
    Incomplete,
    /// No portfolio beats the rate, so none has a Sharpe ratio worth finding.
    NoExcess,
    /// Some portfolio beats the rate without risk, so no Sharpe ratio is the highest.
    Unbounded,
}

/// A portfolio of the answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Found {
    /// Its annual figures in training.
    #[serde(flatten)]
    pub figures: Figures,
    /// What a score of the caller's own says of it; absent where it is ranked by its Sharpe ratio.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// The position of its subset in the minimal-change order, from 0; absent where several subsets or none have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rank: Option<u64>,
    /// How many subsets have it for their best; absent where nobody counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subsets: Option<u64>,
    /// The names in its subset; of an exact solution those that are held.
    pub assets: Vec<String>,
    /// The weight of each, in the same order.
    #[serde(with = "by_name")]
    pub weights: Vec<(String, f64)>,
    /// Its annual figures in the test period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<Figures>,
}

/// What a portfolio does in a year.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// (`return` - rate) / `volatility`.
    #[serde(deserialize_with = "number")]
    pub sharpe: f64,
    /// Mean return, a fraction.
    #[serde(rename = "return", deserialize_with = "number")]
    pub mean: f64,
    /// Standard deviation, a fraction.
    #[serde(deserialize_with = "number")]
    pub volatility: f64,
}

/// A portfolio that is told for information: no Sharpe ratio makes it the best.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Informal {
    /// Mean return a year, a fraction.
    #[serde(rename = "return")]
    pub mean: f64,
    /// Standard deviation a year, a fraction.
    pub volatility: f64,
    /// The weight of each asset that is held.
    #[serde(with = "by_name")]
    pub weights: Vec<(String, f64)>,
}

/// A stretch of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// Its first row; in a table of prices, the one that the first return starts from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// Its last row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Date>,
    /// How many returns it has.
    pub returns: usize,
}

/// The period held out, and what was held through it, weights constant.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Asked<S> {
    /// What the numbers were read from.
    pub source: String,
    /// The files, in order, where there are several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
    /// The name of the score that portfolios are ranked by; absent where that is the Sharpe ratio.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<String>,
    /// All settings.
    #[serde(flatten)]
    pub settings: S,
}

impl<S: Clone> Asked<S> {
    pub(crate) fn new(data: &Data, settings: &S, score: Option<&str>) -> Self {
        let (source, score) = (data.name().to_owned(), score.map(str::to_owned));
        Self { source, sources: data.files().to_vec(), score, settings: settings.clone() }
    }
}

impl Found {
    /// The portfolio of some assets, one weight each, and its figures in both periods of `plan`.
    pub(crate) fn new(
        assets: &[usize],
        weights: &[f64],
        sharpe: f64,
        plan: &Plan,
        rate: f64,
    ) -> Self {
        let figures = |moments: &Moments| moments.select(assets).performance(weights, rate).into();
        let names: Vec<String> = assets.iter().map(|&i| plan.moments.assets()[i].clone()).collect();
        Self {
            // The score that ranked it is the same number but for the last bits: one figure, one source.
            figures: Figures { sharpe, ..figures(&plan.moments) },
            score: None,
            rank: None,
            subsets: None,
            weights: names.iter().cloned().zip(weights.iter().copied()).collect(),
            assets: names,
            test: plan.test.as_ref().map(|test| figures(&test.moments)),
        }
    }
}

impl Informal {
    /// The portfolio of these weights, one an asset.
    pub(crate) fn new(weights: &[f64], moments: &Moments) -> Self {
        let Performance { mean, volatility, .. } = moments.performance(weights, 0.0);
        let named = moments.assets().iter().cloned().zip(weights.iter().copied());
        // The square root of a variance that rounding put below 0 is no number.
        let volatility = if volatility.is_nan() { 0.0 } else { volatility };
        Self { mean, volatility, weights: named.filter(|(_, weight)| *weight != 0.0).collect() }
    }
}

impl Tested {
    /// The period held out of `plan`, if there is one, and how `best` did in it.
    pub(crate) fn new(plan: &Plan, best: Option<&Found>, rate: f64) -> Option<Self> {
        let test = plan.test.as_ref()?;
        Some(Self {
            period: test.period,
            best: best.and_then(|best| best.test),
            equal_weight: equal_weight(&test.moments, rate),
        })
    }
}

/// A number; JSON has no word for one that is none, and writes null.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or(f64::NAN))
}

/// The same amount in each asset: what needs no search.
fn equal_weight(moments: &Moments, rate: f64) -> Figures {
    let equal = vec![1.0 / moments.len() as f64; moments.len()];
    moments.performance(&equal, rate).into()
}

/// The period that `plan` is trained on.
fn period(plan: &Plan) -> Option<Period> {
    plan.train.as_ref().map(|Train { period, .. }| *period)
}

impl From<Performance> for Figures {
    fn from(performance: Performance) -> Self {
        let Performance { sharpe, mean, volatility } = performance;
        Self { sharpe, mean, volatility }
    }
}

impl Period {
    pub(crate) fn of((first, last): Ends<'_>, returns: &Returns) -> Self {
        Self { from: first.date, to: last.date, returns: returns.len() }
    }
}
