//! Waiting, without a lock that is held, for whoever changes what it guards.
//!
//! Everybody who waits has a place of its own to sleep on, so that a notification reaches exactly those who waited
//! longest, and so that one who was killed in his sleep can be told from one who is about to lie down. All changes are
//! made under the lock. The places are few; who finds none wakes up at every notification, which conditions allow.
#![allow(unsafe_code, reason = "vouches that its state may lie in shared memory")]

use super::lock::{Entered, Lock, NotHeld};
use super::patience::{GaveUp, Patience, forever};
use super::slot::{Resident, Shared, Slot};
use super::word::Word;
use crate::error::Result;
use crate::os;
use std::sync::atomic::{AtomicU32, Ordering};

/// How many can wait each on a place of its own.
const PLACES: usize = 120;

/// What a place's word says.
const FREE: u32 = 0;
const WAITING: u32 = 1;
const NOTIFIED: u32 = 2;

/// A condition variable. It goes with one lock, which all who use it name.
#[derive(Debug)]
pub struct Condition(Shared<State>);

#[repr(C)]
#[derive(Debug)]
struct State {
    tag: AtomicU32,
    /// How often anybody was notified: what those sleep on who found no place.
    notified: AtomicU32,
    /// The turn of who comes next.
    turns: AtomicU32,
    places: [Place; PLACES],
}

#[repr(C)]
#[derive(Debug)]
struct Place {
    word: AtomicU32,
    turn: AtomicU32,
    pid: AtomicU32,
    tid: AtomicU32,
}

// SAFETY: `repr(C)`, atomics alone, the tag first, no addresses; any numbers are a condition.
unsafe impl Resident for State {
    const KIND: u8 = b'c';
}

/// How a wait ended. The lock is held again in any case, and this is how it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Woken {
    /// Notified, or why not.
    pub notified: Result<(), GaveUp>,
    /// How the lock was found.
    pub entered: Entered,
}

impl Condition {
    /// One that nobody waits for.
    ///
    /// # Errors
    /// As [`Slot::new`].
    pub fn new() -> Result<Condition> {
        Shared::new(|_: &State| {}).map(Condition)
    }

    /// Opens another process's.
    ///
    /// # Errors
    /// As [`Slot::open`].
    pub fn open(handle: &[u8]) -> Result<Condition> {
        Shared::open(handle).map(Condition)
    }

    /// Where it lies.
    #[must_use]
    pub fn slot(&self) -> &Slot {
        self.0.slot()
    }

    /// Lets go of the lock, waits for a notification, and takes the lock again.
    ///
    /// # Errors
    /// [`NotHeld`].
    pub fn wait(&self, lock: &Lock, patience: &mut Patience<'_>) -> Result<Woken, NotHeld> {
        if lock.depth() == 0 {
            return Err(NotHeld { holder: lock.holder() });
        }
        let place = self.lie_down();
        let seen = Word::load(&self.0.notified);
        let depth = lock.unlock_all()?;
        let slept = match place {
            Some(place) => sleep(&place.word, WAITING, patience),
            None => sleep(&self.0.notified, seen, patience),
        };
        // Without an end, and not to be called off: who waits on a condition relies on having the lock afterwards.
        let entered = forever(|patience| lock.lock(patience)).unwrap_or(Entered::Clean);
        lock.deepen(depth);
        let late = place.is_some_and(|place| {
            // A notification that came when the time was just over counts.
            place.word.swap(FREE, Ordering::SeqCst) == NOTIFIED
        });
        let notified = match slept {
            Err(GaveUp::Interrupted) if late => {
                self.wake(1); // another one may use it
                slept
            }
            Err(_) if late => Ok(()),
            slept => slept,
        };
        Ok(Woken { notified, entered })
    }

    /// Wakes the `count` who have waited longest, and says how many those were.
    ///
    /// # Errors
    /// [`NotHeld`].
    pub fn notify(&self, lock: &Lock, count: u32) -> Result<u32, NotHeld> {
        match lock.depth() {
            0 => Err(NotHeld { holder: lock.holder() }),
            _ => Ok(self.wake(count)),
        }
    }

