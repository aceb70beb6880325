//! The pool's side: which future waits for which task, and what each function's tasks took.

use super::failure::{exception, of_task};
use super::parcel::{self, segments};
use super::ticket::{Outcome, Ticket};
use crate::arrays::Working;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use sharpest_arrays::Layout;
use sharpest_workers::{Finished, Hired, Message, Next, Pool, Segment, Settings, TaskId, Terms};
use std::collections::{HashMap, VecDeque};
use std::hint::black_box;
use std::ops::Range;
use std::os::fd::{FromRawFd, OwnedFd, RawFd};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How often a thread that waits looks for signals.
const TICK: Duration = Duration::from_millis(50);

/// Who submits many tasks looks once in so many for what has come back, so that workers are busy meanwhile.
const GLANCE: u64 = 4;
/// Tasks that are delivered at once: the interpreter is waited for as often.
const BATCH: usize = 64;

/// A pool of workers that are started elsewhere.
///
/// The lock over `tasks` is never held while the interpreter is waited for.
#[pyclass(frozen, module = "sharpest._native")]
pub(crate) struct Crew {
    pool: Pool,
    tasks: Mutex<HashMap<TaskId, Waiting>>,
    books: Mutex<Books>,
}

/// Who is told what came of a task.
enum Owner {
    Future(Py<PyAny>),
    Ticket(Py<Ticket>),
}

/// What is known of a task that is not finished.
struct Waiting {
    owner: Owner,
    row: usize,
    pickled: usize,
    shared: usize,
}

impl Waiting {
    fn of(message: &Message, owner: Owner, row: usize) -> Waiting {
        let shared = message.segments.iter().map(Segment::layout).map(length).sum();
        Waiting { owner, row, pickled: message.body.len(), shared }
    }
}

/// What is kept for the ledger.
#[derive(Debug, Default)]
struct Books {
    rows: Vec<Row>,
    recent: VecDeque<Entry>,
}

/// The tasks of one function: how many, how many of them failed, and their sums.
#[derive(Debug, Clone, Copy, Default)]
struct Row {
    tasks: u64,
    failed: u64,
    seconds: Seconds,
    bytes: Bytes,
}

/// One task: its row, the process that answered it, whether it failed.
type Entry = (usize, u32, bool, Seconds, Bytes);
/// Queued, unpickle, run, of that in locks, pickle, deliver.
type Seconds = [f64; 6];
/// Pickled and shared there, pickled and shared back.
type Bytes = [u64; 4];

/// Tasks of which each is told by itself.
const RECENT: usize = 1000;

/// A row for Python: tasks, failures, times, numbers of bytes.
type RowOut = (u64, u64, Seconds, Bytes);

/// A worker for Python: its process, its tasks, and the seconds that it worked on them.
type WorkerOut = (u32, u64, f64);

#[pymethods]
impl Crew {
    /// A pool for so many workers, each of which is told `beginning` first.
    #[new]
    fn new(
        workers: usize,
        retries: u32,
        deadline: Option<f64>,
        tasks_per_worker: Option<u64>,
        beginning: Vec<u8>,
    ) -> PyResult<Crew> {
        let deadline = deadline.map(Duration::try_from_secs_f64).transpose().unwrap_or(None);
        let settings = Settings {
            workers,
            retries,
            deadline,
            tasks_per_worker,
            beginning,
            ..Settings::default()
        };
        let pool = Pool::adopting(settings).map_err(exception)?;
        Ok(Crew { pool, tasks: Mutex::default(), books: Mutex::default() })
    }

    /// Takes in a worker: the pool's end of its socket pair, which is the pool's from now on, and its process.
    #[allow(unsafe_code, reason = "a descriptor that Python hands over is known by its number")]
    fn adopt(&self, py: Python<'_>, socket: RawFd, pid: u32) -> PyResult<()> {
        // SAFETY: Python detached this descriptor from its socket and gives it away.
        let socket = unsafe { OwnedFd::from_raw_fd(socket) };
        let adopt = || self.pool.adopt(Hired::new(socket, pid)?);
        py.detach(adopt).map_err(exception)
    }

    /// How many workers should be adopted.
    #[getter]
    fn missing(&self) -> usize {
        self.pool.missing()
    }

    /// The processes of the workers.
    #[getter]
    fn workers(&self) -> Vec<u32> {
        self.pool.workers()
    }

    /// Why the pool cannot go on, if it cannot.
    #[getter]
    fn broken(&self) -> Option<String> {
        self.pool.broken()
    }

    /// A new row of the ledger.
    fn row(&self) -> usize {
        let mut books = self.books();
        books.rows.push(Row::default());
        books.rows.len() - 1
    }

