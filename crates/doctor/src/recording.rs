//! A recording: everything that was seen of a program, as plain numbers. Findings are functions of it alone, so a test can
//! keep one as a file.

use crate::inside::Inside;
use serde::{Deserialize, Serialize};

/// What was seen of a program and its machine. Times are seconds since the watching began, bytes are bytes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Recording {
    /// The command, word by word; of a program that was running already, the first process's.
    pub command: Vec<String>,
    /// Seconds that were watched.
    pub wall: f64,
    /// How it ended.
    pub ending: Ending,
    /// The machine.
    pub machine: Machine,
    /// Every process that was seen, in the order in which they were.
    pub processes: Vec<Process>,
    /// CPU seconds of processes that were too short to be seen; their parents' accounts tell.
    pub unseen_cpu: f64,
    /// CPU seconds of processes that were seen, between the last look at each and its end; it is not known which of them's.
    pub tails: f64,
    /// Processes and threads that were started on the machine in the time, by whomever.
    pub forks: u64,
    /// Moments, one a sample.
    pub moments: Vec<Moment>,
    /// What the Python interpreters of the program wrote down.
    pub inside: Inside,
    /// Files in shared memory that the program left.
    pub left: Vec<Left>,
    /// Names in /dev/shm that the program's processes were seen to have mapped.
    pub mapped: Vec<String>,
    /// Processes that outlived the first.
    pub survivors: Vec<i32>,
    /// What watching cost.
    pub watching: Watching,
    /// How the same work scales, where that was asked for.
    pub probe: Option<Probe>,
    /// Why it is not known, where that was asked for and could not be told.
    pub unprobed: Option<String>,
}

/// CPU time of all processes of the same program, run again and again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Probe {
    /// CPU seconds where all share one core, so that one runs at a time.
    pub alone: f64,
    /// CPU seconds where each has its own.
    pub together: f64,
    /// The same, measured once more where the first was much more than `alone`.
    pub again: Option<f64>,
    /// How many times the CPU time arithmetic that stays in the caches took on those cores meanwhile, against the core that ran it
    /// alone: 1, but where two are hyperthreads of one core, or another machine keeps the other half of a core busy.
    pub crowding: f64,
    /// Workers at once.
    pub workers: usize,
}

impl Probe {
    /// Up to this much more CPU time is what any two runs differ by.
    pub(crate) const ALIKE: f64 = 1.1;

    /// How many times the CPU time the same work takes side by side.
    pub(crate) fn slower(&self) -> f64 {
        self.again.map_or(self.together, |again| again.min(self.together)) / self.alone.max(1e-9)
    }

    /// Of that, what arithmetic does not take as well: the memory is as slow in both runs, and neighbors come and go.
    pub(crate) fn by_memory(&self) -> f64 {
        let again = self.again.map_or(self.together, |again| again / self.crowding.max(1.0));
        again.min(self.together) / self.alone.max(1e-9)
    }
}

/// How the watching ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The program ended, with this status.
    Exited(i32),
    /// A signal ended the program.
    Killed(i32),
    /// Ctrl-C, while the program was running.
    #[default]
    Stopped,
    /// A program that was attached to has gone.
    Gone,
}

/// The machine, as far as it matters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Machine {
    /// Cores of the machine.
    pub cores: usize,
    /// Cores that the program may use: its affinity and its group's limit.
    pub usable: f64,
    /// Cores' worth of work that other programs did, on average.
    pub others: f64,
    /// Bytes of memory.
    pub memory: u64,
}

