//! Names of published arrays: small files of this user in /dev/shm.

use super::{File, retry, system};
use crate::error::Result;
use rustix::fs::{AtFlags, CWD, FlockOperation, Mode, OFlags};
use rustix::io::Errno;
use std::os::fd::{AsFd, AsRawFd};

const FOLDER: &str = "/dev/shm";

/// A file that gives a name, open and locked.
pub(crate) type NameFile = File;

/// Where the file of a name lies: each user has names of its own.
fn path(name: &str) -> String {
    format!("{FOLDER}/{}{name}", prefix())
}

fn prefix() -> String {
    format!("sharpest.{}.", rustix::process::getuid().as_raw())
}

/// A file of this name and content, locked by this process before anybody can see it; none where there is one already.
pub(crate) fn create_name(name: &str, content: &[u8]) -> Result<Option<NameFile>> {
    let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
    let file = retry(|| rustix::fs::open(FOLDER, flags, Mode::RUSR | Mode::WUSR));
    let file = file.map_err(|error| system("publishing in /dev/shm", error))?;
    super::write(&file, content, 0)?;
    retry(|| rustix::fs::flock(&file, FlockOperation::NonBlockingLockShared))
        .map_err(|error| system("locking a published name", error))?;
    let own = format!("/proc/self/fd/{}", file.as_fd().as_raw_fd());
    match rustix::fs::linkat(CWD, own, CWD, path(name), AtFlags::SYMLINK_FOLLOW) {
        Ok(()) => Ok(Some(file)),
        Err(Errno::EXIST) => Ok(None),
        Err(error) => Err(system("publishing in /dev/shm", error)),
    }
}

/// The content of a name's file, up to `most` bytes; none where there is no such name, or only what a killed publisher left.
pub(crate) fn read_name(name: &str, most: usize) -> Result<Option<Vec<u8>>> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let file = match retry(|| rustix::fs::open(path(name), flags, Mode::empty())) {
        Ok(file) => file,
        Err(Errno::NOENT) => return Ok(None),
        Err(error) => return Err(system("looking for a published name", error)),
    };
    let stat =
        rustix::fs::fstat(&file).map_err(|error| system("looking for a published name", error))?;
    if stat.st_uid != rustix::process::getuid().as_raw() {
        return Ok(None); // another user's file under our name is no publication of ours
    }
    if rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok() {
        remove_name(name, Some(&file))?;
        return Ok(None);
    }
    super::read(&file, most, 0).map(Some)
}

/// Removes a name; with `file` only if it still is that file's. Says whether there was one.
pub(crate) fn remove_name(name: &str, file: Option<&NameFile>) -> Result<bool> {
    if let Some(file) = file {
        let same = |file: &NameFile| {
            let (own, named) = (rustix::fs::fstat(file).ok()?, rustix::fs::stat(path(name)).ok()?);
            Some((own.st_dev, own.st_ino) == (named.st_dev, named.st_ino))
        };
        if same(file) != Some(true) {
            return Ok(false);
        }
    }
    match rustix::fs::unlink(path(name)) {
        Ok(()) => Ok(true),
        Err(Errno::NOENT) => Ok(false),
        Err(error) => Err(system("removing a published name", error)),
    }
}

/// All names that this user has given.
pub(crate) fn names() -> Result<Vec<String>> {
    let failed = |source| crate::Error::System { what: "reading /dev/shm", source };
    let entries = std::fs::read_dir(FOLDER).map_err(failed)?;
    let prefix = prefix();
    let names = entries.flatten().filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        name.strip_prefix(&prefix).map(str::to_owned)
    });
    Ok(names.collect())
}
