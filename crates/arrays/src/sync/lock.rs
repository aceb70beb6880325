//! A lock that processes share, and that does not stay locked when its holder is killed.
#![allow(unsafe_code, reason = "vouches that its state may lie in shared memory")]

use super::held::{self, Left};
use super::patience::{GaveUp, Patience};
use super::slot::{Resident, Shared, Slot};
use crate::error::Result;
use crate::os::{self, Attempt, RawMutex};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How often a holder that lets go at once is looked at before this thread sleeps. A handful of cache misses: less than
/// the call to the system that it may save.
const SPINS: u32 = 100;
/// A process that died before it had said its number.
const NOBODY: u32 = u32::MAX;

/// A mutual exclusion between threads of any processes of this user. Only the thread that took it can let go of it.
#[derive(Debug)]
pub struct Lock(Shared<LockState>);

/// How a lock was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Entered {
    /// As its last holder left it.
    Clean,
    /// A holder died with it, and nobody has called [`Lock::mend`] since: what it guards may be half done.
    AfterDeath {
        /// The process that died, where it had come to say.
        pid: Option<u32>,
    },
}

/// This thread does not hold the lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this thread does not hold the lock{}", holder.map_or(String::new(), |pid| format!("; process {pid} does")))]
pub struct NotHeld {
    /// Who does.
    pub holder: Option<u32>,
}

/// What a lock has cost, in all processes together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stats {
    /// How often it was taken.
    pub acquired: u64,
    /// How often somebody who wanted it found it taken.
    pub contended: u64,
    /// The time that those have waited.
    pub waited: Duration,
}

/// In this process, by all its threads and for all locks.
static WAITED: AtomicU64 = AtomicU64::new(0);

/// The time that the threads of this process have waited for locks that somebody else held.
#[must_use]
pub fn time_in_locks() -> Duration {
    Duration::from_nanos(WAITED.load(Ordering::Relaxed))
}

/// What lies in shared memory.
#[repr(C)]
#[derive(Debug)]
pub(super) struct LockState {
    tag: AtomicU32,
    recursive: AtomicU32,
    holder: AtomicU32,
    abandoned: AtomicU32,
    acquired: AtomicU64,
    contended: AtomicU64,
    waited: AtomicU64,
    mutex: RawMutex,
}

// SAFETY: `repr(C)`, atomics and a process-shared mutex, the tag first. The mutex's links mean something in its holder's
// process only, and only the holder follows them.
unsafe impl Resident for LockState {
    const KIND: u8 = b'l';
}

impl Lock {
    /// A lock that nobody holds. A `recursive` one can be taken again by the thread that has it.
    ///
    /// # Errors
    /// As [`Slot::new`].
    pub fn new(recursive: bool) -> Result<Lock> {
        Shared::new(|state: &LockState| state.init(recursive)).map(Lock)
    }

    /// Opens another process's.
    ///
    /// # Errors
    /// As [`Slot::open`].
    pub fn open(handle: &[u8]) -> Result<Lock> {
        Shared::open(handle).map(Lock)
    }

    /// Where it lies.
    #[must_use]
    pub fn slot(&self) -> &Slot {
        self.0.slot()
    }

    /// Takes it, waiting until it is free. Where its holder is killed, the kernel wakes the next.
    ///
    /// # Errors
    /// Why it has waited in vain.
    pub fn lock(&self, patience: &mut Patience<'_>) -> Result<Entered, GaveUp> {
        self.0.lock(self.slot(), patience)
    }

    /// Takes it if it can be had at once. Nothing is counted where it cannot.
    pub fn try_lock(&self) -> Option<Entered> {
        self.0.try_lock(self.slot())
    }

    /// Lets go of it, once.
    ///
    /// # Errors
    /// [`NotHeld`].
    pub fn unlock(&self) -> Result<(), NotHeld> {
        self.0.unlock(self.slot())
    }

    /// How often this thread has taken it.
    #[must_use]
    pub fn depth(&self) -> u32 {
        held::depth(self.slot().id())
    }

    /// The process that holds it at this moment, if any.
    #[must_use]
    pub fn holder(&self) -> Option<u32> {
        self.0.holder()
    }

    /// Whether the same thread can take it again.
    #[must_use]
    pub fn is_recursive(&self) -> bool {
        self.0.recursive.load(Ordering::Relaxed) != 0
    }

    /// Says that what it guards is whole again. For its holder, after [`Entered::AfterDeath`].
    pub fn mend(&self) {
        self.0.mend();
    }

