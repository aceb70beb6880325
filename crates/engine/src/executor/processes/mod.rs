//! Processes over one copy of the moments. Each is told once what is searched; then only numbers of blocks go there, and
//! what was found in them comes back, with its lines if they are wanted. A block whose worker died is given to another.
//!
//! - `errand`: what a worker is told once, and how the moments get there.
//! - `worker`: the worker's side.
//! - here: the side that hands out.

#[cfg(all(target_os = "linux", not(sharpest_unsupported)))]
mod errand;
#[cfg(all(target_os = "linux", not(sharpest_unsupported)))]
mod hall;
#[cfg(all(target_os = "linux", not(sharpest_unsupported)))]
mod worker;

#[cfg(all(target_os = "linux", not(sharpest_unsupported)))]
pub use worker::work;

use super::{Executor, Workers};
use crate::Error;
use crate::job::Job;
use sharpest_search::Best;
use std::ffi::OsString;

/// A number of processes, and the command line that starts one.
#[derive(Debug, Clone)]
pub struct Processes {
    jobs: usize,
    command: Vec<OsString>,
}

impl Processes {
    /// As many as `jobs`, 1 or more; `command` is a program and its arguments, which, with one more, come to [`work`].
    pub fn new(jobs: usize, command: Vec<OsString>) -> Self {
        Self { jobs, command }
    }
}

impl Executor for Processes {
    fn workers(&self) -> Workers {
        Workers { kind: "processes", count: self.jobs }
    }

    #[cfg(all(target_os = "linux", not(sharpest_unsupported)))]
    fn run(&self, job: &Job<'_, '_>) -> Result<Best, Error> {
        hall::Hall::open(self.jobs, &self.command, job)?.run()
    }

    #[cfg(not(all(target_os = "linux", not(sharpest_unsupported))))]
    fn run(&self, _: &Job<'_, '_>) -> Result<Best, Error> {
        let _ = &self.command;
        Err(sharpest_workers::Error::Unsupported.into())
    }
}

/// Nobody is started here.
///
/// # Errors
/// Always.
#[cfg(not(all(target_os = "linux", not(sharpest_unsupported))))]
pub fn work(_: &str) -> Result<(), Error> {
    Err(sharpest_workers::Error::Unsupported.into())
}
