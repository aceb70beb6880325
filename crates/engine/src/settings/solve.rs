//! Settings of an exact solution.

use super::{Terms, check_effort, check_trials};
use crate::Error;
use crate::plan::Plan;
use serde::{Deserialize, Serialize};
use sharpest_search::Rule;
use sharpest_search::inference::Luck;
use std::thread::available_parallelism;
use std::time::Duration;

/// With fewer samples no p-value could be as low as 5 %.
const LEAST_LUCK: u64 = 19;

/// A solution, as asked for. It goes into the report as it is, and is enough to check the report.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SolveSettings {
    /// Assets in each subset. Default: all there are.
    pub pick: Option<usize>,
    /// The most assets that are held, each at its floor or more or not at all. Default: as many as there are.
    pub at_most: Option<usize>,
    /// The terms on which the data are looked at.
    #[serde(flatten)]
    pub terms: Terms,
    /// After so many seconds the branch and bound ends with what it has. Default: when it is done.
    pub time_limit: Option<f64>,
    /// Samples of the luck test, 0 for none. Default: where solving again is cheap, as many of 4,000 as fit a fixed count of
    /// operations, at least 99; else none.
    pub luck_draws: Option<u64>,
    /// The mean length of a run of returns that the luck test draws together. Default: 5.
    pub luck_block: f64,
    /// Another seed draws other samples. Default: 1.
    pub luck_seed: u64,
    /// How many of the best portfolios are reported. Default: 1.
    pub top: usize,
    /// Portfolios that were tried, for the deflated Sharpe ratio. Default: none is computed.
    pub trials: Option<u64>,
    /// How many workers there are. Default: one for each core.
    pub jobs: usize,
}

impl Default for SolveSettings {
    fn default() -> Self {
        let Luck { block, seed, .. } = Luck::default();
        Self {
            pick: None,
            at_most: None,
            terms: Terms::default(),
            time_limit: None,
            luck_draws: None,
            luck_block: block,
            luck_seed: seed,
            top: 1,
            trials: None,
            jobs: available_parallelism().map_or(1, usize::from),
        }
    }
}

impl SolveSettings {
    /// The same, with the periods of a year that `plan` found.
    pub(crate) fn paced(&self, plan: &Plan) -> Self {
        let mut settings = self.clone();
        settings.terms.periods = Some(plan.periods);
        settings
    }

    /// Checks what can be checked without the data.
    ///
    /// # Errors
    /// Settings that contradict themselves.
    pub fn check(&self) -> Result<Rule, Error> {
        let rule = self.terms.check()?;
        if self.pick.is_some() && self.at_most.is_some() {
            return Err(Error::PickAndAtMost);
        }
        if let Some(pick) = self.pick.filter(|&pick| pick > 0) {
            rule.admits(pick, pick)?; // how many assets there are is not known yet
        }
        check_effort(self.top, self.jobs)?;
        check_trials(self.trials)?;
        if self.top > 1 && self.pick.is_none() {
            return Err(Error::TopWithoutPick);
        }
        self.time()?;
        if let Some(draws @ 1..LEAST_LUCK) = self.luck_draws {
            return Err(Error::LuckDraws { draws, least: LEAST_LUCK });
        }
        if !(self.luck_block.is_finite() && self.luck_block >= 1.0) {
            return Err(Error::LuckBlock { block: self.luck_block });
        }
        Ok(rule)
    }

    /// How long the branch and bound may take.
    pub(crate) fn time(&self) -> Result<Option<Duration>, Error> {
        let Some(seconds) = self.time_limit else {
            return Ok(None);
        };
        let time = Duration::try_from_secs_f64(seconds).ok().filter(|time| !time.is_zero());
        time.map(Some).ok_or(Error::TimeLimit { seconds })
    }
}
