//! One end of a socket pair: sends and receives whole frames, and waits for them, at first awake.
//!
//! Waking a process that sleeps costs some 40 microseconds, which is more than most of what is sent takes. So whoever
//! expects a frame looks for it for a while before it sleeps, where there is a core to do so.

use crate::error::{Error, Result};
use crate::message::{HEAD, Head, INLINE, MOST_FILES};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, IoSlice, IoSliceMut};
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags,
    SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketFlags, SocketType, recvmsg,
    sendmsg, socketpair,
};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

/// How long it is looked for a frame before sleeping.
pub(crate) const PATIENCE: Duration = Duration::from_micros(100);
/// Room for the descriptors of a frame.
const ROOM: usize = rustix::cmsg_space!(ScmRights(MOST_FILES + 8));

/// Whether it is worth to wait awake: not where what is expected did not come in time, time and again.
#[derive(Debug, Default)]
pub(crate) struct Eagerness {
    misses: u32,
    waits: u32,
}

impl Eagerness {
    pub(crate) fn is_worth_it(&mut self) -> bool {
        self.waits = self.waits.wrapping_add(1);
        self.misses < 4 || self.waits.is_multiple_of(16)
    }

    /// A wait took so long. What came in time for somebody asleep says nothing: on a busy machine whoever waits awake is in
    /// the way of what it waits for.
    pub(crate) fn note(&mut self, spun: bool, waited: Duration) {
        match spun {
            true if waited < PATIENCE => self.misses = 0,
            true => self.misses = self.misses.saturating_add(1),
            false => {}
        }
    }
}

/// One end.
#[derive(Debug)]
pub(crate) struct Channel {
    socket: OwnedFd,
}

/// Where frames arrive before they are taken apart.
#[derive(Debug)]
pub(crate) struct Inbox(Box<[u8]>);

/// What arrived.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) head: Head,
    pub(crate) body: Vec<u8>,
    pub(crate) files: Vec<OwnedFd>,
}

/// What a look for a frame gives.
#[derive(Debug)]
pub(crate) enum Arrival {
    Frame(Frame),
    /// A frame whose descriptors found no place in this process.
    Short(Head),
    Nothing,
    /// The other end was closed before everything was read there. What it had sent until then comes next, and then the end.
    Reset,
    /// The other end is closed.
    End,
}

impl Inbox {
    pub(crate) fn new() -> Inbox {
        Inbox(vec![0; HEAD + INLINE].into_boxed_slice())
    }
}

impl Channel {
    pub(crate) fn new(socket: OwnedFd) -> Channel {
        Channel { socket }
    }

