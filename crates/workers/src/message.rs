//! What travels between a pool and its workers: frames of a fixed head and a short body, and descriptors beside them.
//!
//! | at | bytes | what |
//! |---|---|---|
//! | 0 | 1 | kind |
//! | 1 | 1 | marks |
//! | 2 | 1 | segments: the first of the descriptors |
//! | 3 | 1 | spares: warm segments that go back; the next ones |
//! | 4 | 2 | files: the rest of them |
//! | 6 | 2 | nothing |
//! | 8 | 8 | number of the task |
//! | 16 | 32 | four times in nanoseconds |
//! | 48 | – | body |
//!
//! Numbers are in the machine's own order: both ends are on one machine. How frames are sent is the channel's business,
//! where large contents lie the arena's.

use crate::arena::Segment;
use crate::error::{Error, Result};
use sharpest_arrays::{Loan, View, Working};
use std::os::fd::OwnedFd;

/// The most bytes that travel in a message; more go into shared memory.
pub const INLINE: usize = 1 << 16;
/// The most segments and files of a message. The kernel takes 253; some are left for spares.
pub const MOST_FILES: usize = 240;

/// Length of the head of a frame.
pub(crate) const HEAD: usize = 48;

/// What is sent: bytes whose meaning is the caller's, and what cannot be bytes.
#[derive(Debug, Default)]
pub struct Message {
    /// Any bytes.
    pub body: Vec<u8>,
    /// Segments, without a copy. A task's are lent to the worker, an answer's are handed over.
    pub segments: Vec<Segment>,
    /// Other descriptors, of which the receiver gets its own.
    pub files: Vec<OwnedFd>,
}

impl From<Vec<u8>> for Message {
    fn from(body: Vec<u8>) -> Self {
        Message { body, ..Message::default() }
    }
}

impl From<&[u8]> for Message {
    fn from(body: &[u8]) -> Self {
        body.to_vec().into()
    }
}

impl Message {
    /// Refuses what cannot be sent.
    pub(crate) fn check(&self) -> Result<()> {
        match self.segments.len() + self.files.len() {
            given if given < MOST_FILES => Ok(()),
            given => Err(Error::TooManyFiles { given, most: MOST_FILES - 1 }),
        }
    }
}

/// Bytes that arrived.
#[derive(Debug)]
pub struct Body(Place);

/// Where they lie.
#[derive(Debug)]
enum Place {
    Inline(Vec<u8>),
    /// In a segment: the view keeps it.
    Shared {
        view: View,
        offset: usize,
        len: usize,
    },
}

impl Body {
    pub(crate) fn inline(bytes: Vec<u8>) -> Body {
        Body(Place::Inline(bytes))
    }

    /// The bytes of a segment that the pool lends.
    pub(crate) fn lent(loan: &Loan) -> Result<Body> {
        Body::shared(loan.view(), loan.layout())
    }

    /// The bytes of a segment that a worker handed over.
    pub(crate) fn own(segment: &Working) -> Result<Body> {
        Body::shared(segment.view(), segment.layout())
    }

    fn shared(view: View, layout: &sharpest_arrays::Layout) -> Result<Body> {
        let field = layout.fields().first().ok_or(Error::Damaged("a body without bytes"))?;
        Ok(Body(Place::Shared { view, offset: field.offset, len: field.span() }))
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match &self.0 {
            Place::Inline(bytes) => bytes,
            Place::Shared { view, offset, len } => slice(view, *offset, *len),
        }
    }

    /// How many of them lie in shared memory.
    pub(crate) fn shared_len(&self) -> usize {
        if let Place::Shared { len, .. } = self.0 { len } else { 0 }
    }
}

