//! Children that the doctor adopted: when they end, someone has to take notice, or they stay as zombies.

use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

/// Takes notice of `pid`, which is a child and has ended.
pub(super) fn bury(pid: i32) {
    if let Some(pid) = Pid::from_raw(pid) {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG;
        let _ = waitid(WaitId::Pid(pid), options); // not ours: then its parent does
    }
}
