//! Segments of shared memory as Python objects: bytes for NumPy to look at, and tokens.
#![allow(unsafe_code, reason = "the buffer protocol speaks in pointers")]
#![allow(clippy::needless_pass_by_value, reason = "the interpreter hands values over")]

use crate::errors::exception;
use pyo3::buffer::PyBuffer;
use pyo3::exceptions::{PyBufferError, PyValueError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};
use sharpest_arrays::{Field, Layout, Opened, Token, View};
use std::ffi::c_int;
use std::sync::Arc;
use std::time::Duration;

/// Bytes of shared memory that stay mapped as long as this object lives: the base of every array that looks at them.
#[pyclass(frozen, module = "sharpest._native")]
pub(crate) struct Mapping {
    view: View,
    /// What it shows, where that can be handed over.
    segment: Option<Py<Working>>,
}

impl Mapping {
    pub(crate) fn of(view: View) -> Mapping {
        Mapping { view, segment: None }
    }
}

#[pymethods]
impl Mapping {
    fn __len__(&self) -> usize {
        self.view.len()
    }

    /// What it shows, if that can be handed over and nobody else has it.
    #[getter]
    fn orphan(&self, py: Python<'_>) -> Option<Py<Working>> {
        let segment = self.segment.as_ref()?;
        // SAFETY: the object lives, since this one holds it, and the interpreter is attached.
        let holders = unsafe { ffi::Py_REFCNT(segment.as_ptr()) };
        (holders == 1).then(|| segment.clone_ref(py))
    }

    /// # Safety
    /// Called by the interpreter with a valid `view`.
    unsafe fn __getbuffer__(
        slf: Bound<'_, Self>,
        view: *mut ffi::Py_buffer,
        flags: c_int,
    ) -> PyResult<()> {
        let bytes = &slf.get().view;
        let start = bytes.start().as_ptr().cast();
        let len = isize::try_from(bytes.len())?;
        let read_only = c_int::from(!bytes.is_writable());
        // SAFETY: the interpreter's `view` is to be filled; start and length are of a map that lives as long as `slf`,
        // which the filled view holds. A view that is not writable is told so, and the kernel refuses stores anyway.
        let status =
            unsafe { ffi::PyBuffer_FillInfo(view, slf.as_ptr(), start, len, read_only, flags) };
        if status == 0 { Ok(()) } else { Err(PyErr::fetch(slf.py())) }
    }
}

/// What has arrays: `memoryview(x)` is that of `x.array`.
#[pyclass(frozen, subclass, module = "sharpest._native")]
pub(crate) struct Exporter;

#[pymethods]
impl Exporter {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyAny>>) -> Exporter {
        Exporter
    }

    /// # Safety
    /// Called by the interpreter with a valid `view`.
    unsafe fn __getbuffer__(
        slf: Bound<'_, Self>,
        view: *mut ffi::Py_buffer,
        flags: c_int,
    ) -> PyResult<()> {
        let array = slf.as_any().getattr("array")?;
        // SAFETY: the interpreter's `view` is passed on to the array's own protocol, which fills it and makes itself the
        // object that is released.
        let status = unsafe { ffi::PyObject_GetBuffer(array.as_ptr(), view, flags) };
        if status == 0 { Ok(()) } else { Err(PyErr::fetch(slf.py())) }
    }
}

/// Name, dtype, itemsize, shape and strides (C order where none are given) of an array to be made.
type Wanted = (String, String, usize, Vec<usize>, Option<Vec<isize>>);

/// Name, dtype, itemsize, shape, strides and offset of an array that is there.
pub(crate) type Place = (String, String, usize, Vec<usize>, Vec<isize>, usize);

/// A segment that nobody can change.
#[pyclass(frozen, module = "sharpest._native")]
pub(crate) struct Frozen(pub(crate) Arc<sharpest_arrays::Frozen>);

#[pymethods]
impl Frozen {
    #[getter]
    fn fields(&self) -> Vec<Place> {
        places(self.0.layout())
    }

    #[getter]
    fn nbytes(&self) -> usize {
        self.0.bytes().len()
    }

    #[getter]
    fn id<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.id().0)
    }

    /// Views that are alive.
    #[getter]
    fn views(&self) -> usize {
        self.0.views()
    }

    fn view(&self) -> Mapping {
        Mapping::of(self.0.view())
    }

    /// A writable view whose stores nobody else sees.
    fn private(&self) -> PyResult<Mapping> {
        Ok(Mapping::of(self.0.private().map_err(exception)?))
    }

    /// What another process opens it with; keeps it alive until then.
    fn token<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let token = self.0.token().map_err(exception)?;
        Ok(PyBytes::new(py, &token.to_bytes()))
    }
}

/// A segment that this process writes.
#[pyclass(frozen, module = "sharpest._native")]
pub(crate) struct Working(std::sync::Mutex<Option<sharpest_arrays::Working>>);

#[pymethods]
impl Working {
    #[getter]
    fn fields(&self) -> PyResult<Vec<Place>> {
        self.with(|segment| places(segment.layout()))
    }

    /// Views that are alive.
    #[getter]
    fn views(&self) -> PyResult<usize> {
        self.with(sharpest_arrays::Working::views)
    }

    fn view(slf: &Bound<'_, Self>) -> PyResult<Mapping> {
        let view = slf.get().with(sharpest_arrays::Working::view)?;
        Ok(Mapping { view, segment: Some(slf.clone().unbind()) })
    }