    /// Submits a task, and says its number.
    fn submit(
        &self,
        py: Python<'_>,
        body: &[u8],
        parts: Vec<Bound<'_, PyAny>>,
        future: Py<PyAny>,
        row: usize,
    ) -> PyResult<u64> {
        let message =
            Message { body: body.to_vec(), segments: segments(&parts)?, files: Vec::new() };
        let waiting = Waiting::of(&message, Owner::Future(future), row);
        Ok(self.send(py, vec![message], vec![waiting])?.start)
    }

    /// The same for several tasks of bytes alone, whose outcomes are fetched from a ticket each.
    fn post(
        &self,
        py: Python<'_>,
        bodies: Vec<Bound<'_, PyBytes>>,
        row: usize,
    ) -> PyResult<Vec<Py<Ticket>>> {
        let tickets = bodies.iter().map(|_| Py::new(py, Ticket::new()));
        let tickets = tickets.collect::<PyResult<Vec<_>>>()?;
        let messages: Vec<Message> = bodies.iter().map(|body| body.as_bytes().into()).collect();
        let waiting = |(message, ticket): (&Message, &Py<Ticket>)| {
            Waiting::of(message, Owner::Ticket(ticket.clone_ref(py)), row)
        };
        let waiting = messages.iter().zip(&tickets).map(waiting).collect();
        let tasks = self.send(py, messages, waiting)?;
        tickets.iter().zip(tasks).for_each(|(ticket, task)| ticket.get().stands_for(task));
        Ok(tickets)
    }

    /// Waits for finished tasks, any, while `task` has not been given to somebody. There are none when it has, or when the
    /// time is over.
    fn receive(
        &self,
        py: Python<'_>,
        task: u64,
        timeout: Option<f64>,
        mail: &Bound<'_, PyAny>,
    ) -> PyResult<bool> {
        let time = timeout.and_then(|time| Duration::try_from_secs_f64(time.max(0.0)).ok());
        let end = time.and_then(|time| Instant::now().checked_add(time));
        loop {
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            let slice = left.map_or(TICK, |left| left.min(TICK));
            match py.detach(|| self.pool.next(Some(task), Some(slice))) {
                Next::Finished(first) => {
                    self.deliver_all(py, *first, mail)?;
                    return Ok(true);
                }
                Next::Settled => return Ok(false),
                Next::TimedOut if left.is_some_and(|left| left.is_zero()) => return Ok(false),
                Next::TimedOut => py.check_signals()?,
            }
        }
    }

    /// Waits for finished tasks, for a thread that stands in where nobody else waits; there are none when the time is over.
    /// True if there will never be any again.
    fn overlook(&self, py: Python<'_>, timeout: f64, mail: &Bound<'_, PyAny>) -> PyResult<bool> {
        let time = Duration::try_from_secs_f64(timeout).unwrap_or(TICK);
        match py.detach(|| self.pool.overlook(Some(time))) {
            Next::Finished(first) => self.deliver_all(py, *first, mail).map(|()| false),
            Next::Settled => Ok(true),
            Next::TimedOut => Ok(false),
        }
    }

    /// Takes a task back that no worker was given yet, and is true if it was so.
    fn cancel(&self, task: u64) -> bool {
        self.pool.cancel(task)
    }

    /// Whether a worker was given the task, and has not answered it.
    fn is_running(&self, task: u64) -> bool {
        self.pool.is_running(task)
    }

    /// How many tasks are not delivered.
    #[getter]
    fn pending(&self) -> usize {
        self.tasks().len()
    }

    /// Takes no tasks from now on; with `cancel` those that no worker was given yet are cancelled.
    fn close(&self, py: Python<'_>, cancel: bool) {
        py.detach(|| self.pool.close(cancel));
    }

    /// Waits until a pool that was closed is done and its workers have gone; whether that came in time.
    fn join(&self, py: Python<'_>, timeout: f64) -> bool {
        py.detach(|| self.pool.join(Duration::try_from_secs_f64(timeout).ok()))
    }

    /// Kills the workers at once; what was not finished ends with the reason.
    fn kill(&self, py: Python<'_>, reason: &str) {
        py.detach(|| self.pool.kill(reason));
    }

    /// The rows of the ledger, the workers, and how many tasks were given to another worker and workers died.
    fn ledger(&self) -> (Vec<RowOut>, Vec<WorkerOut>, u64, u64) {
        let out = |row: &Row| (row.tasks, row.failed, row.seconds, row.bytes);
        let rows = self.books().rows.iter().map(out).collect();
        let ledger = self.pool.ledger();
        let workers = ledger.workers.iter();
        let workers =
            workers.map(|(pid, share)| (*pid, share.tasks, share.sum.run.as_secs_f64())).collect();
        (rows, workers, ledger.again, ledger.deaths)
    }

    /// The last tasks, each by itself.
    fn recent(&self) -> Vec<Entry> {
        self.books().recent.iter().copied().collect()
    }
}

