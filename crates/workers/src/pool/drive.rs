//! Waiting for workers. Of all threads that wait, one receives for the others; there is no thread that only receives,
//! since to be woken by one costs more than a short task.

use super::Settings;
use super::state::State;
use crate::channel::{Eagerness, PATIENCE, timespec};
use crate::error::{Error, Result};
use rustix::event::epoll::{self, EventData, EventFlags};
use rustix::event::{EventfdFlags, Timespec, eventfd};
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What the wake of who receives is known by.
const WAKE: u64 = u64::MAX;
/// Events that are taken at once.
const EVENTS: usize = 32;
/// How long a thread that stands in lets nobody receive before it does, and how often it looks: seldom where whoever receives
/// waits for longer than that, and tells it when he is done.
const COURTESY: Duration = Duration::from_micros(500);
const GLANCE: Duration = Duration::from_millis(2);
const SELDOM: Duration = Duration::from_millis(20);
/// After so many glances in which there was nothing to wait for it rests until a task comes.
const GLANCES: u32 = 50;

/// Who receives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Driver {
    /// A thread that waits for a task.
    Foreground,
    /// A thread that stands in.
    Background,
}

/// What the threads of a pool share.
#[derive(Debug)]
pub(crate) struct Shared {
    state: Mutex<State>,
    /// Told when tasks finished, or nobody receives any more.
    pub(crate) turn: Condvar,
    epoll: Arc<OwnedFd>,
    wake: OwnedFd,
    spin: bool,
    eagerness: Mutex<Eagerness>,
}

