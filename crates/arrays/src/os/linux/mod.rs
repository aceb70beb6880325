//! Linux: memory files, seals, maps, descriptors of other processes, and names.

mod fork;
mod futex;
mod map;
mod memory;
mod mutex;
mod named;
mod names;
mod pid;

pub(crate) use fork::{Epoch, epoch};
pub(crate) use futex::{futex_wait, futex_wake, is_alive, thread_id};
pub(crate) use map::Map;
pub(crate) use memory::available;
pub(crate) use mutex::{Attempt, RawMutex};
pub(crate) use named::{
    NamedEntry, attach_named, create_named, list_named, reap_named, remove_named,
};
pub(crate) use names::{NameFile, create_name, names, read_name, remove_name};
pub(crate) use pid::own_pid;

use crate::error::{Bytes, Error, Result};
use crate::layout::Id;
use rustix::fs::{FallocateFlags, MemfdFlags, Mode, OFlags, SealFlags};
use rustix::io::Errno;
use rustix::process::Resource;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

/// An open memory file.
pub(crate) type File = OwnedFd;

/// What the kernel is told to refuse from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seal {
    /// Any change by anybody. Refused while anybody has a writable map, so it proves that there is none.
    Frozen,
    /// A change of its length.
    Length,
    /// The same, and other seals may be added: what is passed from holder to holder before it is frozen.
    Size,
}

impl Seal {
    fn flags(self) -> SealFlags {
        let length = SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL;
        match self {
            Seal::Frozen => length | SealFlags::WRITE,
            Seal::Length => length,
            Seal::Size => SealFlags::SHRINK | SealFlags::GROW,
        }
    }
}

/// A new memory file of no length. It has no name: it lives as long as somebody has it open or mapped.
pub(crate) fn memory_file() -> Result<File> {
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    // Kernels since 6.3 want to be told that no program will be run from it; those before do not know the word.
    match rustix::fs::memfd_create("sharpest", flags | MemfdFlags::NOEXEC_SEAL) {
        Err(Errno::INVAL) => rustix::fs::memfd_create("sharpest", flags),
        other => other,
    }
    .map_err(|error| system("memfd_create", error))
}

/// Gives a memory file its length and its pages, so that no later touch can fail for want of them.
pub(crate) fn allocate(file: &File, len: usize) -> Result<()> {
    if len >= LARGE {
        afford(len)?;
    }
    rustix::fs::ftruncate(file, len as u64).map_err(|error| no_room(error, len))?;
    retry(|| rustix::fs::fallocate(file, FallocateFlags::empty(), 0, len as u64))
        .map_err(|error| no_room(error, len))
}

/// Gives a memory file its length without pages: [`write`] brings them, and says when there are none.
pub(crate) fn reserve(file: &File, len: usize) -> Result<()> {
    if len >= LARGE {
        afford(len)?;
    }
    rustix::fs::ftruncate(file, len as u64).map_err(|error| no_room(error, len))
}

/// Writes all of `bytes` at `offset`. Filling fresh pages so takes little more than half the time of storing to a map
/// (73 and 135 ms for 100 MB): the kernel need not clear a page that it will fill.
pub(crate) fn write(file: &File, mut bytes: &[u8], mut offset: usize) -> Result<()> {
    while !bytes.is_empty() {
        let count = retry(|| rustix::io::pwrite(file, bytes, offset as u64))
            .map_err(|error| no_room(error, bytes.len()))?;
        bytes = &bytes[count..];
        offset += count;
    }
    Ok(())
}

/// The first bytes of a file, as many as there are up to `count`.
pub(crate) fn read(file: &File, count: usize, offset: usize) -> Result<Vec<u8>> {
    let mut bytes = vec![0; count];
    let mut have = 0;
    while have < count {
        match retry(|| rustix::io::pread(file, &mut bytes[have..], (offset + have) as u64)) {
            Ok(0) => break,
            Ok(more) => have += more,
            Err(error) => return Err(system("reading shared memory", error)),
        }
    }
    bytes.truncate(have);
    Ok(bytes)
}

