//! Files of shared memory that have a name in /dev/shm, as `shm_open` of the C library makes them.

use super::{File, Map, allocate, identity, retry, system};
use crate::error::{Bytes, Error, Limit, Result};
use rustix::fs::{AtFlags, CWD, FileType, FlockOperation, Mode, OFlags};
use rustix::io::Errno;
use std::os::fd::AsRawFd;
use std::time::Duration;

/// Where the C library puts them.
const FOLDER: &str = "/dev/shm";
/// Readable and writable by this user. The sticky bit, which means nothing on a file, is the mark that every user of this
/// file holds a lock on it: the standard library's hold none, and must not be taken for dead.
const MODE: Mode = Mode::RUSR.union(Mode::WUSR).union(Mode::SVTX);

/// One that carries the mark.
#[derive(Debug)]
pub(crate) struct NamedEntry {
    pub(crate) name: String,
    pub(crate) len: u64,
    pub(crate) in_use: bool,
}

/// A new file under a name that nobody has. It gets the name when it is whole, locked and marked: whoever is killed
/// before that leaves nothing. The map keeps the file's lock, until it is undone or its process dies.
pub(crate) fn create_named(name: &str, len: usize) -> Result<Map> {
    let path = path(name)?;
    let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
    let file = retry(|| rustix::fs::open(FOLDER, flags, Mode::RUSR | Mode::WUSR))
        .map_err(|error| system("making a file in /dev/shm", error))?;
    lock(&file, FlockOperation::NonBlockingLockShared)?;
    allocate(&file, len).map_err(no_room)?;
    rustix::fs::fchmod(&file, MODE).map_err(|error| system("marking a file in /dev/shm", error))?;
    let map = Map::write(&file, len)?;
    let source = format!("/proc/self/fd/{}", file.as_raw_fd());
    retry(|| rustix::fs::linkat(CWD, &source, CWD, &path, AtFlags::SYMLINK_FOLLOW))
        .map_err(|error| system("naming shared memory", error))?;
    Ok(map)
}

/// Opens what has a name, whoever made it.
pub(crate) fn attach_named(name: &str) -> Result<Map> {
    let file = open(&path(name)?, OFlags::RDWR)?;
    // Who has it for himself is about to remove it.
    let mut tries = 0;
    while let Err(error) = lock(&file, FlockOperation::NonBlockingLockShared) {
        tries += 1;
        if tries == 100 {
            return Err(error);
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    let (_, len) = identity(&file)?;
    if !has_name(&file) {
        return Err(system("opening shared memory", Errno::NOENT));
    }
    Map::write(&file, len)
}

/// Takes the name away. Who has it open keeps what it names.
pub(crate) fn remove_named(name: &str) -> Result<()> {
    retry(|| rustix::fs::unlink(&path(name).map_err(|_| Errno::INVAL)?))
        .map_err(|error| system("removing shared memory", error))
}

/// Those of this user that carry the mark.
pub(crate) fn list_named() -> Vec<NamedEntry> {
    let Ok(folder) = std::fs::read_dir(FOLDER) else { return Vec::new() };
    let names = folder.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    names.filter_map(|name| entry(&name)).collect()
}

fn entry(name: &str) -> Option<NamedEntry> {
    let file = open_marked(name)?;
    let in_use = lock(&file, FlockOperation::NonBlockingLockExclusive).is_err();
    let len = rustix::fs::fstat(&file).ok()?.st_size;
    Some(NamedEntry { name: name.to_owned(), len: u64::try_from(len).ok()?, in_use })
}

/// Removes what carries the mark and is used by nobody any more; whether it did.
pub(crate) fn reap_named(name: &str) -> bool {
    let reap = || {
        let file = open_marked(name)?;
        // From here on nobody can begin to use it: `attach` asks for the lock, and looks for the name after that.
        lock(&file, FlockOperation::NonBlockingLockExclusive).ok()?;
        // By now the name may be another file's. What happens between this look and the removal is beyond telling: it
        // takes somebody who removes the file by hand and makes a new one within a microsecond.
        let named = rustix::fs::stat(path(name).ok()?).ok()?;
        let own = rustix::fs::fstat(&file).ok()?;
        ((named.st_ino, named.st_dev) == (own.st_ino, own.st_dev)).then_some(())?;
        remove_named(name).ok()
    };
    reap().is_some()
}

/// A file of this user that carries the mark.
fn open_marked(name: &str) -> Option<File> {
    let path = path(name).ok()?;
    let is_marked = |stat: &rustix::fs::Stat| {
        FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile
            && Mode::from_raw_mode(stat.st_mode).contains(Mode::SVTX)
            && stat.st_uid == rustix::process::geteuid().as_raw()
    };
    // Looked at before it is opened: most files there are not ours.
    rustix::fs::lstat(&path).ok().filter(is_marked)?;
    let file = open(&path, OFlags::RDONLY).ok()?;
    rustix::fs::fstat(&file).ok().filter(is_marked)?;
    Some(file)
}

fn open(path: &str, access: OFlags) -> Result<File> {
    let flags = access | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
    retry(|| rustix::fs::open(path, flags, Mode::empty()))
        .map_err(|error| system("opening shared memory", error))
}

fn lock(file: &File, operation: FlockOperation) -> Result<()> {
    retry(|| rustix::fs::flock(file, operation))
        .map_err(|error| system("locking shared memory", error))
}

fn has_name(file: &File) -> bool {
    rustix::fs::fstat(file).is_ok_and(|stat| stat.st_nlink > 0)
}

fn path(name: &str) -> Result<String> {
    match name {
        "" | "." | ".." => Err(system("naming shared memory", Errno::INVAL)),
        _ if name.contains(['/', '\0']) => Err(system("naming shared memory", Errno::INVAL)),
        _ => Ok(format!("{FOLDER}/{name}")),
    }
}

/// /dev/shm has a size of its own.
fn no_room(error: Error) -> Error {
    let free = rustix::fs::statvfs(FOLDER).map_or(0, |stat| stat.f_bavail * stat.f_frsize);
    match error {
        Error::OutOfMemory { wanted, limit: None, .. } => {
            Error::OutOfMemory { wanted, available: Bytes(free), limit: Some(&Limit::Names) }
        }
        error => error,
    }
}
