//! Executors: ways to hand out blocks and merge what comes back. The answer is the same whoever works on it; to add a
//! way, write a file beside these, add it to [`choose`], and list it in the conformance suite.

pub(crate) mod finding;
mod foreign;
mod processes;
mod segment;
mod serial;
mod threads;
mod words;

pub use foreign::{Broken, Foreign, Others, Scoring, assist};
pub use processes::{Processes, work};
pub use serial::Serial;
pub use threads::Threads;

use crate::job::Job;
use crate::{Error, Settings, Staff};
use serde::{Deserialize, Deserializer, Serialize};
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
    /// "serial", "threads", "processes", or "executor" for somebody else's.
    pub kind: &'static str,
    /// How many there are.
    pub count: usize,
}

/// The executor for these settings; never more workers than blocks.
pub fn choose(settings: &Settings, blocks: u64) -> Box<dyn Executor> {
    let most = usize::try_from(blocks).unwrap_or(usize::MAX);
    match (&settings.staff, settings.jobs.min(most)) {
        (Staff::Foreign(foreign), _) => Box::new(Others::new(foreign.clone(), most)),
        (Staff::Processes(command), jobs) => Box::new(Processes::new(jobs.max(1), command.clone())),
        (Staff::Threads, 0 | 1) => Box::new(Serial),
        (Staff::Threads, jobs) => Box::new(Threads { jobs }),
    }
}

/// Read back from a report; a kind that this version does not know is "others". (By hand: what is derived would want a
/// kind to live in the text that it is read from.)
impl<'de> Deserialize<'de> for Workers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Written {
            kind: String,
            count: usize,
        }
        let Written { kind, count } = Written::deserialize(deserializer)?;
        let known =
            ["serial", "threads", "processes", "executor"].into_iter().find(|known| *known == kind);
        Ok(Self { kind: known.unwrap_or("others"), count })
    }
}
