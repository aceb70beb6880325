//! Which locks a thread holds, and how often it has taken each.
//!
//! While a robust mutex is held it is a link in a list that the C library keeps for the thread, and that the kernel walks
//! when the thread dies. So its memory must stay mapped until it is unlocked, whatever becomes of the object that it was
//! taken through: each entry keeps it. A list of one needs no memory of its own, and a longer one gives its back when it is
//! empty, so that a thread which ends without a lock leaves nothing.

use super::slot::Slot;
use crate::layout::Id;
use crate::os;
use smallvec::SmallVec;
use std::cell::RefCell;
use std::mem::ManuallyDrop;

thread_local! {
    /// Never dropped: a thread that ends with a lock leaves its memory mapped, where the kernel marks it.
    static HELD: RefCell<ManuallyDrop<Held>> =
        const { RefCell::new(ManuallyDrop::new(Held { pid: 0, entries: SmallVec::new_const() })) };
}

struct Held {
    /// Whose they are: a forked child has a copy of this list, and none of the locks.
    pid: u32,
    entries: SmallVec<[Entry; 1]>,
}

struct Entry {
    slot: Slot,
    depth: u32,
}

/// What became of a lock that was given back once.
#[derive(Debug)]
pub(super) enum Left {
    /// This thread did not hold it.
    NotHeld,
    /// It was taken more often.
    StillHeld,
    /// It is to be unlocked, and its memory may go after that.
    Last(Slot),
}

/// How often this thread has taken it.
pub(super) fn depth(key: (Id, usize)) -> u32 {
    with(|entries| {
        entries.iter().find(|entry| entry.slot.id() == key).map_or(0, |entry| entry.depth)
    })
}

/// This thread has taken it, `times` more.
pub(super) fn enter(slot: &Slot, times: u32) {
    with(|entries| match entries.iter_mut().find(|entry| entry.slot.id() == slot.id()) {
        Some(entry) => entry.depth += times,
        None => entries.push(Entry { slot: slot.clone(), depth: times }),
    });
}

/// This thread gives it back, `times` at once.
pub(super) fn leave(key: (Id, usize), times: u32) -> Left {
    with(|entries| {
        let Some(at) = entries.iter().rposition(|entry| entry.slot.id() == key) else {
            return Left::NotHeld;
        };
        entries[at].depth = entries[at].depth.saturating_sub(times);
        match entries[at].depth {
            0 => {
                let last = entries.swap_remove(at).slot;
                if entries.is_empty() {
                    entries.shrink_to_fit();
                }
                Left::Last(last)
            }
            _ => Left::StillHeld,
        }
    })
}

fn with<T>(look: impl FnOnce(&mut SmallVec<[Entry; 1]>) -> T) -> T {
    let pid = os::own_pid();
    HELD.with_borrow_mut(|held| {
        if held.pid != pid {
            held.pid = pid;
            held.entries.clear();
        }
        look(&mut held.entries)
    })
}
