//! The command `sharpest`, as the wheel installs it.

use pyo3::prelude::*;
use std::ffi::OsString;

/// Runs the command that `args` spell, the program's name first, and returns its exit status. `worker` is how the same
/// command is started as a process that works for it.
#[pyfunction]
#[expect(clippy::needless_pass_by_value, reason = "the interpreter hands values over")]
pub(crate) fn command(py: Python<'_>, args: Vec<OsString>, worker: Vec<OsString>) -> u8 {
    py.detach(|| sharpest_cli::main(args, &worker))
}
