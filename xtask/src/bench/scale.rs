//! What grows with n²T and n³, against NumPy; and how long nobody looks whether to stop.

use super::exact::{json, number};
use super::{Desk, row};
use crate::python;
use anyhow::Result;
use std::process::Command;

/// Assets and days: of the one the covariance is definite, of the other it is not.
const SIZES: [[&str; 2]; 2] = [["2000", "2500"], ["3000", "1260"]];

/// Prints the table.
pub(super) fn run(desk: &Desk) -> Result<()> {
    eprintln!("moments of thousands of assets");
    for size in SIZES {
        let ours = json(
            Command::new(env!("CARGO"))
                .args([
                    "bench",
                    "--quiet",
                    "--package",
                    "sharpest-search",
                    "--bench",
                    "scale",
                    "--",
                ])
                .args(size),
        )?;
        let theirs =
            json(Command::new(&desk.python).arg(python::file("benches/scale.py")).args(size))?;
        let [assets, days] = size;
        println!("{assets} assets, {days} days, one core");
        let [ours_of, theirs_of] = [&ours, &theirs].map(|all| move |name: &str| number(&all[name]));
        for (name, what, rival) in [
            ("estimate", "means and covariance", "np.mean and np.cov"),
            ("check", "the check of a covariance", "np.linalg.cholesky"),
        ] {
            let (ours, theirs) = (ours_of(name)?, theirs_of(name)?);
            row(what, seconds(ours), &format!("{:.2} x {rival}", ours / theirs));
        }
        row("condition number", seconds(ours_of("condition")?), "");
        row("longest without a look at the clock, at most 10", seconds(ours_of("silence")?), "");
    }
    Ok(())
}

fn seconds(time: f64) -> String {
    format!("{time:.2} s")
}
