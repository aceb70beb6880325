//! What can go wrong with workers, in the words of the person whose tasks they run.

use std::fmt;
use std::io;

/// Why a task has no answer, or a pool cannot be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A worker died while it ran a task, for the last time that the task was to be tried.
    #[error("worker {pid} {ending} while it ran task {task}{}", tries(*.tried))]
    WorkerDied {
        /// Which process.
        pid: u32,
        /// How it ended.
        ending: Ending,
        /// Which task.
        task: u64,
        /// How often it was tried.
        tried: u32,
    },
    /// A task took longer than it may, and its worker was killed.
    #[error("task {task} took longer than {seconds} s: its worker {pid} was killed")]
    Deadline {
        /// Which task.
        task: u64,
        /// How long it was given.
        seconds: f64,
        /// Which process.
        pid: u32,
    },
    /// A task was taken back before it began.
    #[error("task {task} was cancelled")]
    Cancelled {
        /// Which task.
        task: u64,
    },
    /// The pool cannot go on.
    #[error("the pool of workers is broken: {reason}")]
    Broken {
        /// Why.
        reason: String,
    },
    /// The pool takes no tasks any more.
    #[error("the pool of workers is closed")]
    Closed,
    /// A forked child uses the pool of its parent.
    #[error("this pool of workers belongs to process {owner}: a forked child needs its own")]
    Forked {
        /// Whose it is.
        owner: u32,
    },
    /// More segments and files than a message can carry.
    #[error("{given} segments and files in one message: at most {most} fit")]
    TooManyFiles {
        /// How many there are.
        given: usize,
        /// How many can be.
        most: usize,
    },
    /// Descriptors that came with a message found no place in this process.
    #[error(
        "no file descriptor left for what a worker sent: close what is done, or raise the limit (ulimit -n)"
    )]
    NoDescriptors,
    /// Bytes that are no message of a worker.
    #[error("not a message of a worker: {0}")]
    Damaged(&'static str),
    /// A worker has an answer that it cannot send.
    #[error("a worker cannot send its answer: {what}")]
    Failed {
        /// What it said.
        what: String,
    },
    /// Shared memory: there is not enough of it, or it cannot be passed on.
    #[error(transparent)]
    Memory(#[from] sharpest_arrays::Error),
    /// A worker that cannot be started.
    #[error("cannot start a worker with {command}: {source}")]
    Start {
        /// The command line.
        command: String,
        /// What the system said.
        source: io::Error,
    },
    /// The operating system cannot do this.
    #[error("worker processes are not supported on this system yet: they need Linux; use threads")]
    Unsupported,
    /// The operating system refused.
    #[error("{what}: {source}")]
    System {
        /// What was being done.
        what: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

/// What an operation of this crate gives.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// By itself, with this status.
    Status(i32),
    /// By this signal.
    Signal(i32),
    /// Its parent, who alone is told, is another process; or it had no time to tell.
    Unknown,
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const NAMES: [(i32, &str); 7] = [
            (4, "SIGILL"),
            (6, "SIGABRT"),
            (7, "SIGBUS"),
            (8, "SIGFPE"),
            (9, "SIGKILL"),
            (11, "SIGSEGV"),
            (15, "SIGTERM"),
        ];
        match *self {
            Ending::Status(status) => write!(f, "exited with status {status}"),
            Ending::Signal(signal) => match NAMES.iter().find(|(number, _)| *number == signal) {
                Some((9, name)) => {
                    write!(f, "was killed by {name} (by somebody, or for want of memory)")
                }
                Some((_, name)) => write!(f, "was killed by {name}"),
                None => write!(f, "was killed by signal {signal}"),
            },
            Ending::Unknown => write!(f, "died"),
        }
    }
}

/// How often, where that is more than once.
fn tries(tried: u32) -> String {
    if tried > 1 { format!("; it was tried {tried} times") } else { String::new() }
}
