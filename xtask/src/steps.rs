//! The steps of a task, one after the other, and what is said at the end: what passed and what was skipped, by name.

use anyhow::{Context, Result, bail};
use std::process::{Child, Command};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// What has been done so far.
#[derive(Debug)]
pub(crate) struct Steps {
    begun: Instant,
    passed: Vec<(String, Duration)>,
    skipped: Vec<String>,
}

impl Default for Steps {
    fn default() -> Self {
        Self { begun: Instant::now(), passed: Vec::new(), skipped: Vec::new() }
    }
}

/// What cargo does beside other steps.
#[derive(Debug)]
pub(crate) struct Beside {
    cargo: Child,
    arguments: String,
}

/// Steps that are done beside others.
#[derive(Debug)]
pub(crate) struct Lane(JoinHandle<(Steps, Result<()>)>);

/// Does steps beside those that follow.
pub(crate) fn lane(all: impl FnOnce(&mut Steps) -> Result<()> + Send + 'static) -> Lane {
    Lane(std::thread::spawn(|| {
        let mut steps = Steps::default();
        let done = all(&mut steps);
        (steps, done)
    }))
}

/// Starts cargo beside the steps that follow.
pub(crate) fn beside(arguments: &[&str]) -> Result<Beside> {
    let cargo = Command::new(env!("CARGO")).args(arguments).spawn()?;
    Ok(Beside { cargo, arguments: arguments.join(" ") })
}

impl Beside {
    /// Waits for its end.
    fn done(mut self) -> Result<()> {
        if !self.cargo.wait()?.success() {
            bail!("cargo {} failed", self.arguments);
        }
        Ok(())
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        let _ = self.cargo.kill(); // a step has failed, or it is done
    }
}

impl Steps {
    /// A step that cargo does.
    pub(crate) fn cargo(&mut self, name: &str, arguments: &[&str]) -> Result<()> {
        self.run(name, || beside(arguments)?.done())
    }

    /// A step that cargo has been at beside others: waits for its end.
    pub(crate) fn end(&mut self, name: &str, begun: Beside) -> Result<()> {
        self.run(name, || begun.done())
    }

    /// A step that a function does.
    pub(crate) fn run(&mut self, name: &str, step: impl FnOnce() -> Result<()>) -> Result<()> {
        eprintln!("\n== {name}");
        let start = Instant::now();
        step().with_context(|| name.to_owned())?;
        eprintln!("== {name}: passed in {:.0} s", start.elapsed().as_secs_f64());
        self.passed.push((name.to_owned(), start.elapsed()));
        Ok(())
    }

    /// A step that cannot be done here.
    pub(crate) fn skip(&mut self, name: &str, why: &str) {
        eprintln!("\n== {name}: skipped, {why}");
        self.skipped.push(format!("{name}: {why}"));
    }

    /// Waits for the steps of a lane, which count as those before it do.
    pub(crate) fn join(&mut self, lane: Lane) -> Result<()> {
        let Ok((steps, done)) = lane.0.join() else { bail!("steps beside others panicked") };
        self.passed.extend(steps.passed);
        self.skipped.extend(steps.skipped);
        done
    }

    /// Says what was done, and where the time went.
    pub(crate) fn finish(&self) {
        eprintln!();
        for (name, time) in &self.passed {
            eprintln!("{:6.0} s  {name}", time.as_secs_f64());
        }
        eprintln!("{:6.0} s  in all", self.begun.elapsed().as_secs_f64());
        eprintln!("steps: {} passed, {} skipped", self.passed.len(), self.skipped.len());
        self.skipped.iter().for_each(|skipped| eprintln!("  skipped {skipped}"));
    }
}
