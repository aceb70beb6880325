//! One worker, as its pool sees it: its process, its end of the channel, and the tasks that it was given.

use crate::channel::{Channel, readable};
use crate::error::Ending;
use crate::launch::Hired;
use rustix::process::{Signal, WaitId, WaitIdOptions, pidfd_send_signal, waitid};
use std::collections::VecDeque;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::ExitStatusExt;
use std::process::Child;
use std::time::{Duration, Instant};

/// How long a process that was killed is waited for.
const BURIAL: Duration = Duration::from_secs(1);

/// A worker.
#[derive(Debug)]
pub(crate) struct Worker {
    pub(crate) pid: u32,
    pub(crate) pidfd: OwnedFd,
    pub(crate) channel: Channel,
    pub(crate) phase: Phase,
    /// The tasks it was given, the first of which it works on.
    pub(crate) line: VecDeque<u64>,
    /// Since when the first is the first.
    pub(crate) since: Instant,
    /// Tasks that it answered.
    pub(crate) served: u64,
    /// Segments that it handed over and got none back for.
    pub(crate) owed: u32,
    /// It was killed because this task took too long.
    pub(crate) overdue: Option<u64>,
    child: Option<Child>,
}

/// What a worker is up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// It has not said yet that it can take tasks.
    Starting,
    /// It takes tasks.
    Seated,
    /// It was told to go, or is going.
    Leaving,
}

impl Worker {
    pub(crate) fn new(hired: Hired) -> Worker {
        let Hired { socket, pid, pidfd, child } = hired;
        Worker {
            pid,
            pidfd,
            channel: Channel::new(socket),
            phase: Phase::Starting,
            line: VecDeque::new(),
            since: Instant::now(),
            served: 0,
            owed: 0,
            overdue: None,
            child,
        }
    }

    /// Ends the process at once, whatever it does.
    pub(crate) fn kill(&self) {
        let _ = pidfd_send_signal(&self.pidfd, Signal::KILL); // it may have gone already
    }

    /// Makes sure that it has ended, and says how. A child that would not end in time is left to `graves`.
    pub(crate) fn end(self, graves: &mut Vec<Child>) -> Ending {
        // A process whose socket is closed is on its way out; a signal does not change what it says then.
        self.kill();
        let _ = readable(self.pidfd.as_fd(), Some(BURIAL));
        match self.child {
            Some(mut child) => match child.try_wait() {
                Ok(Some(status)) => ending(status.code(), status.signal()),
                _ => {
                    graves.push(child);
                    Ending::Unknown
                }
            },
            None => {
                // Somebody else's child, whose end is left for them to see.
                let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
                match waitid(WaitId::PidFd(self.pidfd.as_fd()), look) {
                    Ok(Some(status)) => ending(status.exit_status(), status.terminating_signal()),
                    _ => Ending::Unknown,
                }
            }
        }
    }
}

fn ending(status: Option<i32>, signal: Option<i32>) -> Ending {
    match (status, signal) {
        (Some(status), _) => Ending::Status(status),
        (None, Some(signal)) => Ending::Signal(signal),
        (None, None) => Ending::Unknown,
    }
}
