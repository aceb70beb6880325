//! The doctor: watches a tree of processes from outside, and the Python interpreters in it from inside, and says in plain
//! words with figures why it is slow and what to change.
//!
//! 1. [`watch`] starts a program or attaches to one, and samples it to its end (`watch`, `sample`, `tree`). The start-up hook
//!    in `hook/` writes down what happens inside Python (`inside`). [`watch_willing`] is for a program that asks for it.
//! 2. What was seen is a [`Recording`]: numbers, nothing else (`recording`).
//! 3. [`findings`] are pure functions of a recording (`findings`).
//! 4. A [`Diagnosis`] is shown as text, HTML or JSON (`report`).
//!
//! It knows nothing of finance and of the other rooms.

mod error;
mod findings;
mod inside;
mod recording;
mod report;
#[cfg(target_os = "linux")]
mod sample;
#[cfg(target_os = "linux")]
mod tree;
#[cfg(target_os = "linux")]
mod watch;
#[cfg(not(target_os = "linux"))]
#[path = "watch/unsupported.rs"]
mod watch;

pub use error::Error;
pub use findings::{Confidence, Finding, Kind, findings};
pub use inside::{
    Allocation, Array, Attach, Blas, Inside, Launch, Lock, Part, Pickles, Pooled, Random, Tasks,
    Unpacked, Worker,
};
pub use recording::{
    Ending, Left, Machine, Moment, Probe, Process, Recording, Slept, Slice, Thread, Watching,
};
pub use report::{Diagnosis, explain, fragment, html, text};
pub use watch::{watch, watch_willing};

use std::ffi::OsString;

/// What to watch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A program to start: its name and its arguments.
    Start(Vec<OsString>),
    /// A process that runs.
    Attach(i32),
}

/// How to watch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Settings {
    /// Leave Python alone and look from outside only.
    pub outside_only: bool,
    /// Have Python say which lines allocate, which makes it slower.
    pub allocations: bool,
    /// Run the program once more on one core, to see whether its workers wait for memory.
    pub probe: bool,
}
