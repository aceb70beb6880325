//! The Python package: what it costs that a frame goes in and a result comes out, what the import costs, and the search on
//! executors of other people, against threads.

use super::{Desk, measured, row, with_executors};
use anyhow::{Context, Result};
use serde_json::Value;

/// Prints both tables.
pub(super) fn run(desk: &Desk) -> Result<()> {
    let python = with_executors()?;
    frames(&measured(&python, "benches/frames.py", &[])?)?;
    executors(&measured(&python, "benches/clusters.py", &[&desk.prices])?)
}

fn figure(report: &Value, what: &str, key: &str) -> Result<f64> {
    report[what][key].as_f64().with_context(|| format!("no figure {key} of {what}"))
}

fn frames(report: &Value) -> Result<()> {
    println!("sharpest.solve on 30 assets and 1,260 days, against the engine's own call in turns");
    for kind in ["pandas", "polars", "NumPy"] {
        let milliseconds = |key| -> Result<f64> { Ok(figure(report, kind, key)? * 1e3) };
        let (whole, engine) = (milliseconds("solve")?, milliseconds("engine")?);
        let more = format!("{:.2} ms over the engine's {engine:.2} ms", milliseconds("overhead")?);
        row(kind, format!("{whole:.2} ms"), &more);
    }
    let (ours, numpy) = (figure(report, "import", "sharpest")?, figure(report, "import", "numpy")?);
    let of_numpy = format!("of which NumPy {:.0} ms", numpy * 1e3);
    row("import sharpest", format!("{:.0} ms", ours * 1e3), &of_numpy);
    Ok(())
}

fn executors(report: &Value) -> Result<()> {
    println!(
        "the whole job of the search on executors of 2 workers that are started, against 2 threads in turns"
    );
    for name in ["threads", "ProcessPoolExecutor", "Dask", "Ray"] {
        let (seconds, ratio) = (figure(report, name, "seconds")?, figure(report, name, "ratio")?);
        let share = format!("{:.2}x the threads' throughput", (100.0 * ratio).floor() / 100.0);
        row(name, format!("{seconds:.2} s"), &share);
    }
    Ok(())
}
