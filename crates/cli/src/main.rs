//! The command `sharpest`. Everything is in the library, so that the Python package can offer the same command.

use std::ffi::OsString;
use std::process::ExitCode;

fn main() -> ExitCode {
    sharpest_cli::main(std::env::args_os(), &itself()).into()
}

/// This very program; nothing where nobody can say which it is.
fn itself() -> Vec<OsString> {
    std::env::current_exe().map(OsString::from).into_iter().collect()
}
