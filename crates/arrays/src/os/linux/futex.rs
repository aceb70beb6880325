//! Sleeping on a word of shared memory until somebody changes it.

use rustix::thread::futex::{Flags, Timespec, wait, wake};
use std::sync::atomic::AtomicU32;
use std::time::Duration;

/// Sleeps while `word` is `expected`: until somebody wakes it, a signal comes, `slice` is over, or for no reason.
pub(crate) fn futex_wait(word: &AtomicU32, expected: u32, slice: Duration) {
    let slice = Timespec {
        tv_sec: i64::try_from(slice.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: slice.subsec_nanos().into(),
    };
    // Not private: other processes sleep on it. Whatever ends the sleep, the caller looks at the word.
    let _ = wait(word, Flags::empty(), expected, Some(&slice));
}

/// Wakes up to `count` that sleep on `word`, and says how many those were.
pub(crate) fn futex_wake(word: &AtomicU32, count: u32) -> usize {
    // The kernel counts with a sign.
    wake(word, Flags::empty(), count.min(i32::MAX as u32)).unwrap_or(0)
}

/// The calling thread's number.
pub(crate) fn thread_id() -> u32 {
    rustix::thread::gettid().as_raw_nonzero().get().unsigned_abs()
}

/// Whether a thread of a process still runs. One that was killed and not yet collected by its parent does not.
pub(crate) fn is_alive(pid: u32, tid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/task/{tid}/stat"));
    // "pid (name) state …", and the name may hold anything.
    let state = |text: String| text.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next());
    stat.ok().and_then(state).is_some_and(|state| !matches!(state, 'Z' | 'X' | 'x'))
}
