//! The documents as a site, by MkDocs in a Python environment of its own. A link inside them that leads nowhere is an error; so
//! is a reference of the command line that is not what the program says.

use crate::python;
use crate::steps::Steps;
use anyhow::{Context, Result, bail, ensure};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const PACKAGES: [&str; 2] = ["mkdocs==1.6.1", "mkdocstrings-python==2.0.11"];

/// The commands, in the order of the reference.
const COMMANDS: [&str; 5] = ["search", "solve", "check", "doctor", "arrays"];

/// Documents outside the site whose links are followed here.
const OTHERS: [&str; 4] =
    ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "crates/workers/README.md"];

const INTRODUCTION: &str = "\
# The command line

What the program says with `--help`, written by `cargo xtask docs`.
";

/// The site as a step, or what is skipped. The program has been built.
pub(crate) fn step(steps: &mut Steps) -> Result<()> {
    steps.run("links and the reference of the command line", || {
        let written = fs::read_to_string(reference())?;
        ensure!(
            written == said()?,
            "docs/command.md is not what the program says: cargo xtask docs writes it anew"
        );
        OTHERS.iter().try_for_each(|path| follow(&python::file(path)))
    })?;
    match python::environment("docs", "python3", &PACKAGES, &[])? {
        Some(python) => steps.run("the site", || build(&python).map(drop)),
        None => {
            steps.skip("the site", "no python3 with venv on this machine");
            Ok(())
        }
    }
}

/// Writes the reference anew, builds the site and says where it is.
pub(crate) fn alone() -> Result<()> {
    let mut steps = Steps::default();
    steps.cargo("program", &["build", "--release", "--package", "sharpest"])?;
    fs::write(reference(), said()?)?;
    step(&mut steps)?;
    steps.finish();
    println!("{}", site().join("index.html").display());
    Ok(())
}

fn reference() -> PathBuf {
    python::file("docs/command.md")
}

fn site() -> PathBuf {
    python::target().join("site")
}

/// The help of every command.
fn said() -> Result<String> {
    let mut page = INTRODUCTION.to_owned();
    for command in COMMANDS {
        let mut sharpest = Command::new(python::target().join("release/sharpest"));
        let help = sharpest.args([command, "--help"]).env("COLUMNS", "100").output()?;
        ensure!(help.status.success(), "sharpest {command} --help fails");
        let help = String::from_utf8(help.stdout)?;
        let lines: Vec<&str> = help.lines().map(str::trim_end).collect();
        write!(page, "\n## sharpest {command}\n\n```text\n{}\n```\n", lines.join("\n").trim_end())?;
    }
    Ok(page)
}

/// Builds the site; whatever MkDocs warns of is an error.
fn build(python: &Path) -> Result<PathBuf> {
    let mut mkdocs = Command::new(python);
    mkdocs.args(["-m", "mkdocs", "build", "--strict", "--quiet", "--clean", "--config-file"]);
    mkdocs
        .arg(python::file("mkdocs.yml"))
        .arg("--site-dir")
        .arg(fs::canonicalize(python::target())?.join("site"));
    mkdocs.env("PYTHONPATH", python::file("xtask/src/docs")).env("PYTHONDONTWRITEBYTECODE", "1");
    if !mkdocs.status()?.success() {
        bail!("the site cannot be built");
    }
    Ok(site())
}

/// Every link of a document to a file leads to one.
fn follow(document: &Path) -> Result<()> {
    let text = fs::read_to_string(document).with_context(|| document.display().to_string())?;
    let folder = document.parent().unwrap_or(Path::new("."));
    for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        let path = link.split('#').next().unwrap_or_default();
        let elsewhere =
            path.is_empty() || path.contains("://") || path.contains(char::is_whitespace);
        ensure!(
            elsewhere || folder.join(path).exists(),
            "{} leads to {link}, which is not there",
            document.display()
        );
    }
    Ok(())
}
