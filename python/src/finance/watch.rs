//! The watch: what is done while the engine works. The work runs on a thread of its own, so that this one, which may be the
//! interpreter's main thread, is free to hear signals and to tell how far the work has come.

use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;
use sharpest_engine::{Climb, Observer, Stage};
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How often signals are looked for.
const TICK: Duration = Duration::from_millis(50);

/// What the engine tells, kept until the interpreter asks.
#[derive(Default)]
pub(super) struct Watch {
    stop: AtomicBool,
    progress: Mutex<Progress>,
    over: Mutex<bool>,
    ended: Condvar,
}

/// How far the work has come.
#[derive(Clone, Copy)]
struct Progress {
    stage: &'static str,
    done: u64,
    count: u64,
    best: f64,
    gap: f64,
}

/// What a watched piece of work came to, and what was heard meanwhile.
pub(super) struct Watched<T> {
    pub(super) outcome: T,
    /// The exception of the first signal, or of the progress bar.
    pub(super) heard: Option<PyErr>,
    /// Whether the work may end as if nothing had happened: Ctrl-C was pressed once.
    pub(super) forgivable: bool,
}

impl Default for Progress {
    fn default() -> Self {
        Self { stage: "", done: 0, count: 0, best: f64::NEG_INFINITY, gap: f64::NAN }
    }
}

impl Watch {
    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the work is over, for a tick at most; says whether it is.
    fn wait(&self) -> bool {
        let over = self.over.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.ended.wait_timeout_while(over, TICK, |over| !*over);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }

    /// Looks for signals, and tells `bar` how far the work has come.
    fn look(&self, py: Python<'_>, bar: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        py.check_signals()?;
        let Progress { stage, done, count, best, gap } = *self.progress();
        match bar {
            Some(bar) if !stage.is_empty() => bar.call1((stage, done, count, best, gap)).map(drop),
            _ => Ok(()),
        }
    }
}

impl Observer for Watch {
    fn begin(&self, stage: Stage, count: u64) {
        let stage = match stage {
            Stage::Sampling => "subsets",
            Stage::Ranking => "subsets ranked",
            Stage::Luck => "samples of the luck test",
        };
        *self.progress() = Progress { stage, count, ..Progress::default() };
    }

    fn advance(&self, count: u64, sharpe: f64) {
        let mut progress = self.progress();
        progress.done += count;
        progress.best = progress.best.max(sharpe); // of a NaN and a number, the number
    }

    fn climbed(&self, climb: Climb) {
        *self.progress() = Progress {
            stage: "nodes",
            done: climb.nodes as u64,
            count: 0, // nobody knows
            best: climb.sharpe.unwrap_or(f64::NEG_INFINITY),
            gap: climb.gap.unwrap_or(f64::NAN),
        };
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// Says that the work is over, even where it panicked.
struct Over<'a>(&'a Watch);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        *self.0.over.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.ended.notify_all();
    }
}

/// Does `work` without holding the interpreter. The first signal that raises asks it to stop, and so does a `bar` that does.
pub(super) fn watched<T: Send>(
    py: Python<'_>,
    bar: Option<&Bound<'_, PyAny>>,
    work: impl FnOnce(&Watch) -> T + Send,
) -> Watched<T> {
    let watch = Watch::default();
    let (mut heard, mut times) = (None, 0);
    let outcome = std::thread::scope(|scope| {
        let worker = scope.spawn(|| {
            let _over = Over(&watch);
            work(&watch)
        });
        while !py.detach(|| watch.wait()) {
            if let Err(error) = watch.look(py, bar.filter(|_| heard.is_none())) {
                watch.stop.store(true, Ordering::Relaxed);
                times += 1;
                heard.get_or_insert(error);
            }
        }
        worker.join().unwrap_or_else(|panic| resume_unwind(panic))
    });
    let pressed = |error: &PyErr| error.is_instance_of::<PyKeyboardInterrupt>(py);
    let forgivable = times == 1 && heard.as_ref().is_some_and(pressed);
    Watched { outcome, heard, forgivable }
}
