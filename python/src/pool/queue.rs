//! Queues between processes, as Python uses them: it waits in slices, without the interpreter, and hears signals.

use super::failure::exception;
use super::parcel::{self, segments};
use crate::arrays::Working;
use crate::waiting::timeout;
use pyo3::prelude::*;
use sharpest_workers::{Letter, Message};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::time::{Duration, Instant};

/// How often a thread that waits looks for signals.
const TICK: Duration = Duration::from_millis(50);

/// A queue of bytes and segments.
#[pyclass(frozen, module = "sharpest._native")]
pub(crate) struct Queue(sharpest_workers::Queue);

/// A message that is ready to be put in.
#[pyclass(frozen, module = "sharpest._native")]
pub(crate) struct Post(Letter);

#[pymethods]
impl Post {
    #[new]
    fn new(py: Python<'_>, body: &[u8], parts: Vec<Bound<'_, PyAny>>) -> PyResult<Post> {
        let message =
            Message { body: body.to_vec(), segments: segments(&parts)?, files: Vec::new() };
        Ok(Post(py.detach(|| Letter::new(message)).map_err(exception)?))
    }
}

#[pymethods]
impl Queue {
    /// A new queue, or the one with these ends, which are its own from now on.
    #[new]
    #[pyo3(signature = (ends=None))]
    #[allow(unsafe_code, reason = "descriptors that Python hands over are known by their numbers")]
    fn new(ends: Option<(RawFd, RawFd)>) -> PyResult<Queue> {
        let Some((into, out)) = ends else {
            return Ok(Queue(sharpest_workers::Queue::new().map_err(exception)?));
        };
        // SAFETY: Python detached this descriptor and gives it away.
        let into = unsafe { OwnedFd::from_raw_fd(into) };
        // SAFETY: as above, another one.
        let out = unsafe { OwnedFd::from_raw_fd(out) };
        Ok(Queue(sharpest_workers::Queue::of(into, out)))
    }

    /// The descriptors of its ends.
    #[getter]
    fn ends(&self) -> (RawFd, RawFd) {
        let [into, out] = self.0.ends();
        (into.as_raw_fd(), out.as_raw_fd())
    }

    /// Puts a message in; false when there was no room in time.
    fn put(&self, py: Python<'_>, post: &Post, seconds: Option<f64>) -> PyResult<bool> {
        let put = |slice| Ok(self.0.put(&post.0, Some(slice))?.then_some(()));
        Ok(in_slices(py, timeout(seconds)?, put)?.is_some())
    }

    /// Takes a message out: its bytes and segments; none when there was none in time.
    fn take(
        &self,
        py: Python<'_>,
        seconds: Option<f64>,
    ) -> PyResult<Option<(Py<PyAny>, Vec<Working>)>> {
        let taken = in_slices(py, timeout(seconds)?, |slice| self.0.take(Some(slice)))?;
        let Some((body, segments)) = taken else { return Ok(None) };
        let segments = segments.into_iter().map(Working::from).collect();
        Ok(Some((parcel::bytes(py, body)?, segments)))
    }

    /// Whether nothing is to be taken at this moment.
    fn empty(&self) -> PyResult<bool> {
        self.0.is_empty().map_err(exception)
    }
}

/// Does something that may have to be waited for, without the interpreter, until it is done or the time is over.
fn in_slices<T: Send>(
    py: Python<'_>,
    time: Option<Duration>,
    work: impl Fn(Duration) -> sharpest_workers::Result<Option<T>> + Send + Sync,
) -> PyResult<Option<T>> {
    let end = time.and_then(|time| Instant::now().checked_add(time));
    loop {
        let left = end.map(|end| end.saturating_duration_since(Instant::now()));
        let slice = left.map_or(TICK, |left| left.min(TICK));
        if let Some(done) = py.detach(|| work(slice)).map_err(exception)? {
            return Ok(Some(done));
        }
        if left.is_some_and(|left| left.is_zero()) {
            return Ok(None);
        }
        py.check_signals()?;
    }
}
