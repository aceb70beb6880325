//! The worker's side: takes tasks and answers them, without the interpreter while it waits.

use super::failure::exception;
use super::parcel::{self, Loan, segments};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use sharpest_workers::{Message, Work};
use std::os::fd::{FromRawFd, OwnedFd, RawFd};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A worker's place in a pool.
#[pyclass(frozen, module = "sharpest._native")]
pub(crate) struct Seat {
    seat: Mutex<sharpest_workers::Seat>,
    /// One moment, as Rust and as Python's `perf_counter` tell it: both read the same clock.
    moment: (Instant, f64),
}

/// The number of a task, its bytes, and its segments.
type Task = (u64, Py<PyAny>, Vec<Loan>);

#[pymethods]
impl Seat {
    /// The place at this end of a socket pair, which is the seat's from now on, in a pool of the process `main`.
    #[new]
    #[allow(unsafe_code, reason = "a descriptor that Python hands over is known by its number")]
    fn new(py: Python<'_>, socket: RawFd, main: u32) -> PyResult<Seat> {
        // SAFETY: Python detached this descriptor from its socket and gives it away.
        let socket = unsafe { OwnedFd::from_raw_fd(socket) };
        let seat = Mutex::new(sharpest_workers::Seat::new(socket, main).map_err(exception)?);
        let clock = py.import("time")?.getattr("perf_counter")?;
        Ok(Seat { seat, moment: (Instant::now(), clock.call0()?.extract()?) })
    }

    /// What the pool says before the first task; none when it is gone.
    fn begin<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyBytes>>> {
        let begun = py.detach(|| self.lock().begin()).map_err(exception)?;
        Ok(begun.map(|body| PyBytes::new(py, body.bytes())))
    }

    /// Tasks can come.
    fn ready(&self) -> PyResult<()> {
        self.lock().ready().map_err(exception)
    }

    /// No task can be done here; the pool breaks, and says why.
    fn refuse(&self, reason: &str) -> PyResult<()> {
        self.lock().refuse(reason).map_err(exception)
    }

    /// The next task; none when it is time to go. Nothing of the task before may be held any more.
    fn receive(&self, py: Python<'_>) -> PyResult<Option<Task>> {
        let Some(task) = py.detach(|| self.lock().receive()).map_err(exception)? else {
            return Ok(None);
        };
        let loans = task.segments.into_iter().map(Loan).collect();
        Ok(Some((task.number, parcel::bytes(py, task.body)?, loans)))
    }

    /// Answers the task at hand, or tells its failure. The segments are handed over. `work` is when the work began and ended,
    /// by `perf_counter`.
    fn answer(
        &self,
        py: Python<'_>,
        done: bool,
        body: &[u8],
        parts: Vec<Bound<'_, PyAny>>,
        work: (f64, f64),
    ) -> PyResult<()> {
        let message =
            Message { body: body.to_vec(), segments: segments(&parts)?, files: Vec::new() };
        let answer = if done { Ok(message) } else { Err(message) };
        let work = Work { began: self.instant(work.0), ended: self.instant(work.1) };
        let send = || self.lock().answer(answer, work);
        // Letting go of the interpreter costs more than a small answer, and a large one waits for memory to be unmapped.
        let sent = if body.len() < SMALL { send() } else { py.detach(send) };
        sent.map_err(exception)
    }
}

/// Bytes that are sent in a microsecond.
const SMALL: usize = 1 << 12;

impl Seat {
    fn instant(&self, time: f64) -> Instant {
        let (moment, told) = self.moment;
        moment + Duration::try_from_secs_f64(time - told).unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, sharpest_workers::Seat> {
        self.seat.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
