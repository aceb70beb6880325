//! Shared arrays: sharing, attaching, recycling and small ones, beside the standard library and the kernel's own calls. The
//! rivals are Python programs, so the race is too (`benches/arrays.py`), on the wheel as users get it.

use super::Desk;
use crate::{python, wheel};
use anyhow::{Context, Result, bail};
use std::process::Command;

/// Prints the table.
pub(super) fn run(desk: &Desk) -> Result<()> {
    let wheel = wheel::build(&["--release"], "wheels")?.context("no python3 with venv here")?;
    wheel::install(&desk.python, &wheel)?;
    println!("shared arrays (times of rivals as multiples of ours)");
    let race = python::file("benches/arrays.py");
    if !Command::new(&desk.python).arg(&race).status()?.success() {
        bail!("{} failed", race.display());
    }
    Ok(())
}
