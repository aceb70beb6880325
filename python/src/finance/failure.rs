//! Failures as the exceptions that a Python programmer would catch, with the sentences of the command.

use crate::errors::numbered;
use pyo3::exceptions::{PyOSError, PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use sharpest_cli::library::{self, Failure};
use sharpest_engine::{Blame, Error};

/// The exception of a command that failed.
pub(super) fn exception(py: Python<'_>, failure: &Failure) -> PyErr {
    match failure {
        Failure::Engine(error) => engine(py, error),
        Failure::Flags(_) => PyValueError::new_err(failure.sentence()),
        Failure::Write(_, number) => numbered(*number, &failure.sentence()),
    }
}

/// The exception of an error of the engine.
pub(super) fn engine(py: Python<'_>, error: &Error) -> PyErr {
    let sentence = library::sentence(error);
    match error.blame() {
        Blame::Data { asset, date } => {
            let date = date.map(|date| date.to_string());
            typed(py, "DataError", (sentence, asset, date))
        }
        Blame::Question => typed(py, "InfeasibleError", (sentence,)),
        Blame::Settings => PyValueError::new_err(sentence),
        Blame::Bug => PyRuntimeError::new_err(sentence),
        Blame::System => match error {
            // With its number Python finds the class: FileNotFoundError, PermissionError.
            Error::Read { reason, .. }
            | Error::Lines(reason)
            | Error::Keep { reason, .. }
            | Error::KeepMore { reason, .. } => numbered(reason.raw_os_error(), &sentence),
            Error::Foreign { .. } => typed(py, "ExecutorError", (sentence,)),
            _ => PyOSError::new_err(sentence),
        },
    }
}

/// An exception of the package's own; they are written in Python, so that they pickle with what they carry.
fn typed<'py, A: pyo3::call::PyCallArgs<'py>>(py: Python<'py>, name: &str, arguments: A) -> PyErr {
    let class = py.import("sharpest.errors").and_then(|errors| errors.getattr(name));
    match class.and_then(|class| class.call1(arguments)) {
        Ok(exception) => PyErr::from_value(exception),
        Err(error) => error,
    }
}
