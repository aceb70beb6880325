//! The project's own tasks: `cargo xtask test` is what CI runs, `cargo xtask bench` prints the figures of the README.

mod arrows;
mod bench;
mod oracle;
mod python;
mod steps;

use anyhow::Result;

const HELP: &str = "\
cargo xtask TASK

  test     format, lints, arrows between rooms, all tests, and the answers against NumPy
  bench    the search against its rivals, each as a ratio measured in the same run
  arrows   only the check that rooms depend on no others than ARCHITECTURE.md says
";

fn main() -> Result<()> {
    let task = std::env::args().nth(1).unwrap_or_default();
    match task.as_str() {
        "test" => test(),
        "bench" => bench::run(),
        "arrows" => arrows::check(),
        _ => {
            eprint!("{HELP}");
            std::process::exit(2)
        }
    }
}

/// Everything that must hold before a change lands.
fn test() -> Result<()> {
    let mut steps = steps::Steps::default();
    steps.cargo("format", &["fmt", "--all", "--check"])?;
    let lints =
        ["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"];
    steps.cargo("lints", &lints)?;
    steps.cargo("documents", &["doc", "--workspace", "--no-deps", "--all-features", "--quiet"])?;
    steps.run("arrows", arrows::check)?;
    steps.cargo("tests", &["test", "--workspace", "--all-features"])?;
    steps.cargo("the command without Parquet", &["test", "--package", "sharpest"])?;
    steps.cargo("program", &["build", "--release", "--package", "sharpest"])?;
    match python::environment("test", &["numpy==2.4.6"], &[])? {
        Some(environment) => steps.run("answers against NumPy", || oracle::check(&environment))?,
        None => steps.skip("answers against NumPy", "no python3 with venv on this machine"),
    }
    steps.finish();
    Ok(())
}
