//! Starting a worker: by a command line that whoever wants workers supplies.
#![allow(unsafe_code, reason = "a few calls between fork and exec, in the child")]

use crate::channel::Channel;
use crate::error::{Error, Result};
use rustix::io::{FdFlags, fcntl_dupfd_cloexec, fcntl_setfd};
use rustix::process::{
    Pid, PidfdFlags, Signal, getppid, pidfd_open, set_parent_process_death_signal,
};
use std::ffi::OsString;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};

/// A command line that becomes a worker. One more argument is added to it, which [`crate::Seat::take`] understands.
#[derive(Debug, Clone)]
pub struct Launch {
    program: OsString,
    arguments: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
}

/// A worker that has been started, by whomever.
#[derive(Debug)]
pub struct Hired {
    pub(crate) socket: OwnedFd,
    pub(crate) pid: u32,
    pub(crate) pidfd: OwnedFd,
    /// Ours to wait for, or somebody else's.
    pub(crate) child: Option<Kin>,
}

/// A process that we started, and so have to wait for. Dropped, as where it is not taken in, it is ended.
#[derive(Debug)]
pub(crate) struct Kin(Child);

impl Kin {
    /// How it ended, if it has.
    pub(crate) fn ending(&mut self) -> Option<ExitStatus> {
        self.0.try_wait().ok().flatten()
    }
}

impl Drop for Kin {
    fn drop(&mut self) {
        let _ = self.0.kill(); // it may have ended, and been waited for
        let _ = self.0.wait();
    }
}

impl Hired {
    /// A worker that was started elsewhere: the pool's end of its socket pair, and its process, which must not have been
    /// waited for yet.
    ///
    /// # Errors
    /// A process that is gone.
    pub fn new(socket: OwnedFd, pid: u32) -> Result<Hired> {
        Ok(Hired { socket, pid, pidfd: open(pid)?, child: None })
    }
}

impl Launch {
    /// This program, without arguments.
    pub fn new(program: impl Into<OsString>) -> Launch {
        Launch { program: program.into(), arguments: Vec::new(), environment: Vec::new() }
    }

    /// One more argument.
    #[must_use]
    pub fn arg(mut self, argument: impl Into<OsString>) -> Launch {
        self.arguments.push(argument.into());
        self
    }

    /// One more variable of its environment.
    #[must_use]
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Launch {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// Starts one. The calling thread must live as long as the worker is to: its end is the worker's.
    pub(crate) fn start(&self) -> Result<Hired> {
        let (ours, theirs) = Channel::pair()?;
        let theirs = away_from_standard(theirs)?;
        let parent = std::process::id();
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .arg(format!("{}:{parent}", theirs.as_raw_fd()))
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        let socket = theirs.as_raw_fd();
        // SAFETY: `settle` makes four system calls and allocates nothing, so it may run between fork and exec of a process
        // with threads; the descriptor that it is given is open until `spawn` returns, here and in the child.
        unsafe { command.pre_exec(move || settle(socket, parent)) };
        let child = command.spawn().map_err(|source| Error::Start {
            command: self.program.to_string_lossy().into_owned(),
            source,
        })?;
        let (pid, child) = (child.id(), Some(Kin(child)));
        Ok(Hired { socket: ours, pid, pidfd: open(pid)?, child })
    }
}

/// In the child: dies with its parent, keeps its socket, and leaves Ctrl-C, which the terminal sends to every process, to
/// the parent.
fn settle(socket: RawFd, parent: u32) -> io::Result<()> {
    set_parent_process_death_signal(Some(Signal::KILL))?;
    // The parent may have died before the signal was asked for.
    if getppid().map(|pid| pid.as_raw_nonzero().get()) != i32::try_from(parent).ok() {
        return Err(io::ErrorKind::BrokenPipe.into());
    }
    // SAFETY: the caller of this function keeps it open.
    let socket = unsafe { BorrowedFd::borrow_raw(socket) };
    fcntl_setfd(socket, FdFlags::empty())?;
    // SAFETY: ignoring a signal touches no memory of ours.
    unsafe { libc::signal(libc::SIGINT, libc::SIG_IGN) };
    Ok(())
}

/// A descriptor that no standard stream will be put over.
fn away_from_standard(file: OwnedFd) -> Result<OwnedFd> {
    if file.as_raw_fd() > 2 {
        return Ok(file);
    }
    fcntl_dupfd_cloexec(&file, 3)
        .map_err(|error| Error::System { what: "making a socket", source: error.into() })
}

/// A descriptor of a process, which tells its end and can never mean another.
pub(crate) fn open(pid: u32) -> Result<OwnedFd> {
    let missing =
        || Error::System { what: "a worker's process", source: io::ErrorKind::NotFound.into() };
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).ok_or_else(missing)?;
    pidfd_open(pid, PidfdFlags::empty())
        .map_err(|error| Error::System { what: "pidfd_open of a worker", source: error.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_not_taken_in_leaves_no_process_behind() {
        let hired = Launch::new("sleep").start(); // it does not understand the place in the pool, and ends
        let hired = hired.expect("every Linux has it");
        let process = format!("/proc/{}", hired.pid);
        assert!(std::path::Path::new(&process).exists());
        drop(hired);
        assert!(!std::path::Path::new(&process).exists(), "nobody has waited for it");
    }
}
