//! Failures as the exceptions that a Python programmer would catch, with the sentences of the command.

use pyo3::exceptions::{PyOSError, PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use sharpest_cli::library::Failure;
use sharpest_engine::{Blame, Error};
use std::io;

/// The exception of a command that failed.
pub(super) fn exception(py: Python<'_>, failure: &Failure) -> PyErr {
    match failure {
        Failure::Engine(error) => engine(py, error),
        Failure::Flags(sentence) => PyValueError::new_err(sentence.clone()),
        Failure::Write(sentence) => PyOSError::new_err(sentence.clone()),
    }
}

/// The exception of an error of the engine.
pub(super) fn engine(py: Python<'_>, error: &Error) -> PyErr {
    let sentence = error.to_string();
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
            | Error::KeepMore { reason, .. } => numbered(reason, sentence),
            Error::Foreign { .. } => typed(py, "ExecutorError", (sentence,)),
            _ => PyOSError::new_err(sentence),
        },
    }
}

fn numbered(reason: &io::Error, sentence: String) -> PyErr {
    match reason.raw_os_error() {
        Some(number) => PyOSError::new_err((number, sentence)),
        None => PyOSError::new_err(sentence),
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
