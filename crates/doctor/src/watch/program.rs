//! The program that is watched: started as a child, or attached to.

use super::hook::Hook;
use crate::error::Error;
use crate::recording::{Ending, Recording};
use crate::sample::{Text, account};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{
    Pid, PidfdFlags, Signal, WaitId, WaitIdOptions, kill_process, pidfd_open, set_child_subreaper,
    waitid,
};
use std::ffi::OsString;
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

/// Which run of the program it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Run {
    /// The user's: nothing is changed.
    First,
    /// One to compare with: what it prints was printed before, and its idle threads are [`ASLEEP`].
    Again,
}

/// Makes threads of OpenBLAS, OpenMP (GNU's and LLVM's) and MKL sleep where they have nothing to do. By themselves they spin first,
/// OpenBLAS's as soon as it is loaded: a tenth of a second for each core but one, CPU time in which no work is done, and which a
/// run on a single core would not have. How many threads there are stays as it is.
const ASLEEP: [(&str, &str); 4] = [
    ("OPENBLAS_THREAD_TIMEOUT", "4"),
    ("OMP_WAIT_POLICY", "passive"),
    ("GOMP_SPINCOUNT", "0"),
    ("KMP_BLOCKTIME", "0"),
];

/// The first process of the program.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) pid: i32,
    child: Option<Child>,
    words: Vec<String>,
    /// Wakes the doctor when the process ends, where the system has such a thing.
    end: Option<OwnedFd>,
    /// When it started, in ticks after boot.
    start: u64,
}

impl Program {
    /// Starts it, with this process's own input, output and environment, and the hook if there is one.
    pub(super) fn start(words: &[OsString], hook: Option<&Hook>, run: Run) -> Result<Self, Error> {
        let Some((program, arguments)) = words.split_first() else {
            return Err(Error::NoProcess(0));
        };
        // Orphans of the program become the doctor's children, so that none gets lost. Refused, some may be.
        let _ = set_child_subreaper(Pid::from_raw(1));
        let mut command = Command::new(program);
        command.args(arguments);
        if run == Run::Again {
            command.envs(ASLEEP).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        }
        if let Some(hook) = hook {
            command.env("PYTHONPATH", hook.python_path());
        }
        let named = || program.to_string_lossy().into_owned();
        let child = command.spawn().map_err(|reason| Error::Start { program: named(), reason })?;
        let pid = i32::try_from(child.id()).unwrap_or_default();
        let words = words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
        let start = account::stat(pid, 1.0, &mut Text::default()).map_or(0, |stat| stat.start);
        Ok(Self { pid, child: Some(child), words, end: end(pid), start })
    }

    /// Attaches to a process that runs.
    pub(super) fn attach(pid: i32) -> Result<Self, Error> {
        let stat = account::stat(pid, 1.0, &mut Text::default()).filter(|stat| !stat.zombie);
        let start = stat.ok_or(Error::NoProcess(pid))?.start;
        Ok(Self { pid, child: None, words: Vec::new(), end: end(pid), start })
    }

    /// Where the tree begins: the process, and the doctor itself where it adopts.
    pub(super) fn roots(&self) -> Vec<(i32, u64)> {
        let own = i32::try_from(std::process::id()).unwrap_or_default();
        let doctor = self.child.is_some().then_some((own, 0));
        [(self.pid, self.start)].into_iter().chain(doctor).collect()
    }

    /// Whether it has ended. Its last account can be read until [`Program::bury`].
    pub(super) fn has_ended(&self) -> bool {
        let Some(pid) = Pid::from_raw(self.pid) else {
            return true;
        };
        if self.child.is_some() {
            let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
            return !matches!(waitid(WaitId::Pid(pid), options), Ok(None));
        }
        let stat = account::stat(self.pid, 1.0, &mut Text::default());
        !stat.is_some_and(|stat| stat.start == self.start && !stat.zombie)
    }

    /// Waits until it ends, or so long.
    pub(super) fn wait(&self, long: Duration) {
        let time = Timespec::try_from(long).ok();
        match (&self.end, time) {
            (Some(end), Some(time)) => {
                let _ = poll(&mut [PollFd::new(end, PollFlags::IN)], Some(&time)); // a signal ends the wait
            }
            _ => sleep(long.min(Duration::from_millis(10))),
        }
    }

    /// Takes its exit status.
    pub(super) fn bury(&mut self) -> Ending {
        let Some(child) = &mut self.child else {
            return Ending::Gone;
        };
        match child.wait() {
            Ok(status) => match (status.code(), status.signal()) {
                (Some(code), _) => Ending::Exited(code),
                (None, signal) => Ending::Killed(signal.unwrap_or_default()),
            },
            Err(_) => Ending::Gone,
        }
    }

    /// Whether it was started by the doctor.
    pub(super) fn is_own(&self) -> bool {
        self.child.is_some()
    }

    /// Sends a signal to it.
    pub(super) fn signal(&self, signal: Signal) {
        if let Some(pid) = Pid::from_raw(self.pid) {
            let _ = kill_process(pid, signal); // it may just have gone
        }
    }

    /// The command: what was typed, or what the process says.
    pub(super) fn words(&self, recording: &Recording) -> Vec<String> {
        if !self.words.is_empty() {
            return self.words.clone();
        }
        let first = recording.processes.iter().find(|process| process.pid == self.pid);
        first.map(|process| vec![process.command.clone()]).unwrap_or_default()
    }
}

fn end(pid: i32) -> Option<OwnedFd> {
    pidfd_open(Pid::from_raw(pid)?, PidfdFlags::empty()).ok()
}
