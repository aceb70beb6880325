//! Segments with a name in /dev/shm, for `sharpest.compat`.

use crate::arrays::Mapping;
use crate::errors::exception;
use pyo3::prelude::*;
use sharpest_arrays::named;

/// A new one of `nbytes`, zeros.
#[pyfunction]
pub(crate) fn create_named(py: Python<'_>, name: &str, nbytes: usize) -> PyResult<Mapping> {
    py.detach(|| named::create(name, nbytes)).map(Mapping::of).map_err(exception)
}

/// The one that has the name.
#[pyfunction]
pub(crate) fn attach_named(py: Python<'_>, name: &str) -> PyResult<Mapping> {
    py.detach(|| named::attach(name)).map(Mapping::of).map_err(exception)
}

/// Takes the name away.
#[pyfunction]
pub(crate) fn remove_named(name: &str) -> PyResult<()> {
    named::remove(name).map_err(exception)
}

/// Name, bytes, and whether somebody uses it, of each that this package made.
#[pyfunction]
pub(crate) fn list_named() -> Vec<(String, u64, bool)> {
    named::list().into_iter().map(|entry| (entry.name, entry.len, entry.in_use)).collect()
}

/// Removes those that nobody uses any more, and names them.
#[pyfunction]
pub(crate) fn reap_named() -> Vec<String> {
    named::reap()
}