    /// How many wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.0.places.iter().filter(|place| Word::load(&place.word) == WAITING).count()
    }

    fn wake(&self, count: u32) -> u32 {
        let mut woken = 0;
        while woken < count
            && let Some(place) = self.first()
        {
            place.word.store(NOTIFIED, Ordering::SeqCst);
            // Nobody sleeps there: on the way into or out of sleep, or dead, and then it is the next one's.
            if place.word.wake(1) == 0 && !place.is_alive() {
                place.word.store(FREE, Ordering::SeqCst);
            } else {
                woken += 1;
            }
        }
        self.0.notified.fetch_add(1, Ordering::SeqCst);
        self.0.notified.wake(u32::MAX);
        woken
    }

    /// The one who has waited longest.
    fn first(&self) -> Option<&Place> {
        let now = self.0.turns.load(Ordering::Relaxed);
        let waiting = self.0.places.iter().filter(|place| Word::load(&place.word) == WAITING);
        waiting.max_by_key(|place| now.wrapping_sub(place.turn.load(Ordering::Relaxed)))
    }

    /// Takes a place to sleep on, if there is one.
    fn lie_down(&self) -> Option<&Place> {
        let free = |place: &&Place| Word::load(&place.word) == FREE;
        let place = self.0.places.iter().find(free).or_else(|| {
            let dead = self.0.places.iter().filter(|place| !place.is_alive());
            dead.for_each(|place| place.word.store(FREE, Ordering::SeqCst));
            self.0.places.iter().find(free)
        })?;
        place.turn.store(self.0.turns.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        place.pid.store(os::own_pid(), Ordering::Relaxed);
        place.tid.store(os::thread_id(), Ordering::Relaxed);
        place.word.store(WAITING, Ordering::SeqCst);
        Some(place)
    }
}

impl Place {
    fn is_alive(&self) -> bool {
        os::is_alive(self.pid.load(Ordering::Relaxed), self.tid.load(Ordering::Relaxed))
    }
}

fn sleep<W: Word>(word: &W, while_it_is: u32, patience: &mut Patience<'_>) -> Result<(), GaveUp> {
    while word.load() == while_it_is {
        word.wait(while_it_is, patience.slice()?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;
    use std::time::Duration;

    fn take(lock: &Lock) {
        let _ = forever(|patience| lock.lock(patience)).unwrap();
    }

    #[test]
    fn those_who_waited_longest_are_woken_and_no_others() {
        let (lock, condition) = (Lock::new(true).unwrap(), Condition::new().unwrap());
        let (woken, order) = mpsc::channel();
        std::thread::scope(|scope| {
            for number in 0..PLACES + 3 {
                let (lock, condition, woken) = (&lock, &condition, woken.clone());
                let (ready, is_ready) = mpsc::channel();
                scope.spawn(move || {
                    take(lock);
                    take(lock);
                    ready.send(()).unwrap();
                    let end = forever(|patience| condition.wait(lock, patience)).unwrap();
                    assert_eq!((end.notified, lock.depth()), (Ok(()), 2));
                    woken.send(number).unwrap();
                    lock.unlock().unwrap();
                    lock.unlock().unwrap();
                });
                is_ready.recv().unwrap();
            }
            take(&lock); // the last one waits
            assert_eq!(condition.waiting(), PLACES);
            assert_eq!(condition.notify(&lock, 2), Ok(2));
            lock.unlock().unwrap();
            let mut first: Vec<_> = (0..5).map(|_| order.recv().unwrap()).collect();
            first.sort_unstable();
            assert_eq!(first, [0, 1, PLACES, PLACES + 1, PLACES + 2], "those without a place, too");
            take(&lock);
            assert_eq!(condition.notify(&lock, u32::MAX), Ok(u32::try_from(PLACES).unwrap() - 2));
            lock.unlock().unwrap();
        });
        assert_eq!(condition.waiting(), 0);
    }

    #[test]
    fn without_the_lock_nothing_is_waited_for() {
        let (lock, condition) = (Lock::new(false).unwrap(), Condition::new().unwrap());
        assert_eq!(condition.notify(&lock, 1), Err(NotHeld { holder: None }));
        assert!(forever(|patience| condition.wait(&lock, patience)).is_err());
        take(&lock);
        let mut go_on = || true;
        let mut short = Patience::new(Some(Duration::from_millis(1)), &mut go_on);
        let end = condition.wait(&lock, &mut short).unwrap();
        assert_eq!(end.notified, Err(GaveUp::TimedOut));
        assert_eq!((lock.depth(), condition.waiting()), (1, 0));
        lock.unlock().unwrap();
    }
}
