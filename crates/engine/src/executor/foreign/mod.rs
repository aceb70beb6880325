//! Somebody else's workers: a pool of another program, a cluster. What goes there is bytes, and what comes back; how, and
//! what a worker is, only they know.
//!
//! - `task`: what travels.
//! - `assist`: the worker's side; `scoring`: the same where the score is the caller's own.
//! - `pace`: how many blocks go into a task.
//! - `hall`: the side that hands out.

mod assist;
mod hall;
mod pace;
mod scoring;
mod task;

pub use assist::assist;
pub use scoring::Scoring;

use super::{Executor, Workers};
use crate::Error;
use crate::job::Job;
use sharpest_search::Best;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

/// Whoever carries tasks to workers and answers back. A task that is lost on the way is theirs to do again, or to give up.
pub trait Foreign: Debug + Send + Sync {
    /// How many tasks are worked on at the same time, as far as one knows.
    fn slots(&self) -> usize;

    /// The name of a score of the caller's own, by which the workers rank portfolios in place of the Sharpe ratio.
    fn score(&self) -> Option<&str> {
        None
    }

    /// Whether the workers are processes of this machine and user, which can open a segment of this one.
    fn is_near(&self) -> bool {
        false
    }

    /// Takes a task; a worker hands it to [`assist()`], or opens it as a [`Scoring`] if there is a score, and what that answers comes back under this number.
    ///
    /// # Errors
    /// Nobody takes tasks any more.
    fn submit(&self, number: u64, task: Vec<u8>) -> Result<(), Broken>;

    /// What came back, whichever is first; waits for it, but not longer than `patience`.
    fn next(&self, patience: Duration) -> Option<(u64, Result<Vec<u8>, Broken>)>;

    /// Whatever was taken and is not yet worked on is no longer wanted.
    fn cancel(&self);
}

/// Why a task has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// What whoever carried it says.
    pub what: String,
    /// Whether it was only stopped, by whoever pressed Ctrl-C, and might as well be done again.
    pub interrupted: bool,
}

/// Workers that somebody else carries tasks to.
#[derive(Debug, Clone)]
pub struct Others {
    foreign: Arc<dyn Foreign>,
    slots: usize,
}

impl Others {
    /// As many as there are, but no more than `most` at the same time.
    pub fn new(foreign: Arc<dyn Foreign>, most: usize) -> Self {
        let slots = foreign.slots().clamp(1, most.max(1));
        Self { foreign, slots }
    }
}

impl Executor for Others {
    fn workers(&self) -> Workers {
        Workers { kind: "executor", count: self.slots }
    }

    fn run(&self, job: &Job<'_, '_>) -> Result<Best, Error> {
        let best = hall::Hall::new(&*self.foreign, self.slots, job)?.run();
        if best.is_err() {
            self.foreign.cancel();
        }
        best
    }
}
