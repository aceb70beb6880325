//! The ledger: what crossed between the pool and its workers, and where the time went.

use std::collections::BTreeMap;
use std::ops::AddAssign;
use std::time::Duration;

/// Bytes that crossed, and how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Crossed {
    /// In messages: copied through the kernel.
    pub inline: u64,
    /// In shared memory.
    pub shared: u64,
}

/// One task's, or a sum.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Entry {
    /// From its submission until it was sent to the worker that answered it.
    pub queued: Duration,
    /// In the worker, before the work: what the worker says it took to open the task.
    pub open: Duration,
    /// In the worker, the work.
    pub run: Duration,
    /// Of that, waiting for locks of `sharpest-arrays` that somebody else held, in all threads of the worker.
    pub locks: Duration,
    /// In the worker, after the work: packing the answer.
    pub pack: Duration,
    /// All else from sending to delivery: the ways there and back, and what waited in line behind another task.
    pub deliver: Duration,
    /// What went to the worker.
    pub sent: Crossed,
    /// What came back.
    pub received: Crossed,
}

/// What one worker did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// Tasks it answered.
    pub tasks: u64,
    /// Their sum.
    pub sum: Entry,
}

/// The sums of a pool.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Tasks that were answered, with success or not.
    pub answered: u64,
    /// Of these, those whose answer is a failure.
    pub failed: u64,
    /// Tasks that ended without an answer: cancelled, or their worker died.
    pub unanswered: u64,
    /// Tasks that were given to another worker because theirs died.
    pub again: u64,
    /// Tasks that were taken back from behind one that took its time.
    pub returned: u64,
    /// Workers that died before they were told to go.
    pub deaths: u64,
    /// Over all tasks that were answered.
    pub sum: Entry,
    /// By process, the dead ones too.
    pub workers: BTreeMap<u32, Share>,
}

impl Ledger {
    /// As it is shown: with the sum over all tasks, which is made only now.
    pub(crate) fn summed(&self) -> Ledger {
        let mut summed = self.clone();
        self.workers.values().for_each(|share| summed.sum += share.sum);
        summed
    }

    /// A worker answered a task.
    pub(crate) fn note(&mut self, worker: u32, entry: &Entry, failed: bool) {
        self.answered += 1;
        self.failed += u64::from(failed);
        // Pools that wear out many workers keep the last ones, and the sum of those before.
        if self.workers.len() > MOST_WORKERS
            && let Some((_, share)) = self.workers.pop_first()
        {
            self.sum += share.sum;
        }
        let share = self.workers.entry(worker).or_default();
        share.tasks += 1;
        share.sum += *entry;
    }
}

/// Workers that are told apart.
const MOST_WORKERS: usize = 4096;

impl AddAssign for Crossed {
    fn add_assign(&mut self, other: Self) {
        self.inline += other.inline;
        self.shared += other.shared;
    }
}

impl AddAssign for Entry {
    fn add_assign(&mut self, other: Self) {
        self.queued += other.queued;
        self.open += other.open;
        self.run += other.run;
        self.locks += other.locks;
        self.pack += other.pack;
        self.deliver += other.deliver;
        self.sent += other.sent;
        self.received += other.received;
    }
}
