//! Published arrays: names that any process of the user finds.

use crate::arrays::Frozen;
use crate::errors::exception;
use pyo3::prelude::*;
use std::sync::{Mutex, PoisonError};

/// A name that this process has given, until it is closed.
#[pyclass(frozen, module = "sharpest._native")]
pub(crate) struct Publication(Mutex<Option<sharpest_arrays::Publication>>);

#[pymethods]
impl Publication {
    /// Takes the name back.
    fn close(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

/// Gives a segment a name.
#[pyfunction]
pub(crate) fn publish(name: &str, segment: &Frozen) -> PyResult<Publication> {
    let publication = sharpest_arrays::publish(name, &segment.0).map_err(exception)?;
    Ok(Publication(Mutex::new(Some(publication))))
}

/// The segment of a name.
#[pyfunction]
pub(crate) fn attach(name: &str) -> PyResult<Frozen> {
    Ok(Frozen(sharpest_arrays::attach(name).map_err(exception)?.segment))
}
