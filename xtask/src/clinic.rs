//! The clinic of the doctor: real programs with one known fault each, in a Python environment of their own.

use crate::python;
use crate::steps::Steps;
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

/// What the programs import.
const PACKAGES: [&str; 3] = ["numpy==2.4.6", "joblib==1.6.0", "threadpoolctl==3.8.0"];

/// How the programs are tried.
#[derive(Debug, Clone, Copy)]
struct Rounds {
    /// How often each.
    times: usize,
    /// Cores that something else keeps busy meanwhile.
    busy: usize,
}

impl Rounds {
    /// From `--times N` and `--busy N`.
    fn typed(words: &[String]) -> Result<Self> {
        let mut rounds = Self { times: 1, busy: 0 };
        for pair in words.chunks(2) {
            let number = pair.get(1).and_then(|number| number.parse().ok());
            let number = number.with_context(|| format!("{} takes a number", pair[0]))?;
            match pair[0].as_str() {
                "--times" => rounds.times = number,
                "--busy" => rounds.busy = number,
                other => bail!("the clinic takes --times N and --busy N, not {other}"),
            }
        }
        Ok(rounds)
    }
}

/// The clinic as a step, or what is skipped.
pub(crate) fn step(steps: &mut Steps) -> Result<()> {
    rounds(steps, Rounds { times: 1, busy: 0 })
}

/// The clinic and nothing else.
pub(crate) fn alone(words: &[String]) -> Result<()> {
    let mut steps = Steps::default();
    rounds(&mut steps, Rounds::typed(words)?)?;
    steps.finish();
    Ok(())
}

fn rounds(steps: &mut Steps, rounds: Rounds) -> Result<()> {
    if !cfg!(target_os = "linux") {
        steps.skip("clinic of the doctor", "it reads /proc, which only Linux has");
        return Ok(());
    }
    match python::environment("clinic", "python3", &PACKAGES, &[])? {
        Some(python) => steps.run("clinic of the doctor", || beside_others(&python, rounds))?,
        None => steps.skip("clinic of the doctor", "no python3 with venv on this machine"),
    }
    Ok(())
}

/// Keeps cores busy while the programs run.
fn beside_others(python: &Path, rounds: Rounds) -> Result<()> {
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..rounds.busy {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            });
        }
        let done = run(python, rounds.times);
        over.store(true, Ordering::Relaxed);
        done
    })
}

/// One program at a time: they measure.
fn run(python: &Path, times: usize) -> Result<()> {
    let arguments = [
        "test",
        "--package",
        "sharpest",
        "--test",
        "clinic",
        "--",
        "--test-threads=1",
        "--nocapture",
    ];
    let clinic = Command::new(env!("CARGO"))
        .args(arguments)
        .env("SHARPEST_CLINIC_PYTHON", python)
        .env("SHARPEST_CLINIC_TIMES", times.to_string())
        .status()?;
    if !clinic.success() {
        bail!("the doctor is wrong about a program of its clinic");
    }
    Ok(())
}
