//! The crew: threads that work on one thing together. What they work on, and how it is shared out, is the caller's.

use crate::Error;
use crate::executor::Workers;
use rayon::{ThreadPool, ThreadPoolBuilder};

/// Some workers: the caller alone, or a pool of threads of its own, so that a program around this one keeps its pool.
#[derive(Debug)]
pub(crate) struct Crew {
    pool: Option<ThreadPool>,
    jobs: usize,
}

impl Crew {
    /// A pool of `jobs` threads, 1 or more.
    ///
    /// # Errors
    /// Threads that the system refuses.
    pub(crate) fn threads(jobs: usize) -> Result<Self, Error> {
        let refuse = |reason: rayon::ThreadPoolBuildError| Error::Threads {
            threads: jobs,
            reason: reason.to_string(),
        };
        let pool = ThreadPoolBuilder::new().num_threads(jobs).build().map_err(refuse)?;
        Ok(Self { pool: Some(pool), jobs })
    }

    /// The caller alone, or as many threads as are asked for if that is more than one.
    ///
    /// # Errors
    /// Threads that the system refuses.
    pub(crate) fn of(jobs: usize) -> Result<Self, Error> {
        if jobs > 1 { Self::threads(jobs) } else { Ok(Self { pool: None, jobs: 1 }) }
    }

    /// Who works.
    pub(crate) fn workers(&self) -> Workers {
        let kind = if self.pool.is_some() { "threads" } else { "serial" };
        Workers { kind, count: self.jobs }
    }

    /// Does `work` once on each worker, all at the same time; it is told the worker's number, from 0. The answers come
    /// in the order of those numbers.
    pub(crate) fn all<T: Send>(&self, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
        match &self.pool {
            Some(pool) => pool.broadcast(|context| work(context.index())),
            None => vec![work(0)],
        }
    }
}