/// The bytes of a body in shared memory.
#[allow(unsafe_code, reason = "a body in shared memory is looked at where it lies")]
fn slice(view: &View, offset: usize, len: usize) -> &[u8] {
    // SAFETY: the layout was checked against the segment's length, which is sealed, so the bytes are there as long as the
    // view. Nobody changes them: a worker hands a segment over when no view of it is left there, and the view is the only one, which
    // `Body` gives to nobody; the pool does not write to what it lends, and this is a private map of it.
    unsafe { std::slice::from_raw_parts(view.start().as_ptr().wrapping_add(offset), len) }
}

/// What a frame is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// To a worker: what it needs before its first task.
    Begin = 1,
    /// From a worker: it can take tasks.
    Ready,
    /// From a worker: it cannot begin. The body says why.
    Refused,
    /// To a worker: a task.
    Task,
    /// From a worker: the answer.
    Done,
    /// From a worker: the answer, which is a failure of the task's own.
    Failed,
    /// From a worker: there is an answer, but no memory for it.
    Lost,
    /// To a worker: go home.
    Stop,
    /// From a worker: a task that stood behind another, which it has not looked at.
    Returned,
}

/// The body is the first segment.
pub(crate) const SHARED: u8 = 1;
/// To a worker: the next task is likely to come at once, and there is a core to wait on.
pub(crate) const SPIN: u8 = 2;
/// From a worker: it still looks into what was lent.
pub(crate) const KEPT: u8 = 4;

/// The fixed part of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) kind: Kind,
    pub(crate) marks: u8,
    pub(crate) segments: u8,
    pub(crate) spares: u8,
    pub(crate) files: u16,
    pub(crate) task: u64,
    pub(crate) nanos: [u64; 4],
}

impl Head {
    pub(crate) fn new(kind: Kind, task: u64) -> Head {
        Head { kind, marks: 0, segments: 0, spares: 0, files: 0, task, nanos: [0; 4] }
    }

    pub(crate) fn has(&self, mark: u8) -> bool {
        self.marks & mark != 0
    }

    pub(crate) fn encode(&self) -> [u8; HEAD] {
        let mut bytes = [0; HEAD];
        bytes[..4].copy_from_slice(&[self.kind as u8, self.marks, self.segments, self.spares]);
        bytes[4..6].copy_from_slice(&self.files.to_ne_bytes());
        bytes[8..16].copy_from_slice(&self.task.to_ne_bytes());
        for (place, nanos) in bytes[16..].chunks_exact_mut(8).zip(self.nanos) {
            place.copy_from_slice(&nanos.to_ne_bytes());
        }
        bytes
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Head> {
        let bytes: &[u8; HEAD] =
            bytes.first_chunk().ok_or(Error::Damaged("it is shorter than its head"))?;
        let word = |at: usize| {
            let mut word = [0; 8];
            word.copy_from_slice(&bytes[at..at + 8]);
            u64::from_ne_bytes(word)
        };
        let kind = match bytes[0] {
            1 => Kind::Begin,
            2 => Kind::Ready,
            3 => Kind::Refused,
            4 => Kind::Task,
            5 => Kind::Done,
            6 => Kind::Failed,
            7 => Kind::Lost,
            8 => Kind::Stop,
            9 => Kind::Returned,
            _ => return Err(Error::Damaged("it is of no known kind")),
        };
        Ok(Head {
            kind,
            marks: bytes[1],
            segments: bytes[2],
            spares: bytes[3],
            files: u16::from_ne_bytes([bytes[4], bytes[5]]),
            task: word(8),
            nanos: [word(16), word(24), word(32), word(40)],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_as_it_was_written() {
        let head = Head {
            kind: Kind::Lost,
            marks: SHARED | KEPT,
            segments: 3,
            spares: 1,
            files: 200,
            task: u64::MAX - 1,
            nanos: [1, 2, 1 << 60, 4],
        };
        assert_eq!(Head::decode(&head.encode()).unwrap(), head);
        assert!(Head::decode(&head.encode()[1..]).is_err());
        assert!(Head::decode(&[255; HEAD]).is_err());
    }
}
