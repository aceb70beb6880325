//! Frames that arrive from workers, and what follows from each.

use super::state::State;
use super::task::{Answer, Pending, TaskId};
use crate::arena::{adopt, content};
use crate::channel::{Arrival, Frame};
use crate::error::Error;
use crate::ledger::{Crossed, Entry};
use crate::message::{Head, KEPT, Kind, SHARED};
use crate::worker::Phase;
use std::time::{Duration, Instant};

/// What a look for a frame came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    Taken,
    Nothing,
    End,
}

impl State {
    /// Something can be read from a worker, or its process has ended.
    pub(crate) fn happened(&mut self, source: u64) {
        let serial = source / 2;
        if source % 2 == 1 {
            return self.bury(serial);
        }
        // As many frames as it may have sent: the system need not be asked again for each.
        let most = self.workers.get(&serial).map_or(0, |worker| worker.line.len().max(1));
        for _ in 0..most {
            match self.look(serial) {
                Look::Taken => {}
                Look::Nothing => return,
                Look::End => return self.cut(serial),
            }
        }
    }

    /// Takes a frame from a worker, or the news that there was one that it had not taken.
    pub(super) fn look(&mut self, serial: u64) -> Look {
        let Some(worker) = self.workers.get_mut(&serial) else { return Look::Nothing };
        match worker.channel.look(&mut self.inbox) {
            Ok(Arrival::Frame(frame)) => self.arrived(serial, frame),
            Ok(Arrival::Short(head)) => self.lost(serial, &head, Error::NoDescriptors),
            Ok(Arrival::Reset) => worker.unread = true,
            Ok(Arrival::Nothing) => return Look::Nothing,
            Ok(Arrival::End) | Err(_) => return Look::End,
        }
        Look::Taken
    }

    pub(super) fn arrived(&mut self, serial: u64, frame: Frame) {
        match frame.head.kind {
            Kind::Ready => self.seat(serial),
            Kind::Refused => {
                // It goes by itself, and has its reason to tell whoever reads its log.
                if let Some(worker) = self.workers.get_mut(&serial) {
                    worker.phase = Phase::Leaving;
                }
                self.break_down(&String::from_utf8_lossy(&frame.body));
            }
            Kind::Done | Kind::Failed => self.answered(serial, frame),
            Kind::Lost => {
                let error = no_memory(&frame);
                self.lost(serial, &frame.head, error);
            }
            Kind::Returned => self.returned(serial, frame.head.task),
            // No worker of ours says this: whatever it is, it is not to be trusted with a task.
            Kind::Begin | Kind::Task | Kind::Stop => self.kill(serial),
        }
    }

    pub(super) fn answered(&mut self, serial: u64, frame: Frame) {
        let Frame { head, body, mut files } = frame;
        let now = Instant::now();
        let Some(task) = self.step(serial, &head, now) else { return };
        let others = files.split_off(usize::from(head.segments));
        let inline = body.len() as u64;
        let answer = adopt(head.has(SHARED), body, files);
        let mut entry = entry(&task, &head, now);
        let segments = answer.as_ref().map_or(&[][..], |(_, segments)| segments);
        let shared = segments.iter().map(|segment| content(segment.layout())).sum::<usize>();
        let shared = shared + answer.as_ref().map_or(0, |(body, _)| body.shared_len());
        entry.received = Crossed { inline, shared: shared as u64 };
        let failed = head.kind == Kind::Failed;
        let pid = self.workers.get_mut(&serial).map(|worker| {
            worker.owed += u32::from(head.segments);
            worker.pid
        });
        self.ledger.note(pid.unwrap_or(0), &entry, failed);
        let outcome =
            answer.map(|(body, segments)| Answer { failed, body, segments, files: others });
        self.deliver(head.task, task, pid, entry, outcome, head.has(KEPT));
        self.free(serial);
    }

    /// There is an answer, but it did not get here.
    pub(super) fn lost(&mut self, serial: u64, head: &Head, error: Error) {
        let Some(task) = self.step(serial, head, Instant::now()) else { return };
        let pid = self.workers.get(&serial).map(|worker| worker.pid);
        self.ledger.unanswered += 1;
        self.deliver(head.task, task, pid, Entry::default(), Err(error), head.has(KEPT));
        self.free(serial);
    }

    /// A task that stood behind another is to be given to somebody else, in the order in which they came.
    fn returned(&mut self, serial: u64, id: TaskId) {
        let Some(worker) = self.workers.get_mut(&serial) else { return };
        let Some(place) = worker.line.iter().position(|task| *task == id) else { return };
        worker.line.remove(place);
        if place == 0 {
            worker.since = Instant::now();
        }
        if let Some(task) = self.tasks.get_mut(&id) {
            task.sent = None;
            self.ledger.returned += 1;
            let before = self.queue.iter().take_while(|other| **other < id).count();
            self.queue.insert(before, id);
        }
        self.free(serial);
    }

    /// A task of a worker's line is done: takes it out. It is the first, or those before it go back and have not been heard of
    /// yet: another thread of the worker says so. A worker that speaks of a task that it was not given is killed.
    pub(super) fn step(&mut self, serial: u64, head: &Head, now: Instant) -> Option<Pending> {
        let worker = self.workers.get_mut(&serial)?;
        let Some(place) = worker.line.iter().position(|task| *task == head.task) else {
            self.kill(serial);
            return None;
        };
        worker.line.remove(place);
        worker.since = now;
        worker.served += 1;
        worker.recalled = false;
        let [open, run, pack, _] = head.nanos;
        worker.last = Some(Duration::from_nanos(open.saturating_add(run).saturating_add(pack)));
        self.tasks.remove(&head.task)
    }
}

/// What crossed for a task that was answered, and how long it took, but for what came back.
pub(crate) fn entry(task: &Pending, head: &Head, now: Instant) -> Entry {
    let [open, run, pack, locks] = head.nanos.map(Duration::from_nanos);
    let sent = task.sent.unwrap_or(task.submitted);
    Entry {
        queued: sent - task.submitted,
        open,
        run,
        locks,
        pack,
        deliver: (now - sent).saturating_sub(open + run + pack),
        sent: Crossed {
            inline: task.parcel.body.len() as u64,
            shared: task.parcel.shared_len() as u64,
        },
        received: Crossed::default(),
    }
}

/// Why there was no room for an answer.
fn no_memory(frame: &Frame) -> Error {
    use sharpest_arrays::Bytes;
    match frame.head.nanos {
        [0, ..] => Error::Failed { what: String::from_utf8_lossy(&frame.body).into_owned() },
        [wanted, available, ..] => Error::Memory(sharpest_arrays::Error::OutOfMemory {
            wanted: Bytes(wanted),
            available: Bytes(available),
            limit: None,
        }),
    }
}
