//! What a task costs: the pool of Python against those of others, taking turns in one process.

use super::{Desk, floor, measured, row, with_executors};
use anyhow::{Context, Result};

/// The rivals, in the order of the table, and which of ours took turns with them.
const RIVALS: [(&str, &str); 6] = [
    ("ProcessPoolExecutor", OURS),
    ("multiprocessing.Pool", OURS),
    ("loky", OURS),
    ("joblib", OURS),
    ("Ray", "sharpest beside them"),
    ("Dask", "sharpest beside them"),
];
const OURS: &str = "sharpest";

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
pub(super) fn run(_: &Desk) -> Result<()> {
    eprintln!("pools of worker processes");
    let told = measured(&with_executors()?, "benches/pool.py", &[])?;
    let seconds = |pool: &str, kind: &str| told[pool][kind].as_f64().context("a figure is missing");
    let alone = |kind: &str| told[kind].as_f64().context("a figure is missing");
    println!("pools of two worker processes");
    for (kind, what) in KINDS {
        let others = RIVALS.iter().map(|(rival, ours)| -> Result<String> {
            Ok(format!("{} x {rival}", ratio(seconds(rival, kind)? / seconds(ours, kind)?)))
        });
        let others = others.collect::<Result<Vec<_>>>()?.join(", ");
        row(what, time(seconds(OURS, kind)?), &others);
    }
    let executor = |kind| seconds(RIVALS[0].0, kind);
    for (kind, rival, what) in [
        ("shared", "send", "the argument, shared"),
        ("built", "back", "the result, built in place"),
    ] {
        let ours = seconds(OURS, kind)?;
        let text = format!("{} x {}", ratio(executor(rival)? / ours), RIVALS[0].0);
        row(what, time(ours), &text);
    }
    for (kind, what) in
        [("memcpy", "memcpy of 100 MB"), ("segment", "the same, into shared memory")]
    {
        let share = seconds(OURS, "back")? / alone(kind)?;
        let share = format!("of which the result takes {:.2}", (100.0 * share).ceil() / 100.0);
        row(what, time(alone(kind)?), &share);
    }
    let share = 100.0 * alone("ledger")? / seconds(OURS, "noop")?;
    row("the ledger's own part of a task", time(alone("ledger")?), &format!("{share:.1} %"));
    let gain = format!("{:.2} x one worker", (100.0 * alone("scoring")?).floor() / 100.0);
    let bare = format!("two processes without a pool: {:.2} x one", alone("bare")?);
    row("the author's scoring, by two workers", gain, &bare);
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
