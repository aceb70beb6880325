//! The Python package: the wheel, and the tests that take it as a user would, from an environment of its own.

use crate::python::{self, environment};
use crate::steps::{self, Steps};
use anyhow::{Context, Result, bail};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the tests of shared arrays and pools need.
const PACKAGES: [&str; 10] = [
    "numpy==2.4.6",
    "pytest==9.2.0",
    "hypothesis==6.170.15",
    "pandas==3.1.1",
    "polars==2.1.0",
    "joblib==1.6.0",
    "threadpoolctl==3.8.0",
    "cloudpickle==3.1.3",
    "pyarrow==26.0.1",
    "tqdm==4.70.1",
];

/// Interpreters that the one wheel is tried on: the oldest that it is for, in full, and on others, where they are found, what
/// stands on their standard library.
const INTERPRETERS: [&str; 3] = ["python3.11", "python3.12", "python3.13"];

/// Tests that may go otherwise on another interpreter.
const ON_OTHERS: [&str; 9] = [
    "tests/test_native.py",
    "tests/test_arrays.py",
    "tests/test_sync.py",
    "tests/test_compat.py",
    "tests/test_pool.py",
    "tests/test_pool_arrays.py",
    "tests/test_pool_hardships.py",
    "tests/test_pool_cpython.py",
    "tests/test_queue.py",
];

/// What is needed on the first of the interpreters alone: what the rest of the package is tried with (skfolio brings a dozen
/// solvers' worth of packages), what runs the notebook, and what holds types against code.
const ONCE: [&str; 8] = [
    "distributed==2026.8.0",
    "narwhals==2.29.0",
    "matplotlib==3.11.2",
    "scikit-learn==1.9.1",
    "skfolio==1.12.2",
    "nbclient==0.11.0",
    "ipykernel==7.4.0",
    "mypy==2.4.1",
];

/// What is tried in an environment of its own, on the first of the interpreters alone, since it is large: clusters.
const CLUSTERS: [&str; 7] = [
    "numpy==2.4.6",
    "narwhals==2.29.0",
    "pandas==3.1.1",
    "pytest==9.2.0",
    "ray==2.60.0",
    "mpi4py==4.1.2",
    "mpich==5.0.2",
];

/// Builds the wheel as it is given to users, and says where it lies.
pub(crate) fn release() -> Result<PathBuf> {
    build(&["--release"], "wheels")?.context("no python3 with venv on this machine")
}

/// Makes the environments of the tests, for their sake alone: what fails here fails there again, and is told there.
pub(crate) fn prepare() {
    for interpreter in INTERPRETERS {
        let _ = environment(interpreter, interpreter, &packages(interpreter), &[]);
    }
    let _ = environment("clusters", INTERPRETERS[0], &CLUSTERS, &[]);
}

/// What the tests on an interpreter need.
fn packages(interpreter: &str) -> Vec<&'static str> {
    let once = ONCE.into_iter().filter(|_| interpreter == INTERPRETERS[0]);
    PACKAGES.into_iter().chain(once).collect()
}

/// Builds a wheel without optimization of what is not numerical, and runs the tests on it.
pub(crate) fn test(steps: &mut Steps) -> Result<()> {
    let mut wheel = None;
    steps.run("wheel", || {
        wheel = build(&[], "wheels-test")?;
        Ok(())
    })?;
    let Some(wheel) = wheel else {
        steps.skip("Python package", "no python3 with venv on this machine");
        return Ok(());
    };
    let [oldest, others @ .., newest] = INTERPRETERS;
    on(steps, oldest, &wheel, &[])?; // with nothing beside it, since some of its tests look at the clock
    // The newest has the standard library's own tests of executors, which take as long as what can be done beside them.
    let others_wheel = wheel.clone();
    let lane = steps::lane(move |steps| {
        if let Some(python) = environment(oldest, oldest, &packages(oldest), &[])? {
            steps.run("types", || hold_types(&python))?;
        }
        others.iter().try_for_each(|other| on(steps, other, &others_wheel, &ON_OTHERS))
    });
    let done = on(steps, newest, &wheel, &ON_OTHERS);
    steps.join(lane)?;
    done?;
    let name = "Python package on Ray and MPI";
    let tests = ["tests/test_clusters_ray.py", "tests/test_clusters_mpi.py"];
    match environment("clusters", INTERPRETERS[0], &CLUSTERS, &[]) {
        Ok(Some(python)) => steps.run(name, || run(&python, &wheel, INTERPRETERS[0], &tests))?,
        Ok(None) => steps.skip(name, &format!("no {} with venv on this machine", INTERPRETERS[0])),
        Err(error) => steps.skip(name, &error.to_string()), // not made for every machine
    }
    Ok(())
}

