//! What can go wrong before there is anything to report.

use std::io;

/// Why nothing could be watched.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The program cannot be started.
    #[error("cannot start {program}: {}", said(.reason))]
    Start {
        /// What was to be started.
        program: String,
        /// What the system says.
        reason: io::Error,
    },
    /// There is no such process.
    #[error("no process {0} is running: `ps -e` lists those that are")]
    NoProcess(i32),
    /// The doctor's own folder.
    #[error("cannot make a private folder for the start-up hook: {0}; try --outside-only")]
    Folder(io::Error),
    /// Another system.
    #[error(
        "the doctor reads /proc, which only Linux has: run it on Linux, in a container, or in WSL"
    )]
    Unsupported,
}

/// The system's words without its number.
fn said(reason: &io::Error) -> &'static str {
    match reason.kind() {
        io::ErrorKind::NotFound => "it was not found; is it on the PATH?",
        io::ErrorKind::PermissionDenied => "it is not a program that you may run",
        _ => "the system refuses it",
    }
}
