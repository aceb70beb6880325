//! The picture of a result: the curves and clouds that a chart shows beside its figures, computed anew from the data and
//! the settings of the result. How they are drawn is for others.
//!
//! 1. `frontier`: the highest mean return at each volatility, over all assets.
//! 2. `cloud`: portfolios drawn at random, as a search draws them.
//! 3. `growth`: what one unit became, in training and in the period held out.
//! 4. `optima`: how the highest Sharpe ratios of all subsets are distributed.

mod cloud;
mod frontier;
mod growth;
mod optima;

pub use growth::{Growth, Path};

use crate::Error;
use crate::check::{Claim, by_asset};
use crate::input::Data;
use crate::plan::Plan;
use crate::question::{Question, Size};
use crate::report::Histogram;
use serde::Serialize;
use sharpest_search::Moments;

/// What can be drawn of a result.
#[derive(Debug, Clone, Serialize)]
pub struct Picture {
    /// Each asset by itself, in the order of the universe.
    pub assets: Vec<Point>,
    /// From the least volatility to the highest mean; portfolios of any number of assets within the cap.
    pub frontier: Vec<Point>,
    /// Random portfolios of the size that was asked for.
    pub cloud: Vec<Point>,
    /// What the best portfolio and equal weights grew to; absent where moments were given in place of a table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub growth: Option<Growth>,
    /// The optima of all subsets; absent where each would have to be solved by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub optima: Option<Histogram>,
}

/// A portfolio by what it does in a year.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Point {
    /// Standard deviation, a fraction.
    pub volatility: f64,
    /// Mean return, a fraction.
    #[serde(rename = "return")]
    pub mean: f64,
}

/// Computes the picture of `claim` from the data that it is about.
///
/// # Errors
/// Settings that contradict the data; a portfolio of assets that the data do not have.
pub fn picture(data: &Data, claim: &Claim) -> Result<Picture, Error> {
    drawn(data, claim, true)
}

/// The same without growth and optima, which nobody waits for where an answer is shown again and again.
///
/// # Errors
/// As [`picture`].
pub fn outline(data: &Data, claim: &Claim) -> Result<Picture, Error> {
    drawn(data, claim, false)
}

fn drawn(data: &Data, claim: &Claim, whole: bool) -> Result<Picture, Error> {
    let wanted = &claim.settings;
    let rule = wanted.terms.check()?;
    let plan = Plan::new(data, &wanted.terms)?;
    let size = Size::new(wanted.pick, wanted.at_most);
    let question = Question::new(&plan.moments, rule, size)?;
    let moments = question.moments;
    let best = claim.best.as_ref().map(|best| by_asset(&best.weights, moments.assets()));
    let best = best.transpose().map_err(|reason| {
        let file = claim.file.clone();
        Error::NoResult { file, reason }
    })?;
    let alone = |i: usize| Point {
        volatility: moments.covariance_row(i)[i].sqrt(),
        mean: moments.mean()[i],
    };
    Ok(Picture {
        assets: (0..moments.len()).map(alone).collect(),
        frontier: frontier::of(&question),
        cloud: cloud::of(&question)?,
        growth: best
            .filter(|_| whole)
            .and_then(|best| Growth::of(&plan, &best, wanted.terms.returns)),
        optima: if whole { optima::of(&question)? } else { None },
    })
}

impl Point {
    fn of(moments: &Moments, weights: &[f64]) -> Self {
        let performance = moments.performance(weights, 0.0);
        Self { volatility: performance.volatility, mean: performance.mean }
    }
}

#[cfg(test)]
mod tests;
