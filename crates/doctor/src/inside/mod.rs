//! Inside: what the start-up hook wrote down in each Python interpreter of the program.

mod read;
mod slots;
pub(crate) mod twister;

pub(crate) use read::read;

use serde::{Deserialize, Serialize};

/// Everything that was written down, all processes together; empty where there was no hook.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Inside {
    /// Interpreters that the hook ran in: process and version.
    pub interpreters: Vec<(i32, String)>,
    /// Processes of multiprocessing that were started.
    pub launches: Vec<Launch>,
    /// Workers.
    pub workers: Vec<Worker>,
    /// Tasks of each worker and function.
    pub tasks: Vec<Tasks>,
    /// What each process packed.
    pub pickles: Vec<Pickles>,
    /// What the large ones held.
    pub parts: Vec<Part>,
    /// What the ledgers of `sharpest.Pool` say.
    pub pools: Vec<Pooled>,
    /// What each process unpacked or received.
    pub unpacked: Vec<Unpacked>,
    /// Locks that were waited for.
    pub locks: Vec<Lock>,
    /// Attaches of shared memory.
    pub attaches: Vec<Attach>,
    /// Segments of shared memory that were made: name and bytes.
    pub segments: Vec<(String, u64)>,
    /// States of random generators.
    pub random: Vec<Random>,
    /// Large arrays.
    pub arrays: Vec<Array>,
    /// Libraries of linear algebra: name, version, threads.
    pub blas: Vec<Blas>,
    /// Lines that hold memory at the end of a task, where that was asked for.
    pub allocations: Vec<Allocation>,
    /// Threads of the hook's own.
    pub own: Vec<i32>,
    /// Seconds that counting and describing cost.
    pub cost: f64,
}

/// A process was started.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Launch {
    /// Who started it.
    pub parent: i32,
    /// The process.
    pub child: i32,
    /// fork, spawn, forkserver or loky.
    pub method: String,
    /// When the starting began, in seconds since the watching did.
    pub at: f64,
    /// Seconds that it kept the parent.
    pub took: f64,
}

/// A process of multiprocessing, as it saw itself.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Worker {
    /// Its number.
    pub pid: i32,
    /// What it was called, such as `ForkPoolWorker-1`.
    pub name: String,
    /// What it runs.
    pub target: String,
    /// When it came to life.
    pub at: f64,
    /// When it had its first task, if it had one.
    pub ready: Option<f64>,
    /// CPU seconds that its first thread had used by then: interpreter, imports, initializer.
    pub start_cpu: f64,
    /// When it left, if it was not killed.
    pub left: Option<f64>,
}

/// Tasks of one function in one worker.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Tasks {
    /// The worker.
    pub pid: i32,
    /// Whether they came from a pool; otherwise the one task is the process's own target.
    pub pooled: bool,
    /// The function.
    pub function: String,
    /// Its file and line.
    pub place: String,
    /// Messages that brought them.
    pub messages: u64,
    /// Calls of the function.
    pub items: u64,
    /// Seconds in them.
    pub wall: f64,
    /// CPU seconds of the thread that ran them.
    pub cpu: f64,
    /// The longest message.
    pub longest: f64,
    /// When the first began and the last ended, in seconds since the watching did.
    pub span: (f64, f64),
    /// When the one began that was not over.
    pub unfinished: Option<f64>,
}

impl Tasks {
    /// Seconds in them until the worker ended, with the one that was not over.
    pub(crate) fn until(&self, ended: f64) -> f64 {
        self.wall + self.unfinished.map_or(0.0, |begun| (ended - begun).max(0.0))
    }
}

/// What one process packed, one way, for one function.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Pickles {
    /// The process.
    pub pid: i32,
    /// The way: `pool`, `executor`, `joblib` or `sharpest.Pool`, and `task` or `result`; or `process start`, or `message`.
    pub via: String,
    /// The function, if known.
    pub function: String,
    /// Messages.
    pub messages: u64,
    /// Bytes in all.
    pub bytes: u64,
    /// Seconds of packing.
    pub seconds: f64,
    /// The largest.
    pub largest: u64,
    /// Messages that were looked into, and their bytes.
    pub described: (u64, u64),
}

