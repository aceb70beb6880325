//! What the doctor costs: CPU time of programs with it and without, in the same run.

use super::{Desk, measured, row};
use anyhow::{Context, Result};
use serde_json::Value;

/// Prints the table.
pub(super) fn run(desk: &Desk) -> Result<()> {
    eprintln!("what the doctor costs");
    let figures = measured(&desk.python, "benches/doctor.py", &[&desk.program])?;
    println!(
        "CPU time alone, and how much more from outside and with a look inside Python, medians of 9; the doctor's own outside"
    );
    for (name, medians) in figures.as_object().context("no table")? {
        let more = |way: &Value| {
            let part = |index: usize| Some(100.0 * (way[index].as_f64()? - 1.0));
            let (middle, least, most) = (part(0)?, part(1)?, part(2)?);
            Some(format!("{middle:+.1} % ({least:+.1} to {most:+.1})"))
        };
        let alone = medians[0].as_f64().context("a figure is missing")?;
        let outside = more(&medians[1]).context("a figure is missing")?;
        let inside = more(&medians[2]).context("a figure is missing")?;
        let own = 100.0 * medians[3].as_f64().context("a figure is missing")?;
        let all = format!("{outside:<24}  {inside:<24}  {own:.1} %");
        row(name, format!("{alone:.2} s"), &all);
    }
    Ok(())
}
