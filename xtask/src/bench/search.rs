//! Searching by sampling: the whole job against the author's program and against the best NumPy, taking turns.

use super::{Desk, floor, median, row};
use crate::python;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use sharpest_search::{Kernel, PEAK_ROUND};
use std::hint::black_box;
use std::process::Command;
use std::time::Instant;

/// Turns that each contestant gets.
const TURNS: usize = 5;
/// Subsets that the rivals are timed on, of all 142,506.
const RIVAL_SUBSETS: u64 = 600;
const SUBSETS: u64 = 142_506;
/// Multiply-adds that a fresh candidate of 25 assets takes: the triangle of the covariance, its rows into the variance, the
/// mean, and a logarithm of four an asset.
const FRESH_WORK: f64 = 25.0 * 26.0 / 2.0 + 25.0 + 25.0 + 4.0 * 25.0;
/// The share of the candidates that a cap of 20 % accepts.
const ACCEPTED: f64 = 0.8834;
/// Multiply-adds that a shared draw of 25 assets takes a step.
const SHARED_WORK: f64 = 25.0 + 2.0;

/// One contestant's times, in seconds for the whole job.
type Times = Vec<f64>;

/// Prints the table.
pub(super) fn run(desk: &Desk) -> Result<()> {
    let (mut seed, mut best) = (Times::new(), Times::new());
    let mut ours = [(); 4].map(|()| Times::new());
    let mut peak = Times::new();
    for turn in 1..=TURNS {
        eprintln!("turn {turn} of {TURNS}");
        seed.push(desk.rival("seed")?);
        best.push(desk.rival("best")?);
        for (times, (draw, jobs)) in ours.iter_mut().zip(CONTESTS) {
            times.push(desk.sharpest(draw, jobs)?);
        }
        peak.push(peak_rate());
    }
    let [fresh2, fresh1, shared2, shared1] = ours.map(median);
    let (seed, best, peak) = (median(seed), median(best), median(peak));
    let portfolios = SUBSETS as f64 * 1000.0;
    println!(
        "25 of 30 stocks, no more than 20 % in one, 1,000 draws a subset: 142,506,000 portfolios"
    );
    println!(
        "medians of {TURNS} turns; kernel {}; rivals timed on {RIVAL_SUBSETS} subsets and scaled",
        Kernel::detect()
    );
    row("the author's NumPy program, 2 processes", format!("{seed:.1} s"), "");
    row("the best NumPy, 2 processes", format!("{best:.1} s"), "");
    row(
        "fresh draws, 2 threads",
        format!("{fresh2:.2} s"),
        &format!(
            "{:.0}x the author's, {:.0}x the best NumPy",
            floor(seed / fresh2),
            floor(best / fresh2)
        ),
    );
    row(
        "shared draws, 2 threads",
        format!("{shared2:.3} s"),
        &format!("{:.0}x the author's", floor(seed / shared2)),
    );
    row(
        "fresh draws, one core",
        rate(portfolios / fresh1),
        &share(portfolios / fresh1 * FRESH_WORK / ACCEPTED, peak),
    );
    row(
        "shared draws, one core",
        rate(portfolios / shared1),
        &share(portfolios / shared1 * SHARED_WORK, peak),
    );
    row("2 threads against one, fresh", format!("{:.2}x", fresh1 / fresh2), "");
    row("2 threads against one, shared", format!("{:.2}x", shared1 / shared2), "");
    row(
        "largest resident set, whole job with --csv",
        format!("{:.1} MB", desk.memory()? * 1024.0 / 1e6),
        "",
    );
    Ok(())
}

/// Ours: draws and threads.
const CONTESTS: [(&str, &str); 4] =
    [("fresh", "2"), ("fresh", "1"), ("shared", "2"), ("shared", "1")];

impl Desk {
    /// Seconds that a rival would take for all subsets.
    fn rival(&self, kind: &str) -> Result<f64> {
        let script = python::file("benches/rivals.py");
        let answer = Command::new(&self.python)
            .arg(script)
            .arg(kind)
            .arg(&self.prices)
            .args(["2", &RIVAL_SUBSETS.to_string()])
            .env_remove("OPENBLAS_CORETYPE") // set on some machines for old builds: it slows this one
            .env_remove("OPENBLAS_L2_SIZE")
            .output()?;
        let answer: Value = serde_json::from_slice(&answer.stdout).context("a rival failed")?;
        let seconds = answer["seconds"].as_f64().context("no seconds")?;
        Ok(seconds * SUBSETS as f64 / RIVAL_SUBSETS as f64)
    }

    fn question(&self, draw: &str, jobs: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("search").arg(&self.prices);
        command.args([
            "--table", "prices", "--pick", "25", "--cap", "0.2", "--draws", "1000", "--quiet",
        ]);
        command.args(["--draw", draw, "-j", jobs]);
        command
    }

    /// Seconds that the program takes as a whole, from its start to its end.
    fn sharpest(&self, draw: &str, jobs: &str) -> Result<f64> {
        let start = Instant::now();
        let answer = self.question(draw, jobs).args(["--json", "-"]).output()?;
        let seconds = start.elapsed().as_secs_f64();
        let answer: Value = serde_json::from_slice(&answer.stdout).context("sharpest failed")?;
        if answer["subsets"].as_u64() != Some(SUBSETS) {
            bail!("sharpest searched {} subsets", answer["subsets"]);
        }
        Ok(seconds)
    }

    /// The largest resident set of the whole job with its lines, in KiB.
    fn memory(&self) -> Result<f64> {
        let lines = python::target().join("bench-lines.csv");
        let mut question = self.question("fresh", "2");
        let question = question.arg("--csv").arg(&lines);
        let answer = Command::new(&self.python)
            .arg(python::file("benches/memory.py"))
            .arg(question.get_program())
            .args(question.get_args())
            .output()?;
        std::fs::remove_file(&lines)?;
        Ok(String::from_utf8(answer.stdout)?.trim().parse()?)
    }
}

/// Multiply-adds a second of one core.
fn peak_rate() -> f64 {
    const ROUNDS: u64 = 20_000_000;
    let start = Instant::now();
    // The clock is no barrier to the optimizer: without these the work is done after the time is taken.
    let sum = black_box(Kernel::detect().multiply_add(black_box(ROUNDS)));
    let seconds = start.elapsed().as_secs_f64();
    sum.map_or(f64::NAN, |_| (ROUNDS * PEAK_ROUND) as f64 / seconds)
}

fn rate(portfolios: f64) -> String {
    format!("{:.1} M/s", (portfolios / 1e5).floor() / 10.0)
}

fn share(work: f64, peak: f64) -> String {
    format!(
        "{:.0} % of {:.1} G multiply-adds/s, this core's peak",
        floor(100.0 * work / peak),
        peak / 1e9
    )
}
