//! This process's number, without a call to the system each time.
#![allow(unsafe_code, reason = "a page that the kernel wipes at a fork is mapped by hand")]

use rustix::mm::{Advice, MapFlags, ProtFlags, madvise, mmap_anonymous, munmap};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

/// A word that holds the number, or 0 in a child that was just forked: the kernel wipes its page there, by whatever call
/// the child was made. (The C library's own count of forks misses those that go around it.)
static KNOWN: AtomicPtr<AtomicU32> = AtomicPtr::new(null_mut());

/// This process. A lock asks three times; a call to the system takes 50 to 1,000 ns.
pub(crate) fn own_pid() -> u32 {
    let known = KNOWN.load(Ordering::Acquire);
    if known.is_null() {
        prepare();
        return std::process::id();
    }
    // SAFETY: what is not null is the page that `prepare` mapped, which is never unmapped; any bytes are a number.
    let known = unsafe { &*known };
    match known.load(Ordering::Relaxed) {
        0 => {
            let pid = std::process::id();
            known.store(pid, Ordering::Relaxed);
            pid
        }
        pid => pid,
    }
}

/// Maps the page. Without a lock, which a fork might copy while it is held; where the kernel cannot wipe pages, or has
/// none, the number is asked for each time.
fn prepare() {
    let len = size_of::<AtomicU32>(); // the kernel takes whole pages
    let access = ProtFlags::READ | ProtFlags::WRITE;
    // SAFETY: with a null address the kernel chooses a range that nothing else uses.
    let Ok(page) = (unsafe { mmap_anonymous(null_mut(), len, access, MapFlags::PRIVATE) }) else {
        return;
    };
    // SAFETY: the range was mapped just now, and holds nothing yet.
    let wiped = unsafe { madvise(page, len, Advice::LinuxWipeOnFork) }.is_ok();
    let (empty, ours) = (null_mut(), page.cast());
    if !wiped || KNOWN.compare_exchange(empty, ours, Ordering::AcqRel, Ordering::Relaxed).is_err() {
        // SAFETY: nobody has been told of this page.
        let _ = unsafe { munmap(page, len) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forked_child_has_a_number_of_its_own() {
        assert_eq!((own_pid(), own_pid()), (std::process::id(), std::process::id()));
        // SAFETY: the child takes no lock and allocates nothing, and never leaves this function.
        let pid = unsafe { libc::fork() };
        if pid == 0 {
            let right = own_pid() == std::process::id() && own_pid() == std::process::id();
            // Says so by the signal that ends it: at an exit, valgrind would count as lost what the parent's threads hold.
            // SAFETY: ends the child without the parent's exit handlers.
            unsafe { libc::raise(if right { libc::SIGKILL } else { libc::SIGTERM }) };
        }
        let mut status = 0;
        // SAFETY: waits for the child that was made above.
        assert_eq!(unsafe { libc::waitpid(pid, &raw mut status, 0) }, pid);
        assert_eq!((status, own_pid()), (libc::SIGKILL, std::process::id()));
    }
}
