//! A worker gives back what stands behind its task, unseen, when the pool asks for it: that task may be waiting for one of
//! those, and other workers may be idle.
//!
//! A thread of its own takes them from the same socket. Whether a task is begun here or goes back is decided by who takes
//! its frame, so that it is never both.

use crate::channel::{Arrival, Channel, Frame, Inbox, retry};
use crate::error::Result;
use crate::message::{Head, Kind};
use crate::seat::again;
use rustix::net::{Shutdown, shutdown};
use std::os::fd::{BorrowedFd, OwnedFd};

/// From now on listens at `asked`.
pub(crate) fn attend(socket: BorrowedFd<'_>, asked: OwnedFd) -> Result<()> {
    let channel = Channel::new(again(socket)?);
    // Without a thread nothing goes back, and what stands behind a long task waits for it.
    let _ = std::thread::Builder::new().name("sharpest-recall".into()).spawn(move || {
        let mut inbox = Inbox::new();
        while retry(|| rustix::io::read(&asked, &mut [0; 8])).is_ok_and(|bytes| bytes > 0) {
            give_back(&channel, &mut inbox);
        }
    });
    Ok(())
}

fn give_back(channel: &Channel, inbox: &mut Inbox) {
    while let Ok(Arrival::Frame(Frame { head, .. }) | Arrival::Short(head)) = channel.look(inbox) {
        if head.kind == Kind::Task {
            let _ = channel.send(&Head::new(Kind::Returned, head.task), &[], &[]); // nobody is there
        } else {
            // To go home was said meanwhile: whoever waits for a task hears it in this way.
            let _ = shutdown(channel.socket(), Shutdown::Read);
        }
    }
}
