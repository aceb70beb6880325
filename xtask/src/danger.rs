//! The room with the most `unsafe`, run under tools that see what tests cannot. Each is a named skip where it is missing.

use crate::python;
use crate::steps::Steps;
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const ROOM: &str = "sharpest-arrays";
/// Instrumented code runs beside a standard library for this target that is not.
const TARGET: &str = "x86_64-unknown-linux-gnu";
/// loom changes stacks by itself, which both tools take for corruption; it has tried those orders without them.
const NOT_LOOM: [&str; 2] = ["--skip", "in_every_order_of_steps"];

/// The arrays under AddressSanitizer, under valgrind, and as they are built where there is no Linux.
pub(crate) fn test(steps: &mut Steps) -> Result<()> {
    let name = "arrays under AddressSanitizer";
    match has_sanitizer() {
        true => steps.run(name, sanitize)?,
        false => steps.skip(name, "the compiler here comes without its runtime"),
    }
    let name = "arrays under valgrind";
    match quiet("valgrind").arg("--version").status().is_ok_and(|status| status.success()) {
        true => steps.run(name, valgrind)?,
        false => steps.skip(name, "no valgrind on this machine"),
    }
    let name = "arrays under Miri";
    let asked = quiet("cargo").args(["+nightly", "miri", "--version"]).status();
    match asked.is_ok_and(|status| status.success()) {
        true => steps.run(name, miri)?,
        false => steps.skip(name, "needs a nightly compiler with the component miri"),
    }
    steps.run("arrays on a system without them", stub)
}

fn quiet(program: &str) -> Command {
    let mut command = Command::new(program);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Whether the compiler has the runtime of AddressSanitizer beside its library for the target.
fn has_sanitizer() -> bool {
    let ask = ["--print", "target-libdir", "--target", TARGET];
    let Ok(output) = Command::new("rustc").args(ask).stderr(Stdio::null()).output() else {
        return false;
    };
    let folder = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    files.into_iter().any(|file| file.file_name().to_string_lossy().ends_with("_rt.asan.a"))
}

/// Every test of the room, each load and store of its own code checked.
fn sanitize() -> Result<()> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["test", "--quiet", "--package", ROOM, "--lib", "--tests", "--target", TARGET]);
    cargo.arg("--").args(NOT_LOOM);
    // Sanitizers are for nightly compilers, but any has them; only the room and what it uses are built so.
    cargo.env("RUSTC_BOOTSTRAP", "1").env("RUSTFLAGS", "-Zsanitizer=address");
    cargo.env("CARGO_TARGET_DIR", python::target().join("sanitized"));
    if !cargo.status()?.success() {
        bail!("AddressSanitizer found errors");
    }
    Ok(())
}

/// Every test of the room, each load and store of everything that is linked checked.
fn valgrind() -> Result<()> {
    for binary in binaries()? {
        let mut tool = Command::new("valgrind");
        tool.args(["--quiet", "--error-exitcode=9", "--leak-check=full"]);
        tool.args(["--errors-for-leak-kinds=definite", "--show-leak-kinds=definite"]);
        tool.arg(&binary).args(NOT_LOOM);
        tool.args(["--quiet", "--test-threads=1"]).env("PROPTEST_CASES", "16");
        if !tool.status()?.success() {
            bail!("valgrind found errors in {}", binary.display());
        }
    }
    Ok(())
}

/// What of the room asks nothing of the kernel, which Miri does not have: the layout of a segment, and tokens.
fn miri() -> Result<()> {
    let mut cargo = Command::new("cargo"); // by rustup, which knows the other compiler
    cargo.args([
        "+nightly",
        "miri",
        "test",
        "--quiet",
        "--package",
        ROOM,
        "--lib",
        "--",
        "layout",
        "token",
    ]);
    cargo.env("MIRIFLAGS", "-Zmiri-disable-isolation").env("PROPTEST_CASES", "4");
    cargo.env("CARGO_TARGET_DIR", python::target().join("miri"));
    if !cargo.status()?.success() {
        bail!("Miri found errors");
    }
    Ok(())
}

/// The test programs of the room, as they were built for the tests of all rooms.
fn binaries() -> Result<Vec<PathBuf>> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(crate::TESTS).args(["--no-run", "--message-format=json"]);
    let output = cargo.stderr(Stdio::inherit()).output()?;
    let lines = String::from_utf8(output.stdout)?;
    let messages =
        lines.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let room = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("crates").join("arrays");
    let manifest = room.join("Cargo.toml");
    let of_room = messages
        .filter(|message| message["manifest_path"].as_str().map(Path::new) == Some(&*manifest));
    let binaries = of_room.filter_map(|message| message["executable"].as_str().map(PathBuf::from));
    let binaries: Vec<_> = binaries.collect();
    if binaries.is_empty() {
        bail!("{ROOM} has no tests to run");
    }
    Ok(binaries)
}

/// The room as it is built where there is no Linux.
fn stub() -> Result<()> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["check", "--quiet", "--package", ROOM]);
    cargo.env("RUSTFLAGS", "--cfg sharpest_unsupported -D warnings");
    cargo.env("CARGO_TARGET_DIR", python::target().join("unsupported"));
    if !cargo.status()?.success() {
        bail!("the stub does not compile");
    }
    Ok(())
}