    /// Both ends. Frames keep their borders and their order, and the end of one side is seen on the other.
    pub(crate) fn pair() -> Result<(OwnedFd, OwnedFd)> {
        socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None).map_err(
            |error| match error {
                Errno::MFILE => Error::NoDescriptors,
                error => Error::System { what: "socketpair", source: error.into() },
            },
        )
    }

    pub(crate) fn socket(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }

    /// Sends a frame whole, and waits until there is room for it.
    pub(crate) fn send(
        &self,
        head: &Head,
        body: &[u8],
        files: &[BorrowedFd<'_>],
    ) -> rustix::io::Result<()> {
        self.send_with(head, body, files, SendFlags::NOSIGNAL)
    }

    /// Sends a frame whole if there is room for it.
    pub(crate) fn try_send(
        &self,
        head: &Head,
        body: &[u8],
        files: &[BorrowedFd<'_>],
    ) -> rustix::io::Result<()> {
        self.send_with(head, body, files, SendFlags::NOSIGNAL | SendFlags::DONTWAIT)
    }

    fn send_with(
        &self,
        head: &Head,
        body: &[u8],
        files: &[BorrowedFd<'_>],
        flags: SendFlags,
    ) -> rustix::io::Result<()> {
        let mut room = [MaybeUninit::uninit(); ROOM];
        let mut control = SendAncillaryBuffer::new(&mut room);
        if !files.is_empty() && !control.push(SendAncillaryMessage::ScmRights(files)) {
            return Err(Errno::TOOMANYREFS);
        }
        let head = head.encode();
        let parts = [IoSlice::new(&head), IoSlice::new(body)];
        retry(|| sendmsg(&self.socket, &parts, &mut control, flags)).map(drop)
    }

    /// Looks whether a frame is there.
    pub(crate) fn look(&self, inbox: &mut Inbox) -> Result<Arrival> {
        let mut room = [MaybeUninit::uninit(); ROOM];
        let mut control = RecvAncillaryBuffer::new(&mut room);
        let flags = RecvFlags::DONTWAIT | RecvFlags::CMSG_CLOEXEC;
        let received = retry(|| {
            recvmsg(&self.socket, &mut [IoSliceMut::new(&mut inbox.0)], &mut control, flags)
        });
        let received = match received {
            Ok(received) if received.bytes == 0 => return Ok(Arrival::End),
            Ok(received) => received,
            Err(Errno::AGAIN) => return Ok(Arrival::Nothing),
            Err(Errno::CONNRESET) => return Ok(Arrival::Reset),
            Err(Errno::PIPE) => return Ok(Arrival::End),
            Err(error) => {
                return Err(Error::System {
                    what: "receiving from a worker",
                    source: error.into(),
                });
            }
        };
        let mut files = Vec::new();
        for message in control.drain() {
            if let RecvAncillaryMessage::ScmRights(some) = message {
                files.extend(some);
            }
        }
        let head = Head::decode(&inbox.0[..received.bytes])?;
        let expected = usize::from(head.segments) + usize::from(head.spares) + head.files as usize;
        if received.flags.contains(ReturnFlags::CTRUNC) || files.len() < expected {
            return Ok(Arrival::Short(head));
        }
        Ok(Arrival::Frame(Frame { head, body: inbox.0[HEAD..received.bytes].to_vec(), files }))
    }

    /// Waits for a frame: first awake for as long as `spin`, then asleep. Never gives [`Arrival::Nothing`].
    pub(crate) fn wait(&self, inbox: &mut Inbox, spin: Duration) -> Result<Arrival> {
        let end = (!spin.is_zero()).then(|| Instant::now() + spin);
        loop {
            // Where tasks stand behind one another the next one is there already, and need not be asked for.
            match self.look(inbox)? {
                Arrival::Nothing if end.is_some_and(|end| Instant::now() < end) => {
                    std::hint::spin_loop();
                }
                Arrival::Nothing => {
                    readable(self.socket(), None)?;
                }
                arrival => return Ok(arrival),
            }
        }
    }
}

/// Waits until something can be read, or the other end is closed; false when the time is over first.
pub(crate) fn readable(file: BorrowedFd<'_>, timeout: Option<Duration>) -> Result<bool> {
    wait_for(file, PollFlags::IN, timeout)
}

/// Waits until there is room to send; false when the time is over first.
pub(crate) fn writable(file: BorrowedFd<'_>, timeout: Option<Duration>) -> Result<bool> {
    wait_for(file, PollFlags::OUT, timeout)
}

fn wait_for(file: BorrowedFd<'_>, event: PollFlags, timeout: Option<Duration>) -> Result<bool> {
    let mut files = [PollFd::from_borrowed_fd(file, event)];
    let end = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    retry(|| {
        let left = end.map(|end| timespec(end.saturating_duration_since(Instant::now())));
        poll(&mut files, left.as_ref())
    })
    .map(|ready| ready > 0)
    .map_err(|error| Error::System { what: "poll", source: error.into() })
}

/// A duration in the kernel's terms.
pub(crate) fn timespec(time: Duration) -> Timespec {
    Timespec {
        tv_sec: i64::try_from(time.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: time.subsec_nanos().into(),
    }
}

/// Does it again when a signal came in between.
pub(crate) fn retry<T>(mut call: impl FnMut() -> rustix::io::Result<T>) -> rustix::io::Result<T> {
    loop {
        match call() {
            Err(Errno::INTR) => {}
            other => return other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Kind;

    #[test]
    fn only_waiting_awake_proves_that_it_is_worth_it() {
        let mut eagerness = Eagerness::default();
        (0..4).for_each(|_| eagerness.note(true, PATIENCE));
        let worth = |eagerness: &mut Eagerness| (0..16).filter(|_| eagerness.is_worth_it()).count();
        assert_eq!(worth(&mut eagerness), 1, "it is tried now and then");
        eagerness.note(false, Duration::ZERO);
        assert_eq!(worth(&mut eagerness), 1, "quick for a sleeper");
        eagerness.note(true, Duration::ZERO);
        assert_eq!(worth(&mut eagerness), 16, "quick for one awake");
    }

    #[test]
    fn frames_keep_their_borders_and_the_end_is_seen() {
        let (a, b) = Channel::pair().unwrap();
        let (a, b) = (Channel::new(a), Channel::new(b));
        let mut inbox = Inbox::new();
        assert!(matches!(b.look(&mut inbox).unwrap(), Arrival::Nothing));
        a.send(&Head::new(Kind::Task, 1), &[7; INLINE], &[]).unwrap();
        let file = [a.socket()];
        a.send(&Head { files: 1, ..Head::new(Kind::Task, 2) }, &[], &file).unwrap();
        drop(a);
        let Arrival::Frame(frame) = b.wait(&mut inbox, PATIENCE).unwrap() else { panic!() };
        assert_eq!((frame.head.task, frame.body.len(), frame.files.len()), (1, INLINE, 0));
        let Arrival::Frame(frame) = b.wait(&mut inbox, PATIENCE).unwrap() else { panic!() };
        assert_eq!((frame.head.task, frame.body.len(), frame.files.len()), (2, 0, 1));
        drop(frame); // the copy of the other end
        assert!(matches!(b.wait(&mut inbox, PATIENCE).unwrap(), Arrival::End));
    }

    #[test]
    fn an_end_that_did_not_read_everything_tells_so_before_what_it_sent() {
        let (a, b) = Channel::pair().unwrap();
        let (a, b) = (Channel::new(a), Channel::new(b));
        let mut inbox = Inbox::new();
        a.send(&Head::new(Kind::Task, 1), &[], &[]).unwrap();
        b.send(&Head::new(Kind::Done, 0), &[], &[]).unwrap();
        drop(b);
        assert!(matches!(a.look(&mut inbox).unwrap(), Arrival::Reset));
        let Arrival::Frame(frame) = a.look(&mut inbox).unwrap() else { panic!() };
        assert_eq!(frame.head.kind, Kind::Done);
        assert!(matches!(a.look(&mut inbox).unwrap(), Arrival::End));
    }
}
