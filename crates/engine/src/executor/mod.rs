//! Executors: ways to hand out blocks and merge what comes back. The answer is the same whoever works on it; to add a
//! way, write a file beside these, add it to [`choose`], and list it in the conformance suite.

mod serial;
mod threads;

pub use serial::Serial;
pub use threads::Threads;

use crate::job::Job;
use crate::{Error, Settings};
use serde::Serialize;
use sharpest_search::Best;

/// A way to work through a job.
pub trait Executor {
    /// Who works.
    fn workers(&self) -> Workers;

    /// Works through all blocks of `job`, or until it is halted.
    ///
    /// # Errors
    /// What a block refuses; workers that cannot be started.
    fn run(&self, job: &Job<'_, '_>) -> Result<Best, Error>;
}

/// Who works on a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Workers {
    /// "serial" or "threads".
    pub kind: &'static str,
    /// How many there are.
    pub count: usize,
}

/// The executor for these settings; never more workers than blocks.
pub fn choose(settings: &Settings, blocks: u64) -> Box<dyn Executor> {
    let most = usize::try_from(blocks).unwrap_or(usize::MAX);
    match settings.jobs.min(most) {
        0 | 1 => Box::new(Serial),
        jobs => Box::new(Threads { jobs }),
    }
}
