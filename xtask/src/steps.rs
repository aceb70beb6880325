//! The steps of a task, one after the other, and what is said at the end: what passed and what was skipped, by name.

use anyhow::{Context, Result, bail};
use std::process::Command;
use std::time::Instant;

/// What has been done so far.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    passed: usize,
    skipped: Vec<String>,
}

impl Steps {
    /// A step that cargo does.
    pub(crate) fn cargo(&mut self, name: &str, arguments: &[&str]) -> Result<()> {
        self.run(name, || {
            let status = Command::new(env!("CARGO")).args(arguments).status()?;
            if !status.success() {
                bail!("cargo {} failed", arguments.join(" "));
            }
            Ok(())
        })
    }

    /// A step that a function does.
    pub(crate) fn run(&mut self, name: &str, step: impl FnOnce() -> Result<()>) -> Result<()> {
        eprintln!("\n== {name}");
        let start = Instant::now();
        step().with_context(|| name.to_owned())?;
        eprintln!("== {name}: passed in {:.0} s", start.elapsed().as_secs_f64());
        self.passed += 1;
        Ok(())
    }

    /// A step that cannot be done here.
    pub(crate) fn skip(&mut self, name: &str, why: &str) {
        eprintln!("\n== {name}: skipped, {why}");
        self.skipped.push(format!("{name}: {why}"));
    }

    /// Says what was done.
    pub(crate) fn finish(&self) {
        eprintln!("\nsteps: {} passed, {} skipped", self.passed, self.skipped.len());
        self.skipped.iter().for_each(|skipped| eprintln!("  skipped {skipped}"));
    }
}
