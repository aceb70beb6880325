//! A flag that processes wait for.
#![allow(unsafe_code, reason = "vouches that its state may lie in shared memory")]

use super::patience::{GaveUp, Patience};
use super::slot::{Resident, Shared, Slot};
use super::word::Word;
use crate::error::Result;
use std::sync::atomic::AtomicU32;

/// A flag that is set or not. Whoever waits is let go when it is set, even if it is taken back before he has looked.
#[derive(Debug)]
pub struct Event(Shared<State>);

#[repr(C)]
#[derive(Debug)]
struct State {
    tag: AtomicU32,
    /// How often it was changed: odd while it is set.
    changes: AtomicU32,
}

// SAFETY: `repr(C)`, atomics alone, the tag first, no addresses; any number of changes is an event.
unsafe impl Resident for State {
    const KIND: u8 = b'e';
}

impl Event {
    /// One that is not set.
    ///
    /// # Errors
    /// As [`Slot::new`].
    pub fn new() -> Result<Event> {
        Shared::new(|_: &State| {}).map(Event)
    }

    /// Opens another process's.
    ///
    /// # Errors
    /// As [`Slot::open`].
    pub fn open(handle: &[u8]) -> Result<Event> {
        Shared::open(handle).map(Event)
    }

    /// Where it lies.
    #[must_use]
    pub fn slot(&self) -> &Slot {
        self.0.slot()
    }

    /// Whether it is set.
    #[must_use]
    pub fn is_set(&self) -> bool {
        is_set(Word::load(&self.0.changes))
    }

    /// Sets it, and lets go of all who wait.
    pub fn set(&self) {
        if change(&self.0.changes, true) {
            self.0.changes.wake(u32::MAX);
        }
    }

    /// Takes it back.
    pub fn clear(&self) {
        change(&self.0.changes, false);
    }

    /// Waits until it is set.
    ///
    /// # Errors
    /// Why it has waited in vain.
    pub fn wait(&self, patience: &mut Patience<'_>) -> Result<(), GaveUp> {
        wait(&self.0.changes, patience)
    }
}

fn is_set(changes: u32) -> bool {
    changes % 2 == 1
}

/// Whether anything changed.
fn change<W: Word>(changes: &W, set: bool) -> bool {
    let mut seen = changes.load();
    while is_set(seen) != set {
        match changes.replace(seen, seen.wrapping_add(1)) {
            Ok(()) => return true,
            Err(now) => seen = now,
        }
    }
    false
}

fn wait<W: Word>(changes: &W, patience: &mut Patience<'_>) -> Result<(), GaveUp> {
    let seen = changes.load();
    while !is_set(seen) && changes.load() == seen {
        changes.wait(seen, patience.slice()?);
    }
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
    fn it_is_set_and_taken_back() {
        let event = Event::new().unwrap();
        let mut go_on = || true;
        let mut short = Patience::new(Some(Duration::from_millis(1)), &mut go_on);
        assert_eq!(event.wait(&mut short), Err(GaveUp::TimedOut));
        event.set();
        event.set();
        assert!(event.is_set());
        forever(|patience| event.wait(patience)).unwrap();
        event.clear();
        event.clear();
        assert!(!event.is_set());
    }

    #[test]
    fn in_every_order_of_steps_who_waits_is_let_go() {
        let mut model = loom::model::Builder::new();
        model.preemption_bound = Some(3); // as for the semaphore
        model.check(|| {
            let changes = Arc::new(ModelWord::new(0));
            let waiters: Vec<_> = (0..2)
                .map(|_| {
                    let changes = changes.clone();
                    thread::spawn(move || forever(|patience| wait(&*changes, patience)).unwrap())
                })
                .collect();
            assert!(change(&*changes, true));
            changes.wake(u32::MAX);
            for waiter in waiters {
                waiter.join().unwrap();
            }
        });
    }
}
