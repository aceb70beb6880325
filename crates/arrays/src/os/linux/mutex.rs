//! A mutex in shared memory that survives its holder: the C library's robust one.
#![allow(
    unsafe_code,
    reason = "the C library's mutex is the only one whose holder's death the kernel tells"
)]

use std::cell::UnsafeCell;
use std::ffi::c_int;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// `PTHREAD_MUTEX_ROBUST`, which the `libc` crate has for other systems only; 1 in glibc and in musl.
const ROBUST: c_int = 1;

/// A mutex that lies in shared memory, and is made there by [`RawMutex::init`]. All zeros are a mutex too, though not a
/// robust one.
#[repr(C, align(8))]
#[derive(Debug)]
pub(crate) struct RawMutex(UnsafeCell<libc::pthread_mutex_t>);

// SAFETY: a mutex is there to be used by several threads, and is changed by the C library's atomic operations only.
unsafe impl Sync for RawMutex {}

/// What came of the attempt to lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attempt {
    /// It is held.
    Locked,
    /// It is held, and who held it before died with it.
    OwnerDied,
    /// Somebody else holds it.
    Busy,
    /// It is no mutex: its memory was overwritten.
    Damaged,
}

impl RawMutex {
    /// Makes it process-shared and robust. Nobody else may know of it yet.
    pub(crate) fn init(&self) {
        let mut kind = std::mem::MaybeUninit::<libc::pthread_mutexattr_t>::uninit();
        let kind = kind.as_mut_ptr();
        // SAFETY: `kind` is room for attributes, which this call fills; it cannot fail in glibc and musl.
        unsafe { libc::pthread_mutexattr_init(kind) };
        // SAFETY: the attributes were initialized above, and the value is one of the two that there are.
        unsafe { libc::pthread_mutexattr_setpshared(kind, libc::PTHREAD_PROCESS_SHARED) };
        // SAFETY: as above.
        unsafe { libc::pthread_mutexattr_setrobust(kind, ROBUST) };
        // SAFETY: the place is aligned and large enough by its type, and nobody uses it: the caller has just allotted it.
        unsafe { libc::pthread_mutex_init(self.0.get(), kind) };
        // SAFETY: they were initialized above and are not used again. Neither library frees anything here.
        unsafe { libc::pthread_mutexattr_destroy(kind) };
    }

    /// Locks it if nobody holds it.
    pub(crate) fn try_lock(&self) -> Attempt {
        // SAFETY: the reference proves that the mutex is mapped. It was initialized before anybody was told of it. What
        // others with a token do to it is their trust to break: they are processes of the same user.
        self.settle(unsafe { libc::pthread_mutex_trylock(self.0.get()) })
    }

    /// Locks it, or gives up after `slice`. A signal does not end the wait.
    pub(crate) fn lock(&self, slice: Duration) -> Attempt {
        // POSIX counts on the clock on the wall. Where somebody sets it back, this wait alone is longer by as much, but
        // not longer than until the lock is free.
        let end = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() + slice;
        let end = libc::timespec {
            tv_sec: libc::time_t::try_from(end.as_secs()).unwrap_or(libc::time_t::MAX),
            tv_nsec: end.subsec_nanos().into(),
        };
        // SAFETY: as in `try_lock`; the time lives through the call.
        self.settle(unsafe { libc::pthread_mutex_timedlock(self.0.get(), &raw const end) })
    }

    /// Unlocks it. The caller has argued that this thread holds it; where it does not, a robust mutex stays as it is.
    pub(crate) fn unlock(&self) -> bool {
        // SAFETY: as in `try_lock`; a robust mutex compares its holder with this thread before it does anything.
        unsafe { libc::pthread_mutex_unlock(self.0.get()) == 0 }
    }

    fn settle(&self, status: c_int) -> Attempt {
        match status {
            0 => Attempt::Locked,
            libc::EOWNERDEAD => {
                // SAFETY: this thread holds it, as EOWNERDEAD says. From here on it is a mutex like any other; that what
                // it guards may be half done is for the caller to tell.
                unsafe { libc::pthread_mutex_consistent(self.0.get()) };
                Attempt::OwnerDied
            }
            libc::EBUSY | libc::ETIMEDOUT | libc::EAGAIN => Attempt::Busy,
            _ => Attempt::Damaged,
        }
    }
}
