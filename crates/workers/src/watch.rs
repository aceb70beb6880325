//! The watch of a worker: a thread that ends the process when nobody is left to work for, whatever a task is doing.
//!
//! The death signal that a worker is started with comes when the *thread* that started it ends, and workers that others
//! forked have none. The end of the socket may be held open by somebody whom the main process forked. So both the socket
//! and the main process itself are watched.

use crate::channel::retry;
use crate::launch;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Signal, getpid, kill_process};
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

/// How long a worker is given to notice by itself, and to end as it wants to.
const GRACE: Duration = Duration::from_millis(200);

/// Watches from now on.
pub(crate) fn begin(socket: OwnedFd, main: u32) {
    // Without a thread there is still the death signal.
    let _ = std::thread::Builder::new().name("sharpest-watch".into()).spawn(move || {
        // A main process that cannot be opened has gone: then its end of the socket tells, unless somebody holds it.
        if let Ok(main) = launch::open(main) {
            watch(&socket, Some(&main));
        } else {
            watch(&socket, None);
        }
        std::thread::sleep(GRACE);
        let _ = kill_process(getpid(), Signal::KILL);
    });
}

/// Returns when the other end is closed or the main process has ended.
fn watch(socket: &OwnedFd, main: Option<&OwnedFd>) {
    loop {
        // No event is asked for: what is reported then is the end alone, not every task.
        let mut files = vec![PollFd::from_borrowed_fd(socket.as_fd(), PollFlags::empty())];
        files.extend(main.map(|main| PollFd::from_borrowed_fd(main.as_fd(), PollFlags::IN)));
        let ready = retry(|| poll(&mut files, None));
        if ready.is_err() || files.iter().any(|file| !file.revents().is_empty()) {
            return;
        }
    }
}
