//! The exact optimum against other people's solvers, on the same moments.

use super::{Desk, floor, row};
use crate::python;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::process::Command;

/// Two optima are the same answer if they are this close; a solver that stops earlier is named with its answer.
const SAME: f64 = 1e-6;

/// Prints the table.
pub(super) fn run(desk: &Desk) -> Result<()> {
    eprintln!("the exact optimum");
    let ours = json(
        Command::new(env!("CARGO"))
            .args(["bench", "--quiet", "--package", "sharpest-search", "--bench", "exact", "--"])
            .args([&desk.prices, &desk.more_prices]),
    )?;
    let theirs = json(
        Command::new(&desk.python)
            .arg(python::file("benches/solvers.py"))
            .args([&desk.prices, &desk.more_prices])
            .env_remove("OPENBLAS_CORETYPE")
            .env_remove("OPENBLAS_L2_SIZE"),
    )?;
    println!("the exact optimum of 30 stocks, at most 20 % in one, with its certificate, one core");
    one(&ours, &theirs)?;
    println!("at most K of 88 stocks, proven");
    for most in [5, 10] {
        at_most(&ours, &theirs, most)?;
    }
    println!("at most K of a factor model's assets, five years of days, proven");
    for name in ["98_5", "98_10", "225_5", "225_10", "487_5", "487_10"] {
        let [seconds, gap, _] = triple(&ours, &format!("sparse_{name}"))?;
        let (assets, most) = name.split_once('_').context("a name")?;
        row(&format!("{most} of {assets}"), time(seconds), &format!("gap {gap:.0e}"));
    }
    println!("one optimum of n assets");
    for n in [10, 30, 100, 300, 1000] {
        let pair = &ours[format!("scaling_{n}")];
        let (ours, clarabel) = (number(&pair[0])?, number(&pair[1])?);
        row(&format!("n = {n}"), time(ours), &format!("{:.0}x Clarabel", floor(clarabel / ours)));
    }
    Ok(())
}

fn one(ours: &Value, theirs: &Value) -> Result<()> {
    let (one, sharpe) = (number(&ours["one"])?, number(&ours["sharpe"])?);
    row("Sharpest", time(one), "");
    row(
        "Clarabel, called directly",
        time(number(&ours["clarabel"])?),
        &times(&ours["clarabel"], one)?,
    );
    for rival in ["daqp", "pyportfolioopt", "skfolio"] {
        let [seconds, answer] = [number(&theirs[rival][0])?, number(&theirs[rival][1])?];
        if (answer / sharpe - 1.0).abs() > SAME {
            bail!("{rival} found {answer}, Sharpest {sharpe}");
        }
        row(rival, time(seconds), &times(&theirs[rival][0], one)?);
    }
    let ranking = number(&ours["ranking"])?;
    let in_a_loop = number(&theirs["daqp"][0])? * 142_506.0;
    row(
        "every 25 of 30, 142,506 optima",
        time(ranking),
        &format!("{:.0}x DAQP in a loop", floor(in_a_loop / ranking)),
    );
    row("luck test, 4,000 samples of 506 days, solved", time(number(&ours["luck"])?), "");
    Ok(())
}

fn at_most(ours: &Value, theirs: &Value, most: u32) -> Result<()> {
    let [seconds, _, sharpe] = triple(ours, &format!("sparse_real_{most}"))?;
    let scip = &theirs[format!("scip_{most}")];
    let (rival, found) = (number(&scip[0])?, number(&scip[1])?);
    if found > sharpe * (1.0 + SAME) {
        bail!("SCIP found {found}, above the proven {sharpe}");
    }
    let ratio = format!(
        "{:.0}x skfolio with SCIP: {rival:.1} s for {found:.4}, the optimum is {sharpe:.4}",
        floor(rival / seconds)
    );
    row(&format!("at most {most}"), time(seconds), &ratio);
    Ok(())
}

pub(super) fn json(command: &mut Command) -> Result<Value> {
    let output = command.output()?;
    serde_json::from_slice(&output.stdout)
        .with_context(|| String::from_utf8_lossy(&output.stderr).into_owned())
}

pub(super) fn number(value: &Value) -> Result<f64> {
    value.as_f64().context("a figure is missing")
}

fn triple(ours: &Value, name: &str) -> Result<[f64; 3]> {
    let value = &ours[name];
    Ok([number(&value[0])?, number(&value[1])?, number(&value[2])?])
}

fn times(rival: &Value, ours: f64) -> Result<String> {
    Ok(format!("{:.0}x", floor(number(rival)? / ours)))
}

fn time(seconds: f64) -> String {
    match seconds {
        s if s < 1e-3 => format!("{:.1} us", s * 1e6),
        s if s < 1.0 => format!("{:.1} ms", s * 1e3),
        s => format!("{s:.1} s"),
    }
}
