//! The command line: what was typed becomes options, the engine answers, the answer is shown. No arithmetic of finance.
//!
//! - `flags`: what can be typed; `config`: the same in a file.
//! - `options`: what is used, defaults and contradictions settled.
//! - `search`, `solve`, `check`, `arrays`, `doctor`: the commands, each from options to exit status.
//! - `output`: text, JSON, CSV files, progress.
//! - [`library`]: `search`, `solve` and `check` for a program in place of a person.

mod arrays;
mod check;
mod config;
mod doctor;
mod error;
mod flags;
mod interrupt;
pub mod library;
mod options;
mod output;
mod search;
mod solve;

use clap::Parser;
use error::Error;
use flags::{Command, Flags};
use sharpest_engine::Status;
use std::ffi::OsString;

/// How a command ends that did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    Answered,
    NoAnswer,
    Interrupted,
    /// The status of a program that was run.
    Passed(u8),
}

/// Runs the command that `args` spell, the program's name first, and says what to exit with: 0 answered, 1 the data
/// have no answer or a result is refuted, 2 unusable input or flags, 130 stopped by Ctrl-C.
///
/// `worker` is how this command is started once more, as a process that works for it: a program and its first arguments.
/// Without any there are no worker processes.
pub fn main(args: impl IntoIterator<Item = OsString>, worker: &[OsString]) -> u8 {
    match run(&args.into_iter().collect::<Vec<_>>(), worker) {
        Ok(Ending::Answered) | Err(Error::Closed) => 0,
        Ok(Ending::NoAnswer) => 1,
        Ok(Ending::Interrupted) => 130,
        Ok(Ending::Passed(status)) => status,
        Err(Error::Usage(usage)) => usage.exit_status(),
        Err(error) => {
            output::error(&error);
            error.status()
        }
    }
}

fn run(args: &[OsString], worker: &[OsString]) -> Result<Ending, Error> {
    let typed = Flags::try_parse_from(args)?;
    let flags = config::fill(typed, args)?;
    match flags.command {
        Command::Search(flags) => search::search(&flags, worker),
        Command::Solve(flags) => solve::solve(&flags),
        Command::Check(flags) => check::check(&flags),
        Command::Arrays(flags) => arrays::arrays(&flags),
        Command::Doctor(flags) => doctor::doctor(&flags),
        Command::Worker(flags) => {
            sharpest_engine::executor::work(&flags.place)?;
            Ok(Ending::Answered)
        }
    }
}

impl From<Status> for Ending {
    fn from(status: Status) -> Self {
        match status {
            Status::Complete
            | Status::Optimal
            | Status::TimeLimit
            | Status::MemoryLimit
            | Status::PrecisionLimit => Self::Answered,
            Status::NoExcess | Status::Unbounded => Self::NoAnswer,
            Status::Incomplete => Self::Interrupted,
        }
    }
}
