//! One block after the other, on the thread that asked.

use super::{Executor, Workers};
use crate::Error;
use crate::job::Job;
use sharpest_search::Best;

/// No workers but the caller.
#[derive(Debug, Clone, Copy)]
pub struct Serial;

impl Executor for Serial {
    fn workers(&self) -> Workers {
        Workers { kind: "serial", count: 1 }
    }

    fn run(&self, job: &Job<'_, '_>) -> Result<Best, Error> {
        let mut best = job.nothing();
        while let Some(block) = job.next() {
            best = best.merge(job.block(block)?);
        }
        Ok(best)
    }
}
