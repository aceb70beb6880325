//! Fuzzing, briefly: random questions to the solver, random files to the readers, random headers to shared
//! segments, for as long as a test run has patience.
//! What takes an hour is in CONTRIBUTING.md.

use crate::python;
use crate::steps::Steps;
use anyhow::{Result, bail};
use std::process::{Command, Stdio};

/// What is fuzzed, and for how many seconds.
const TARGETS: [(&str, u32); 3] = [("solve", 20), ("table", 10), ("segment", 10)];

/// Runs every target, or says what is missing.
pub(crate) fn run(steps: &mut Steps) -> Result<()> {
    if !cargo(&["--version"]).stderr(Stdio::null()).output().is_ok_and(|out| out.status.success()) {
        steps.skip("fuzzing", "needs a nightly compiler and cargo-fuzz (cargo install cargo-fuzz)");
        return Ok(());
    }
    TARGETS.into_iter().try_for_each(|(target, seconds)| {
        steps.run(&format!("fuzzing: {target}"), || fuzz(target, seconds))
    })
}

fn fuzz(target: &str, seconds: u32) -> Result<()> {
    let time = format!("-max_total_time={seconds}");
    let run = [
        "run",
        target,
        "--",
        &time,
        "-max_len=512",
        "-rss_limit_mb=4096",
        "-verbosity=0",
        "-print_funcs=0",
    ];
    if !cargo(&run).status()?.success() {
        bail!(
            "the input that failed is under fuzz/artifacts: `cargo +nightly fuzz fmt {target} INPUT` shows it"
        );
    }
    Ok(())
}

/// `cargo fuzz` with a nightly compiler, whichever compiler runs this.
fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(["+nightly", "fuzz"]).args(arguments).current_dir(python::file("fuzz"));
    command
}