/// One process.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Process {
    /// Its number.
    pub pid: i32,
    /// Its parent's when it was first seen.
    pub parent: i32,
    /// Its command, as much as a line holds.
    pub command: String,
    /// When it started; below 0 if before the watching.
    pub started: f64,
    /// When it was last seen.
    pub ended: f64,
    /// CPU seconds in the program.
    pub user: f64,
    /// CPU seconds in the kernel.
    pub system: f64,
    /// CPU seconds that it may have used after it was last seen, at most.
    pub tail: f64,
    /// Seconds that its threads stood in the run queue, ready but without a core.
    pub waited: f64,
    /// Seconds that its first thread slept, by what for.
    pub slept: Slept,
    /// Page faults that needed no disk.
    pub faults: u64,
    /// Times it gave up its core to wait for something.
    pub voluntary: u64,
    /// Times its core was taken from it.
    pub involuntary: u64,
    /// Bytes through read(2) and its like, without those of children that it reaped.
    pub read: u64,
    /// Bytes through write(2) and its like.
    pub written: u64,
    /// Bytes that came from a disk.
    pub disk_read: u64,
    /// Bytes that went to a disk.
    pub disk_written: u64,
    /// Most threads at one time.
    pub threads: usize,
    /// Its threads.
    pub by_thread: Vec<Thread>,
    /// Most bytes resident.
    pub resident: u64,
    /// Most bytes that belonged to it alone.
    pub private: u64,
    /// Proportional share of what is resident, when it was last looked up.
    pub proportional: u64,
    /// Pipes and sockets open, when they were last looked up.
    pub pipes: usize,
    /// Libraries of linear algebra that it has loaded.
    pub blas: Vec<String>,
    /// What its environment says about threads.
    pub environment: Vec<String>,
    /// What it did, stretch by stretch.
    pub slices: Vec<Slice>,
}

/// Seconds of sleep, by the place in the kernel where a sample found it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Slept {
    /// For a lock, or an event: in a futex.
    pub lock: f64,
    /// For bytes from a pipe or a socket, or for room in one.
    pub message: f64,
    /// For a child to end.
    pub child: f64,
    /// For a time.
    pub clock: f64,
    /// For a disk and all else.
    pub other: f64,
}

impl Slept {
    /// All together.
    pub fn sum(&self) -> f64 {
        self.lock + self.message + self.child + self.clock + self.other
    }
}

/// One thread.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Thread {
    /// Its number.
    pub id: i32,
    /// CPU seconds.
    pub ran: f64,
    /// Seconds in the run queue.
    pub waited: f64,
}

/// A stretch of a process's life between two samples.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Slice {
    /// When it ended.
    pub at: f64,
    /// How long it was.
    pub long: f64,
    /// CPU seconds in it.
    pub ran: f64,
    /// Of these in the kernel.
    pub system: f64,
    /// Seconds in the run queue, of all threads.
    pub waited: f64,
    /// Page faults.
    pub faults: u64,
    /// Bytes read and written.
    pub moved: u64,
    /// Bytes resident at its end.
    pub resident: u64,
}

/// The machine at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Moment {
    /// When.
    pub at: f64,
    /// Cores that the program used since the last.
    pub cores: f64,
    /// Cores that others used.
    pub others: f64,
    /// Processes of the program.
    pub processes: usize,
    /// Its threads that were running or ready to run.
    pub runnable: usize,
}

/// Something in shared memory that nobody removed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Left {
    /// Its name in /dev/shm.
    pub name: String,
    /// Its bytes.
    pub bytes: u64,
    /// Whether the program was seen to make or hold it; otherwise it only appeared in the time.
    pub certain: bool,
}

/// What watching cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Watching {
    /// CPU seconds of the doctor.
    pub cpu: f64,
    /// Samples that were taken.
    pub samples: usize,
    /// Seconds that the hook spent inside the program.
    pub inside: f64,
}

impl Process {
    /// CPU seconds.
    pub fn cpu(&self) -> f64 {
        self.user + self.system
    }

    /// Seconds that it was seen.
    pub fn life(&self) -> f64 {
        (self.ended - self.started.max(0.0)).max(0.0)
    }

    /// Threads that computed: at least a tenth as long as the busiest one.
    pub fn computing(&self) -> usize {
        let most = self.by_thread.iter().map(|thread| thread.ran).fold(0.0, f64::max);
        self.by_thread.iter().filter(|thread| thread.ran > 0.1 * most && thread.ran > 0.0).count()
    }
}

impl Recording {
    /// CPU seconds of the whole program.
    pub fn cpu(&self) -> f64 {
        self.processes.iter().map(Process::cpu).sum::<f64>() + self.unseen_cpu + self.tails
    }

    /// Workers: processes that have a parent in the program, lived for a while, and did a share of the work.
    pub fn workers(&self) -> Vec<&Process> {
        let most = self.processes.iter().map(Process::cpu).fold(0.0, f64::max);
        let known = |pid| self.processes.iter().any(|process| process.pid == pid);
        let worked = |process: &&Process| known(process.parent) && process.cpu() > 0.02 * most;
        self.processes.iter().filter(worked).collect()
    }

    /// What is called the program in sentences.
    pub fn name(&self) -> String {
        self.command.join(" ")
    }
}
