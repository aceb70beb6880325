//! The search on executors of other people, against threads: what it costs that tasks and answers travel.

use super::{Desk, row};
use crate::python::{self, environment};
use crate::wheel;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::process::Command;

/// What the wheel and its rivals need.
const PACKAGES: [&str; 4] =
    ["numpy==2.4.6", "narwhals==2.29.0", "distributed==2026.8.0", "ray==2.60.0"];

/// Prints the table.
pub(super) fn run(desk: &Desk) -> Result<()> {
    let python = environment("bench-clusters", "python3.11", &PACKAGES, &[])?;
    let python = python.context("no python3.11 with venv here")?;
    wheel::install(&python, &wheel::release()?)?;
    let answer = Command::new(&python)
        .arg(python::file("benches/clusters.py"))
        .arg(&desk.prices)
        .env("PYTHONSAFEPATH", "1")
        .current_dir(python::target()) // Ray's workers take what lies here for what is installed
        .output()?;
    if !answer.status.success() {
        bail!("the search on executors failed: {}", String::from_utf8_lossy(&answer.stderr));
    }
    let text = String::from_utf8(answer.stdout)?;
    let report: Value = serde_json::from_str(text.lines().last().unwrap_or_default())?;
    println!("the same on executors of 2 workers that are started, against 2 threads in turns");
    for name in ["threads", "ProcessPoolExecutor", "Dask", "Ray"] {
        let figure = |key| report[name][key].as_f64().context("no figure");
        let (seconds, ratio) = (figure("seconds")?, figure("ratio")?);
        let share = format!("{:.2}x the threads' throughput", (100.0 * ratio).floor() / 100.0);
        row(name, format!("{seconds:.2} s"), &share);
    }
    Ok(())
}
