//! Python environments of the project's own, under `target/`: made on first use, kept until what they hold changes.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where everything that is built goes.
pub(crate) fn target() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}

/// A file of the repository.
pub(crate) fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// An environment with these packages from PyPI and what they need, and `bare` ones without what they need; or none where
/// there is no Python that can make one.
pub(crate) fn environment(
    name: &str,
    interpreter: &str,
    packages: &[&str],
    bare: &[&str],
) -> Result<Option<PathBuf>> {
    let folder = target().join(format!("python-{name}"));
    let (python, list) = (folder.join("bin/python"), folder.join("packages.txt"));
    let wanted = [packages, bare].concat().join("\n");
    if python.exists() && std::fs::read_to_string(&list).is_ok_and(|found| found == wanted) {
        return Ok(Some(python));
    }
    let venv = |interpreter: &Path| {
        let mut make = Command::new(interpreter);
        make.args(["-m", "venv", "--clear"]).arg(&folder).stderr(Stdio::null());
        make.status().is_ok_and(|status| status.success())
    };
    if !venv(Path::new(interpreter)) && !pyenv(interpreter).iter().any(|path| venv(path)) {
        return Ok(None);
    }
    install(&python, &[], packages)?;
    install(&python, &["--no-deps"], bare)?;
    std::fs::write(&list, wanted).with_context(|| list.display().to_string())?;
    Ok(Some(python))
}

/// Interpreters of this name that pyenv has installed without making them the one that is called so.
fn pyenv(interpreter: &str) -> Vec<PathBuf> {
    let home = || std::env::home_dir().map(|home| home.join(".pyenv"));
    let root = std::env::var_os("PYENV_ROOT").map(PathBuf::from).or_else(home).unwrap_or_default();
    let versions = std::fs::read_dir(root.join("versions")).into_iter().flatten().flatten();
    let found = versions.map(|version| version.path().join("bin").join(interpreter));
    found.filter(|path| path.exists()).collect()
}

fn install(python: &Path, options: &[&str], packages: &[&str]) -> Result<()> {
    if packages.is_empty() {
        return Ok(());
    }
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    if !Command::new(python).args(pip).args(options).args(packages).status()?.success() {
        bail!("pip could not install {}", packages.join(", "));
    }
    Ok(())
}
