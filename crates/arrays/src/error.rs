//! What can go wrong with shared memory, in the words of the person who asked for it.

use std::io;

/// Why an array could not be made, sealed, handed over or opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is less memory than the array needs.
    #[error("{wanted} of shared memory wanted, {available} available{}", limit.map_or("", Limit::place))]
    OutOfMemory {
        /// Bytes asked for.
        wanted: Bytes,
        /// Bytes that could be had.
        available: Bytes,
        /// What sets the limit, where it is known.
        limit: Option<&'static Limit>,
    },
    /// The process has no descriptor left.
    #[error(
        "no file descriptor left (the limit is {limit}): each segment that this process made takes one; \
         put many arrays in one segment, close what is done, or raise the limit (ulimit -n)"
    )]
    OutOfDescriptors {
        /// The limit of the process.
        limit: u64,
    },
    /// The process that held the array has gone, and the array with it.
    #[error(
        "the process {pid} that shared this array is gone, or has closed it; keep it open until the others have opened it"
    )]
    OwnerGone {
        /// Who held it.
        pid: u32,
    },
    /// The process that held the array may not be looked into.
    #[error(
        "the array of process {pid} cannot be opened from here: it belongs to another user or container"
    )]
    OutOfReach {
        /// Who holds it.
        pid: u32,
    },
    /// A segment or a token that is not one of ours, or is damaged.
    #[error("not a segment of shared arrays: {0}")]
    Damaged(&'static str),
    /// A segment that its maker could still change.
    #[error("the segment is not sealed: whoever made it could still change it")]
    NotSealed,
    /// Somebody can still write to the array.
    #[error("{views} writable {} of this array still alive: delete {} before it is frozen",
        if *views == 1 { "view is" } else { "views are" }, if *views == 1 { "it" } else { "them" })]
    StillWritten {
        /// How many.
        views: usize,
    },
    /// A shape that cannot be laid out.
    #[error("{0}")]
    Layout(String),
    /// There is no array of this name.
    #[error("no array is published as {0:?}; `sharpest arrays list` names those that are")]
    NoSuchName(String),
    /// There is an array of this name already.
    #[error("an array is already published as {name:?}, by process {pid}")]
    NameTaken {
        /// The name.
        name: String,
        /// Who published it.
        pid: u32,
    },
    /// A name that cannot be one.
    #[error(
        "{0:?} cannot be a name: use up to 100 letters, digits, dots, dashes and underscores, not starting with a dot"
    )]
    BadName(String),
    /// The holder of a lock died with it.
    #[error("the process that held this lock died; what it guards may be half done")]
    OwnerDied,
    /// The operating system cannot do this.
    #[error("shared arrays are not supported on this system yet: they need Linux")]
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

/// What bounds the memory of this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// The machine's memory.
    Machine,
    /// The control group: a container's or a service's.
    Group,
    /// The file system that names lie in.
    Names,
}

impl Limit {
    /// Where the limit lies, as the end of a sentence.
    fn place(&self) -> &'static str {
        match self {
            Limit::Machine => " on this machine",
            Limit::Group => " within this container's limit",
            Limit::Names => " in /dev/shm (in a container, see its --shm-size)",
        }
    }
}

/// A number of bytes, written for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bytes(pub u64);

impl std::fmt::Display for Bytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const UNITS: [(u64, &str); 4] =
            [(1 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
        match UNITS.iter().find(|(unit, _)| self.0 >= *unit) {
            #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
            Some((unit, name)) => write!(f, "{:.1} {name}", self.0 as f64 / *unit as f64),
            None => write!(f, "{} bytes", self.0),
        }
    }
}
