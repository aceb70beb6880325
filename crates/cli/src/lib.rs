//! The command line: what was typed becomes options, the engine answers, the answer is shown. No arithmetic of finance.
//!
//! - `flags`: what can be typed; `config`: the same in a file.
//! - `options`: what is used, defaults and contradictions settled.
//! - `search`, `solve`, `check`: the commands, each from options to exit status.
//! - `output`: text, JSON, CSV files, progress.

mod check;
mod config;
mod error;
mod flags;
mod interrupt;
mod options;
mod output;
mod search;
mod solve;

use clap::Parser;
use error::Error;
use flags::{Command, Flags};
use sharpest_engine::Status;
use std::ffi::OsString;
use std::process::ExitCode;

/// How a command ends that did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    Answered,
    NoAnswer,
    Interrupted,
}

/// Runs the command that `args` spell, the program's name first, and says what to exit with: 0 answered, 1 the data
/// have no answer or a result is refuted, 2 unusable input or flags, 130 stopped by Ctrl-C.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    match run(&args.into_iter().collect::<Vec<_>>()) {
        Ok(Ending::Answered) | Err(Error::Closed) => ExitCode::SUCCESS,
        Ok(Ending::NoAnswer) => ExitCode::from(1),
        Ok(Ending::Interrupted) => ExitCode::from(130),
        Err(Error::Usage(usage)) => usage.exit_code(),
        Err(error) => {
            output::error(&error);
            ExitCode::from(2)
        }
    }
}

fn run(args: &[OsString]) -> Result<Ending, Error> {
    let typed = Flags::try_parse_from(args)?;
    let flags = config::fill(typed, args)?;
    match flags.command {
        Command::Search(flags) => search::search(&flags),
        Command::Solve(flags) => solve::solve(&flags),
        Command::Check(flags) => check::check(&flags),
    }
}

impl From<Status> for Ending {
    fn from(status: Status) -> Self {
        match status {
            Status::Complete | Status::Optimal | Status::TimeLimit => Self::Answered,
            Status::NoExcess | Status::Unbounded => Self::NoAnswer,
            Status::Incomplete => Self::Interrupted,
        }
    }
}
