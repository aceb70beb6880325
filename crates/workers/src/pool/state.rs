//! The state of a pool: which task is where, from the queue to delivery. Workers that come and go are `crew`'s business,
//! frames that arrive `mail`'s. Nothing here waits.

use super::drive::Driver;
use super::supervisor::Order;
use super::task::{Answer, Finished, Pending, TaskId};
use super::{Next, Settings};
use crate::arena::in_order;
use crate::channel::Inbox;
use crate::cores::Cores;
use crate::error::{Error, Result};
use crate::launch::Kin;
use crate::ledger::{Entry, Ledger};
use crate::message::{Head, Kind, SHARED, SPIN};
use crate::worker::{Phase, Worker};
use rustix::io::Errno;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

/// A rest that is shorter is none: the system takes as long to end it.
const LEAST_REST: Duration = Duration::from_micros(20);

/// Everything that changes.
#[derive(Debug)]
pub(crate) struct State {
    pub(super) settings: Settings,
    pub(super) cores: Cores,
    pub(super) epoll: Arc<OwnedFd>,
    pub(super) inbox: Inbox,
    /// By serial number, which is never used again.
    pub(crate) workers: BTreeMap<u64, Worker>,
    pub(super) serial: u64,
    /// The last is the one that finished last: its caches are warm, and it may still be awake.
    pub(super) idle: Vec<u64>,
    /// Seated workers.
    pub(super) seated: usize,
    pub(super) tasks: HashMap<TaskId, Pending>,
    pub(super) queue: VecDeque<TaskId>,
    pub(super) next: TaskId,
    pub(super) done: HashMap<TaskId, Finished>,
    /// In the order in which they finished; some were taken by their number since.
    pub(super) order: VecDeque<TaskId>,
    pub(super) news: bool,
    pub(super) deadlines: bool,
    pub(super) closing: bool,
    pub(crate) broken: Option<String>,
    /// Workers that died before they took a task, since the last that did not.
    pub(super) stillborn: usize,
    pub(super) graves: Vec<Kin>,
    pub(crate) ledger: Ledger,
    pub(crate) orders: Option<Sender<Order>>,
    pub(crate) hiring: usize,
    pub(crate) driving: Option<Driver>,
    /// How often somebody began to receive.
    pub(crate) drives: u64,
    /// A thread that stands in looks seldom, and is to be told.
    pub(crate) seldom: bool,
    /// When it was received last.
    pub(crate) received: Instant,
    /// When who receives looks at the clock, if nothing happens before.
    pub(crate) wakes: Option<Instant>,
    /// Threads that wait for another to receive.
    pub(crate) waiting: u32,
    /// A thread that stands in waits for a first task.
    pub(crate) resting: bool,
}

impl State {
    pub(crate) fn new(settings: Settings, epoll: Arc<OwnedFd>) -> State {
        State {
            settings,
            cores: Cores::new(),
            epoll,
            inbox: Inbox::new(),
            workers: BTreeMap::new(),
            serial: 0,
            idle: Vec::new(),
            seated: 0,
            tasks: HashMap::new(),
            queue: VecDeque::new(),
            next: 0,
            done: HashMap::new(),
            order: VecDeque::new(),
            news: false,
            deadlines: false,
            closing: false,
            broken: None,
            stillborn: 0,
            graves: Vec::new(),
            ledger: Ledger::default(),
            orders: None,
            hiring: 0,
            driving: None,
            drives: 0,
            seldom: false,
            received: Instant::now(),
            wakes: None,
            waiting: 0,
            resting: false,
        }
    }

    /// Whether tasks are taken.
    pub(crate) fn takes_tasks(&self) -> Result<()> {
        match &self.broken {
            Some(reason) => Err(Error::Broken { reason: reason.clone() }),
            None if self.closing => Err(Error::Closed),
            None => Ok(()),
        }
    }

    pub(crate) fn is_full(&self) -> bool {
        self.settings.queue.is_some_and(|most| self.queue.len() >= most.max(1))
    }

