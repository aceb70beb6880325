//! The program against its rivals, in one run, as medians and ratios.

mod arrays;
mod clusters;
mod doctor;
mod exact;
mod pool;
mod scale;
mod search;

use crate::python;
use crate::wheel;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The rivals.
const RIVALS: [&str; 5] = [
    "numpy==2.4.6",
    "daqp==0.11.0",
    "pyportfolioopt==1.6.0",
    "skfolio==1.12.2",
    "pyscipopt==6.3.0",
];
/// Executors of other people, and what the wheel takes.
const EXECUTORS: [&str; 8] = [
    "numpy==2.4.6",
    "narwhals==2.29.0",
    "pandas==3.1.1",
    "polars==2.1.0",
    "distributed==2026.8.0",
    "ray==2.60.0",
    "joblib==1.6.0",
    "loky==3.7.0",
];
/// Real prices. They stay in this package: its license asks for more than the project can pass on, so they are measured with
/// and never kept.
const PRICES: [&str; 1] = ["universal-portfolios==0.4.17"];

/// What the contestants run on.
struct Desk {
    python: PathBuf,
    program: PathBuf,
    /// 30 stocks, 507 days.
    prices: PathBuf,
    /// 88 stocks, 1,259 days.
    more_prices: PathBuf,
}

/// A table: its name, and what measures and prints it.
type Table = (&'static str, fn(&Desk) -> Result<()>);

const TABLES: [Table; 4] = [
    ("search", search::run),
    ("clusters", clusters::run),
    ("exact", exact::run),
    ("scale", scale::run),
];
const ON_LINUX: [Table; 3] =
    [("doctor", doctor::run), ("arrays", arrays::run), ("pool", pool::run)];

/// Prints the tables of these names, or all.
pub(crate) fn run(names: &[String]) -> Result<()> {
    let tables = TABLES.iter().chain(ON_LINUX.iter().filter(|_| cfg!(target_os = "linux")));
    let tables: Vec<&Table> = tables
        .filter(|(name, _)| names.is_empty() || names.iter().any(|one| one == name))
        .collect();
    if tables.len() < names.len() {
        let known: Vec<&str> = TABLES.iter().chain(&ON_LINUX).map(|(name, _)| *name).collect();
        bail!("the tables are {}", known.join(", "));
    }
    let desk = prepare()?;
    tables.into_iter().try_for_each(|(_, table)| table(&desk))
}

fn prepare() -> Result<Desk> {
    let build = ["build", "--release", "--package", "sharpest"];
    if !Command::new(env!("CARGO")).args(build).status()?.success() {
        bail!("cargo build failed");
    }
    let python = python::environment("bench", "python3", &RIVALS, &PRICES)?
        .context("no python3 with venv here")?;
    let find =
        "import importlib.util as u; print(u.find_spec('universal').submodule_search_locations[0])";
    let folder = Command::new(&python).args(["-c", find]).output()?;
    let data = PathBuf::from(String::from_utf8(folder.stdout)?.trim()).join("data");
    let program = python::target().join("release/sharpest");
    Ok(Desk { python, program, prices: data.join("djia.csv"), more_prices: data.join("tse.csv") })
}

/// What a program in Python measured: the last line that it prints.
fn measured(python: &Path, program: &str, arguments: &[&Path]) -> Result<Value> {
    let answer = Command::new(python)
        .arg(python::file(program))
        .args(arguments)
        .current_dir(python::target()) // Ray's workers take what lies here for what is installed
        .output()?;
    if !answer.status.success() {
        bail!("{program} failed: {}", String::from_utf8_lossy(&answer.stderr));
    }
    let text = String::from_utf8(answer.stdout)?;
    Ok(serde_json::from_str(text.lines().last().unwrap_or_default())?)
}

/// The Python that has those executors, and the wheel.
fn with_executors() -> Result<PathBuf> {
    let python = python::environment("bench-clusters", "python3.11", &EXECUTORS, &[])?;
    let python = python.context("no python3.11 with venv here")?;
    wheel::install(&python, &wheel::release()?)?;
    Ok(python)
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Never rounded in our favor.
fn floor(ratio: f64) -> f64 {
    ratio.floor()
}

fn row(what: &str, figure: impl Display, ratio: &str) {
    println!("  {what:<44} {figure:>12}  {ratio}");
}
