//! Errors of the arrays as exceptions, with the same sentences.

use pyo3::create_exception;
use pyo3::exceptions::{
    PyKeyError, PyMemoryError, PyOSError, PyPermissionError, PyRuntimeError, PyValueError,
};
use pyo3::prelude::*;
use sharpest_arrays::Error;

create_exception!(
    sharpest,
    OwnerGone,
    PyRuntimeError,
    "The process that shared an array is gone, or has closed it."
);
create_exception!(
    sharpest,
    OwnerDied,
    PyRuntimeError,
    "The process that held a lock died with it."
);

/// Descriptors ran out: the number that `OSError` knows it by.
pub(crate) const EMFILE: i32 = 24;

/// An `OSError` with its number, from which Python finds the class: `FileNotFoundError`, `PermissionError`. Python puts the
/// number before the sentence, so that Rust's after it would say it twice.
pub(crate) fn numbered(number: Option<i32>, sentence: &str) -> PyErr {
    match number {
        Some(number) => {
            let said = sentence.replace(&format!(" (os error {number})"), "");
            PyOSError::new_err((number, said))
        }
        None => PyOSError::new_err(sentence.to_owned()),
    }
}

/// The exception that a Python programmer would catch.
pub(crate) fn exception(error: Error) -> PyErr {
    let text = error.to_string();
    match error {
        Error::OutOfMemory { .. } => PyMemoryError::new_err(text),
        Error::OutOfDescriptors { .. } => PyOSError::new_err((EMFILE, text)),
        Error::OwnerGone { .. } => OwnerGone::new_err(text),
        Error::OwnerDied => OwnerDied::new_err(text),
        Error::OutOfReach { .. } => PyPermissionError::new_err(text),
        Error::NoSuchName(_) => PyKeyError::new_err(text),
        Error::System { source, .. } => numbered(source.raw_os_error(), &text),
        Error::Unsupported => PyOSError::new_err(text),
        _ => PyValueError::new_err(text),
    }
}
