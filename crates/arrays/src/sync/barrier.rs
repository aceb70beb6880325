//! A place where processes wait for each other.
#![allow(unsafe_code, reason = "vouches that its state may lie in shared memory")]

use super::lock::{Entered, LockState};
use super::patience::{GaveUp, Patience, forever};
use super::slot::{Resident, Shared, Slot};
use super::word::Word;
use crate::error::Result;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// Lets nobody pass until all have come, again and again.
///
/// It breaks, for everybody, when one of them waits longer than it wants to, when somebody calls [`Barrier::abort`], and
/// when a process is killed in the middle of it. One that is killed elsewhere just does not come: that is what the time
/// to wait is for.
#[derive(Debug)]
pub struct Barrier(Shared<State>);

#[repr(C)]
#[derive(Debug)]
struct State {
    tag: AtomicU32,
    parties: AtomicU32,
    /// How many have come.
    arrived: AtomicU32,
    broken: AtomicU32,
    /// How often those who had come were let go, and what they sleep on.
    rounds: AtomicU32,
    /// For each of the last 64 rounds, whether it was broken: who wakes up late still learns it.
    bad: AtomicU64,
    /// Guards all of it, and is held during the action of the last.
    guard: LockState,
}

// SAFETY: `repr(C)`, atomics and a `LockState`, which may lie there, the tag first; any numbers are a barrier.
unsafe impl Resident for State {
    const KIND: u8 = b'b';
}

/// What became of one who came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Arrived {
    /// All have come. The number tells in which order: the first has 0.
    Passed(u32),
    /// The barrier is broken.
    Broken,
}

/// The last one who came, and holds the guard until the others are let go. If that does not come to pass, the barrier
/// breaks.
struct Last<'a> {
    barrier: &'a Barrier,
    round: u32,
    released: bool,
}

impl Barrier {
    /// A barrier for so many parties.
    ///
    /// # Errors
    /// As [`Slot::new`].
    pub fn new(parties: u32) -> Result<Barrier> {
        let fill = |state: &State| {
            state.parties.store(parties.max(1), Ordering::Relaxed);
            state.guard.init(true); // the action may abort it
        };
        Shared::new(fill).map(Barrier)
    }

    /// Opens another process's.
    ///
    /// # Errors
    /// As [`Slot::open`].
    pub fn open(handle: &[u8]) -> Result<Barrier> {
        Shared::open(handle).map(Barrier)
    }

    /// Where it lies.
    #[must_use]
    pub fn slot(&self) -> &Slot {
        self.0.slot()
    }

    /// Comes to the barrier, and waits for the others. Where the time is over the barrier breaks. The last who comes does
    /// the `action`, and the others are let go after it; where it fails, the barrier breaks.
    ///
    /// # Errors
    /// [`GaveUp::Interrupted`] where the wait was called off: as if this one had not come.
    pub fn wait(
        &self,
        patience: &mut Patience<'_>,
        action: &mut dyn FnMut() -> bool,
    ) -> Result<Arrived, GaveUp> {
        let state = &*self.0;
        self.enter(&mut patience.endless())?;
        if state.broken.load(Ordering::Relaxed) != 0 {
            self.leave();
            return Ok(Arrived::Broken);
        }
        let round = Word::load(&state.rounds);
        let number = state.arrived.fetch_add(1, Ordering::Relaxed);
        if number + 1 >= state.parties.load(Ordering::Relaxed) {
            let mut last = Last { barrier: self, round, released: false };
            last.released = action();
            drop(last);
        } else {
            self.leave();
            self.sit_out(round, patience)?;
        }
        let bad = state.bad.load(Ordering::SeqCst) & bit(round) != 0;
        Ok(if bad { Arrived::Broken } else { Arrived::Passed(number) })
    }

    /// Waits for the others, or gives up: for all of them, where the time is over, or only for itself.
    fn sit_out(&self, round: u32, patience: &mut Patience<'_>) -> Result<(), GaveUp> {
        let Err(gave_up) = self.sleep(round, patience) else { return Ok(()) };
        let interrupted = gave_up == GaveUp::Interrupted;
        self.change(|state| {
            let over = Word::load(&state.rounds) != round;
            if !over && interrupted {
                state.arrived.fetch_sub(1, Ordering::Relaxed);
            } else if !over {
                self.end_round(true);
            }
        });
        if interrupted { Err(gave_up) } else { Ok(()) }
    }

    /// Breaks it, for those who wait and for all who come later.
    pub fn abort(&self) {
        self.change(|state| {
            state.broken.store(1, Ordering::Relaxed);
            self.end_round(true);
        });
    }

    /// Makes it as new. Those who wait find it broken.
    pub fn reset(&self) {
        self.change(|state| {
            if state.arrived.load(Ordering::Relaxed) > 0 {
                self.end_round(true);
            }
            state.broken.store(0, Ordering::Relaxed);
        });
    }

    /// How many have to come.
    #[must_use]
    pub fn parties(&self) -> u32 {
        self.0.parties.load(Ordering::Relaxed)
    }

    /// How many have come and wait.
    #[must_use]
    pub fn waiting(&self) -> u32 {
        self.0.arrived.load(Ordering::SeqCst)
    }

