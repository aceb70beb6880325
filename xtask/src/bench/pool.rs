//! What a task costs: the pool of Python against those of others, taking turns in one process.

use super::{Desk, floor, row};
use crate::python;
use crate::wheel;
use anyhow::{Context, Result};
use serde_json::Value;
use std::process::Command;

/// The rivals, in the order of the table.
const RIVALS: [&str; 3] = ["ProcessPoolExecutor", "multiprocessing.Pool", "loky"];

/// What is measured, and in which unit it is read.
const KINDS: [(&str, &str); 6] = [
    ("noop", "a task that does nothing, there and back"),
    ("map", "one of many such, handed out one by one"),
    ("chunked", "one of 100,000 such, in the best chunks"),
    ("send", "an argument of 100 MB"),
    ("back", "a result of 100 MB"),
    ("start", "from nothing to the first result"),
];

/// Prints the table.
pub(super) fn run(desk: &Desk) -> Result<()> {
    eprintln!("pools of worker processes");
    wheel::install(&desk.python, &wheel::release()?)?;
    let told = Command::new(&desk.python).arg(python::file("benches/pool.py")).output()?;
    let told: Value = serde_json::from_slice(&told.stdout)
        .with_context(|| String::from_utf8_lossy(&told.stderr).into_owned())?;
    let seconds = |pool: &str, kind: &str| told[pool][kind].as_f64().context("a figure is missing");
    println!("pools of two worker processes");
    for (kind, what) in KINDS {
        let ours = seconds("sharpest", kind)?;
        let others = RIVALS.iter().map(|rival| {
            seconds(rival, kind).map(|theirs| format!("{} x {rival}", ratio(theirs / ours)))
        });
        row(what, time(ours), &others.collect::<Result<Vec<_>>>()?.join(", "));
    }
    let executor = |kind| seconds(RIVALS[0], kind);
    for (kind, rival, what) in [
        ("shared", "send", "the argument, shared"),
        ("built", "back", "the result, built in place"),
    ] {
        let ours = seconds("sharpest", kind)?;
        let text = format!("{} x {}", ratio(executor(rival)? / ours), RIVALS[0]);
        row(what, time(ours), &text);
    }
    row("memcpy of 100 MB", time(told["memcpy"].as_f64().context("memcpy")?), "");
    Ok(())
}

/// Never rounded in our favor, and a tenth where it is a small number.
fn ratio(ratio: f64) -> String {
    if ratio < 10.0 {
        format!("{:.1}", (ratio * 10.0).floor() / 10.0)
    } else {
        floor(ratio).to_string()
    }
}

fn time(seconds: f64) -> String {
    if seconds < 1e-3 {
        format!("{:.1} us", seconds * 1e6)
    } else {
        format!("{:.1} ms", seconds * 1e3)
    }
}