    /// Seals it, without a copy where no view lives; this object is empty afterwards.
    fn freeze(&self, py: Python<'_>) -> PyResult<Frozen> {
        let segment = taken(self)?;
        let frozen = py.detach(|| segment.freeze()).map_err(exception)?;
        Ok(Frozen(Arc::new(frozen)))
    }

    /// A frozen copy of what it holds now.
    fn snapshot(&self) -> PyResult<Frozen> {
        let frozen = self.with(sharpest_arrays::Working::snapshot)?.map_err(exception)?;
        Ok(Frozen(Arc::new(frozen)))
    }
}

impl Working {
    fn lock(&self) -> std::sync::MutexGuard<'_, Option<sharpest_arrays::Working>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn with<T>(&self, look: impl FnOnce(&sharpest_arrays::Working) -> T) -> PyResult<T> {
        self.lock().as_ref().map(look).ok_or_else(gone)
    }
}

impl From<sharpest_arrays::Working> for Working {
    fn from(segment: sharpest_arrays::Working) -> Self {
        Working(std::sync::Mutex::new(Some(segment)))
    }
}

/// Takes the segment out; the object is empty afterwards.
pub(crate) fn taken(working: &Working) -> PyResult<sharpest_arrays::Working> {
    working.lock().take().ok_or_else(gone)
}

fn gone() -> PyErr {
    PyValueError::new_err("this array was frozen")
}

/// Copies arrays into one frozen segment, given the bytes of each in one piece.
#[pyfunction]
pub(crate) fn share(
    py: Python<'_>,
    fields: Vec<Wanted>,
    contents: Vec<PyBuffer<u8>>,
) -> PyResult<Frozen> {
    let layout = layout(&fields)?;
    if contents.len() != layout.fields().len() {
        return Err(PyBufferError::new_err("each array needs its bytes"));
    }
    let slices = slices(&contents)?;
    let mut slices = slices.into_iter();
    let frozen = py.detach(move || {
        sharpest_arrays::Frozen::from_parts(layout, |_| slices.next().unwrap_or_default())
    });
    Ok(Frozen(Arc::new(frozen.map_err(exception)?)))
}

/// The bytes of buffers, each in one piece, for the kernel to copy.
pub(crate) fn slices(buffers: &[PyBuffer<u8>]) -> PyResult<Vec<&[u8]>> {
    if !buffers.iter().all(|buffer| buffer.is_c_contiguous()) {
        return Err(PyBufferError::new_err("each array needs its bytes in one piece"));
    }
    let slice = |buffer: &'_ PyBuffer<u8>| match buffer.len_bytes() {
        0 => &[][..],
        // SAFETY: a contiguous buffer of bytes that the caller's `PyBuffer` holds until the slices are gone. The slice goes
        // to the kernel, which copies bytes whatever they are, so that another thread may write them meanwhile.
        len => unsafe { std::slice::from_raw_parts(buffer.buf_ptr().cast(), len) },
    };
    Ok(buffers.iter().map(slice).collect())
}

/// A segment to be written, of zeros or of anything.
#[pyfunction]
pub(crate) fn working(py: Python<'_>, fields: Vec<Wanted>, zeros: bool) -> PyResult<Working> {
    let layout = layout(&fields)?;
    let make = || match zeros {
        true => sharpest_arrays::Working::zeros(layout),
        false => sharpest_arrays::Working::empty(layout),
    };
    let segment = py.detach(make).map_err(exception)?;
    Ok(segment.into())
}

/// Opens what a token names.
#[pyfunction]
pub(crate) fn open(token: &[u8]) -> PyResult<Frozen> {
    let token = Token::from_bytes(token).map_err(exception)?;
    match sharpest_arrays::open(&token).map_err(exception)? {
        Opened::Frozen(segment) => Ok(Frozen(segment)),
        Opened::Control(_) => Err(PyValueError::new_err("the token is of a writable segment")),
    }
}

/// Waits until the tokens of this process were opened, or `seconds` are over; returns how many were not.
#[pyfunction]
pub(crate) fn linger(py: Python<'_>, seconds: f64) -> usize {
    py.detach(|| sharpest_arrays::linger(Duration::try_from_secs_f64(seconds).unwrap_or_default()))
}

/// Gives the memory of segments that wait for their next use back to the system.
#[pyfunction]
pub(crate) fn trim() {
    sharpest_arrays::trim();
}

/// Lets go of what a forked child has of its parent's.
#[pyfunction]
pub(crate) fn forked() {
    sharpest_arrays::forked();
}

fn layout(fields: &[Wanted]) -> PyResult<Layout> {
    let fields = fields.iter().map(|(name, dtype, itemsize, shape, strides)| match strides {
        Some(strides) => Field::strided(name, dtype, *itemsize, shape, strides),
        None => Field::new(name, dtype, *itemsize, shape),
    });
    Layout::new(fields.collect::<Result<_, _>>().map_err(exception)?).map_err(exception)
}

pub(crate) fn places(layout: &Layout) -> Vec<Place> {
    let place = |field: &Field| {
        let (shape, strides) = (field.shape.clone(), field.strides.clone());
        (field.name.clone(), field.dtype.clone(), field.itemsize, shape, strides, field.offset)
    };
    layout.fields().iter().map(place).collect()
}