/// Something large in messages that were looked into.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// The process that packed.
    pub pid: i32,
    /// The way.
    pub via: String,
    /// The function.
    pub function: String,
    /// Where in the message, such as ``argument 3 `data` ``.
    pub path: String,
    /// What it is, such as `ndarray, 104×30 float64`.
    pub what: String,
    /// Times.
    pub count: u64,
    /// Bytes in all.
    pub bytes: u64,
    /// Bytes that crossed in shared memory instead.
    pub shared: u64,
}

/// Tasks of one function in the ledger of a `sharpest.Pool`. Times are sums over them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Pooled {
    /// The process that has the pool.
    pub pid: i32,
    /// The function.
    pub function: String,
    /// Tasks.
    pub tasks: u64,
    /// Bytes that crossed to workers in shared memory.
    pub shared: u64,
    /// Bytes that came back in it.
    pub shared_back: u64,
    /// Seconds in line for a worker.
    pub queued: f64,
    /// Seconds in the function.
    pub run: f64,
    /// Seconds from the worker's answer to its delivery.
    pub deliver: f64,
}

/// What one process took in.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Unpacked {
    /// The process.
    pub pid: i32,
    /// Messages unpacked.
    pub messages: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Seconds of unpacking.
    pub seconds: f64,
    /// Of them, those of messages that are not light.
    pub heavy: f64,
    /// Seconds in which large messages came through the pipe.
    pub receiving: f64,
}

/// Waits for a lock, at one line of one process.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Lock {
    /// The process.
    pub pid: i32,
    /// The function.
    pub function: String,
    /// The file and line.
    pub place: String,
    /// Waits longer than 50 µs.
    pub waits: u64,
    /// Seconds in all.
    pub seconds: f64,
    /// The longest.
    pub longest: f64,
}

/// Attaches of shared memory, in one function of one process.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Attach {
    /// The process.
    pub pid: i32,
    /// The function.
    pub function: String,
    /// The file and line.
    pub place: String,
    /// Times.
    pub times: u64,
    /// Seconds in all, without what it costs to touch the pages.
    pub seconds: f64,
    /// Different segments.
    pub segments: u64,
}

/// The state of a random generator at one moment of a process.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Random {
    /// The process.
    pub pid: i32,
    /// When: `enter`, `before` a task, `after` one, or `leave`.
    pub when: String,
    /// `numpy.random`, `random`, or the name of a global.
    pub generator: String,
    /// The state in hexadecimal; of a twister after a task only the first eight words.
    pub state: String,
    /// Where in its block a twister stands.
    pub position: Option<u32>,
    /// The stream of a generator of the PCG family, which only seeding changes.
    pub stream: String,
}

/// A large array that a worker holds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Array {
    /// The process.
    pub pid: i32,
    /// The name of the global, or the argument.
    pub name: String,
    /// Its shape.
    pub shape: String,
    /// The type of its elements.
    pub dtype: String,
    /// Its bytes.
    pub bytes: u64,
    /// Of these in pages that belong to this process alone.
    pub private: u64,
    /// A checksum of 64 of its elements.
    pub content: String,
}

/// A library of linear algebra, in one worker.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Blas {
    /// The process that asked it.
    pub pid: i32,
    /// Its name.
    pub library: String,
    /// Its version.
    pub version: String,
    /// Threads that it would use.
    pub threads: usize,
}

/// Memory that one line of a worker allocated.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Allocation {
    /// The process.
    pub pid: i32,
    /// The file and line.
    pub place: String,
    /// Bytes.
    pub bytes: u64,
}

impl Inside {
    /// Whether anything was seen from inside.
    pub fn seen(&self) -> bool {
        !self.interpreters.is_empty() || !self.workers.is_empty()
    }
}
