//! The project's own tasks: `cargo xtask test` is what CI runs, `cargo xtask bench` prints the figures of the README.

mod arrows;
mod bench;
mod clinic;
mod danger;
mod docs;
mod fuzz;
mod oracle;
mod page;
mod python;
mod steps;
mod wheel;

use anyhow::Result;
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask TASK

  test     format, lints, arrows between rooms, all tests, the answers against NumPy, and a little fuzzing
  bench    search, proofs, shared arrays, pools and the doctor against their rivals, each as a ratio measured in the same
           run; or only the tables named: search, clusters, exact, doctor, arrays, pool
  clinic   only the doctor's clinic: every fault named first, every healthy twin left alone;
           --times N does it again and again, --busy N keeps cores busy with something else
  page     only the page of --report in a browser, and pictures of it
  python   only the tests of the Python package
  wheel    the Python package, as it is given to users
  docs     the documents as a site, under target/site
  arrows   only the check that rooms depend on no others than ARCHITECTURE.md says
";

fn main() -> ExitCode {
    let done = run();
    // Not by returning it: where backtraces are asked for, for the tests, that buries the name of the step that failed.
    if let Err(error) = &done {
        eprintln!("\nfailed: {error:#}");
    }
    ExitCode::from(u8::from(done.is_err()))
}

fn run() -> Result<()> {
    let mut words = std::env::args().skip(1);
    let task = words.next().unwrap_or_default();
    match task.as_str() {
        "test" => test(),
        "bench" => bench::run(&words.collect::<Vec<_>>()),
        "python" => {
            let mut steps = steps::Steps::default();
            wheel::test(&mut steps)?;
            steps.finish();
            Ok(())
        }
        "wheel" => wheel::release().map(|wheel| println!("{}", wheel.display())),
        "arrows" => arrows::check(),
        "clinic" => clinic::alone(&words.collect::<Vec<_>>()),
        "docs" => docs::alone(),
        "page" => page::alone(),
        _ => {
            eprint!("{HELP}");
            std::process::exit(2)
        }
    }
}

/// The tests of all rooms; those of the Python package take its wheel.
const TESTS: [&str; 5] = ["test", "--workspace", "--exclude", "sharpest-python", "--all-features"];

/// Everything that must hold before a change lands.
fn test() -> Result<()> {
    let mut steps = steps::Steps::default();
    steps.cargo("format", &["fmt", "--all", "--check"])?;
    // Compilers often wait for one crate, and installers for PyPI: so they work side by side. But beside no test, since some
    // of them look at the clock.
    let environments = std::thread::spawn(wheel::prepare);
    let program = steps::beside(&["build", "--release", "--package", "sharpest"])?;
    let lints =
        ["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"];
    steps.cargo("lints", &lints)?;
    steps.cargo("documents", &["doc", "--workspace", "--no-deps", "--all-features", "--quiet"])?;
    steps.run("arrows", arrows::check)?;
    steps.cargo("tests, built", &[&TESTS[..], &["--no-run", "--quiet"]].concat())?;
    steps.end("program", program)?;
    if environments.join().is_err() {
        anyhow::bail!("making the Python environments panicked");
    }
    steps.cargo("tests", &TESTS)?;
    // Its files are the only tests that see the difference.
    steps.cargo(
        "the command without Parquet",
        &["test", "--package", "sharpest", "--test", "command", "--", "bad_files"],
    )?;
    match python::environment("test", "python3", &["numpy==2.4.6"], &[])? {
        Some(environment) => steps.run("answers against NumPy", || oracle::check(&environment))?,
        None => steps.skip("answers against NumPy", "no python3 with venv on this machine"),
    }
    docs::step(&mut steps)?;
    page::step(&mut steps)?;
    clinic::step(&mut steps)?;
    danger::test(&mut steps)?;
    wheel::test(&mut steps)?;
    fuzz::run(&mut steps)?;
    steps.finish();
    Ok(())
}
