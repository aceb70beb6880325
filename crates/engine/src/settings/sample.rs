//! Settings of a search by sampling.

use super::{Terms, check_effort, check_trials};
use crate::Error;
use crate::executor::Foreign;
use crate::plan::Plan;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sharpest_search::{Draw, Kernel, Rule, Sampler, Sampling};
use std::ffi::OsString;
use std::fmt::Display;
use std::str::FromStr;
use std::sync::Arc;
use std::thread::available_parallelism;

/// A search, as asked for. Everything that is needed to ask again is in it, and it goes into the report as it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Settings {
    /// Assets in each subset.
    pub pick: usize,
    /// The terms on which the data are looked at.
    #[serde(flatten)]
    pub terms: Terms,
    /// Random weightings of each subset. Default: 1,000.
    pub draws: u64,
    /// Another seed draws other weightings. Default: 1.
    pub seed: u64,
    /// Whether each subset has weightings of its own. Default: fresh.
    #[serde(serialize_with = "text", deserialize_with = "word")]
    pub draw: Draw,
    /// The distribution of the weightings. Default: uniform.
    #[serde(serialize_with = "text", deserialize_with = "word")]
    pub sampler: Sampler,
    /// How many of the best subsets are reported. Default: 1.
    pub top: usize,
    /// Portfolios that were tried, for the deflated Sharpe ratio. Default: none is computed.
    pub trials: Option<u64>,
    /// How many workers search. Default: one for each core.
    pub jobs: usize,
    /// What the workers are. Default: threads.
    #[serde(skip)] // the report says who worked
    pub staff: Staff,
    /// The instructions that score. Default: the best of this machine; all give the same bits.
    #[serde(skip, default = "Kernel::detect")] // the report says which was used
    pub kernel: Kernel,
}

/// What the workers of a search are; the answer is the same.
#[derive(Debug, Clone, Default)]
pub enum Staff {
    /// Threads of this process.
    #[default]
    Threads,
    /// Processes that this command line starts, a program and its arguments: with one more argument, it comes to
    /// [`crate::executor::work`].
    Processes(Vec<OsString>),
    /// Whoever these tasks are carried to.
    Foreign(Arc<dyn Foreign>),
}

impl Settings {
    /// The defaults, for picking `pick` assets.
    pub fn new(pick: usize) -> Self {
        Self {
            pick,
            terms: Terms::default(),
            draws: 1_000,
            seed: 1,
            draw: Draw::default(),
            sampler: Sampler::default(),
            top: 1,
            trials: None,
            jobs: available_parallelism().map_or(1, usize::from),
            staff: Staff::default(),
            kernel: Kernel::detect(),
        }
    }

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
        self.sampling().check()?;
        if self.pick > 0 {
            rule.admits(self.pick, self.pick)?; // how many assets there are is not known yet
        }
        check_effort(self.top, self.jobs)?;
        check_trials(self.trials)?;
        Ok(rule)
    }

    /// The name of the score that ranks portfolios in place of the Sharpe ratio.
    pub(crate) fn score(&self) -> Option<&str> {
        match &self.staff {
            Staff::Foreign(foreign) => foreign.score(),
            Staff::Threads | Staff::Processes(_) => None,
        }
    }

    pub(crate) fn sampling(&self) -> Sampling {
        Sampling {
            pick: self.pick,
            draws: self.draws,
            seed: self.seed,
            draw: self.draw,
            sampler: self.sampler,
            top: self.top,
        }
    }
}

fn text<S: Serializer>(value: &impl Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

fn word<'de, T: FromStr<Err = String>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(serde::de::Error::custom)
}
