//! A range of memory that shows a file.
#![allow(unsafe_code, reason = "mapping a file is the business of this file alone")]

use super::{File, no_room, system};
use crate::error::{Error, Result};
use rustix::io::Errno;
use rustix::mm::{Advice, MapFlags, ProtFlags, madvise, mmap, mmap_anonymous, munmap};
use std::ptr::NonNull;

/// A map of a file's first bytes. It is undone when the value dies, so whatever looks into it keeps the value alive.
#[derive(Debug)]
pub(crate) struct Map {
    start: NonNull<u8>,
    len: usize,
}

// SAFETY: a map is an address range of the process, not of a thread; what may be done with its bytes is argued where it is
// done.
unsafe impl Send for Map {}
// SAFETY: as above; `&Map` gives an address and a length, which do not change.
unsafe impl Sync for Map {}

impl Map {
    /// A map that can be read. From a descriptor that was opened for reading only, it can never be made writable.
    pub(crate) fn read(file: &File, len: usize) -> Result<Map> {
        Map::new(file, len, ProtFlags::READ, MapFlags::SHARED)
    }

    /// A map whose stores everybody sees.
    pub(crate) fn write(file: &File, len: usize) -> Result<Map> {
        Map::new(file, len, ProtFlags::READ | ProtFlags::WRITE, MapFlags::SHARED)
    }

    /// A map whose stores nobody else sees: a page is copied when it is first written.
    pub(crate) fn private(file: &File, len: usize) -> Result<Map> {
        Map::new(file, len, ProtFlags::READ | ProtFlags::WRITE, MapFlags::PRIVATE)
    }

    /// Memory without a file that forked children share.
    pub(crate) fn anonymous(len: usize) -> Result<Map> {
        let access = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: as in `new`.
        let start = unsafe { mmap_anonymous(std::ptr::null_mut(), len, access, MapFlags::SHARED) };
        Map::of(start, len)
    }

    fn new(file: &File, len: usize, access: ProtFlags, flags: MapFlags) -> Result<Map> {
        if len == 0 || isize::try_from(len).is_err() {
            return Err(Error::Damaged("it has no length that can be mapped"));
        }
        // SAFETY: with a null address and without MAP_FIXED the kernel chooses a range that nothing else uses.
        let start = unsafe { mmap(std::ptr::null_mut(), len, access, flags, file, 0) };
        Map::of(start, len)
    }

    fn of(start: rustix::io::Result<*mut std::ffi::c_void>, len: usize) -> Result<Map> {
        let start = start.map_err(|error| match error {
            Errno::NOMEM => no_room(error, len),
            error => system("mapping shared memory", error),
        })?;
        let start =
            NonNull::new(start.cast()).ok_or(Error::Damaged("it was mapped at address 0"))?;
        Ok(Map { start, len })
    }

    /// Brings in all of its pages at once, for writing. That a page is missing is found one by one otherwise, which takes
    /// twice as long as this and the copy together (35 and 18 ms of 100 MB, 2026-11-24). Older kernels cannot.
    pub(crate) fn populate(&self) {
        // SAFETY: the range is this map's; bringing pages in changes no byte.
        let _ =
            unsafe { madvise(self.start.as_ptr().cast(), self.len, Advice::LinuxPopulateWrite) };
    }

    /// Where it begins.
    pub(crate) fn start(&self) -> NonNull<u8> {
        self.start
    }

    /// How many bytes it shows.
    pub(crate) fn len(&self) -> usize {
        self.len
    }
}

impl Drop for Map {
    fn drop(&mut self) {
        // SAFETY: the range was mapped by `new` and is unmapped only here; whoever used its address has borrowed or shared
        // this value, which is now gone. It cannot fail for a range that was mapped as a whole.
        let _ = unsafe { munmap(self.start.as_ptr().cast(), self.len) };
    }
}