impl Shared {
    pub(crate) fn new(settings: Settings) -> Result<Shared> {
        let system = |error: rustix::io::Errno| Error::System {
            what: "making a pool of workers",
            source: error.into(),
        };
        let epoll = Arc::new(epoll::create(epoll::CreateFlags::CLOEXEC).map_err(system)?);
        let wake = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).map_err(system)?;
        epoll::add(&epoll, &wake, EventData::new_u64(WAKE), EventFlags::IN).map_err(system)?;
        let spin = settings.spin;
        let state = Mutex::new(State::new(settings, epoll.clone()));
        let eagerness = Mutex::default();
        Ok(Shared { state, turn: Condvar::new(), epoll, wake, spin, eagerness })
    }

    /// The state is whole between any two operations, so that a panic elsewhere spoils nothing.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes who receives, to look at the state anew.
    pub(crate) fn ring(&self) {
        let _ = rustix::io::write(&self.wake, &1u64.to_ne_bytes()); // full: it is being woken
    }

    /// Receives, or waits while another thread does, until `check` finds something or the time is over.
    pub(crate) fn until<T>(
        &self,
        end: Option<Instant>,
        background: bool,
        mut check: impl FnMut(&mut State) -> Option<T>,
    ) -> Option<T> {
        let mut state = self.lock();
        let mut courtesy = Courtesy::default();
        let found = loop {
            if let Some(found) = check(&mut state) {
                break Some(found);
            }
            if end.is_some_and(|end| Instant::now() >= end) {
                break None;
            }
            if let Some(driver) = state.driving {
                if !background && driver == Driver::Background {
                    self.ring();
                }
                courtesy.since = None;
                // Nobody is told when a thread stops receiving that is not known to wait for long: so look.
                let glance = background.then(|| courtesy.glance(&mut state));
                let time = glance.into_iter().chain(end.map(remaining)).min();
                state = self.pause(state, background, time);
            } else if background && let Some(time) = courtesy.owed(&mut state) {
                let time = time.into_iter().chain(end.map(remaining)).min();
                state = self.pause(state, true, time);
            } else {
                state = self.drive(state, background, end);
            }
        };
        let unseen = state.driving.is_none() && std::mem::take(&mut state.seldom);
        if state.waiting > 0 || (unseen && !background) {
            self.turn.notify_all(); // somebody else has to receive now
        }
        found
    }

    /// Receives once.
    fn drive<'a>(
        &'a self,
        mut state: MutexGuard<'a, State>,
        background: bool,
        end: Option<Instant>,
    ) -> MutexGuard<'a, State> {
        state.driving = Some(if background { Driver::Background } else { Driver::Foreground });
        state.drives += 1;
        let end = end.into_iter().chain(state.next_deadline()).min();
        state.wakes = end;
        let spin = self.spin && state.has_core_to_wait();
        let rest = state.rest();
        drop(state);
        if let Some(rest) = rest {
            std::thread::sleep(rest);
        }
        let mut sources = [0; EVENTS];
        let count = self.wait(&mut sources, end, spin);
        let mut state = self.lock();
        state.driving = None;
        self.take(&mut state, &sources[..count]);
        state.enforce_deadlines();
        state.settle();
        // One that stands in does not go on receiving when somebody waits: that one has to be told. And it may start workers.
        let stands_in = !background && state.wanted() > 0;
        if stands_in || (state.waiting > 0 && (state.news() || background)) {
            self.turn.notify_all();
        }
        state
    }

    /// Receives what is there, unless another thread receives.
    pub(crate) fn glance(&self) {
        let mut state = self.lock();
        if state.driving.is_some() || state.rest().is_some() {
            return;
        }
        let mut sources = [0; EVENTS];
        let count = self.look(&mut sources, Some(&Timespec { tv_sec: 0, tv_nsec: 0 }));
        self.take(&mut state, &sources[..count]);
        state.settle();
        if state.waiting > 0 && state.news() {
            self.turn.notify_all();
        }
    }

    fn take(&self, state: &mut State, sources: &[u64]) {
        for &source in sources {
            if source == WAKE {
                let _ = rustix::io::read(&self.wake, &mut [0; 8]); // somebody else may have
            } else {
                state.happened(source);
            }
        }
        state.received = Instant::now();
    }

    /// Waits for events, first awake, then asleep, and says how many there are and whence.
    fn wait(&self, sources: &mut [u64; EVENTS], end: Option<Instant>, spin: bool) -> usize {
        let began = Instant::now();
        let mut eagerness = self.eagerness.lock().unwrap_or_else(PoisonError::into_inner);
        let spin = spin && eagerness.is_worth_it();
        let limit = end.map_or(PATIENCE, |end| PATIENCE.min(remaining(end)));
        let mut count = 0;
        while spin && count == 0 && began.elapsed() < limit {
            count = self.look(sources, Some(&Timespec { tv_sec: 0, tv_nsec: 0 }));
        }
        if count == 0 {
            let timeout = end.map(|end| timespec(remaining(end)));
            count = self.look(sources, timeout.as_ref());
        }
        eagerness.note(spin, began.elapsed());
        count
    }

    fn look(&self, sources: &mut [u64; EVENTS], timeout: Option<&Timespec>) -> usize {
        let mut room = [MaybeUninit::uninit(); EVENTS];
        // A signal ends the wait: who waits looks at the clock, and waits again.
        let events = epoll::wait(&self.epoll, &mut room, timeout).map(|(events, _)| {
            for (source, event) in sources.iter_mut().zip(events.iter()) {
                *source = event.data.u64();
            }
            events.len()
        });
        events.unwrap_or(0)
    }

    /// Waits to be told.
    fn pause<'a>(
        &self,
        mut state: MutexGuard<'a, State>,
        background: bool,
        time: Option<Duration>,
    ) -> MutexGuard<'a, State> {
        state.waiting += u32::from(!background);
        let mut state = match time {
            Some(time) => {
                let waited = self.turn.wait_timeout(state, time);
                waited.unwrap_or_else(PoisonError::into_inner).0
            }
            None => self.turn.wait(state).unwrap_or_else(PoisonError::into_inner),
        };
        state.waiting -= u32::from(!background);
        state
    }
}

/// What a thread that stands in owes to those that wait for a task themselves.
#[derive(Debug, Default)]
struct Courtesy {
    glances: u32,
    since: Option<Instant>,
    /// Who received at the last glance.
    drive: Option<u64>,
}

impl Courtesy {
    /// When to look whether another thread still receives: seldom once it has been seen to wait for long.
    fn glance(&mut self, state: &mut State) -> Duration {
        let before = self.drive.replace(state.drives);
        state.seldom = before.is_some_and(|before| state.drives - before <= 1);
        if state.seldom { SELDOM } else { GLANCE }
    }

    /// How long to stand back, `Some(None)` until a task comes; none when it is time to receive.
    #[expect(clippy::option_option, reason = "whether to wait, and for how long")]
    fn owed(&mut self, state: &mut State) -> Option<Option<Duration>> {
        if state.is_quiet() {
            self.since = None;
            self.glances += 1;
            state.resting = self.glances > GLANCES;
            return Some((!state.resting).then_some(GLANCE));
        }
        self.glances = 0;
        if state.waiting > 0 {
            self.since = None;
            return Some(Some(GLANCE));
        }
        let since = *self.since.get_or_insert_with(Instant::now);
        let left = COURTESY.checked_sub(since.elapsed()).filter(|left| !left.is_zero())?;
        Some(Some(left))
    }
}

/// The time that is left.
fn remaining(end: Instant) -> Duration {
    end.saturating_duration_since(Instant::now())
}
