//! Locks between processes as Python objects. Each is opened elsewhere by its handle.
#![allow(unsafe_code, reason = "the buffer protocol speaks in pointers")]
#![allow(clippy::needless_pass_by_value, reason = "the interpreter hands values over")]

use crate::errors::{OwnerDied, exception};
use crate::waiting::{timeout, wait};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use sharpest_arrays::sync::{self, Entered, NotHeld};
use std::ffi::c_int;
use std::time::Duration;

/// Bytes that every process with the handle may write.
#[pyclass(frozen, module = "sharpest._native")]
pub(crate) struct Slot(sync::Slot);

#[pymethods]
impl Slot {
    #[new]
    fn new(nbytes: usize) -> PyResult<Slot> {
        Ok(Slot(sync::Slot::new(nbytes).map_err(exception)?))
    }

    #[staticmethod]
    fn open(handle: &[u8]) -> PyResult<Slot> {
        Ok(Slot(sync::Slot::open(handle).map_err(exception)?))
    }

    fn handle<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        handle(py, &self.0)
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    /// # Safety
    /// Called by the interpreter with a valid `view`.
    unsafe fn __getbuffer__(
        slf: Bound<'_, Self>,
        view: *mut ffi::Py_buffer,
        flags: c_int,
    ) -> PyResult<()> {
        let bytes = &slf.get().0;
        let start = bytes.start().as_ptr().cast();
        let len = isize::try_from(bytes.len())?;
        // SAFETY: the interpreter's `view` is to be filled; start and length are of a map that lives as long as `slf`,
        // which the filled view holds.
        let status = unsafe { ffi::PyBuffer_FillInfo(view, slf.as_ptr(), start, len, 0, flags) };
        if status == 0 { Ok(()) } else { Err(PyErr::fetch(slf.py())) }
    }
}

/// A lock. Where a holder died, everybody who takes it is told until it is mended, or, with `once`, only the next one; who
/// is told does not hold it.
#[pyclass(frozen, subclass, module = "sharpest._native")]
pub(crate) struct Lock {
    lock: sync::Lock,
    once: bool,
}

#[pymethods]
impl Lock {
    #[new]
    #[pyo3(signature = (recursive, once, handle=None))]
    fn new(recursive: bool, once: bool, handle: Option<&[u8]>) -> PyResult<Lock> {
        let lock = match handle {
            Some(handle) => sync::Lock::open(handle),
            None => sync::Lock::new(recursive),
        };
        Ok(Lock { lock: lock.map_err(exception)?, once })
    }

    fn handle<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        handle(py, self.lock.slot())
    }

    #[pyo3(signature = (block=true, timeout=None))]
    fn acquire(&self, py: Python<'_>, block: bool, timeout: Option<f64>) -> PyResult<bool> {
        match self.enter(py, block, timeout)? {
            None => Ok(false),
            Some(Entered::Clean) => Ok(true),
            // Its holder has known.
            Some(_) if self.lock.depth() > 1 => Ok(true),
            Some(died) => {
                if self.once {
                    self.lock.mend();
                }
                self.release()?;
                Err(owner_died(died))
            }
        }
    }

    /// Takes it even after a holder died; whether that is so.
    fn acquire_anyway(&self, py: Python<'_>) -> PyResult<bool> {
        Ok(self.enter(py, true, None)?.is_some_and(|entered| entered != Entered::Clean))
    }

    fn release(&self) -> PyResult<()> {
        self.lock.unlock().map_err(|error| match error.holder {
            // As the standard library's.
            None if !self.lock.is_recursive() => PyValueError::new_err(error.to_string()),
            _ => not_held(error),
        })
    }

    /// For its holder: what it guards is whole again.
    fn mend(&self) {
        self.lock.mend();
    }

    fn __enter__(&self, py: Python<'_>) -> PyResult<bool> {
        self.acquire(py, true, None)
    }

    fn __exit__(&self, _kind: Py<PyAny>, _value: Py<PyAny>, _trace: Py<PyAny>) -> PyResult<()> {
        self.release()
    }

    /// How often this thread has taken it.
    #[getter]
    fn depth(&self) -> u32 {
        self.lock.depth()
    }

    /// The process that holds it.
    #[getter]
    fn holder(&self) -> Option<u32> {
        self.lock.holder()
    }

    /// How often it was taken, how often somebody found it taken, and the seconds that those have waited.
    fn counters(&self) -> (u64, u64, f64) {
        let stats = self.lock.stats();
        (stats.acquired, stats.contended, stats.waited.as_secs_f64())
    }

    /// The same in every process.
    #[getter]
    fn id(&self) -> ([u8; 16], usize) {
        let (id, offset) = self.lock.slot().id();
        (id.0, offset)
    }
}

