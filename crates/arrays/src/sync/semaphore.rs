//! A count that processes take from and give back to.
#![allow(unsafe_code, reason = "vouches that its state may lie in shared memory")]

use super::patience::{GaveUp, Patience};
use super::slot::{Resident, Shared, Slot};
use super::word::Word;
use crate::error::Result;
use std::sync::atomic::{AtomicU32, Ordering};

/// A counting semaphore. It has no holder: whoever takes may die, or somebody else may give, and nobody is told.
/// Where one holds and the same one lets go, a [`super::Lock`] is right.
#[derive(Debug)]
pub struct Semaphore(Shared<State>);

#[repr(C)]
#[derive(Debug)]
struct State {
    tag: AtomicU32,
    count: AtomicU32,
    most: AtomicU32,
}

// SAFETY: `repr(C)`, atomics alone, the tag first, no addresses; any numbers are a semaphore.
unsafe impl Resident for State {
    const KIND: u8 = b's';
}

/// More was given back than the semaphore may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the semaphore was released more often than acquired: it holds {0} already")]
pub struct TooMany(pub u32);

impl Semaphore {
    /// The largest count that there can be: the standard library's, too.
    pub const MOST: u32 = i32::MAX as u32;

    /// A semaphore that holds `count`, and never more than `most`.
    ///
    /// # Errors
    /// As [`Slot::new`].
    pub fn new(count: u32, most: u32) -> Result<Semaphore> {
        let fill = |state: &State| {
            state.count.store(count, Ordering::Relaxed);
            state.most.store(most.min(Semaphore::MOST), Ordering::Relaxed);
        };
        Shared::new(fill).map(Semaphore)
    }

    /// Opens another process's.
    ///
    /// # Errors
    /// As [`Slot::open`].
    pub fn open(handle: &[u8]) -> Result<Semaphore> {
        Shared::open(handle).map(Semaphore)
    }

    /// Where it lies.
    #[must_use]
    pub fn slot(&self) -> &Slot {
        self.0.slot()
    }

    /// Takes one, waiting until there is one.
    ///
    /// # Errors
    /// Why it has waited in vain.
    pub fn acquire(&self, patience: &mut Patience<'_>) -> Result<(), GaveUp> {
        take(&self.0.count, patience)
    }

    /// Gives one back.
    ///
    /// # Errors
    /// [`TooMany`] where it is full.
    pub fn release(&self) -> Result<(), TooMany> {
        give(&self.0.count, self.most())
    }

    /// How many there are to be taken.
    #[must_use]
    pub fn count(&self) -> u32 {
        Word::load(&self.0.count)
    }

    /// How many there can be.
    #[must_use]
    pub fn most(&self) -> u32 {
        self.0.most.load(Ordering::Relaxed)
    }
}

fn take<W: Word>(count: &W, patience: &mut Patience<'_>) -> Result<(), GaveUp> {
    let mut seen = count.load();
    loop {
        match seen.checked_sub(1) {
            Some(left) => match count.replace(seen, left) {
                Ok(()) => return Ok(()),
                Err(now) => seen = now,
            },
            None => {
                count.wait(0, patience.slice()?);
                seen = count.load();
            }
        }
    }
}

/// The system is called even where nobody waits: a count of those who wait would be wrong once one of them was killed.
fn give<W: Word>(count: &W, most: u32) -> Result<(), TooMany> {
    let mut seen = count.load();
    loop {
        if seen >= most {
            return Err(TooMany(seen));
        }
        match count.replace(seen, seen + 1) {
            Ok(()) => break,
            Err(now) => seen = now,
        }
    }
    count.wake(1);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::patience::forever;
    use super::super::word::model::ModelWord;
    use super::*;
    use loom::sync::Arc;
    use loom::thread;
    use std::time::Duration;

    #[test]
    fn it_holds_what_it_was_given() {
        let semaphore = Semaphore::new(1, 2).unwrap();
        semaphore.release().unwrap();
        assert_eq!(semaphore.release(), Err(TooMany(2)));
        for left in [1, 0] {
            forever(|patience| semaphore.acquire(patience)).unwrap();
            assert_eq!(semaphore.count(), left);
        }
        let mut patience_ends = || true;
        let mut short = Patience::new(Some(Duration::from_millis(1)), &mut patience_ends);
        assert_eq!(semaphore.acquire(&mut short), Err(GaveUp::TimedOut));
    }

    #[test]
    fn in_every_order_of_steps_each_that_is_given_is_taken_once() {
        let mut model = loom::model::Builder::new();
        model.preemption_bound = Some(2); // all orders of three threads take minutes
        model.check(|| {
            let count = Arc::new(ModelWord::new(0));
            let takers: Vec<_> = (0..2)
                .map(|_| {
                    let count = count.clone();
                    thread::spawn(move || forever(|patience| take(&*count, patience)).unwrap())
                })
                .collect();
            give(&*count, 2).unwrap();
            give(&*count, 2).unwrap();
            for taker in takers {
                taker.join().unwrap(); // a wake-up that got lost is a deadlock here
            }
            assert_eq!(count.load(), 0);
        });
    }
}
