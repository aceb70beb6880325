//! Systems without memory files and seals: every function that would make shared memory says that it cannot.

use crate::error::{Error, Result};
use crate::layout::Id;
use std::ptr::NonNull;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

/// A file that nobody can have: nothing here makes one.
#[derive(Debug)]
pub(crate) struct File(());

/// A name that nobody can give.
pub(crate) type NameFile = File;

/// A map that nobody can have.
#[derive(Debug)]
pub(crate) struct Map(());

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seal {
    Frozen,
    Length,
    Size,
}

impl Map {
    pub(crate) fn read(_: &File, _: usize) -> Result<Map> {
        Err(Error::Unsupported)
    }

    pub(crate) fn write(_: &File, _: usize) -> Result<Map> {
        Err(Error::Unsupported)
    }

    pub(crate) fn private(_: &File, _: usize) -> Result<Map> {
        Err(Error::Unsupported)
    }

    pub(crate) fn anonymous(_: usize) -> Result<Map> {
        Err(Error::Unsupported)
    }

    pub(crate) fn populate(&self) {}

    pub(crate) fn start(&self) -> NonNull<u8> {
        NonNull::dangling()
    }

    pub(crate) fn len(&self) -> usize {
        0
    }
}

pub(crate) fn memory_file() -> Result<File> {
    Err(Error::Unsupported)
}

pub(crate) fn allocate(_: &File, _: usize) -> Result<()> {
    Err(Error::Unsupported)
}

pub(crate) fn reserve(_: &File, _: usize) -> Result<()> {
    Err(Error::Unsupported)
}

pub(crate) fn write(_: &File, _: &[u8], _: usize) -> Result<()> {
    Err(Error::Unsupported)
}

pub(crate) fn read(_: &File, _: usize, _: usize) -> Result<Vec<u8>> {
    Err(Error::Unsupported)
}

pub(crate) fn seal(_: &File, _: Seal) -> Result<()> {
    Err(Error::Unsupported)
}

pub(crate) fn is_sealed(_: &File, _: Seal) -> bool {
    false
}

pub(crate) fn identity(_: &File) -> Result<(u64, usize)> {
    Err(Error::Unsupported)
}

pub(crate) fn reopen(_: u32, _: i32, _: bool) -> Result<File> {
    Err(Error::Unsupported)
}

pub(crate) fn reopen_own(_: &File) -> Result<File> {
    Err(Error::Unsupported)
}

pub(crate) fn number(_: &File) -> i32 {
    -1
}

/// A stretch of a process's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Epoch;

pub(crate) fn epoch() -> Epoch {
    Epoch
}

pub(crate) fn own_pid() -> u32 {
    std::process::id()
}

pub(crate) fn random_id() -> Result<Id> {
    Err(Error::Unsupported)
}

pub(crate) fn available() -> Option<(u64, bool)> {
    None
}

pub(crate) fn create_name(_: &str, _: &[u8]) -> Result<Option<NameFile>> {
    Err(Error::Unsupported)
}

pub(crate) fn read_name(_: &str, _: usize) -> Result<Option<Vec<u8>>> {
    Err(Error::Unsupported)
}

pub(crate) fn remove_name(_: &str, _: Option<&NameFile>) -> Result<bool> {
    Err(Error::Unsupported)
}

pub(crate) fn names() -> Result<Vec<String>> {
    Err(Error::Unsupported)
}

/// A mutex that nobody can have: it would lie in shared memory.
#[derive(Debug)]
pub(crate) struct RawMutex(());

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(dead_code, reason = "nobody ever holds what nobody can have")]
pub(crate) enum Attempt {
    Locked,
    OwnerDied,
    Busy,
    Damaged,
}

impl RawMutex {
    pub(crate) fn init(&self) {}

    pub(crate) fn try_lock(&self) -> Attempt {
        Attempt::Busy
    }

    pub(crate) fn lock(&self, _: Duration) -> Attempt {
        Attempt::Busy
    }

    pub(crate) fn unlock(&self) -> bool {
        false
    }
}

pub(crate) fn futex_wait(_: &AtomicU32, _: u32, _: Duration) {}

pub(crate) fn futex_wake(_: &AtomicU32, _: u32) -> usize {
    0
}

pub(crate) fn thread_id() -> u32 {
    0
}

pub(crate) fn is_alive(_: u32, _: u32) -> bool {
    false
}

/// A named segment that nobody can have.
#[derive(Debug)]
pub(crate) struct NamedEntry {
    pub(crate) name: String,
    pub(crate) len: u64,
    pub(crate) in_use: bool,
}

pub(crate) fn create_named(_: &str, _: usize) -> Result<Map> {
    Err(Error::Unsupported)
}

pub(crate) fn attach_named(_: &str) -> Result<Map> {
    Err(Error::Unsupported)
}

pub(crate) fn remove_named(_: &str) -> Result<()> {
    Err(Error::Unsupported)
}

pub(crate) fn list_named() -> Vec<NamedEntry> {
    Vec::new()
}

pub(crate) fn reap_named(_: &str) -> bool {
    false
}
