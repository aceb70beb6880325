//! The command `sharpest`. Everything is in the library, so that the Python package can offer the same command.

use std::process::ExitCode;

fn main() -> ExitCode {
    sharpest_cli::main(std::env::args_os())
}
