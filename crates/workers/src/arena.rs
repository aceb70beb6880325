//! Large contents: in which segments they lie, and who gets the warm ones back.
//!
//! - A task's segments are *lent*. They stay the pool's, so that a task whose worker died is shown to the next one as it
//!   was, and go into the pool's bin when the task is answered; unless the worker says that it still looks into them:
//!   then they are dropped, never filled again.
//! - An answer's segments are *handed over*. No view of them is left in the worker; when the last view in the pool's process dies,
//!   they go into that process's bin. The pool sends warm ones back with later tasks, as many as it got, so that workers
//!   fill warm pages too.
//!
//! Both bins are those of `sharpest-arrays`: bounded in number and in bytes, and also where `Working::empty` looks first.

use crate::error::{Error, Result};
use crate::message::{Body, INLINE, Message};
use sharpest_arrays::{Field, Filled, Layout, Loan, Working};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// A segment that goes to another process.
#[derive(Debug)]
pub enum Segment {
    /// One that was built where it lies.
    Working(Working),
    /// One that was written in one go.
    Filled(Filled),
}

impl From<Working> for Segment {
    fn from(segment: Working) -> Self {
        Segment::Working(segment)
    }
}

impl From<Filled> for Segment {
    fn from(segment: Filled) -> Self {
        Segment::Filled(segment)
    }
}

impl Segment {
    /// What lies where.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        match self {
            Segment::Working(segment) => segment.layout(),
            Segment::Filled(segment) => segment.layout(),
        }
    }

    fn lend(&mut self) -> Result<OwnedFd, sharpest_arrays::Error> {
        match self {
            Segment::Working(segment) => segment.lend(),
            Segment::Filled(segment) => segment.lend(),
        }
    }

    fn hand_over(self) -> Result<OwnedFd, sharpest_arrays::Error> {
        match self {
            Segment::Working(segment) => segment.hand_over(),
            Segment::Filled(segment) => segment.hand_over(),
        }
    }

    fn discard(self) {
        match self {
            Segment::Working(segment) => segment.discard(),
            Segment::Filled(segment) => segment.discard(),
        }
    }
}

/// A message on its way: what of it lies where.
#[derive(Debug, Default)]
pub(crate) struct Parcel {
    pub(crate) body: Vec<u8>,
    /// The body is the first of the segments.
    pub(crate) shared_body: bool,
    pub(crate) segments: Vec<Segment>,
    pub(crate) files: Vec<OwnedFd>,
}

impl From<Message> for Parcel {
    fn from(message: Message) -> Self {
        let Message { body, segments, files } = message;
        Parcel { body, shared_body: false, segments, files }
    }
}

impl Parcel {
    /// Puts a large body into a segment: only now, since a segment takes a descriptor and many tasks may wait.
    fn pack(&mut self) -> Result<()> {
        if self.body.len() > INLINE {
            self.segments.insert(0, filled(&self.body)?.into());
            (self.body, self.shared_body) = (Vec::new(), true);
        }
        Ok(())
    }

    /// Descriptors through which the receiver may look into the segments.
    pub(crate) fn lend(&mut self) -> Result<Vec<OwnedFd>> {
        self.pack()?;
        Ok(self.segments.iter_mut().map(Segment::lend).collect::<Result<_, _>>()?)
    }

    /// Descriptors of the segments, which are the receiver's from now on.
    pub(crate) fn hand_over(&mut self) -> Result<Vec<OwnedFd>> {
        self.pack()?;
        Ok(self.segments.drain(..).map(Segment::hand_over).collect::<Result<_, _>>()?)
    }

    /// The segments are back, or not: then they are not used again.
    pub(crate) fn settle(self, kept: bool) {
        if kept {
            self.segments.into_iter().for_each(Segment::discard);
        }
    }

    /// Bytes that cross in shared memory.
    pub(crate) fn shared_len(&self) -> usize {
        self.segments.iter().map(|segment| content(segment.layout())).sum()
    }
}

/// How many bytes the arrays of a segment have.
pub(crate) fn content(layout: &Layout) -> usize {
    layout.fields().iter().map(Field::span).sum()
}

/// All descriptors of a frame, in their order.
pub(crate) fn in_order<'a>(parts: [&'a [OwnedFd]; 3]) -> Vec<BorrowedFd<'a>> {
    parts.into_iter().flatten().map(AsFd::as_fd).collect()
}

/// A segment that holds these bytes.
fn filled(bytes: &[u8]) -> Result<Filled> {
    let layout = Layout::new(vec![Field::new("", "|u1", 1, &[bytes.len()])?])?;
    Ok(Filled::new(layout, |_| bytes)?)
}

/// Opens what a task brought: its body, and all of its segments, of which the first may be the body's.
pub(crate) fn borrow(
    shared_body: bool,
    body: Vec<u8>,
    files: &[OwnedFd],
) -> Result<(Body, Vec<Loan>)> {
    let loans = files.iter().map(Loan::open).collect::<Result<Vec<_>, _>>()?;
    let body = match (shared_body, loans.first()) {
        (false, _) => Body::inline(body),
        (true, Some(loan)) => Body::lent(loan)?,
        (true, None) => return Err(Error::Damaged("a body in shared memory without a segment")),
    };
    Ok((body, loans))
}

/// Takes over what an answer brought.
pub(crate) fn adopt(
    shared_body: bool,
    body: Vec<u8>,
    files: Vec<OwnedFd>,
) -> Result<(Body, Vec<Working>)> {
    let mut segments = files.into_iter().map(Working::adopt).collect::<Result<Vec<_>, _>>()?;
    if !shared_body {
        return Ok((Body::inline(body), segments));
    }
    if segments.is_empty() {
        return Err(Error::Damaged("a body in shared memory without a segment"));
    }
    Ok((Body::own(&segments.remove(0))?, segments))
}