    pub(crate) fn enqueue(&mut self, task: Pending) -> TaskId {
        let id = self.next;
        self.next += 1;
        self.deadlines |= task.terms.deadline.or(self.settings.deadline).is_some();
        self.tasks.insert(id, task);
        self.queue.push_back(id);
        id
    }

    /// Hands out what can be handed out, starts workers that are missing, and lets those go that are not needed.
    pub(crate) fn settle(&mut self) {
        while let Some(serial) = self.choose() {
            let Some(id) = self.queue.pop_front() else { break };
            if !self.assign(serial, id) {
                self.queue.push_front(id);
                self.cut(serial);
            }
        }
        if self.closing && self.tasks.is_empty() {
            while let Some(serial) = self.idle.pop() {
                self.dismiss(serial);
            }
        }
        self.hire();
    }

    /// The worker for the task that is next: the one that finished last, or the one with the shortest line behind a brief
    /// task.
    pub(super) fn choose(&mut self) -> Option<u64> {
        let task = self.tasks.get(self.queue.front()?)?;
        if let Some(serial) = self.idle.pop() {
            return Some(serial);
        }
        if self.settings.tasks_per_worker.is_some() {
            return None;
        }
        let bytes = task.parcel.body.len();
        let takes = |worker: &Worker| worker.phase == Phase::Seated && worker.takes_another(bytes);
        let seats = self.workers.iter().filter(|(_, worker)| takes(worker));
        seats.min_by_key(|(_, worker)| worker.line.len()).map(|(serial, _)| *serial)
    }

    /// Gives a task to a worker; false when the worker is gone.
    fn assign(&mut self, serial: u64, id: TaskId) -> bool {
        let spin = self.settings.spin && self.has_core_to_wait();
        let (Some(worker), Some(task)) = (self.workers.get_mut(&serial), self.tasks.get_mut(&id))
        else {
            return true; // cancelled meanwhile
        };
        match send(worker, id, task, spin) {
            Ok(()) => {
                let now = Instant::now();
                task.sent = Some(now);
                worker.line.push_back(id);
                if worker.line.len() == 1 {
                    worker.since = now;
                }
                true
            }
            Err(Some(error)) => {
                if worker.line.is_empty() {
                    self.idle.push(serial);
                }
                self.finish(id, None, Err(error));
                true
            }
            Err(None) => false,
        }
    }

    /// Delivers a task that has no answer.
    pub(super) fn finish(&mut self, id: TaskId, pid: Option<u32>, outcome: Result<Answer>) {
        if let Some(task) = self.tasks.remove(&id) {
            self.ledger.unanswered += 1;
            let kept = task.sent.is_some();
            self.deliver(id, task, pid, Entry::default(), outcome, kept);
        }
    }

    pub(super) fn deliver(
        &mut self,
        id: TaskId,
        task: Pending,
        worker: Option<u32>,
        entry: Entry,
        outcome: Result<Answer>,
        kept: bool,
    ) {
        let deaths = task.tried;
        task.parcel.settle(kept || task.tainted);
        self.done.insert(id, Finished { task: id, worker, deaths, entry, outcome });
        self.order.push_back(id);
        self.news = true;
        if self.order.len() > 2 * self.done.len() + 64 {
            let done = &self.done;
            self.order.retain(|id| done.contains_key(id));
        }
    }

    /// The first of those that are finished, as many as `most`.
    pub(crate) fn finished(&mut self, most: usize) -> Vec<Finished> {
        let mut finished = Vec::new();
        while finished.len() < most
            && let Some(id) = self.order.pop_front()
        {
            finished.extend(self.done.remove(&id));
        }
        finished
    }

    /// What [`super::Pool::next`] gives, if it can say already. Who stays waits for tasks that are not submitted yet.
    pub(crate) fn next(&mut self, until: Option<TaskId>, stay: bool) -> Option<Next> {
        if let Some(finished) = self.finished(1).pop() {
            return Some(Next::Finished(Box::new(finished)));
        }
        let left = match until {
            Some(id) => self.tasks.contains_key(&id),
            None => !self.tasks.is_empty() || stay && !self.closing && self.broken.is_none(),
        };
        (!left).then_some(Next::Settled)
    }

