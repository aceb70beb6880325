//! Settings of a search by sampling.

use super::{Terms, check_effort};
use crate::Error;
use serde::{Serialize, Serializer};
use sharpest_search::{Draw, Kernel, Rule, Sampler, Sampling};
use std::fmt::Display;
use std::thread::available_parallelism;

/// A search, as asked for. Everything that is needed to ask again is in it, and it goes into the report as it is.
#[derive(Debug, Clone, Serialize)]
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
    #[serde(serialize_with = "text")]
    pub draw: Draw,
    /// The distribution of the weightings. Default: uniform.
    #[serde(serialize_with = "text")]
    pub sampler: Sampler,
    /// How many of the best subsets are reported. Default: 1.
    pub top: usize,
    /// How many workers search. Default: one for each core.
    pub jobs: usize,
    /// The instructions that score. Default: the best of this machine; all give the same bits.
    #[serde(skip)] // the report says which was used
    pub kernel: Kernel,
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
            jobs: available_parallelism().map_or(1, usize::from),
            kernel: Kernel::detect(),
        }
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
        Ok(rule)
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
