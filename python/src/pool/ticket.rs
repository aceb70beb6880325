//! What `map` holds of a call: lighter than a future, for whoever takes its results one after the other.

use crate::arrays::Working;
use pyo3::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// What came of a task: its bytes and segments, and whether they are a failure; or the exception that ended it.
pub(super) type Outcome = (Option<Py<PyAny>>, Vec<Working>, bool, Option<Py<PyAny>>);

/// A task whose outcome is fetched from here.
#[pyclass(frozen, module = "sharpest._native")]
pub(crate) struct Ticket {
    task: AtomicU64,
    outcome: Mutex<Option<Outcome>>,
}

#[pymethods]
impl Ticket {
    /// The number of the task.
    #[getter]
    fn task(&self) -> u64 {
        self.task.load(Ordering::Relaxed)
    }

    /// What came of it, once; none while it is not done.
    fn take(&self) -> Option<Outcome> {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Ticket {
    pub(super) fn new() -> Ticket {
        Ticket { task: AtomicU64::new(u64::MAX), outcome: Mutex::default() }
    }

    pub(super) fn stands_for(&self, task: u64) {
        self.task.store(task, Ordering::Relaxed);
    }

    pub(super) fn put(&self, outcome: Outcome) {
        *self.outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
    }
}
