//! Waiting with the interpreter let go, and Ctrl-C listened to.

use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use sharpest_arrays::sync::{GaveUp, Patience};
use std::time::Duration;

/// The time that Python gives: none is without end, and one that is over is none to wait.
pub(crate) fn timeout(seconds: Option<f64>) -> PyResult<Option<Duration>> {
    match seconds {
        Some(seconds) if seconds.is_nan() => Err(PyValueError::new_err("timeout is not a number")),
        Some(seconds) if seconds <= 0.0 => Ok(Some(Duration::ZERO)),
        // What is too long to count is without end.
        Some(seconds) => Ok(Duration::try_from_secs_f64(seconds).ok()),
        None => Ok(None),
    }
}

/// Runs `work` without the interpreter, with a patience that ends when a signal's handler raises. True where it was done,
/// false where the time was over.
pub(crate) fn wait<T: Send>(
    py: Python<'_>,
    timeout: Option<Duration>,
    work: impl FnOnce(&mut Patience<'_>) -> Result<T, GaveUp> + Send,
) -> PyResult<Option<T>> {
    let mut raised = None;
    let done = py.detach(|| {
        let mut go_on = || match Python::try_attach(|py| py.check_signals()) {
            Some(Err(error)) => {
                raised = Some(error);
                false
            }
            _ => true, // the interpreter that is ending runs no handlers
        };
        work(&mut Patience::new(timeout, &mut go_on))
    });
    match (done, raised) {
        (Ok(done), _) => Ok(Some(done)),
        (Err(GaveUp::Interrupted), Some(error)) => Err(error),
        (Err(GaveUp::TimedOut), _) => Ok(None),
        (Err(gave_up), _) => Err(PyRuntimeError::new_err(gave_up.to_string())),
    }
}
