//! How long somebody is willing to wait, and who may call it off.

use std::time::{Duration, Instant};

/// The longest sleep after which it is asked whether to go on: what Ctrl-C waits for at most.
const SLICE: Duration = Duration::from_millis(50);

/// How long a wait may take, cut into slices, and a question that is asked between them.
///
/// The question answers whether to go on; a Python program looks for signals in it.
pub struct Patience<'a> {
    end: Option<Instant>,
    go_on: &'a mut dyn FnMut() -> bool,
    fresh: bool,
}

/// Why a wait ended without what was waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GaveUp {
    /// The time was over.
    #[error("the time to wait was over")]
    TimedOut,
    /// It was called off.
    #[error("the wait was called off")]
    Interrupted,
    /// It would never have ended: this thread waits for itself.
    #[error("this thread holds the lock already, and would wait for itself for ever")]
    Deadlock,
    /// The lock's memory was overwritten.
    #[error("the memory of the lock was overwritten")]
    Damaged,
}

impl<'a> Patience<'a> {
    /// Waits for `timeout`, or without end, as long as `go_on` says so.
    pub fn new(timeout: Option<Duration>, go_on: &'a mut dyn FnMut() -> bool) -> Patience<'a> {
        // A time beyond what the clock can count is without end.
        let end = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        Patience { end, go_on, fresh: true }
    }

    /// Whether it has no end.
    pub(crate) fn is_endless(&self) -> bool {
        self.end.is_none()
    }

    /// The same question, without an end.
    pub(crate) fn endless(&mut self) -> Patience<'_> {
        Patience { end: None, go_on: self.go_on, fresh: true }
    }

    /// How long to sleep next, or why not to.
    pub(crate) fn slice(&mut self) -> Result<Duration, GaveUp> {
        // Who has not slept yet need not be asked.
        if !std::mem::take(&mut self.fresh) && !(self.go_on)() {
            return Err(GaveUp::Interrupted);
        }
        let Some(end) = self.end else { return Ok(SLICE) };
        match end.saturating_duration_since(Instant::now()) {
            Duration::ZERO => Err(GaveUp::TimedOut),
            left => Ok(left.min(SLICE)),
        }
    }
}

impl std::fmt::Debug for Patience<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Patience").field("end", &self.end).finish_non_exhaustive()
    }
}

/// Waits as long as it takes, whatever happens: `f` gets a patience that nothing ends.
pub(crate) fn forever<T>(f: impl FnOnce(&mut Patience<'_>) -> T) -> T {
    f(&mut Patience::new(None, &mut || true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_time_is_over_at_once_and_without_a_question() {
        let mut ask = || panic!("it has not slept yet");
        assert_eq!(Patience::new(Some(Duration::ZERO), &mut ask).slice(), Err(GaveUp::TimedOut));
    }

    #[test]
    fn the_question_is_asked_between_slices() {
        let mut asked = 0;
        let mut ask = || {
            asked += 1;
            asked < 3
        };
        let mut patience = Patience::new(Some(Duration::MAX), &mut ask);
        assert_eq!(
            (patience.slice(), patience.slice(), patience.slice()),
            (Ok(SLICE), Ok(SLICE), Ok(SLICE))
        );
        assert_eq!(patience.slice(), Err(GaveUp::Interrupted));
    }
}
