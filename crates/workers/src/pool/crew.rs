//! The workers of a pool: they come, take their seats, die and are replaced. Nothing here waits, but for the processes of a
//! pool that is dropped.

use super::mail::Look;
use super::state::State;
use super::supervisor::Order;
use super::task::TaskId;
use crate::Message;
use crate::arena::{Parcel, in_order};
use crate::error::{Ending, Error, Result};
use crate::launch::Hired;
use crate::message::{Head, Kind, SHARED};
use crate::worker::{BURIAL, Phase, Worker};
use rustix::event::epoll::{self, EventData, EventFlags};
use rustix::io::Errno;
use std::time::{Duration, Instant};

/// How often a task may meet a worker that dies before it has read it.
const SPARED: u32 = 3;

impl State {
    /// Orders as many workers as are missing.
    pub(crate) fn hire(&mut self) {
        let missing = self.missing();
        if let Some(orders) = &self.orders {
            for _ in 0..missing {
                if orders.send(Order).is_ok() {
                    self.hiring += 1;
                }
            }
        }
    }

    /// How many workers there should be more.
    pub(crate) fn missing(&self) -> usize {
        if !self.wants() {
            return 0;
        }
        let leaving = self.workers.values().filter(|worker| worker.phase == Phase::Leaving);
        let staying = self.workers.len() - leaving.count() + self.hiring;
        self.settings.workers.max(1).saturating_sub(staying)
    }

    /// How many of them somebody else is to start.
    pub(crate) fn wanted(&self) -> usize {
        if self.orders.is_some() { 0 } else { self.missing() }
    }

    /// How many workers are on their way to their seats, or are to be started.
    pub(crate) fn coming(&self) -> usize {
        if !self.wants() {
            return 0;
        }
        self.settings.workers.max(1).saturating_sub(self.seated)
    }

    /// Whether workers are still of use.
    pub(crate) fn wants(&self) -> bool {
        self.broken.is_none() && !(self.closing && self.tasks.is_empty())
    }

    /// Takes a worker in, and tells it what it needs.
    pub(crate) fn admit(&mut self, hired: Hired) -> Result<()> {
        let (worker, heard) = Worker::new(hired)?;
        if self.broken.is_some() {
            // It may hold our end of its socket, too, and so would never see that nobody is there.
            worker.end(&mut self.graves);
            return Ok(());
        }
        let system = |error: Errno| Error::System { what: "epoll", source: error.into() };
        let serial = self.serial;
        self.serial += 1;
        let (socket, process) =
            (EventData::new_u64(2 * serial), EventData::new_u64(2 * serial + 1));
        epoll::add(&self.epoll, worker.channel.socket(), socket, EventFlags::IN).map_err(system)?;
        epoll::add(&self.epoll, &worker.pidfd, process, EventFlags::IN).map_err(system)?;
        let mut beginning = Parcel::from(Message::from(&*self.settings.beginning));
        let lent = beginning.lend()?;
        let head = Head {
            marks: if beginning.shared_body { SHARED } else { 0 },
            segments: u8::try_from(lent.len()).unwrap_or(u8::MAX),
            files: 1,
            ..Head::new(Kind::Begin, 0)
        };
        // A worker that is gone already is buried when its end is seen.
        let _ = worker.channel.send(&head, &beginning.body, &in_order([&lent, &[], &[heard]]));
        beginning.settle(true);
        self.workers.insert(serial, worker);
        Ok(())
    }

    /// A worker can take tasks.
    pub(super) fn seat(&mut self, serial: u64) {
        let Some(worker) = self.workers.get_mut(&serial) else { return };
        if worker.phase == Phase::Starting {
            worker.phase = Phase::Seated;
            self.seated += 1;
            self.stillborn = 0;
            self.idle.push(serial);
        }
    }

    /// A worker has done a task and can take another, or has done enough.
    pub(super) fn free(&mut self, serial: u64) {
        let Some(worker) = self.workers.get(&serial) else { return };
        if worker.phase != Phase::Seated || !worker.line.is_empty() || worker.overdue.is_some() {
            return;
        }
        match self.settings.tasks_per_worker {
            Some(most) if worker.served >= most => self.dismiss(serial),
            _ => self.idle.push(serial),
        }
    }

