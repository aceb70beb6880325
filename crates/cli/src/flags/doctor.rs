//! What can be typed after `sharpest doctor`.

use clap::Args;
use std::ffi::OsString;
use std::path::PathBuf;

/// What `doctor` can be told.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sharpest doctor -- python simulate.py --days 250    run it and say what holds it back
  sharpest doctor --explain -- python simulate.py     the same in plain language
  sharpest doctor --html report.html -- make -j8      any program, not only Python
  sharpest doctor --pid 4711                          one that runs; Ctrl-C gives the report, and the program goes on

The program's own input and output are untouched; the report goes to standard error (with --pid to standard output).
Exit status: that of the program, 128 and the signal's number if a signal ended it; 127 if it cannot be found, 126 if it
cannot be run; 2 unusable flags. With --pid: 0.")]
pub(crate) struct DoctorFlags {
    /// Program to run and its arguments, after --
    #[arg(last = true, value_name = "COMMAND", required_unless_present = "pid")]
    pub(crate) command: Vec<OsString>,
    /// Watch a process that runs already, and its descendants
    #[arg(long, value_name = "PID", conflicts_with = "command")]
    pub(crate) pid: Option<i32>,
    /// Leave Python alone: no start-up hook, so nothing about pickles, locks and random numbers
    #[arg(long)]
    pub(crate) outside_only: bool,
    /// Have Python say which lines allocate memory; up to twice as slow
    #[arg(long, conflicts_with_all = ["outside_only", "pid"])]
    pub(crate) allocations: bool,
    /// Run the program again on one core, and perhaps two or four times more, without output, to tell whether memory bandwidth
    /// limits it
    #[arg(long, conflicts_with = "pid")]
    pub(crate) probe: bool,
    /// Explain each finding in plain language, with a picture in words
    #[arg(long)]
    pub(crate) explain: bool,
    /// Write the report as a page for a browser
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// Write the findings as JSON; - for standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// No report in the terminal
    #[arg(long)]
    pub(crate) quiet: bool,
}
