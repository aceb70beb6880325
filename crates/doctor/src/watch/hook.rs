//! The start-up hook: Python files in a private folder, put in front of the program's PYTHONPATH. The folder goes when the
//! doctor does; that of a doctor which was killed is removed by the next one, as its lock is then free.

use crate::Settings;
use crate::error::Error;
use rustix::fs::{FlockOperation, flock};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// How the folders are called.
const PREFIX: &str = "sharpest-doctor-";
/// The file whose lock says that the doctor lives.
const LOCK: &str = "lock";
/// A folder younger than this may be one that is just being made.
const YOUNG: Duration = Duration::from_secs(60);

/// The files of the hook.
const FILES: [(&str, &str); 16] = [
    ("sitecustomize.py", include_str!("../../hook/sitecustomize.py")),
    ("_sharpest_doctor/__init__.py", include_str!("../../hook/_sharpest_doctor/__init__.py")),
    ("_sharpest_doctor/allocations.py", include_str!("../../hook/_sharpest_doctor/allocations.py")),
    ("_sharpest_doctor/arrays.py", include_str!("../../hook/_sharpest_doctor/arrays.py")),
    ("_sharpest_doctor/blas.py", include_str!("../../hook/_sharpest_doctor/blas.py")),
    ("_sharpest_doctor/describe.py", include_str!("../../hook/_sharpest_doctor/describe.py")),
    ("_sharpest_doctor/importing.py", include_str!("../../hook/_sharpest_doctor/importing.py")),
    ("_sharpest_doctor/ledger.py", include_str!("../../hook/_sharpest_doctor/ledger.py")),
    ("_sharpest_doctor/locks.py", include_str!("../../hook/_sharpest_doctor/locks.py")),
    ("_sharpest_doctor/pickles.py", include_str!("../../hook/_sharpest_doctor/pickles.py")),
    ("_sharpest_doctor/processes.py", include_str!("../../hook/_sharpest_doctor/processes.py")),
    (
        "_sharpest_doctor/random_state.py",
        include_str!("../../hook/_sharpest_doctor/random_state.py"),
    ),
    ("_sharpest_doctor/reduction.py", include_str!("../../hook/_sharpest_doctor/reduction.py")),
    (
        "_sharpest_doctor/sharpest_pool.py",
        include_str!("../../hook/_sharpest_doctor/sharpest_pool.py"),
    ),
    ("_sharpest_doctor/shared.py", include_str!("../../hook/_sharpest_doctor/shared.py")),
    ("_sharpest_doctor/tasks.py", include_str!("../../hook/_sharpest_doctor/tasks.py")),
];

/// The folder of the hook, as long as it is needed.
#[derive(Debug)]
pub(super) struct Hook {
    folder: TempDir,
    _lock: File,
}

impl Hook {
    /// Lays the files out.
    pub(super) fn lay(settings: &Settings) -> Result<Self, Error> {
        sweep(&std::env::temp_dir());
        Self::made(settings).map_err(Error::Folder)
    }

    fn made(settings: &Settings) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir()?;
        let lock = File::create(folder.path().join(LOCK))?;
        flock(&lock, FlockOperation::NonBlockingLockExclusive)?;
        fs::create_dir(folder.path().join("_sharpest_doctor"))?;
        fs::create_dir(folder.path().join("records"))?;
        for (name, text) in &FILES {
            fs::write(folder.path().join(name), text)?;
        }
        if settings.allocations {
            fs::write(folder.path().join("allocations"), "")?;
        }
        Ok(Self { folder, _lock: lock })
    }

    /// Where it lies.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where the processes write.
    pub(super) fn records(&self) -> PathBuf {
        self.folder.path().join("records")
    }

    /// PYTHONPATH with the folder in front.
    pub(super) fn python_path(&self) -> OsString {
        let mut path = self.folder.path().as_os_str().to_owned();
        if let Some(rest) = std::env::var_os("PYTHONPATH").filter(|rest| !rest.is_empty()) {
            path.push(":");
            path.push(rest);
        }
        path
    }
}

/// Removes the folders of doctors that were killed.
fn sweep(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else {
        return;
    };
    for entry in entries.flatten() {
        let named = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
        let old = || entry.metadata().ok()?.modified().ok()?.elapsed().ok();
        if named && old().is_some_and(|age| age > YOUNG) && is_free(&entry.path().join(LOCK)) {
            drop(fs::remove_dir_all(entry.path())); // another's folder stays
        }
    }
}

fn is_free(lock: &Path) -> bool {
    let free = |file| flock(file, FlockOperation::NonBlockingLockExclusive).is_ok();
    File::open(lock).is_ok_and(free)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_goes_with_the_hook() {
        let hook = Hook::lay(&Settings::default()).unwrap();
        let folder = hook.folder.path().to_owned();
        assert!(folder.join("sitecustomize.py").exists() && hook.records().exists());
        drop(hook);
        assert!(!folder.exists());
    }

    #[test]
    fn only_folders_of_the_dead_are_swept() {
        let parent = TempDir::new().unwrap();
        let long_ago = std::time::SystemTime::now() - 2 * YOUNG;
        let make = |name: &str| {
            let folder = parent.path().join(name);
            fs::create_dir(&folder).unwrap();
            let lock = File::create(folder.join(LOCK)).unwrap();
            File::open(&folder).unwrap().set_modified(long_ago).unwrap();
            (folder, lock)
        };
        let (dead, _) = make("sharpest-doctor-dead");
        let (alive, lock) = make("sharpest-doctor-alive");
        let (other, _) = make("something-else");
        flock(&lock, FlockOperation::NonBlockingLockExclusive).unwrap();
        sweep(parent.path());
        assert!(!dead.exists() && alive.exists() && other.exists());
    }
}