    /// Tells a worker to go.
    pub(super) fn dismiss(&mut self, serial: u64) {
        if let Some(worker) = self.workers.get_mut(&serial) {
            self.seated -= usize::from(worker.phase == Phase::Seated);
            worker.phase = Phase::Leaving;
            let _ = worker.channel.send(&Head::new(Kind::Stop, 0), &[], &[]); // it may be gone
        }
    }

    pub(super) fn kill(&self, serial: u64) {
        if let Some(worker) = self.workers.get(&serial) {
            worker.kill();
        }
    }

    /// The end of a worker's channel was seen: it is killed, gets nothing any more, and is buried when its process has ended.
    /// Nobody waits for that with the pool in his hands.
    pub(crate) fn cut(&mut self, serial: u64) {
        let Some(worker) = self.workers.get_mut(&serial) else { return };
        worker.kill();
        if worker.has_ended(Duration::ZERO) {
            return self.bury(serial);
        }
        if worker.cut.is_none() {
            worker.cut = Some((Instant::now(), worker.phase));
            self.seated -= usize::from(worker.phase == Phase::Seated);
            worker.phase = Phase::Leaving;
            self.idle.retain(|idle| *idle != serial);
            // An end is told again and again.
            let _ = epoll::delete(&self.epoll, worker.channel.socket());
        }
    }

    /// A worker has died, or does not end although it was killed: takes what it still sent, gives its tasks to others.
    pub(crate) fn bury(&mut self, serial: u64) {
        let Some(worker) = self.workers.get_mut(&serial) else { return };
        let phase = std::mem::replace(&mut worker.phase, Phase::Leaving);
        self.seated -= usize::from(phase == Phase::Seated);
        let phase = worker.cut.map_or(phase, |(_, phase)| phase);
        self.idle.retain(|idle| *idle != serial);
        while self.look(serial) == Look::Taken {}
        let Some(mut worker) = self.workers.remove(&serial) else { return };
        // A forked child may hold the same socket: closing alone would leave it watched.
        let _ = epoll::delete(&self.epoll, worker.channel.socket());
        let _ = epoll::delete(&self.epoll, &worker.pidfd);
        let line = std::mem::take(&mut worker.line);
        let (pid, overdue) = (worker.pid, worker.overdue);
        // Tasks are read in their order: of several the first may have been.
        let unread = worker.unread && line.len() == 1;
        let ending = worker.end(&mut self.graves);
        self.graves.retain_mut(|child| child.ending().is_none());
        self.ledger.deaths += u64::from(phase != Phase::Leaving);
        for (place, id) in line.into_iter().enumerate().rev() {
            let overdue = overdue == Some(id);
            let running = place == 0 && (overdue || !(unread && self.spare(id)));
            self.bereave(id, running, pid, ending, overdue);
        }
        self.count_stillborn(phase, ending);
    }

    /// Whether a task that was not read by the worker that died is not to blame: a few times, or workers that die in idleness
    /// would be hired for it without end.
    fn spare(&mut self, id: TaskId) -> bool {
        let Some(task) = self.tasks.get_mut(&id) else { return false };
        task.spared += 1;
        task.spared <= SPARED
    }

    /// The worker that had this task died: the task is tried again, or has been tried enough.
    fn bereave(&mut self, id: TaskId, running: bool, pid: u32, ending: Ending, overdue: bool) {
        let Some(task) = self.tasks.get_mut(&id) else { return };
        task.tainted = true;
        task.tried += u32::from(running);
        let (terms, tried) = (task.terms, task.tried);
        let error = if running && overdue {
            let time = terms.deadline.or(self.settings.deadline).unwrap_or_default();
            Error::Deadline { task: id, seconds: time.as_secs_f64(), pid }
        } else if running && tried > terms.retries.unwrap_or(self.settings.retries) {
            Error::WorkerDied { pid, ending, task: id, tried }
        } else {
            self.ledger.again += 1;
            return self.queue.push_front(id);
        };
        self.finish(id, Some(pid), Err(error));
    }

    /// Workers that die before they can take a task, one after the other, will never do any.
    pub(super) fn count_stillborn(&mut self, phase: Phase, ending: Ending) {
        if phase == Phase::Starting && self.wants() {
            self.stillborn += 1;
            if self.stillborn > self.settings.workers + 2 {
                self.break_down(&format!(
                    "{} workers in a row died as they began; the last one {ending}",
                    self.stillborn
                ));
            }
        }
    }

