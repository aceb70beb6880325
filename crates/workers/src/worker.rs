//! One worker, as its pool sees it: its process, its end of the channel, and the tasks that it was given.

use crate::channel::{Channel, readable};
use crate::error::{Ending, Result};
use crate::launch::{Hired, Kin};
use rustix::process::{Signal, WaitId, WaitIdOptions, pidfd_send_signal, waitid};
use std::collections::VecDeque;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::ExitStatusExt;
use std::time::{Duration, Instant};

/// Tasks stand behind one another only at a worker whose last one took less.
const BRIEF: Duration = Duration::from_millis(1);
/// After so long behind the same task they are taken back: it may be waiting for one of them.
pub(crate) const STANDING: Duration = Duration::from_millis(4);
/// How many tasks a worker has at most: of so many bytes, and of more. A socket holds some 200 KiB.
const LONG_LINE: usize = 8;
const SHORT_LINE: usize = 2;
const SMALL: usize = 1 << 12;
/// And of tiny ones as many as keep it at work for so long, so that neither side has to be woken for each.
const TINY: usize = 1 << 9;
const LONGEST_LINE: usize = 64;
const AT_WORK: Duration = Duration::from_micros(300);
/// How long a process that was killed is given to end.
pub(crate) const BURIAL: Duration = Duration::from_secs(1);

/// A worker.
#[derive(Debug)]
pub(crate) struct Worker {
    pub(crate) pid: u32,
    pub(crate) pidfd: OwnedFd,
    pub(crate) channel: Channel,
    pub(crate) phase: Phase,
    /// The tasks it was given, the first of which it works on; the others stand behind it.
    pub(crate) line: VecDeque<u64>,
    /// How long its last task took it.
    pub(crate) last: Option<Duration>,
    /// Where it is asked for those that stand behind, and whether it was.
    recall: OwnedFd,
    pub(crate) recalled: bool,
    /// Since when the first is the first.
    pub(crate) since: Instant,
    /// Tasks that it answered.
    pub(crate) served: u64,
    /// Segments that it handed over and got none back for.
    pub(crate) owed: u32,
    /// It was killed because this task took too long.
    pub(crate) overdue: Option<u64>,
    /// When its end of the channel was seen, and what it was up to then. Its process has been killed, and ends when the system
    /// has taken it apart, which for one with much memory takes its time.
    pub(crate) cut: Option<(Instant, Phase)>,
    /// It died before it had read all that it was sent.
    pub(crate) unread: bool,
    child: Option<Kin>,
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
    /// The worker, and the end that it is given to hear what it is asked for.
    pub(crate) fn new(hired: Hired) -> Result<(Worker, OwnedFd)> {
        let Hired { socket, pid, pidfd, child } = hired;
        let (recall, heard) = Channel::pair()?;
        let worker = Worker {
            pid,
            pidfd,
            channel: Channel::new(socket),
            phase: Phase::Starting,
            line: VecDeque::new(),
            last: None,
            recall,
            recalled: false,
            since: Instant::now(),
            served: 0,
            owed: 0,
            overdue: None,
            cut: None,
            unread: false,
            child,
        };
        Ok((worker, heard))
    }

    /// Whether a task may be given to it while it works: its last was brief, and what is sent finds room, so that nobody
    /// waits for it with the pool in his hands.
    pub(crate) fn takes_another(&self, bytes: usize) -> bool {
        let Some(last) = self.last.filter(|last| *last < BRIEF) else { return false };
        let most = if bytes <= TINY {
            let lasting = AT_WORK.div_duration_f64(last);
            lasting.clamp(LONG_LINE as f64, LONGEST_LINE as f64) as usize
        } else if bytes <= SMALL {
            LONG_LINE
        } else {
            SHORT_LINE
        };
        !self.recalled && self.overdue.is_none() && self.line.len() < most
    }

    /// How long what stands behind its task keeps it at work, as far as its last one tells; not more than tiny ones are to.
    pub(crate) fn at_work(&self) -> Duration {
        let behind = self.line.len().saturating_sub(1) as u32;
        (self.last.unwrap_or_default() * behind).min(AT_WORK)
    }

    /// When those that stand behind its task have stood there long enough.
    pub(crate) fn recall_due(&self) -> Option<Instant> {
        let stand = self.line.len() > 1 && !self.recalled && self.cut.is_none();
        stand.then(|| self.since + STANDING)
    }

    /// Asks for those that stand behind: they come back, or were begun meanwhile.
    pub(crate) fn recall(&mut self) {
        self.recalled = true;
        let _ = rustix::io::write(&self.recall, &[1]); // it is gone, or has been asked
    }

    /// Ends the process at once, whatever it does.
    pub(crate) fn kill(&self) {
        let _ = pidfd_send_signal(&self.pidfd, Signal::KILL); // it may have gone already
    }

    /// Whether its process has ended, or does so in time.
    pub(crate) fn has_ended(&self, patience: Duration) -> bool {
        readable(self.pidfd.as_fd(), Some(patience)).unwrap_or(true)
    }

    /// Ends the process, and says how it ended, if it has. A child that has not is left to `graves`.
    pub(crate) fn end(self, graves: &mut Vec<Kin>) -> Ending {
        // A process whose socket is closed is on its way out; a signal does not change what it says then.
        self.kill();
        match self.child {
            Some(mut child) => match child.ending() {
                Some(status) => ending(status.code(), status.signal()),
                None => {
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
