//! Who may use a segment again: memory that a forked child inherited is also the child's.
#![allow(unsafe_code, reason = "the C library counts forks for us")]

use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering};

/// A stretch of this process's life between two forks. What was made in an earlier one, or in another process, somebody
/// else may have inherited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Epoch {
    pid: u32,
    forks: u64,
}

static FORKS: AtomicU64 = AtomicU64::new(0);

/// The one that lasts.
pub(crate) fn epoch() -> Epoch {
    static COUNTED: Once = Once::new();
    COUNTED.call_once(|| {
        // SAFETY: the handler may run at any fork, and only adds to a number: no lock, no memory, no call. It is registered
        // before and after, so that what is made while a fork is under way belongs to neither side. Where it cannot be
        // registered for want of memory, nothing can be shared either.
        let _ = unsafe { libc::pthread_atfork(Some(count), Some(count), Some(count)) };
    });
    Epoch { pid: super::own_pid(), forks: FORKS.load(Ordering::Relaxed) }
}

unsafe extern "C" fn count() {
    FORKS.fetch_add(1, Ordering::Relaxed);
}
