//! What goes and what arrived: segments that are written in one go, bytes as they lie in shared memory, and segments that the
//! pool lends.
#![allow(unsafe_code, reason = "the buffer protocol speaks in pointers")]

use crate::arrays::{Mapping, Place, Working, places, slices, taken};
use crate::errors::exception;
use pyo3::buffer::PyBuffer;
use pyo3::exceptions::PyValueError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use sharpest_arrays::{Field, Layout};
use sharpest_workers::{Body, INLINE, Segment};
use std::ffi::c_int;
use std::sync::{Mutex, PoisonError};

/// Large bytes that arrived, read-only, as long as this object lives.
#[pyclass(frozen, module = "sharpest._native")]
pub(crate) struct Parcel(Body);

#[pymethods]
impl Parcel {
    fn __len__(&self) -> usize {
        self.0.bytes().len()
    }

    /// # Safety
    /// Called by the interpreter with a valid `view`.
    unsafe fn __getbuffer__(
        slf: Bound<'_, Self>,
        view: *mut ffi::Py_buffer,
        flags: c_int,
    ) -> PyResult<()> {
        let bytes = slf.get().0.bytes();
        let start = bytes.as_ptr().cast_mut().cast();
        let len = isize::try_from(bytes.len())?;
        // SAFETY: the interpreter's `view` is to be filled; start and length are of bytes that live as long as `slf`, which
        // the filled view holds, and the view says that they are read-only.
        let status = unsafe { ffi::PyBuffer_FillInfo(view, slf.as_ptr(), start, len, 1, flags) };
        if status == 0 { Ok(()) } else { Err(PyErr::fetch(slf.py())) }
    }
}

/// Bytes that arrived: small ones as `bytes`, large ones where they lie.
pub(super) fn bytes(py: Python<'_>, body: Body) -> PyResult<Py<PyAny>> {
    if body.bytes().len() <= INLINE {
        return Ok(PyBytes::new(py, body.bytes()).into_any().unbind());
    }
    Ok(Bound::new(py, Parcel(body))?.into_any().unbind())
}

/// A segment that the pool lends for one task. What is written to it is seen here alone.
#[pyclass(frozen, module = "sharpest._native")]
pub(crate) struct Loan(pub(super) sharpest_arrays::Loan);

#[pymethods]
impl Loan {
    #[getter]
    fn fields(&self) -> Vec<Place> {
        places(self.0.layout())
    }

    fn view(&self) -> Mapping {
        Mapping::of(self.0.view())
    }
}

/// A segment that was written in one go, to be sent.
#[pyclass(frozen, module = "sharpest._native")]
pub(crate) struct Filled(Mutex<Option<sharpest_arrays::Filled>>);

/// Writes pieces of bytes into a segment, each as an array of bytes of its own, named `prefix` and its number.
#[pyfunction]
pub(crate) fn filled(py: Python<'_>, prefix: &str, pieces: Vec<PyBuffer<u8>>) -> PyResult<Filled> {
    let field = |(at, piece): (usize, &PyBuffer<u8>)| {
        Field::new(&format!("{prefix}{at}"), "|u1", 1, &[piece.len_bytes()])
    };
    let fields = pieces.iter().enumerate().map(field).collect::<Result<_, _>>();
    let layout = fields.and_then(Layout::new).map_err(exception)?;
    let mut slices = slices(&pieces)?.into_iter();
    let filled = py.detach(move || {
        sharpest_arrays::Filled::new(layout, |_| slices.next().unwrap_or_default())
    });
    Ok(Filled(Mutex::new(Some(filled.map_err(exception)?))))
}

/// Takes the segments out of objects that hold some, which are empty afterwards.
pub(super) fn segments(parts: &[Bound<'_, PyAny>]) -> PyResult<Vec<Segment>> {
    parts.iter().map(segment).collect()
}

fn segment(part: &Bound<'_, PyAny>) -> PyResult<Segment> {
    if let Ok(working) = part.cast::<Working>() {
        return Ok(taken(working.get())?.into());
    }
    let filled =
        part.cast::<Filled>()?.get().0.lock().unwrap_or_else(PoisonError::into_inner).take();
    Ok(filled.ok_or_else(|| PyValueError::new_err("this segment was sent"))?.into())
}
