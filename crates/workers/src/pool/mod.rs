//! A pool of worker processes: tasks go in, each comes out finished exactly once.
//!
//! - `state`: which task is where; `crew`: workers that come and go; `mail`: frames that arrive.
//! - `task`: a task from its submission to its delivery.
//! - `drive`: waiting. One of the threads that wait receives for all of them.
//! - `supervisor`: the thread that starts workers.

mod crew;
mod drive;
mod mail;
mod state;
mod supervisor;
mod task;

pub(crate) use mail::entry;
pub(crate) use task::Pending;
pub use task::{Answer, Finished, TaskId, Terms};

use crate::error::{Error, Result};
use crate::launch::{Hired, Launch};
use crate::ledger::Ledger;
use crate::message::Message;
use drive::Shared;
use state::State;
use std::ops::Range;
use std::sync::{Arc, MutexGuard};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// What a pool is told once.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How many workers there are, 1 or more. Default: as many as there are usable cores.
    pub workers: usize,
    /// How often a task is tried again whose worker died while it ran it. Its side effects may then happen twice.
    /// Default: 0.
    pub retries: u32,
    /// After so long a task's worker is killed. Default: never.
    pub deadline: Option<Duration>,
    /// After so many tasks a worker is replaced. Default: never.
    pub tasks_per_worker: Option<u64>,
    /// So many tasks wait at most; who submits more waits, and receives meanwhile. Default: any number.
    pub queue: Option<usize>,
    /// What each worker is told before its first task; see [`crate::Seat::begin`]. Default: nothing.
    pub beginning: Vec<u8>,
    /// Whether who waits may do so awake for the first 100 microseconds, where there is a core for it. Default: yes.
    pub spin: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            workers: usable_cores(),
            retries: 0,
            deadline: None,
            tasks_per_worker: None,
            queue: None,
            beginning: Vec::new(),
            spin: true,
        }
    }
}

/// Cores that this process may use: of its affinity and its control group the lesser.
#[must_use]
pub fn usable_cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// What [`Pool::next`] gives.
#[derive(Debug)]
pub enum Next {
    /// A task that nobody was given yet.
    Finished(Box<Finished>),
    /// The task that was asked about was given to somebody else already, or no task is left to wait for.
    Settled,
    /// The time is over.
    TimedOut,
}

/// A pool of worker processes. When it is dropped, its workers are killed and waited for.
#[derive(Debug)]
pub struct Pool {
    shared: Arc<Shared>,
    supervisor: Option<JoinHandle<()>>,
    owner: u32,
}

impl Pool {
    /// A pool whose workers are started by a command line, and started again when they die.
    ///
    /// # Errors
    /// Descriptors or threads that the system refuses. That the command line starts no worker shows later: the pool is
    /// then [broken](Error::Broken).
    pub fn start(launch: Launch, settings: Settings) -> Result<Pool> {
        let mut pool = Pool::adopting(settings)?;
        let (orders, thread) = supervisor::begin(launch, &pool.shared)?;
        let mut state = pool.lock();
        state.orders = Some(orders);
        state.hire();
        drop(state);
        pool.supervisor = Some(thread);
        Ok(pool)
    }

    /// A pool without workers, for workers that are started elsewhere and [adopted](Pool::adopt).
    ///
    /// # Errors
    /// Descriptors that the system refuses.
    pub fn adopting(settings: Settings) -> Result<Pool> {
        let shared = Arc::new(Shared::new(settings)?);
        Ok(Pool { shared, supervisor: None, owner: std::process::id() })
    }

    /// Takes in a worker that was started elsewhere, in place of one of those that are [missing](Pool::missing).
    ///
    /// # Errors
    /// A worker that is gone already.
    pub fn adopt(&self, hired: Hired) -> Result<()> {
        self.own()?;
        let mut state = self.lock();
        let admitted = state.admit(hired);
        state.settle();
        self.shared.ring();
        admitted
    }

    /// How many workers should be adopted; 0 where the pool starts them itself.
    #[must_use]
    pub fn missing(&self) -> usize {
        self.here().map_or(0, |state| state.wanted())
    }

    /// Submits a task. It is sent at once if a worker is idle; a task that waits is sent when somebody waits for results,
    /// since it is then that results are received.
    ///
    /// # Errors
    /// A pool that is closed or broken; a message that cannot be sent.
    pub fn submit(&self, message: Message, terms: Terms) -> Result<TaskId> {
        message.check()?;
        self.admit(|state| state.enqueue(Pending::new(message, terms)))
    }

    /// Submits tasks together, whose numbers are in a row: a worker that is woken for one of them finds several. If the
    /// queue is bounded, they wait for room for the first.
    ///
    /// # Errors
    /// As [`Pool::submit`]; then none of them was submitted.
    pub fn submit_all(&self, messages: Vec<Message>, terms: Terms) -> Result<Range<TaskId>> {
        messages.iter().try_for_each(Message::check)?;
        self.admit(|state| {
            let first = state.next;
            for message in messages {
                state.enqueue(Pending::new(message, terms));
            }
            first..state.next
        })
    }

    /// Lets tasks into the queue when there is room, and hands out what can be handed out.
    fn admit<T>(&self, enqueue: impl FnOnce(&mut State) -> T) -> Result<T> {
        self.own()?;
        let mut state = self.lock();
        while state.is_full() && state.takes_tasks().is_ok() {
            drop(state);
            self.shared.until(None, false, |state| (!state.is_full()).then_some(()));
            state = self.lock();
        }
        state.takes_tasks()?;
        let admitted = enqueue(&mut state);
        state.settle();
        let wake = state.is_late();
        let rouse = std::mem::take(&mut state.resting);
        drop(state);
        if wake {
            self.shared.ring(); // who receives has to look at the clock earlier, perhaps
        }
        if rouse {
            self.shared.turn.notify_all();
        }
        Ok(admitted)
    }

