//! The answers of the program, recomputed by NumPy from the file it read.

use crate::python;
use anyhow::{Result, bail};
use std::path::Path;
use std::process::Command;

/// Runs `benches/oracle.py` with the program that was built.
pub(crate) fn check(python: &Path) -> Result<()> {
    let program = python::target().join("release/sharpest");
    let status = Command::new(python)
        .arg(python::file("benches/oracle.py"))
        .arg(program)
        .arg(python::file("data/sp500_20_2018-2022.csv"))
        .status()?;
    if !status.success() {
        bail!("NumPy does not agree");
    }
    Ok(())
}
