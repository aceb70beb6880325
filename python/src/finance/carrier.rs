//! What is between the engine, which hands out tasks, and an executor of Python, which has workers. It moves bytes.

use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use sharpest_engine::executor::{Broken, Foreign};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What comes back under a number.
type Letter = (u64, Result<Vec<u8>, Broken>);

/// Where answers come in, from whatever thread.
#[pyclass(frozen, module = "sharpest._native")]
pub(crate) struct Inbox {
    letters: Arc<Letters>,
}

#[derive(Debug)]
struct Letters {
    sender: Mutex<Sender<Letter>>,
    receiver: Mutex<Receiver<Letter>>,
    /// The exception of the first failure that was no interruption.
    failure: Mutex<Option<PyErr>>,
}

/// An executor as the engine sees it: an object of Python with `slots`, `near`, `score` (a name or None), `inbox`,
/// `submit(number, task)` and `cancel()`.
#[derive(Debug)]
pub(super) struct Carrier {
    slots: usize,
    near: bool,
    score: Option<String>,
    tasks: Py<PyAny>,
    letters: Arc<Letters>,
}

#[pymethods]
impl Inbox {
    #[new]
    fn new() -> Self {
        let (sender, receiver) = channel();
        let (sender, receiver) = (Mutex::new(sender), Mutex::new(receiver));
        Self { letters: Arc::new(Letters { sender, receiver, failure: Mutex::new(None) }) }
    }

    /// The answer to a task.
    fn put(&self, number: u64, answer: Vec<u8>) {
        self.letters.post((number, Ok(answer)));
    }

    /// A task has none, because of this exception; `stopped` says that it was cancelled.
    fn fail(&self, py: Python<'_>, number: u64, error: Bound<'_, PyAny>, stopped: bool) {
        let error = PyErr::from_value(error);
        let interrupted = stopped || error.is_instance_of::<PyKeyboardInterrupt>(py);
        let what = match interrupted {
            true => sentence(py, &error),
            false => self.letters.blame(py, &error),
        };
        self.letters.post((number, Err(Broken { what, interrupted })));
    }
}

impl Letters {
    /// Keeps the first failure, and says it whichever comes after: an executor that breaks fails all that it has, and refuses
    /// what comes next, at once and in any order.
    fn blame(&self, py: Python<'_>, error: &PyErr) -> String {
        let first = lock(&self.failure).get_or_insert_with(|| error.clone_ref(py)).clone_ref(py);
        sentence(py, &first) // without the lock: Python may let another thread run, which may want it
    }

    fn post(&self, letter: Letter) {
        let _ = lock(&self.sender).send(letter); // it has the receiver beside it
    }
}

impl Carrier {
    /// That of an object of Python.
    ///
    /// # Errors
    /// One that is none.
    pub(super) fn new(tasks: &Bound<'_, PyAny>) -> PyResult<Arc<Self>> {
        let slots = tasks.getattr("slots")?.extract()?;
        let near = tasks.getattr("near")?.extract()?;
        let score = tasks.getattr("score")?.extract()?;
        let inbox = tasks.getattr("inbox")?;
        let letters = inbox.cast::<Inbox>()?.get().letters.clone();
        Ok(Arc::new(Self { slots, near, score, tasks: tasks.clone().unbind(), letters }))
    }

    /// Why the executor failed, if it did.
    pub(super) fn failure(&self) -> Option<PyErr> {
        lock(&self.letters.failure).take()
    }
}

impl Foreign for Carrier {
    fn slots(&self) -> usize {
        self.slots
    }

    fn score(&self) -> Option<&str> {
        self.score.as_deref()
    }

    fn is_near(&self) -> bool {
        self.near
    }

    fn submit(&self, number: u64, task: Vec<u8>) -> Result<(), Broken> {
        Python::attach(|py| {
            let called = self.tasks.call_method1(py, "submit", (number, PyBytes::new(py, &task)));
            called.map(drop).map_err(|error| Broken {
                what: self.letters.blame(py, &error),
                interrupted: false,
            })
        })
    }

    fn next(&self, patience: Duration) -> Option<Letter> {
        lock(&self.letters.receiver).recv_timeout(patience).ok()
    }

    fn cancel(&self) {
        Python::attach(|py| {
            if let Err(error) = self.tasks.call_method0(py, "cancel") {
                error.write_unraisable(py, None); // what goes on by itself is not wanted, and that is all
            }
        });
    }
}

/// An exception as Python would end its traceback, its first line.
fn sentence(py: Python<'_>, error: &PyErr) -> String {
    let name = error.get_type(py).name().map_or("exception".into(), |name| name.to_string());
    let text = error.value(py).to_string();
    let first = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    if first.is_empty() { name } else { format!("{name}: {}", first.trim_end_matches('.')) }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