    /// What it has cost.
    #[must_use]
    pub fn stats(&self) -> Stats {
        Stats {
            acquired: self.0.acquired.load(Ordering::Relaxed),
            contended: self.0.contended.load(Ordering::Relaxed),
            waited: Duration::from_nanos(self.0.waited.load(Ordering::Relaxed)),
        }
    }

    /// Lets go of it however often it was taken, and says how often that was.
    pub(super) fn unlock_all(&self) -> Result<u32, NotHeld> {
        let depth = self.depth();
        match held::leave(self.slot().id(), depth) {
            Left::Last(slot) => {
                self.0.free(slot);
                Ok(depth)
            }
            _ => Err(NotHeld { holder: self.holder() }),
        }
    }

    /// Takes it as often as [`Lock::unlock_all`] said, after having taken it once.
    pub(super) fn deepen(&self, depth: u32) {
        held::enter(self.slot(), depth.saturating_sub(1));
    }
}

impl LockState {
    /// Makes it, before anybody else knows of it.
    pub(super) fn init(&self, recursive: bool) {
        self.recursive.store(u32::from(recursive), Ordering::Relaxed);
        self.mutex.init();
    }

    /// Takes it. `slot` is where it lies: it stays mapped while it is held.
    pub(super) fn lock(&self, slot: &Slot, patience: &mut Patience<'_>) -> Result<Entered, GaveUp> {
        if let Some(entered) = self.attempt(slot)? {
            return Ok(entered);
        }
        if patience.is_endless() && held::depth(slot.id()) > 0 {
            return Err(GaveUp::Deadlock);
        }
        let start = Instant::now();
        let entered = self.wait(slot, patience);
        let waited = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.contended.fetch_add(1, Ordering::Relaxed);
        self.waited.fetch_add(waited, Ordering::Relaxed);
        WAITED.fetch_add(waited, Ordering::Relaxed);
        entered
    }

    /// Takes it if nobody else has it.
    pub(super) fn try_lock(&self, slot: &Slot) -> Option<Entered> {
        self.attempt(slot).ok().flatten()
    }

    fn attempt(&self, slot: &Slot) -> Result<Option<Entered>, GaveUp> {
        if self.recursive.load(Ordering::Relaxed) != 0 && held::depth(slot.id()) > 0 {
            held::enter(slot, 1);
            return Ok(Some(self.entered()));
        }
        self.settle(slot, self.mutex.try_lock())
    }

    fn wait(&self, slot: &Slot, patience: &mut Patience<'_>) -> Result<Entered, GaveUp> {
        let mut slice = patience.slice()?;
        for _ in 0..if processors() > 1 { SPINS } else { 0 } {
            std::hint::spin_loop();
            if self.holder().is_none()
                && let Some(entered) = self.settle(slot, self.mutex.try_lock())?
            {
                return Ok(entered);
            }
        }
        loop {
            if let Some(entered) = self.settle(slot, self.mutex.lock(slice))? {
                return Ok(entered);
            }
            slice = patience.slice()?;
        }
    }

    /// Lets go of it, once.
    pub(super) fn unlock(&self, slot: &Slot) -> Result<(), NotHeld> {
        match held::leave(slot.id(), 1) {
            Left::NotHeld => Err(NotHeld { holder: self.holder() }),
            Left::StillHeld => Ok(()),
            Left::Last(slot) => {
                self.free(slot);
                Ok(())
            }
        }
    }

    /// Unlocks it, and only then lets its memory go.
    fn free(&self, slot: Slot) {
        self.holder.store(0, Ordering::Relaxed);
        self.mutex.unlock();
        drop(slot);
    }

    pub(super) fn holder(&self) -> Option<u32> {
        Some(self.holder.load(Ordering::Relaxed)).filter(|pid| *pid != 0)
    }

    pub(super) fn mend(&self) {
        self.abandoned.store(0, Ordering::Relaxed);
    }

    /// What an attempt means; none where somebody else has it.
    fn settle(&self, slot: &Slot, attempt: Attempt) -> Result<Option<Entered>, GaveUp> {
        match attempt {
            Attempt::Busy => return Ok(None),
            Attempt::Damaged => return Err(GaveUp::Damaged),
            Attempt::Locked => {}
            Attempt::OwnerDied => {
                let died = self.holder().unwrap_or(NOBODY);
                self.abandoned.store(died, Ordering::Relaxed);
            }
        }
        self.holder.store(os::own_pid(), Ordering::Relaxed);
        self.acquired.fetch_add(1, Ordering::Relaxed);
        held::enter(slot, 1);
        Ok(Some(self.entered()))
    }

