//! A pool of threads over one copy of the data; each takes the next block when it is done with one.

use super::{Executor, Workers};
use crate::Error;
use crate::job::Job;
use rayon::ThreadPoolBuilder;
use sharpest_search::Best;

/// A pool of its own, so that a program around this one keeps its global pool.
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
        let refuse = |reason: rayon::ThreadPoolBuildError| Error::Threads {
            threads: self.jobs,
            reason: reason.to_string(),
        };
        let pool = ThreadPoolBuilder::new().num_threads(self.jobs).build().map_err(refuse)?;
        let bests = pool.broadcast(|_| -> Result<Best, Error> {
            let mut best = job.nothing();
            while let Some(block) = job.next() {
                best = best.merge(job.block(block)?);
            }
            Ok(best)
        });
        bests.into_iter().try_fold(job.nothing(), |all, best| Ok(all.merge(best?)))
    }
}
