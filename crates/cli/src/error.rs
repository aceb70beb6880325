//! What can go wrong on the command line itself. Files and questions are the engine's to refuse.

use std::io;

/// Every way in which a command fails, one sentence each.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// Flags that clap refuses, or a call for help.
    #[error("{0}")]
    Usage(#[from] Usage),
    /// Flags that contradict each other, or one that is missing.
    #[error("{0}")]
    Flags(String),
    /// A configuration that cannot be used.
    #[error("{file}: {reason}")]
    Config { file: String, reason: String },
    /// An output file that cannot be written.
    #[error("cannot write {file}: {reason}")]
    Write { file: String, reason: io::Error },
    /// Whoever read standard output has gone. Nobody is left to be told.
    #[error("standard output is closed")]
    Closed,
    /// The doctor's sentence.
    #[error(transparent)]
    Doctor(#[from] sharpest_doctor::Error),
    /// The engine's sentence.
    #[error(transparent)]
    Engine(#[from] sharpest_engine::Error),
    /// The sentence of the shared arrays.
    #[error(transparent)]
    Arrays(#[from] sharpest_arrays::Error),
}

impl Error {
    /// What to exit with: 2, but for a program that cannot be started what a shell would say.
    pub(crate) fn status(&self) -> u8 {
        match self {
            Error::Doctor(sharpest_doctor::Error::Start { reason, .. }) => {
                if reason.kind() == io::ErrorKind::NotFound { 127 } else { 126 }
            }
            _ => 2,
        }
    }

    /// A failure to write `file`; a closed standard output is no one's mistake.
    pub(crate) fn write(file: &str, reason: io::Error) -> Self {
        match reason.kind() {
            io::ErrorKind::BrokenPipe => Error::Closed,
            _ => Error::Write { file: file.to_owned(), reason },
        }
    }
}

impl From<clap::Error> for Error {
    fn from(error: clap::Error) -> Self {
        Error::Usage(Usage(error))
    }
}

/// What clap says, in one sentence.
#[derive(Debug, thiserror::Error)]
#[error("{}", sentence(.0))]
pub(crate) struct Usage(clap::Error);

impl Usage {
    /// Says it, and with which status to exit: 0 for a call for help, 2 for a mistake.
    pub(crate) fn exit_status(&self) -> u8 {
        use clap::error::ErrorKind::{
            DisplayHelp, DisplayHelpOnMissingArgumentOrSubcommand, DisplayVersion,
        };
        match self.0.kind() {
            DisplayHelp | DisplayVersion => {
                drop(self.0.print()); // a closed pipe has read what it wanted
                0
            }
            DisplayHelpOnMissingArgumentOrSubcommand => {
                drop(self.0.print());
                2
            }
            _ => {
                crate::output::error(self);
                2
            }
        }
    }
}

/// clap's paragraphs without usage and pointer to the help: what was found, and a tip if there is one.
fn sentence(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let telling =
        lines.take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"));
    let text = telling.collect::<Vec<_>>().join(" ").replace(" tip: ", "; ");
    text.strip_prefix("error: ").unwrap_or(&text).to_owned()
}