    fn entered(&self) -> Entered {
        match self.abandoned.load(Ordering::Relaxed) {
            0 => Entered::Clean,
            NOBODY => Entered::AfterDeath { pid: None },
            pid => Entered::AfterDeath { pid: Some(pid) },
        }
    }
}

fn processors() -> usize {
    static COUNT: OnceLock<usize> = OnceLock::new();
    *COUNT.get_or_init(|| std::thread::available_parallelism().map_or(1, usize::from))
}

#[cfg(test)]
mod tests {
    use super::super::patience::forever;
    use super::*;

    fn brief<T>(f: impl FnOnce(&mut Patience<'_>) -> T) -> T {
        f(&mut Patience::new(Some(Duration::from_millis(1)), &mut || true))
    }

    #[test]
    fn one_thread_at_a_time_has_it() {
        let (lock, slot) = (Lock::new(false).unwrap(), Slot::new(8).unwrap());
        let before = lock.stats();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let lock = Lock::open(&lock.slot().handle().unwrap()).unwrap();
                    for _ in 0..2000 {
                        let _ = forever(|patience| lock.lock(patience)).unwrap();
                        let place = slot.start().cast::<u64>();
                        // SAFETY: eight bytes that this test alone knows of, under the lock.
                        let sum = unsafe { place.read_volatile() };
                        // SAFETY: as above.
                        unsafe { place.write_volatile(sum + 1) };
                        lock.unlock().unwrap();
                    }
                });
            }
        });
        // SAFETY: the threads have ended.
        assert_eq!(unsafe { slot.start().cast::<u64>().read() }, 8000);
        assert_eq!(lock.stats().acquired - before.acquired, 8000);
    }

    #[test]
    fn a_thread_that_would_wait_for_itself_is_told() {
        let lock = Lock::new(false).unwrap();
        assert_eq!(forever(|patience| lock.lock(patience)), Ok(Entered::Clean));
        assert_eq!(forever(|patience| lock.lock(patience)), Err(GaveUp::Deadlock));
        assert_eq!(brief(|patience| lock.lock(patience)), Err(GaveUp::TimedOut));
        lock.unlock().unwrap();
        assert_eq!(lock.unlock(), Err(NotHeld { holder: None }));
    }

    #[test]
    fn a_recursive_one_is_free_when_it_was_given_back_as_often() {
        let lock = Lock::new(true).unwrap();
        for _ in 0..3 {
            assert_eq!(forever(|patience| lock.lock(patience)), Ok(Entered::Clean));
        }
        assert_eq!((lock.depth(), lock.stats().acquired), (3, 1));
        let elsewhere = || {
            std::thread::scope(|s| {
                s.spawn(|| brief(|p| lock.lock(p).map(|_| lock.unlock()))).join().unwrap()
            })
        };
        for _ in 0..3 {
            assert_eq!(elsewhere(), Err(GaveUp::TimedOut));
            lock.unlock().unwrap();
        }
        assert_eq!(elsewhere(), Ok(Ok(())));
    }

    #[test]
    fn a_thread_that_ends_with_it_is_told_until_it_is_mended() {
        let lock = Lock::new(false).unwrap();
        std::thread::scope(|scope| {
            let _ = scope.spawn(|| forever(|patience| lock.lock(patience)).map(drop)).join();
        });
        let died = Ok(Entered::AfterDeath { pid: Some(std::process::id()) });
        for _ in 0..2 {
            assert_eq!(forever(|patience| lock.lock(patience)), died);
            lock.unlock().unwrap();
        }
        assert_eq!(forever(|patience| lock.lock(patience)), died);
        lock.mend();
        lock.unlock().unwrap();
        assert_eq!(forever(|patience| lock.lock(patience)), Ok(Entered::Clean));
        lock.unlock().unwrap();
    }

    #[test]
    fn the_memory_of_a_lock_that_is_held_outlives_its_object() {
        let other = Lock::new(false).unwrap();
        let lock = Lock::new(false).unwrap();
        let handle = lock.slot().handle().unwrap();
        let _ = forever(|patience| lock.lock(patience)).unwrap();
        drop(lock);
        let _ = forever(|patience| other.lock(patience)).unwrap(); // walks the list of what this thread holds
        other.unlock().unwrap();
        let again = Lock::open(&handle).unwrap();
        assert_eq!(again.depth(), 1);
        again.unlock().unwrap();
    }
}
