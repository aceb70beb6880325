//! A question in words: all that is asked of a search but the moments, as it is sent to whoever works elsewhere.

use crate::job::Job;
use serde::{Deserialize, Serialize};
use sharpest_search::{Kernel, Moments, Rule, Sampling, Search};

/// What is searched, and what is wanted of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Words {
    pub(super) assets: Vec<String>,
    cap: f64,
    floor: f64,
    rate: f64,
    pick: usize,
    draws: u64,
    seed: u64,
    draw: String,
    sampler: String,
    kernel: String,
    top: usize,
    /// Whether the line of each subset is wanted.
    pub(super) lines: bool,
}

impl Words {
    /// Those of `job`.
    pub(super) fn new(job: &Job<'_, '_>) -> Self {
        let search = job.search();
        let (rule, sampling) = (search.rule(), search.sampling());
        Self {
            assets: search.moments().assets().to_vec(),
            cap: rule.cap(),
            floor: rule.floor(),
            rate: rule.rate(),
            pick: sampling.pick,
            draws: sampling.draws,
            seed: sampling.seed,
            draw: sampling.draw.to_string(),
            sampler: sampling.sampler.to_string(),
            kernel: search.kernel().to_string(),
            top: job.top(),
            lines: job.wants_lines(),
        }
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default() // words and finite numbers: they can be written
    }

    /// What [`Words::to_bytes`] wrote.
    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(bytes).map_err(|error| error.to_string())
    }

    /// The very search of the job, over the same moments; with its kernel, or the best of this machine if it has not that one.
    pub(super) fn search(&self, mean: Vec<f64>, covariance: Vec<f64>) -> Result<Search, String> {
        let text = |error: sharpest_search::Error| error.to_string();
        let moments = Moments::copy(self.assets.clone(), mean, covariance).map_err(text)?;
        let rule = Rule::new(self.cap, self.floor, self.rate).map_err(text)?;
        let sampling = Sampling {
            pick: self.pick,
            draws: self.draws,
            seed: self.seed,
            draw: self.draw.parse()?,
            sampler: self.sampler.parse()?,
            top: self.top,
        };
        let kernel = self.kernel.parse().ok().filter(|kernel| Kernel::available().contains(kernel));
        let kernel = kernel.unwrap_or_else(Kernel::detect);
        Search::new(&moments, &rule, &sampling, kernel).map_err(text)
    }
}