    /// No task can be done any more.
    pub(crate) fn break_down(&mut self, reason: &str) {
        let reason = self.broken.get_or_insert_with(|| reason.to_owned()).clone();
        self.queue.clear();
        let mut left: Vec<TaskId> = self.tasks.keys().copied().collect();
        left.sort_unstable();
        for id in left {
            let error = Error::Broken { reason: reason.clone() };
            self.finish(id, None, Err(error));
        }
        for worker in self.workers.values_mut() {
            worker.line.clear();
            if worker.phase != Phase::Leaving {
                worker.kill();
            }
        }
    }

    pub(crate) fn kill_all(&self) {
        self.workers.values().for_each(Worker::kill);
    }

    pub(crate) fn bury_all(&mut self) {
        self.kill_all();
        while let Some((&serial, worker)) = self.workers.first_key_value() {
            worker.has_ended(BURIAL);
            self.bury(serial);
        }
        self.graves.clear(); // they are waited for
    }

    /// When the first of the tasks at work will have taken too long, for itself or for those that stand behind it.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        let due = |worker: &Worker| {
            let deadline = if self.deadlines { self.deadline(worker) } else { None };
            let burial = worker.cut.map(|(cut, _)| cut + BURIAL);
            worker.recall_due().into_iter().chain(deadline).chain(burial).min()
        };
        self.workers.values().filter_map(due).min()
    }

    pub(super) fn deadline(&self, worker: &Worker) -> Option<Instant> {
        let task = self.tasks.get(worker.line.front()?)?;
        let time = task.terms.deadline.or(self.settings.deadline)?;
        let runs = worker.overdue.is_none() && worker.cut.is_none();
        runs.then(|| worker.since.checked_add(time))?
    }

    /// Kills workers whose task has taken too long, and takes back what has stood behind another for too long.
    pub(crate) fn enforce_deadlines(&mut self) {
        let now = Instant::now();
        for worker in self.workers.values_mut() {
            if worker.recall_due().is_some_and(|due| due <= now) {
                worker.recall();
            }
        }
        let cut = self.workers.iter().filter(|(_, worker)| {
            worker.cut.is_some_and(|(cut, _)| cut + BURIAL <= now) // no signal ends it: the system has it in a wait
        });
        let cut: Vec<u64> = cut.map(|(serial, _)| *serial).collect();
        cut.into_iter().for_each(|serial| self.bury(serial));
        if !self.deadlines {
            return;
        }
        let late = |(serial, worker): (&u64, &Worker)| {
            self.deadline(worker).is_some_and(|end| end <= now).then_some(*serial)
        };
        let late: Vec<u64> = self.workers.iter().filter_map(late).collect();
        for serial in late {
            if let Some(worker) = self.workers.get_mut(&serial) {
                worker.overdue = worker.line.front().copied();
                worker.kill();
            }
        }
    }

    /// Whether a core is free for somebody who waits awake, beside those that work.
    pub(crate) fn has_core_to_wait(&mut self) -> bool {
        self.cores.have_room(self.seated.saturating_sub(self.idle.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::{Arrival, Channel, Frame, Inbox};
    use crate::pool::{Finished, Pending};
    use crate::{Settings, Terms};
    use std::os::fd::OwnedFd;
    use std::sync::Arc;

    fn state(workers: usize, tasks: usize) -> State {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC).unwrap();
        let settings = Settings { workers, ..Settings::default() };
        let mut state = State::new(settings, Arc::new(epoll));
        for _ in 0..tasks {
            state.enqueue(Pending::new(Message::default(), Terms::default()));
        }
        state
    }

    /// Takes in a worker without a process: its end of the channel, and what ends it when it is dropped.
    fn admit(state: &mut State) -> [OwnedFd; 2] {
        let ((socket, theirs), (pidfd, alive)) =
            (Channel::pair().unwrap(), Channel::pair().unwrap());
        state.admit(Hired { socket, pid: 1, pidfd, child: None }).unwrap();
        [theirs, alive]
    }

    /// Reads so many frames as the worker would, and dies.
    fn read(theirs: OwnedFd, frames: usize) {
        let (channel, mut inbox) = (Channel::new(theirs), Inbox::new());
        for _ in 0..frames {
            assert!(matches!(channel.look(&mut inbox).unwrap(), Arrival::Frame(_)));
        }
    }

    #[test]
    fn an_answer_may_overtake_a_task_that_goes_back() {
        let mut state = state(1, 3);
        let _ends = admit(&mut state);
        state.workers.get_mut(&0).unwrap().line.extend(state.queue.drain(..));
        // Two threads of a worker: one took the second task from its socket to give it back, and was slow to say so.
        for (kind, task) in [(Kind::Done, 0), (Kind::Done, 2), (Kind::Returned, 1)] {
            let head = Head::new(kind, task);
            state.arrived(0, Frame { head, body: Vec::new(), files: Vec::new() });
        }
        let finished: Vec<TaskId> = state.finished(9).iter().map(|one| one.task).collect();
        assert_eq!((finished, state.queue), (vec![0, 2], [1].into()));
    }

    #[test]
    fn answers_lie_only_while_every_worker_has_enough_to_do() {
        let mut state = state(1, 200);
        let _ends = admit(&mut state);
        state.seat(0);
        state.settle();
        let line = |state: &State| state.workers[&0].line.len();
        assert_eq!((line(&state), state.rest()), (1, None), "how long its tasks take is not known");
        for (last, most) in [(3, 64), (100, 8), (2_000, 1)] {
            let worker = state.workers.get_mut(&0).unwrap();
            worker.last = Some(Duration::from_micros(last));
            state.queue.extend(worker.line.split_off(1));
            state.settle();
            state.received = Instant::now();
            assert_eq!(line(&state), most);
            let rest = state.rest().unwrap_or_default();
            assert_eq!(!rest.is_zero(), most > 1, "{rest:?}");
            assert!(rest <= Duration::from_micros(150));
        }
        state.queue.clear();
        assert_eq!(state.rest(), None, "nothing waits");
    }

    #[test]
    fn nobody_waits_for_a_process_that_takes_its_time_to_end() {
        let mut state = state(1, 1);
        let [theirs, alive] = admit(&mut state);
        state.seat(0);
        state.settle();
        read(theirs, 2);
        state.happened(0);
        assert!(state.done.is_empty(), "it may be running its task");
        assert_eq!((state.missing(), state.seated), (1, 0), "another is wanted in its place");
        state.enforce_deadlines();
        assert!(state.next_deadline().is_some(), "it is not waited for without end");
        drop(alive);
        state.happened(1);
        assert!(state.workers.is_empty());
        assert!(matches!(state.finished(1)[0].outcome, Err(Error::WorkerDied { tried: 1, .. })));
        assert_eq!(state.ledger.deaths, 1);
    }

    #[test]
    fn a_task_that_was_not_read_did_not_kill_its_worker() {
        let mut state = state(1, 1);
        for death in 0..=SPARED {
            let [theirs, alive] = admit(&mut state);
            state.seat(death.into());
            state.settle();
            read(theirs, 1); // what it begins with
            drop(alive);
            let (socket, process) = (2 * u64::from(death), 2 * u64::from(death) + 1);
            state.happened(if death % 2 == 0 { socket } else { process }); // whichever is seen first
            state.happened(socket);
            assert_eq!(state.tasks.len(), usize::from(death < SPARED), "death {death}");
        }
        assert!(matches!(state.finished(1)[0].outcome, Err(Error::WorkerDied { tried: 1, .. })));
        assert_eq!((state.ledger.deaths, state.ledger.again), (4, 3));
    }

    #[test]
    fn of_two_tasks_of_a_worker_that_died_the_first_may_have_been_read() {
        let mut state = state(1, 2);
        let [theirs, alive] = admit(&mut state);
        state.seat(0);
        state.workers.get_mut(&0).unwrap().last = Some(Duration::from_micros(1));
        state.settle();
        assert_eq!(state.workers[&0].line.len(), 2);
        read(theirs, 2);
        drop(alive);
        state.happened(0); // that not all was read
        state.happened(0); // and that it was the end
        let finished = state.finished(2);
        assert!(matches!(finished[..], [Finished { task: 0, deaths: 1, .. }]), "{finished:?}");
        assert_eq!(state.queue, [1]);
    }

    #[test]
    fn a_worker_that_is_on_its_way_has_been_promised_a_task() {
        let mut state = state(2, 5);
        state.close(true);
        assert_eq!((state.order.len(), state.queue.len()), (3, 2));
    }
}
