//! The file: one run at a time has it, and what is in it is always whole, whenever that run is killed.

use crate::Error;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A run that was killed while it started a worker has the file until that worker is a program of its own.
const PATIENCE: Duration = Duration::from_secs(1);

/// A file that nobody else has.
#[derive(Debug)]
pub(super) struct Locked {
    path: PathBuf,
    /// What lies there now: the lock is on it.
    file: File,
}

impl Locked {
    /// Makes the file, empty, if there is none, and takes it.
    ///
    /// # Errors
    /// A file that another run has; one that cannot be made or opened.
    pub(super) fn take(path: &Path) -> Result<Self, Error> {
        let name = path.display().to_string();
        let refuse = |reason| Error::Keep { file: name.clone(), reason };
        let begun = Instant::now();
        loop {
            let mut options = OpenOptions::new();
            let file = options.read(true).write(true).create(true).truncate(false).open(path);
            let file = file.map_err(refuse)?;
            // A link stays, what it leads to is replaced.
            let Ok(path) = path.canonicalize() else { continue };
            match lock(&file) {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) if begun.elapsed() < PATIENCE => {
                    std::thread::sleep(PATIENCE / 100);
                    continue;
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(Error::CheckpointBusy { file: name.clone() });
                }
                Err(TryLockError::Error(reason)) => return Err(refuse(reason)),
            }
            // Whoever had it may have put another in its place meanwhile, or removed it.
            if is_at(&file, &path) {
                return Ok(Self { path, file });
            }
        }
    }

    pub(super) fn read(&mut self) -> io::Result<Vec<u8>> {
        if !self.file.metadata()?.is_file() {
            return Err(io::Error::other("it is no regular file"));
        }
        let mut bytes = Vec::new();
        self.file.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Puts `bytes` in the place of what is there: at any moment the disk holds the one or the other.
    pub(super) fn replace(&mut self, bytes: &[u8]) -> io::Result<()> {
        let beside = beside(&self.path)?;
        let mut file = File::create(&beside)?;
        let _ = lock(&file); // it is new, and nobody else makes one while this run has the old one
        let written = file.write_all(bytes).and_then(|()| file.sync_all());
        if let Err(error) = written.and_then(|()| fs::rename(&beside, &self.path)) {
            drop(fs::remove_file(&beside)); // on a full disk half of it is in the way
            return Err(error);
        }
        self.file = file;
        sync_folder(&self.path);
        Ok(())
    }

    /// Removes the file, and what a killed run may have left beside it.
    pub(super) fn remove(&self) -> io::Result<()> {
        drop(beside(&self.path).map(fs::remove_file));
        fs::remove_file(&self.path)
    }
}

impl Drop for Locked {
    /// A process that was forked meanwhile holds the same open file, and with it the lock, until it is another program.
    fn drop(&mut self) {
        let _ = self.file.unlock(); // then it goes when the file is closed
    }
}

/// The lock goes with the file at the latest; on file systems without locks nobody is kept out.
fn lock(file: &File) -> Result<(), TryLockError> {
    match file.try_lock() {
        Err(TryLockError::Error(reason)) if reason.kind() == io::ErrorKind::Unsupported => Ok(()),
        taken => taken,
    }
}

/// Where the next content is written: the same name each time, so that a killed run leaves one at most.
fn beside(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or(io::ErrorKind::IsADirectory)?.to_string_lossy();
    Ok(path.with_file_name(format!(".{name}.unfinished")))
}

/// After a power cut the folder knows the new file. Where a folder cannot be synced, the system does it in its time.
fn sync_folder(path: &Path) {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    drop(File::open(folder.unwrap_or(Path::new("."))).and_then(|folder| folder.sync_all()));
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let place = |about: fs::Metadata| (about.dev(), about.ino());
    let (open, there) = (file.metadata().map(place), path.metadata().map(place));
    open.is_ok_and(|open| there.is_ok_and(|there| open == there))
}

#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_inherited_the_file_keeps_nobody_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run");
        let mut first = Locked::take(&path).unwrap();
        let inherited = first.file.try_clone().unwrap();
        assert!(matches!(Locked::take(&path), Err(Error::CheckpointBusy { .. })));
        // As when the run was killed, and what it had forked has it a little longer.
        let forked =
            Locked::take(&folder.path().join("another")).unwrap().file.try_clone().unwrap();
        lock(&forked).unwrap();
        std::thread::spawn(move || {
            std::thread::sleep(PATIENCE / 4);
            drop(forked);
        });
        Locked::take(&folder.path().join("another")).unwrap();
        first.replace(b"something").unwrap();
        let replaced = first.file.try_clone().unwrap();
        drop(first);
        Locked::take(&path).unwrap();
        drop((inherited, replaced));
    }
}
