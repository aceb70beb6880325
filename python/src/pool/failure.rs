//! Errors of the pool as the exceptions that a Python programmer would catch. Those with something to tell are written in
//! Python, so that they pickle with it.

use crate::errors;
use pyo3::exceptions::{PyMemoryError, PyOSError, PyRuntimeError};
use pyo3::prelude::*;
use sharpest_workers::{Ending, Error};

/// The exception of an error that needs nothing of Python's own.
pub(super) fn exception(error: Error) -> PyErr {
    let text = error.to_string();
    match error {
        Error::Memory(error) => errors::exception(error),
        Error::NoDescriptors => PyOSError::new_err((errors::EMFILE, text)),
        Error::System { source, .. } | Error::Start { source, .. } => {
            errors::numbered(source.raw_os_error(), &text)
        }
        // In the standard library's words, which programs look for.
        Error::Closed => PyRuntimeError::new_err("cannot schedule new futures after shutdown"),
        Error::Failed { .. } => PyMemoryError::new_err(text),
        _ => PyRuntimeError::new_err(text),
    }
}

/// The exception that ends a task.
pub(super) fn of_task(py: Python<'_>, error: Error) -> PyErr {
    let sentence = error.to_string();
    match error {
        Error::WorkerDied { pid, ending, task, tried } => {
            let (status, signal) = match ending {
                Ending::Status(status) => (Some(status), None),
                Ending::Signal(signal) => (None, Some(signal)),
                Ending::Unknown => (None, None),
            };
            typed(py, "WorkerDied", (sentence, pid, status, signal, task, tried))
        }
        Error::Deadline { pid, task, .. } => typed(py, "DeadlineExceeded", (sentence, pid, task)),
        Error::Broken { .. } => typed(py, "PoolBroken", (sentence,)),
        Error::Cancelled { .. } => typed(py, "CancelledError", (sentence,)),
        error => exception(error),
    }
}

fn typed<'py, A: pyo3::call::PyCallArgs<'py>>(py: Python<'py>, name: &str, arguments: A) -> PyErr {
    let class = py.import("sharpest.pool.errors").and_then(|errors| errors.getattr(name));
    match class.and_then(|class| class.call1(arguments)) {
        Ok(exception) => PyErr::from_value(exception),
        Err(error) => error,
    }
}
