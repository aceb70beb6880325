//! When an answer is to end with what there is: Ctrl-C, or the time is up. It is asked often, from all workers, and by those
//! who do n² multiply-adds between two looks.

use crate::Status;
use crate::observer::Observer;
use std::time::{Duration, Instant};

/// However short the time, so much is spent on an answer: what is small is done by then, and need not be called unfinished.
const LEAST: Duration = Duration::from_millis(100);

/// Who may end it.
pub(crate) struct Halt<'a> {
    observer: &'a dyn Observer,
    deadline: Option<Instant>,
}

impl<'a> Halt<'a> {
    /// Ends when `observer` says so, or when so much `time` is over since the data were read, which was at `read`.
    pub(crate) fn new(observer: &'a dyn Observer, read: Instant, time: Option<Duration>) -> Self {
        let deadline = time.and_then(|time| read.checked_add(time));
        let least = Instant::now() + LEAST;
        Self { observer, deadline: deadline.map(|deadline| deadline.max(least)) }
    }

    /// What an answer is that ends now; `None` if it need not.
    pub(crate) fn status(&self) -> Option<Status> {
        let is_over = || self.deadline.is_some_and(|deadline| Instant::now() >= deadline);
        if self.observer.stopped() {
            Some(Status::Incomplete)
        } else {
            is_over().then_some(Status::TimeLimit)
        }
    }
}
