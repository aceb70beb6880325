//! State that belongs to one process: a forked child must neither use nor wait for what its parent had.

use crate::os::own_pid;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// A `T` for each process that asks. A child that is forked gets a new one: the copy of its parent's may be locked by a
/// thread that the child does not have, and what it counts is the parent's.
///
/// The chain is as long as the line of ancestors that used it, which are few.
#[derive(Debug)]
pub(crate) struct PerProcess<T> {
    first: OnceLock<Box<Link<T>>>,
}

#[derive(Debug)]
struct Link<T> {
    pid: u32,
    state: Mutex<T>,
    next: OnceLock<Box<Link<T>>>,
}

impl<T: Default> PerProcess<T> {
    pub(crate) const fn new() -> PerProcess<T> {
        PerProcess { first: OnceLock::new() }
    }

    /// This process's own, locked.
    pub(crate) fn lock(&'static self) -> MutexGuard<'static, T> {
        let pid = own_pid();
        let mut place = &self.first;
        loop {
            let link = place.get_or_init(|| {
                self.forget();
                Box::new(Link { pid, state: Mutex::default(), next: OnceLock::new() })
            });
            if link.pid == pid {
                // What is kept here is whole between any two operations, so a panic elsewhere spoils nothing.
                return link.state.lock().unwrap_or_else(PoisonError::into_inner);
            }
            place = &link.next;
        }
    }
}

impl<T: Default> PerProcess<T> {
    /// Lets go of what ancestors had, in this copy of it, unless one of their threads had it locked when it was copied.
    fn forget(&self) {
        let mut place = &self.first;
        while let Some(link) = place.get() {
            if let Ok(mut state) = link.state.try_lock() {
                drop(std::mem::take(&mut *state));
            }
            place = &link.next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_keeps_what_is_its_own() {
        static NUMBERS: PerProcess<Vec<i32>> = PerProcess::new();
        NUMBERS.lock().push(3);
        assert_eq!(*NUMBERS.lock(), [3]);
    }
}
