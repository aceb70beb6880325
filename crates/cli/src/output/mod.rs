//! Output: data to standard output, talk to standard error, color only where a terminal shows it.

pub(crate) mod file;
pub(crate) mod json;
pub(crate) mod outlets;
pub(crate) mod progress;
pub(crate) mod text;

use crate::error::Error;
use anstyle::{AnsiColor, Style};
use std::fmt::Display;
use std::io::Write;

/// Prints the answer.
pub(crate) fn print(text: &str) -> Result<(), Error> {
    let mut stdout = anstream::stdout().lock();
    let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    written.map_err(|reason| Error::write("standard output", reason))
}

/// Says something long that is not the answer of a program in the pipe.
pub(crate) fn talk(text: &str) {
    drop(anstream::stderr().write_all(text.as_bytes()));
}

/// Columns of the terminal that standard error is, if it is one.
pub(crate) fn width() -> Option<usize> {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    columns.or_else(|| console_width(&std::io::stderr()))
}

#[cfg(unix)]
fn console_width(terminal: &std::io::Stderr) -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(terminal).ok()?;
    (size.ws_col > 0).then_some(usize::from(size.ws_col))
}

#[cfg(not(unix))]
fn console_width(_: &std::io::Stderr) -> Option<usize> {
    None
}

/// Says what went wrong, in one sentence.
pub(crate) fn error(error: &dyn Display) {
    say(AnsiColor::Red.on_default().bold(), "error", error);
}

/// Says something that is not the answer.
pub(crate) fn note(word: &str, sentence: &dyn Display) {
    say(AnsiColor::Yellow.on_default().bold(), word, sentence);
}

/// Where standard error is closed nobody listens, and that is no failure.
fn say(style: Style, word: &str, sentence: &dyn Display) {
    drop(writeln!(anstream::stderr(), "{style}{word}{style:#}: {sentence}"));
}