impl Lock {
    fn enter(
        &self,
        py: Python<'_>,
        block: bool,
        seconds: Option<f64>,
    ) -> PyResult<Option<Entered>> {
        match self.lock.try_lock() {
            None if block => wait(py, timeout(seconds)?, |patience| self.lock.lock(patience)),
            entered => Ok(entered),
        }
    }
}

/// A count to take from.
#[pyclass(frozen, subclass, module = "sharpest._native")]
pub(crate) struct Semaphore(sync::Semaphore);

#[pymethods]
impl Semaphore {
    #[new]
    #[pyo3(signature = (count, most, handle=None))]
    fn new(count: u32, most: u32, handle: Option<&[u8]>) -> PyResult<Semaphore> {
        let semaphore = match handle {
            Some(handle) => sync::Semaphore::open(handle),
            None => sync::Semaphore::new(count, most),
        };
        Ok(Semaphore(semaphore.map_err(exception)?))
    }

    fn handle<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        handle(py, self.0.slot())
    }

    #[pyo3(signature = (block=true, timeout=None))]
    fn acquire(&self, py: Python<'_>, block: bool, timeout: Option<f64>) -> PyResult<bool> {
        let end = if block { self::timeout(timeout)? } else { Some(Duration::ZERO) };
        Ok(wait(py, end, |patience| self.0.acquire(patience))?.is_some())
    }

    fn release(&self) -> PyResult<()> {
        self.0.release().map_err(|error| PyValueError::new_err(error.to_string()))
    }

    fn __enter__(&self, py: Python<'_>) -> PyResult<bool> {
        self.acquire(py, true, None)
    }

    fn __exit__(&self, _kind: Py<PyAny>, _value: Py<PyAny>, _trace: Py<PyAny>) -> PyResult<()> {
        self.release()
    }

    fn get_value(&self) -> u32 {
        self.0.count()
    }

    /// How many it may hold.
    #[getter]
    fn most(&self) -> u32 {
        self.0.most()
    }
}

/// A flag to wait for.
#[pyclass(frozen, subclass, module = "sharpest._native")]
pub(crate) struct Event(sync::Event);

#[pymethods]
impl Event {
    #[new]
    #[pyo3(signature = (handle=None))]
    fn new(handle: Option<&[u8]>) -> PyResult<Event> {
        let event = match handle {
            Some(handle) => sync::Event::open(handle),
            None => sync::Event::new(),
        };
        Ok(Event(event.map_err(exception)?))
    }

    fn handle<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        handle(py, self.0.slot())
    }

    fn is_set(&self) -> bool {
        self.0.is_set()
    }

    fn set(&self) {
        self.0.set();
    }

    fn clear(&self) {
        self.0.clear();
    }

    #[pyo3(signature = (timeout=None))]
    fn wait(&self, py: Python<'_>, timeout: Option<f64>) -> PyResult<bool> {
        let end = self::timeout(timeout)?;
        Ok(wait(py, end, |patience| self.0.wait(patience))?.is_some())
    }
}

/// Where those sleep who wait for a change of what a lock guards.
#[pyclass(frozen, module = "sharpest._native")]
pub(crate) struct Condition(sync::Condition);