impl Crew {
    fn send(
        &self,
        py: Python<'_>,
        messages: Vec<Message>,
        waiting: Vec<Waiting>,
    ) -> PyResult<Range<TaskId>> {
        // Whoever is given the answer finds its owner only when it is there.
        let mut tasks = self.tasks();
        let sent = match self.pool.submit_all(messages, Terms::default()) {
            Ok(sent) => sent,
            Err(error) => {
                drop(tasks); // to make an exception can take the interpreter away
                return Err(of_task(py, error));
            }
        };
        tasks.extend(sent.clone().zip(waiting));
        if sent.start / GLANCE < sent.end / GLANCE {
            self.pool.glance();
        }
        Ok(sent)
    }

    fn tasks(&self) -> MutexGuard<'_, HashMap<TaskId, Waiting>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Into the mail, not back to the caller: what is returned is lost where a signal's handler raises as the call ends.
    fn deliver_all(
        &self,
        py: Python<'_>,
        first: Finished,
        mail: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let mut failed = Ok(());
        for one in std::iter::once(first).chain(self.pool.finished(BATCH)) {
            // One that fails takes no other with it.
            let put = self.deliver(py, one).and_then(|(owner, outcome)| match owner {
                Owner::Future(future) => {
                    let (body, segments, is_failure, error) = outcome;
                    let letter = (future, body, segments, is_failure, error);
                    mail.call_method1("append", (letter,)).map(drop)
                }
                Owner::Ticket(ticket) => {
                    ticket.get().put(outcome);
                    Ok(())
                }
            });
            failed = failed.and(put);
        }
        failed
    }

    fn deliver(&self, py: Python<'_>, finished: Finished) -> PyResult<(Owner, Outcome)> {
        let waiting = self.tasks().remove(&finished.task);
        let waiting =
            waiting.ok_or_else(|| pyo3::exceptions::PyRuntimeError::new_err("a task of nobody"))?;
        let entry = finished.entry;
        let answer = match finished.outcome {
            Ok(answer) => answer,
            Err(error) => {
                self.note(&waiting, finished.worker, true, [0.0; 6], [0; 2]);
                let error = of_task(py, error).into_value(py).into_any();
                return Ok((waiting.owner, (None, Vec::new(), true, Some(error))));
            }
        };
        let seconds = [entry.queued, entry.open, entry.run, entry.locks, entry.pack, entry.deliver];
        let pickled = answer.body.bytes().len();
        let shared = answer.segments.iter().map(sharpest_arrays::Working::layout).map(length).sum();
        self.note(
            &waiting,
            finished.worker,
            answer.failed,
            seconds.map(|time| time.as_secs_f64()),
            [pickled, shared],
        );
        let body = parcel::bytes(py, answer.body)?;
        let segments = answer.segments.into_iter().map(Working::from).collect();
        Ok((waiting.owner, (Some(body), segments, answer.failed, None)))
    }

    fn note(
        &self,
        waiting: &Waiting,
        worker: Option<u32>,
        failed: bool,
        seconds: Seconds,
        back: [usize; 2],
    ) {
        let bytes = [waiting.pickled, waiting.shared, back[0], back[1]].map(|bytes| bytes as u64);
        self.books().note((waiting.row, worker.unwrap_or(0), failed, seconds, bytes));
    }
}

impl Books {
    fn note(&mut self, entry: Entry) {
        let (row, _, failed, seconds, bytes) = entry;
        if self.recent.len() == RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back(entry);
        let Some(row) = self.rows.get_mut(row) else { return };
        row.tasks += 1;
        row.failed += u64::from(failed);
        row.seconds.iter_mut().zip(seconds).for_each(|(sum, time)| *sum += time);
        row.bytes.iter_mut().zip(bytes).for_each(|(sum, bytes)| *sum += bytes);
    }
}

/// How many bytes the arrays of a segment have.
fn length(layout: &Layout) -> usize {
    layout.fields().iter().map(sharpest_arrays::Field::span).sum()
}

/// What the ledger costs a task outside of Python, in seconds: as much is noted of so many tasks as of those of a pool.
#[pyfunction]
pub(crate) fn ledger_cost(tasks: u32) -> f64 {
    let books = Mutex::new(Books { rows: vec![Row::default()], ..Books::default() });
    let start = Instant::now();
    for _ in 0..tasks {
        let seconds = black_box([Duration::from_micros(1); 6]).map(|time| time.as_secs_f64());
        let mut books = books.lock().unwrap_or_else(PoisonError::into_inner);
        books.note(black_box((0, 1, false, seconds, [1; 4])));
    }
    let noted = start.elapsed() / tasks.max(1);
    (noted + sharpest_workers::ledger_cost(tasks)).as_secs_f64()
}

/// Cores that this process may use: of its affinity and its control group the lesser.
#[pyfunction]
pub(crate) fn usable_cores() -> usize {
    sharpest_workers::usable_cores()
}
