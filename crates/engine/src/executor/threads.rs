//! A pool of threads over one copy of the data; each takes the next block when it is done with one.

use super::{Executor, Workers};
use crate::Error;
use crate::crew::Crew;
use crate::job::Job;
use sharpest_search::Best;

/// A number of threads.
#[derive(Debug, Clone, Copy)]
pub struct Threads {
    /// How many threads, 1 or more.
    pub jobs: usize,
}

impl Executor for Threads {
    fn workers(&self) -> Workers {
        Workers { kind: "threads", count: self.jobs }
    }

    fn run(&self, job: &Job<'_, '_>) -> Result<Best, Error> {
        let bests = Crew::threads(self.jobs)?.all(|_| -> Result<Best, Error> {
            let mut best = job.nothing();
            while let Some(block) = job.next() {
                best = best.merge(job.block(block)?);
            }
            Ok(best)
        });
        bests.into_iter().try_fold(job.nothing(), |all, best| Ok(all.merge(best?)))
    }
}
