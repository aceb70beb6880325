//! A queue of messages between any number of processes: whoever has both ends puts in and takes out. It is a socket pair, so
//! messages stay whole and in order, what is large lies in shared memory, and nothing of it is left when the last process has
//! gone.

use crate::arena::{self, Parcel, in_order};
use crate::channel::{Arrival, Channel, Inbox, readable, writable};
use crate::error::{Error, Result};
use crate::message::{Body, Head, Kind, Message, SHARED};
use rustix::io::Errno;
use sharpest_arrays::Working;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Both ends.
#[derive(Debug)]
pub struct Queue {
    into: Channel,
    out: Channel,
    inbox: Mutex<Inbox>,
}

/// A message that is ready to be put in: its large contents are in shared memory, and no longer the maker's.
#[derive(Debug)]
pub struct Letter {
    head: Head,
    body: Vec<u8>,
    files: Vec<OwnedFd>,
}

impl Letter {
    /// Seals a message.
    ///
    /// # Errors
    /// No memory; more segments than fit.
    pub fn new(message: Message) -> Result<Letter> {
        message.check()?;
        let mut parcel = Parcel::from(message);
        let files = parcel.hand_over()?;
        let head = Head {
            marks: if parcel.shared_body { SHARED } else { 0 },
            segments: u8::try_from(files.len()).unwrap_or(u8::MAX),
            ..Head::new(Kind::Done, 0)
        };
        Ok(Letter { head, body: parcel.body, files })
    }
}

impl Queue {
    /// A new queue.
    ///
    /// # Errors
    /// No descriptor left.
    pub fn new() -> Result<Queue> {
        let (into, out) = Channel::pair()?;
        Ok(Queue::of(into, out))
    }

    /// The queue with these ends, in another process.
    #[must_use]
    pub fn of(into: OwnedFd, out: OwnedFd) -> Queue {
        let (into, out) = (Channel::new(into), Channel::new(out));
        Queue { into, out, inbox: Mutex::new(Inbox::new()) }
    }

    /// Where messages go in and where they come out, to be passed to another process.
    #[must_use]
    pub fn ends(&self) -> [BorrowedFd<'_>; 2] {
        [self.into.socket(), self.out.socket()]
    }

    /// Puts a letter in; false when there was no room in time.
    ///
    /// # Errors
    /// What the system refuses.
    pub fn put(&self, letter: &Letter, timeout: Option<Duration>) -> Result<bool> {
        let end = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        loop {
            let files = in_order([&letter.files, &[], &[]]);
            match self.into.try_send(&letter.head, &letter.body, &files) {
                Ok(()) => return Ok(true),
                // The kernel holds no more letters, or no more descriptors under way.
                Err(Errno::AGAIN) => {}
                // There may be room in this queue, and none in the kernel: that is not told when it changes.
                Err(Errno::TOOMANYREFS | Errno::NOBUFS) => {
                    if end.is_some_and(|end| remaining(end).is_zero()) {
                        return Ok(false);
                    }
                    let pause = Duration::from_millis(1);
                    std::thread::sleep(end.map_or(pause, |end| pause.min(remaining(end))));
                    continue;
                }
                Err(error) => {
                    return Err(Error::System {
                        what: "putting into a queue",
                        source: error.into(),
                    });
                }
            }
            if !writable(self.into.socket(), end.map(remaining))? {
                return Ok(false);
            }
        }
    }

    /// Takes a message out; none when there was none in time.
    ///
    /// # Errors
    /// No memory or descriptor for it; a message that is none of ours.
    pub fn take(&self, timeout: Option<Duration>) -> Result<Option<(Body, Vec<Working>)>> {
        let end = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        loop {
            let arrival = {
                let mut inbox = self.inbox.lock().unwrap_or_else(PoisonError::into_inner);
                self.out.look(&mut inbox)?
            };
            match arrival {
                Arrival::Frame(frame) => {
                    let shared = frame.head.has(SHARED);
                    return arena::adopt(shared, frame.body, frame.files).map(Some);
                }
                Arrival::Short(_) => return Err(Error::NoDescriptors),
                Arrival::Reset | Arrival::End => return Err(Error::Closed),
                Arrival::Nothing => {}
            }
            // Another process may be quicker: then there is nothing again.
            if !readable(self.out.socket(), end.map(remaining))? {
                return Ok(None);
            }
        }
    }

    /// Whether nothing is to be taken at this moment.
    ///
    /// # Errors
    /// None that can be foreseen.
    pub fn is_empty(&self) -> Result<bool> {
        Ok(!readable(self.out.socket(), Some(Duration::ZERO))?)
    }
}

fn remaining(end: Instant) -> Duration {
    end.saturating_duration_since(Instant::now())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::io::fcntl_dupfd_cloexec;

    fn letter(bytes: &[u8]) -> Letter {
        Letter::new(bytes.into()).unwrap()
    }

    #[test]
    fn messages_come_out_as_they_went_in() {
        let queue = Queue::new().unwrap();
        let long = vec![7; 1 << 20];
        for bytes in [&b"a"[..], &long, b""] {
            assert!(queue.put(&letter(bytes), None).unwrap());
        }
        let [into, out] = queue.ends().map(|end| fcntl_dupfd_cloexec(end, 3).unwrap());
        let elsewhere = Queue::of(into, out);
        for bytes in [&b"a"[..], &long, b""] {
            let (body, segments) = elsewhere.take(None).unwrap().unwrap();
            assert_eq!((body.bytes(), segments.len()), (bytes, 0));
        }
        assert!(queue.is_empty().unwrap());
        assert!(queue.take(Some(Duration::from_millis(1))).unwrap().is_none());
    }

    #[test]
    fn a_queue_that_is_full_says_so() {
        let queue = Queue::new().unwrap();
        let letter = letter(&[0; 10_000]);
        let mut count = 0;
        while queue.put(&letter, Some(Duration::ZERO)).unwrap() {
            count += 1;
        }
        assert!(count > 3);
        queue.take(None).unwrap().unwrap();
        assert!(queue.put(&letter, Some(Duration::from_secs(10))).unwrap());
    }
}