/// Seals a file for good.
pub(crate) fn seal(file: &File, seal: Seal) -> Result<()> {
    retry(|| rustix::fs::fcntl_add_seals(file, seal.flags())).map_err(|error| match error {
        Errno::BUSY => Error::StillWritten { views: 1 },
        error => system("sealing shared memory", error),
    })
}

/// Whether a file has a seal.
pub(crate) fn is_sealed(file: &File, seal: Seal) -> bool {
    rustix::fs::fcntl_get_seals(file).is_ok_and(|seals| seals.contains(seal.flags()))
}

/// The number of a file among all memory files of the machine, and its length.
pub(crate) fn identity(file: &File) -> Result<(u64, usize)> {
    let stat =
        rustix::fs::fstat(file).map_err(|error| system("looking at shared memory", error))?;
    let len =
        usize::try_from(stat.st_size).map_err(|_| Error::Damaged("its length is no length"))?;
    Ok((stat.st_ino, len))
}

/// Opens descriptor `number` of process `pid` anew, so that what is done with it is not done to that process's own.
///
/// The number may by now be another file's: the caller checks. Opening without blocking and without becoming a terminal's
/// owner has no effect on whatever it is.
pub(crate) fn reopen(pid: u32, number: i32, writable: bool) -> Result<File> {
    let path = format!("/proc/{pid}/fd/{number}");
    let access = if writable { OFlags::RDWR } else { OFlags::RDONLY };
    let flags = access | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    retry(|| rustix::fs::open(&path, flags, Mode::empty())).map_err(|error| match error {
        Errno::ACCESS | Errno::PERM => Error::OutOfReach { pid },
        Errno::NOENT | Errno::SRCH | Errno::NXIO => Error::OwnerGone { pid },
        error => system("opening the array of another process", error),
    })
}

/// The same file opened anew for reading: a map of it can never be made writable.
pub(crate) fn reopen_own(file: &File) -> Result<File> {
    reopen(std::process::id(), number(file), false)
}

/// Another descriptor of the same file.
pub(crate) fn duplicate(file: &File) -> Result<File> {
    rustix::io::fcntl_dupfd_cloexec(file, 0).map_err(|error| system("lending shared memory", error))
}

/// The number of a descriptor in this process.
pub(crate) fn number(file: &File) -> i32 {
    file.as_fd().as_raw_fd()
}

/// A new identity from the system's random numbers.
pub(crate) fn random_id() -> Result<Id> {
    let mut bytes = [0; 16];
    let filled = rustix::rand::getrandom(&mut bytes, rustix::rand::GetRandomFlags::empty());
    filled.map_err(|error| system("getrandom", error))?;
    Ok(Id(bytes))
}

/// From here on it is worth some 30 microseconds to ask whether there is memory.
const LARGE: usize = 1 << 20;

/// Refuses what would have this process killed instead of told.
fn afford(len: usize) -> Result<()> {
    match available() {
        Some((free, limit)) if (len as u64) > free => {
            let limit = Some(if limit {
                &crate::error::Limit::Group
            } else {
                &crate::error::Limit::Machine
            });
            Err(Error::OutOfMemory { wanted: Bytes(len as u64), available: Bytes(free), limit })
        }
        _ => Ok(()),
    }
}

fn no_room(error: Errno, len: usize) -> Error {
    match error {
        Errno::NOSPC | Errno::NOMEM | Errno::FBIG | Errno::DQUOT => {
            let free = available().map_or(0, |(free, _)| free);
            Error::OutOfMemory { wanted: Bytes(len as u64), available: Bytes(free), limit: None }
        }
        error => system("making shared memory", error),
    }
}

fn system(what: &'static str, error: Errno) -> Error {
    match error {
        Errno::MFILE => {
            let limit = rustix::process::getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
            Error::OutOfDescriptors { limit }
        }
        error => Error::System { what, source: error.into() },
    }
}

/// Does it again when a signal came in between.
fn retry<T>(mut call: impl FnMut() -> Result<T, Errno>) -> Result<T, Errno> {
    loop {
        match call() {
            Err(Errno::INTR) => {}
            other => return other,
        }
    }
}
