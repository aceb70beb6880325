//! A word that threads of several processes sleep on.
//!
//! What semaphores and events do without a lock is written against the trait, so that loom can try every order of the
//! steps on a word of its own (below), while shared memory has the kernel's.

use crate::os;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Four bytes that can be slept on. Every operation is sequentially consistent.
pub(crate) trait Word {
    /// What it holds.
    fn load(&self) -> u32;

    /// Puts `new` where `old` is. Gives what was there otherwise.
    fn replace(&self, old: u32, new: u32) -> Result<(), u32>;

    /// Sleeps while it holds `expected`, for `slice` at most. May end early; the caller looks.
    fn wait(&self, expected: u32, slice: Duration);

    /// Wakes up to `count` that sleep on it; how many those were.
    fn wake(&self, count: u32) -> usize;
}

impl Word for AtomicU32 {
    fn load(&self) -> u32 {
        AtomicU32::load(self, Ordering::SeqCst)
    }

    fn replace(&self, old: u32, new: u32) -> Result<(), u32> {
        self.compare_exchange(old, new, Ordering::SeqCst, Ordering::SeqCst).map(drop)
    }

    fn wait(&self, expected: u32, slice: Duration) {
        os::futex_wait(self, expected, slice);
    }

    fn wake(&self, count: u32) -> usize {
        os::futex_wake(self, count)
    }
}

#[cfg(test)]
pub(crate) mod model {
    //! The kernel's promise in loom's terms: who goes to sleep compares the word and lies down in one step.

    use super::{Duration, Word};
    use loom::sync::atomic::{AtomicU32, Ordering};
    use loom::sync::{Condvar, Mutex};

    pub(crate) struct ModelWord {
        value: AtomicU32,
        bed: Mutex<()>,
        bell: Condvar,
    }

    impl ModelWord {
        pub(crate) fn new(value: u32) -> ModelWord {
            ModelWord { value: AtomicU32::new(value), bed: Mutex::new(()), bell: Condvar::new() }
        }
    }

    impl Word for ModelWord {
        fn load(&self) -> u32 {
            self.value.load(Ordering::SeqCst)
        }

        fn replace(&self, old: u32, new: u32) -> Result<(), u32> {
            self.value.compare_exchange(old, new, Ordering::SeqCst, Ordering::SeqCst).map(drop)
        }

        fn wait(&self, expected: u32, _: Duration) {
            let bed = self.bed.lock().unwrap();
            if self.load() == expected {
                drop(self.bell.wait(bed).unwrap());
            }
        }

        fn wake(&self, count: u32) -> usize {
            let _bed = self.bed.lock().unwrap();
            if count == 1 {
                self.bell.notify_one();
            } else {
                self.bell.notify_all();
            }
            0
        }
    }
}