    /// Waits for a finished task: any that nobody was given yet, in the order in which they finished. With `until`, only
    /// until that task has been given to somebody; without, as long as there are tasks. A timeout of none waits for ever.
    pub fn next(&self, until: Option<TaskId>, timeout: Option<Duration>) -> Next {
        self.find(timeout, false, |state| state.next(until, false))
    }

    /// Receives what has arrived, without waiting, and so keeps workers busy whose results nobody waits for yet.
    pub fn glance(&self) {
        if self.own().is_ok() {
            self.shared.glance();
        }
    }

    /// Finished tasks that nobody was given yet, as many as `most`, without waiting.
    #[must_use]
    pub fn finished(&self, most: usize) -> Vec<Finished> {
        self.here().map_or(Vec::new(), |mut state| state.finished(most))
    }

    /// As [`Pool::next`], for a thread that stands in where nobody else waits, until the pool is closed: it leaves receiving
    /// to those that do wait. Its time is over, too, when workers are [missing](Pool::missing).
    pub fn overlook(&self, timeout: Option<Duration>) -> Next {
        self.find(timeout, true, |state| {
            state.next(None, true).or_else(|| (state.wanted() > 0).then_some(Next::TimedOut))
        })
    }

    /// Waits for one task, and leaves the others to others. None when the time is over, or somebody else was given it.
    pub fn wait(&self, task: TaskId, timeout: Option<Duration>) -> Option<Finished> {
        let found = self.find(timeout, false, |state| match state.take(task) {
            Some(finished) => Some(Next::Finished(Box::new(finished))),
            None => (!state.is_pending(task)).then_some(Next::Settled),
        });
        if let Next::Finished(finished) = found { Some(*finished) } else { None }
    }

    /// Takes a task back that no worker was given yet; it finishes as [`Error::Cancelled`]. Whether it was so.
    pub fn cancel(&self, task: TaskId) -> bool {
        let Some(mut state) = self.here() else { return false };
        let cancelled = state.cancel(task);
        drop(state);
        if cancelled {
            self.shared.ring();
            self.shared.turn.notify_all();
        }
        cancelled
    }

    /// Whether a worker was given the task, and has not answered it.
    #[must_use]
    pub fn is_running(&self, task: TaskId) -> bool {
        self.here().is_some_and(|state| state.is_running(task))
    }

    /// The processes of the workers.
    #[must_use]
    pub fn workers(&self) -> Vec<u32> {
        let pids = |state: &State| state.workers.values().map(|worker| worker.pid).collect();
        self.here().map_or(Vec::new(), |state| pids(&state))
    }

    /// What crossed so far, and how long it took.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        self.here().map_or(Ledger::default(), |state| state.ledger.summed())
    }

    /// Why the pool cannot go on, if it cannot.
    #[must_use]
    pub fn broken(&self) -> Option<String> {
        self.here().and_then(|state| state.broken.clone())
    }

    /// Takes no tasks from now on, and lets the workers go when those are done that were taken; with `cancel`, those that
    /// no worker was given yet are cancelled, but for the first ones, one for each worker that is still on its way.
    pub fn close(&self, cancel: bool) {
        let Some(mut state) = self.here() else { return };
        state.close(cancel);
        drop(state);
        self.shared.ring();
        self.shared.turn.notify_all();
    }

    /// Waits until a pool that was closed is done and its workers have gone. Whether that came before the time was over.
    pub fn join(&self, timeout: Option<Duration>) -> bool {
        if self.own().is_err() {
            return true;
        }
        let gone = |state: &mut State| state.is_done().then_some(());
        let end = timeout.and_then(|time| Instant::now().checked_add(time));
        self.shared.until(end, false, gone).is_some()
    }

    /// Kills the workers at once and breaks the pool; what was not finished finishes as [`Error::Broken`].
    pub fn kill(&self, reason: &str) {
        let Some(mut state) = self.here() else { return };
        state.break_down(reason);
        state.kill_all(); // who is leaving, too
        drop(state);
        self.shared.ring();
        self.shared.turn.notify_all();
    }

    fn find(
        &self,
        timeout: Option<Duration>,
        background: bool,
        check: impl FnMut(&mut State) -> Option<Next>,
    ) -> Next {
        if self.own().is_err() {
            return Next::Settled;
        }
        let end = timeout.and_then(|time| Instant::now().checked_add(time));
        self.shared.until(end, background, check).unwrap_or(Next::TimedOut)
    }

    /// A forked child has a copy of the pool, and must leave its parent's workers alone.
    fn own(&self) -> Result<()> {
        if self.owner == std::process::id() {
            Ok(())
        } else {
            Err(Error::Forked { owner: self.owner })
        }
    }

    /// The state; none in a forked child, whose copy of the lock may be held by a thread that it does not have.
    fn here(&self) -> Option<MutexGuard<'_, State>> {
        self.own().ok().map(|()| self.shared.lock())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.shared.lock()
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        if self.own().is_err() {
            return;
        }
        let mut state = self.lock();
        state.orders = None; // the supervisor ends when there are no more orders
        state.close(true);
        state.kill_all();
        state.bury_all();
        drop(state);
        if let Some(supervisor) = self.supervisor.take() {
            let _ = supervisor.join(); // it has no panics to tell of
        }
        self.lock().bury_all(); // who came in meanwhile
    }
}
