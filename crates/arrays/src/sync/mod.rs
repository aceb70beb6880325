//! Locks between processes, in shared memory.
//!
//! | what | made of | when a process is killed |
//! |---|---|---|
//! | [`Lock`] | the C library's robust mutex | the next one gets it, and is told ([`Entered::AfterDeath`]) |
//! | [`Condition`] | a word to sleep on for each who waits | who waited is passed over |
//! | [`Barrier`] | a [`Lock`] and a word | in the middle of it: it breaks; elsewhere: it breaks by its time to wait |
//! | [`Event`] | a word | nothing to tell |
//! | [`Semaphore`] | a word | what it had taken stays taken: a semaphore has no holder |
//!
//! Each lies in a [`Slot`] of a shared segment, and is opened elsewhere by the slot's handle. Who waits sleeps in slices,
//! and is asked between them whether to go on ([`Patience`]); no wait relies on a wake-up that a killed process owed.
//!
//! ```
//! # #[cfg(target_os = "linux")] {
//! use sharpest_arrays::sync::{Entered, Lock, Patience};
//!
//! let lock = Lock::new(false)?;
//! let handle = lock.slot().handle()?; // to be sent to another process
//! let same = Lock::open(&handle)?;
//!
//! match same.lock(&mut Patience::new(None, &mut || true))? {
//!     Entered::Clean => {}
//!     Entered::AfterDeath { .. } => same.mend(), // after what the lock guards was put right
//! }
//! assert_eq!(lock.holder(), Some(std::process::id()));
//! same.unlock()?;
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What has no lock of its own, semaphore and event, is written against a trait for the word that it sleeps on, and loom
//! tries the orders of its steps. What barriers and conditions do is done under a lock.
//!
//! Who has a handle is trusted: processes of one user, which could change the memory of these locks anyhow.

mod barrier;
mod condition;
mod event;
mod held;
mod lock;
mod patience;
mod semaphore;
mod slot;
mod word;

pub use barrier::{Arrived, Barrier};
pub use condition::{Condition, Woken};
pub use event::Event;
pub use lock::{Entered, Lock, NotHeld, Stats, time_in_locks};
pub use patience::{GaveUp, Patience};
pub use semaphore::{Semaphore, TooMany};
pub use slot::Slot;
