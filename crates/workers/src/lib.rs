//! Worker processes that run tasks over shared arrays: supervised, so that a death costs a task another try and no more.
//!
//! 1. [`launch`](Launch): whoever starts a worker says by which command line; or it forks workers itself and has them
//!    [adopted](Pool::adopt).
//! 2. [`Pool`]: takes tasks, gives each to the worker that finished last, and delivers each [`Finished`] one exactly once
//!    to a thread that waits. No thread of the pool receives: the one that waits does.
//! 3. [`Seat`]: the worker's end. It takes [`Task`]s and answers them; [`serve`] is its loop.
//! 4. [`Message`]: opaque bytes and segments. Small bytes travel in the message, everything above [`INLINE`] in shared
//!    memory.
//! 5. [`Queue`]: messages between processes that have no pool.
//! 6. [`Ledger`]: what crossed, and how long it took.
//!
//! This crate knows no finance, and nothing of what a task means. It needs Linux; elsewhere it compiles, and a pool says
//! that it cannot be had.

mod error;

#[cfg(all(target_os = "linux", not(sharpest_unsupported)))]
mod arena;
#[cfg(all(target_os = "linux", not(sharpest_unsupported)))]
mod books;
#[cfg(all(target_os = "linux", not(sharpest_unsupported)))]
mod channel;
#[cfg(all(target_os = "linux", not(sharpest_unsupported)))]
mod cores;
#[cfg(all(target_os = "linux", not(sharpest_unsupported)))]
mod launch;
#[cfg(all(target_os = "linux", not(sharpest_unsupported)))]
mod ledger;
#[cfg(all(target_os = "linux", not(sharpest_unsupported)))]
mod message;
#[cfg(all(target_os = "linux", not(sharpest_unsupported)))]
mod pool;
#[cfg(all(target_os = "linux", not(sharpest_unsupported)))]
mod queue;
#[cfg(all(target_os = "linux", not(sharpest_unsupported)))]
mod recall;
#[cfg(all(target_os = "linux", not(sharpest_unsupported)))]
mod seat;
#[cfg(all(target_os = "linux", not(sharpest_unsupported)))]
mod watch;
#[cfg(all(target_os = "linux", not(sharpest_unsupported)))]
mod worker;

pub use error::{Ending, Error, Result};

#[cfg(all(target_os = "linux", not(sharpest_unsupported)))]
pub use {
    arena::Segment,
    books::ledger_cost,
    launch::{Hired, Launch},
    ledger::{Crossed, Entry, Ledger, Share},
    message::{Body, INLINE, MOST_FILES, Message},
    pool::{Answer, Finished, Next, Pool, Settings, TaskId, Terms, usable_cores},
    queue::{Letter, Queue},
    seat::{Seat, Task, Work, serve},
};

#[cfg(not(all(target_os = "linux", not(sharpest_unsupported))))]
mod unsupported;
#[cfg(not(all(target_os = "linux", not(sharpest_unsupported))))]
pub use unsupported::{Launch, Pool, Settings};
