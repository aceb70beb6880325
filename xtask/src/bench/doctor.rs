//! What the doctor costs: CPU time of programs with it and without, in the same run.

use super::{Desk, measured, row};
use anyhow::{Context, Result};

/// Prints the table.
pub(super) fn run(desk: &Desk) -> Result<()> {
    eprintln!("what the doctor costs");
    let figures = measured(&desk.python, "benches/doctor.py", &[&desk.program])?;
    println!("CPU time under sharpest doctor, medians of 9 pairs");
    for (name, medians) in figures.as_object().context("no table")? {
        let figure = |index: usize| medians[index].as_f64().context("a figure is missing");
        let (alone, watched) = (figure(0)?, figure(1)?);
        let more = |index: usize| Ok::<f64, anyhow::Error>(100.0 * (figure(index)? - 1.0));
        let (middle, least, most) = (more(2)?, more(3)?, more(4)?);
        let ratio = format!("{middle:+.1} % ({least:+.1} to {most:+.1}) of {alone:.2} s without");
        row(name, format!("{watched:.2} s"), &ratio);
    }
    Ok(())
}