    /// Whether it is broken.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.0.broken.load(Ordering::SeqCst) != 0
    }

    /// Sleeps until the round is over. Between two naps it looks after the last one, who may have died in his action.
    fn sleep(&self, round: u32, patience: &mut Patience<'_>) -> Result<(), GaveUp> {
        while Word::load(&self.0.rounds) == round {
            self.0.rounds.wait(round, patience.slice()?);
            if Word::load(&self.0.rounds) == round
                && let Some(entered) = self.0.guard.try_lock(self.slot())
            {
                self.entered(entered);
                self.leave();
            }
        }
        Ok(())
    }

    /// Ends the round under the guard, and lets go of those who wait.
    fn end_round(&self, bad: bool) {
        let state = &*self.0;
        let round = Word::load(&state.rounds);
        if bad {
            state.bad.fetch_or(bit(round), Ordering::SeqCst);
            state.broken.store(1, Ordering::SeqCst);
        } else {
            state.bad.fetch_and(!bit(round), Ordering::SeqCst);
        }
        state.arrived.store(0, Ordering::SeqCst);
        state.rounds.store(round.wrapping_add(1), Ordering::SeqCst);
        state.rounds.wake(u32::MAX);
    }

    fn change(&self, change: impl FnOnce(&State)) {
        if forever(|patience| self.enter(patience)).is_ok() {
            change(&self.0);
            self.leave();
        }
    }

    fn enter(&self, patience: &mut Patience<'_>) -> Result<(), GaveUp> {
        let entered = self.0.guard.lock(self.slot(), patience)?;
        self.entered(entered);
        Ok(())
    }

    /// Whoever died with the guard may have left the numbers half changed: that breaks the barrier.
    fn entered(&self, entered: Entered) {
        if entered != Entered::Clean {
            self.end_round(true);
            self.0.guard.mend();
        }
    }

    fn leave(&self) {
        // It was taken by this thread just now.
        let _ = self.0.guard.unlock(self.slot());
    }
}

impl Drop for Last<'_> {
    fn drop(&mut self) {
        // The action may have ended it already.
        if Word::load(&self.barrier.0.rounds) == self.round {
            self.barrier.end_round(!self.released);
        }
        self.barrier.leave();
    }
}

/// The bit of a round among the last 64.
fn bit(round: u32) -> u64 {
    1 << (round % 64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// The number of one who passed, none where it is broken.
    fn pass(barrier: &Barrier, timeout: Option<Duration>) -> Option<u32> {
        let mut go_on = || true;
        match barrier.wait(&mut Patience::new(timeout, &mut go_on), &mut || true).unwrap() {
            Arrived::Passed(number) => Some(number),
            Arrived::Broken => None,
        }
    }

    fn all<T: Send>(parties: u32, f: impl Fn() -> T + Sync) -> Vec<T> {
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..parties).map(|_| scope.spawn(&f)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        })
    }

    #[test]
    fn all_pass_together_round_after_round() {
        let (barrier, count) = (Barrier::new(4).unwrap(), AtomicU32::new(0));
        all(4, || {
            for round in 0..200 {
                assert!(count.load(Ordering::SeqCst) >= round * 4);
                count.fetch_add(1, Ordering::SeqCst);
                pass(&barrier, None).unwrap();
                assert!(count.load(Ordering::SeqCst) >= (round + 1) * 4);
                pass(&barrier, None).unwrap();
            }
        });
        let mut numbers = all(4, || pass(&barrier, None).unwrap());
        numbers.sort_unstable();
        assert_eq!(numbers, [0, 1, 2, 3]);
    }

    #[test]
    fn who_waits_too_long_breaks_it_for_all_until_it_is_reset() {
        let barrier = Barrier::new(3).unwrap();
        assert_eq!(all(2, || pass(&barrier, Some(Duration::from_millis(20)))), [None, None]);
        assert!(barrier.is_broken() && barrier.waiting() == 0);
        assert_eq!(pass(&barrier, None), None);
        barrier.reset();
        assert!(all(3, || pass(&barrier, None)).iter().all(Option::is_some));
    }

    #[test]
    fn a_last_one_who_fails_breaks_it() {
        let barrier = Barrier::new(2).unwrap();
        let arrived = all(2, || forever(|patience| barrier.wait(patience, &mut || false)));
        assert_eq!(arrived, [Ok(Arrived::Broken); 2]);
        assert!(barrier.is_broken());
    }

    #[test]
    fn a_last_one_may_abort_it() {
        let barrier = Barrier::new(1).unwrap();
        let mut action = || {
            barrier.abort();
            true
        };
        let arrived = forever(|patience| barrier.wait(patience, &mut action));
        assert_eq!(arrived, Ok(Arrived::Broken));
        assert!(barrier.is_broken());
    }

    #[test]
    fn who_is_called_off_has_not_come() {
        let barrier = Barrier::new(2).unwrap();
        let end = barrier.wait(&mut Patience::new(None, &mut || false), &mut || true);
        assert_eq!(end, Err(GaveUp::Interrupted));
        assert!(!barrier.is_broken() && barrier.waiting() == 0);
    }
}