    pub(crate) fn take(&mut self, id: TaskId) -> Option<Finished> {
        self.done.remove(&id)
    }

    pub(crate) fn is_pending(&self, id: TaskId) -> bool {
        self.tasks.contains_key(&id)
    }

    pub(crate) fn is_running(&self, id: TaskId) -> bool {
        self.workers.values().any(|worker| worker.line.contains(&id))
    }

    /// Whether nothing is to be received: no task, and no worker that comes or goes.
    pub(crate) fn is_quiet(&self) -> bool {
        let settled = |worker: &Worker| worker.phase == Phase::Seated;
        self.tasks.is_empty() && self.done.is_empty() && self.workers.values().all(settled)
    }

    /// How long answers may lie where they are: while tasks wait, and every worker has more of them before it than it can do in
    /// that time. To be woken for each would cost more than brief ones take.
    pub(crate) fn rest(&self) -> Option<Duration> {
        if self.queue.is_empty() {
            return None;
        }
        let seated = self.workers.values().filter(|worker| worker.phase == Phase::Seated);
        let half = seated.map(|worker| worker.at_work() / 2).min()?;
        half.checked_sub(self.received.elapsed()).filter(|rest| *rest >= LEAST_REST)
    }

    /// Whether something finished since this was last asked.
    pub(crate) fn news(&mut self) -> bool {
        std::mem::take(&mut self.news)
    }

    pub(crate) fn cancel(&mut self, id: TaskId) -> bool {
        let Some(place) = self.queue.iter().position(|waiting| *waiting == id) else {
            return false;
        };
        self.queue.remove(place);
        self.finish(id, None, Err(Error::Cancelled { task: id }));
        true
    }

    pub(crate) fn close(&mut self, cancel: bool) {
        self.closing = true;
        if cancel {
            // Workers that are still on their way have been promised a task each: of a pool that has just begun, too, some
            // tasks are done.
            let promised = self.coming().min(self.queue.len());
            for id in self.queue.split_off(promised) {
                self.finish(id, None, Err(Error::Cancelled { task: id }));
            }
        }
        self.settle();
    }

    /// Whether the pool was closed, or broke, and nobody is left in it.
    pub(crate) fn is_done(&self) -> bool {
        let ended = self.closing || self.broken.is_some();
        ended && self.tasks.is_empty() && self.workers.is_empty() && self.hiring == 0
    }

    /// Whether who receives has to wake up earlier than he meant to; says so once.
    pub(crate) fn is_late(&mut self) -> bool {
        let due = self.driving.and_then(|_| self.next_deadline());
        let late = due.is_some_and(|due| self.wakes.is_none_or(|wakes| due < wakes));
        if late {
            self.wakes = due;
        }
        late
    }
}

/// Sends a task, and a warm segment for its answer if the worker is owed one. The error is none where the worker is gone.
fn send(
    worker: &mut Worker,
    id: TaskId,
    task: &mut Pending,
    spin: bool,
) -> Result<(), Option<Error>> {
    let lent = task.parcel.lend().map_err(Some)?;
    let spares: Vec<_> = (0..worker.owed.min(1)).filter_map(|_| sharpest_arrays::spare()).collect();
    worker.owed -= u32::try_from(spares.len()).unwrap_or(0);
    let parcel = &task.parcel;
    let head = Head {
        marks: if spin { SPIN } else { 0 } | if parcel.shared_body { SHARED } else { 0 },
        segments: u8::try_from(lent.len()).unwrap_or(u8::MAX),
        spares: u8::try_from(spares.len()).unwrap_or(u8::MAX),
        files: u16::try_from(parcel.files.len()).unwrap_or(u16::MAX),
        ..Head::new(Kind::Task, id)
    };
    let files = in_order([&lent, &spares, &parcel.files]);
    let sent = worker.channel.send(&head, &parcel.body, &files);
    worker.unread |= sent == Err(Errno::CONNRESET);
    sent.map_err(|error| match error {
        Errno::PIPE | Errno::CONNRESET | Errno::NOTCONN => None,
        error => Some(Error::System { what: "sending a task", source: error.into() }),
    })
}