/// Runs the tests on an interpreter, if there is one.
fn on(steps: &mut Steps, interpreter: &str, wheel: &Path, tests: &[&str]) -> Result<()> {
    let name = format!("Python package on {interpreter}");
    let Some(python) = environment(interpreter, interpreter, &packages(interpreter), &[])? else {
        steps.skip(&name, &format!("no {interpreter} with venv on this machine"));
        return Ok(());
    };
    steps.run(&name, || run(&python, wheel, interpreter, tests))
}

/// A fresh wheel in a folder of its own; none where there is no Python.
pub(crate) fn build(options: &[&str], folder: &str) -> Result<Option<PathBuf>> {
    let Some(python) = environment("build", "python3", &["maturin==1.16.0"], &[])? else {
        return Ok(None);
    };
    let folder = python::target().join(folder);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    let mut maturin = Command::new(python);
    maturin
        .args(["-m", "maturin", "build", "--quiet", "--locked", "--out"])
        .arg(&folder)
        .args(options);
    // Cargo sets these for its own build, not for one that a task of it starts.
    maturin.env_remove("CARGO_MANIFEST_DIR");
    maturin.arg("--manifest-path").arg(python::file("python/Cargo.toml"));
    if !maturin.status()?.success() {
        bail!("maturin could not build the wheel");
    }
    let wheel = std::fs::read_dir(&folder)?.next().context("maturin made no wheel")??;
    Ok(Some(wheel.path()))
}

/// Installs the wheel, without what it needs.
pub(crate) fn install(python: &Path, wheel: &Path) -> Result<()> {
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    let install = ["--force-reinstall", "--no-deps"];
    if !Command::new(python).args(pip).args(install).arg(wheel).status()?.success() {
        bail!("pip could not install {}", wheel.display());
    }
    Ok(())
}

/// Installs the wheel and runs the tests, or only some, from a folder where the sources are not in the way.
fn run(python: &Path, wheel: &Path, interpreter: &str, tests: &[&str]) -> Result<()> {
    install(python, wheel)?;
    let rounds = if interpreter == INTERPRETERS[0] { "1000" } else { "50" };
    let mut pytest = Command::new(python);
    pytest
        .env("SHARPEST_KILL_ROUNDS", rounds)
        .args(["-m", "pytest", "--quiet", "-p", "no:cacheprovider"])
        .args(["--durations=12", "--durations-min=4"]) // where the minutes go
        .args(tests)
        .current_dir(python::file("python"))
        .env("PYTHONSAFEPATH", "1") // not even for children of the tests
        .env("PYTHONDONTWRITEBYTECODE", "1");
    let passed = if tests.is_empty() { pytest.status()?.success() } else { in_one(&mut pytest)? };
    if !passed {
        bail!("tests of the Python package failed");
    }
    Ok(())
}

/// Whether a command succeeds; what it says is said in one, since others may speak beside it.
fn in_one(command: &mut Command) -> Result<bool> {
    let ended = command.output()?;
    eprint!("{}{}", String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    Ok(ended.status.success())
}

/// Holds what the stub says of the compiled module against the module of the wheel, and the package against its own types.
fn hold_types(python: &Path) -> Result<()> {
    let (settings, known) = (python::file("python/mypy.ini"), python::file("python/stubtest.txt"));
    // From a folder where the sources are not in the way; what mypy keeps goes there, too.
    let folder = python::target().join("types");
    std::fs::create_dir_all(&folder)?;
    let holds = |module: &str, arguments: &[&OsStr]| -> Result<bool> {
        let mut check = Command::new(python);
        check.args(["-m", module]).args(arguments).current_dir(&folder);
        in_one(check.env("PYTHONSAFEPATH", "1"))
    };
    let stub = ["sharpest._native", "--concise", "--mypy-config-file"].map(OsStr::new);
    let allowed = [settings.as_os_str(), OsStr::new("--allowlist"), known.as_os_str()];
    if !holds("mypy.stubtest", &[&stub[..], &allowed].concat())? {
        bail!("the stub says what the module has not, or not all that it has");
    }
    // From 3.12 on the types of NumPy tell that arrays are buffers.
    let package = ["--package", "sharpest", "--python-version", "3.12", "--config-file"];
    if !holds("mypy", &[&package.map(OsStr::new)[..], &[settings.as_os_str()]].concat())? {
        bail!("the package does not keep to its own types");
    }
    Ok(())
}