#[pymethods]
impl Condition {
    #[new]
    #[pyo3(signature = (handle=None))]
    fn new(handle: Option<&[u8]>) -> PyResult<Condition> {
        let condition = match handle {
            Some(handle) => sync::Condition::open(handle),
            None => sync::Condition::new(),
        };
        Ok(Condition(condition.map_err(exception)?))
    }

    fn handle<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        handle(py, self.0.slot())
    }

    /// Whether it was notified. The lock is held afterwards, also where this raises.
    fn wait(&self, py: Python<'_>, lock: &Lock, seconds: Option<f64>) -> PyResult<bool> {
        let mut entered = Entered::Clean;
        let mut stranger = None;
        let notified =
            wait(py, timeout(seconds)?, |patience| match self.0.wait(&lock.lock, patience) {
                Ok(woken) => {
                    entered = woken.entered;
                    woken.notified
                }
                Err(not_held) => {
                    stranger = Some(not_held);
                    Ok(())
                }
            })?;
        if let Some(error) = stranger {
            return Err(not_held(error));
        }
        if entered != Entered::Clean {
            if lock.once {
                lock.lock.mend();
            }
            return Err(owner_died(entered));
        }
        Ok(notified.is_some())
    }

    fn notify(&self, lock: &Lock, count: u32) -> PyResult<u32> {
        self.0.notify(&lock.lock, count).map_err(not_held)
    }

    /// How many wait.
    #[getter]
    fn waiting(&self) -> usize {
        self.0.waiting()
    }
}

/// Where so many wait for each other.
#[pyclass(frozen, module = "sharpest._native")]
pub(crate) struct Barrier(sync::Barrier);

#[pymethods]
impl Barrier {
    #[new]
    #[pyo3(signature = (parties, handle=None))]
    fn new(parties: u32, handle: Option<&[u8]>) -> PyResult<Barrier> {
        let barrier = match handle {
            Some(handle) => sync::Barrier::open(handle),
            None => sync::Barrier::new(parties),
        };
        Ok(Barrier(barrier.map_err(exception)?))
    }

    fn handle<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        handle(py, self.0.slot())
    }

    /// In which place this one came; none where the barrier is broken.
    fn wait(
        &self,
        py: Python<'_>,
        seconds: Option<f64>,
        action: Option<Py<PyAny>>,
    ) -> PyResult<Option<u32>> {
        let mut raised = None;
        let mut act = || match &action {
            None => true,
            Some(action) => Python::attach(|py| action.call0(py).map(drop))
                .map_err(|error| raised = Some(error))
                .is_ok(),
        };
        let arrived = wait(py, timeout(seconds)?, |patience| self.0.wait(patience, &mut act))?;
        match (raised, arrived) {
            (Some(error), _) => Err(error),
            (None, Some(sync::Arrived::Passed(number))) => Ok(Some(number)),
            (None, _) => Ok(None),
        }
    }

    // Without the interpreter: who is in the middle of it may be waiting for the interpreter to run its action.
    fn abort(&self, py: Python<'_>) {
        py.detach(|| self.0.abort());
    }

    fn reset(&self, py: Python<'_>) {
        py.detach(|| self.0.reset());
    }

    #[getter]
    fn parties(&self) -> u32 {
        self.0.parties()
    }

    #[getter]
    fn waiting(&self) -> u32 {
        self.0.waiting()
    }

    #[getter]
    fn broken(&self) -> bool {
        self.0.is_broken()
    }
}

fn handle<'py>(py: Python<'py>, slot: &sync::Slot) -> PyResult<Bound<'py, PyBytes>> {
    Ok(PyBytes::new(py, &slot.handle().map_err(exception)?))
}

fn not_held(error: NotHeld) -> PyErr {
    PyRuntimeError::new_err(error.to_string())
}

fn owner_died(entered: Entered) -> PyErr {
    let who = match entered {
        Entered::AfterDeath { pid: Some(pid) } => format!("process {pid}, which"),
        _ => "a process that".to_owned(),
    };
    OwnerDied::new_err(format!("{who} held this lock, died; what it guards may be half done"))
}
