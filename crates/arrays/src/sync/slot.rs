//! Places in shared memory for small things: many of them in one segment, so that a program with thousands of locks does
//! not need thousands of descriptors.
#![allow(unsafe_code, reason = "gives typed references into shared memory")]

use crate::control::Control;
use crate::error::{Error, Result};
use crate::layout::{ALIGNMENT, Field, Id, Layout};
use crate::open::{Opened, open};
use crate::process::PerProcess;
use crate::token::Token;
use crate::view::View;
use std::marker::PhantomData;
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// The length of the segments that small things share.
const ARENA: usize = 1 << 16;
/// What is larger gets a segment of its own.
const LARGEST: usize = 1 << 12;

static ARENAS: PerProcess<Arena> = PerProcess::new();

/// The segment that this process is filling. A place is used once: whether another process still looks at it could not be
/// known. A segment is freed when nothing in it is in use any more.
#[derive(Debug, Default)]
struct Arena {
    segment: Option<Arc<Control>>,
    next: usize,
}

/// Bytes of a segment that every process with a handle may write.
#[derive(Debug, Clone)]
pub struct Slot {
    segment: Arc<Control>,
    view: View,
    offset: usize,
    len: usize,
}

impl Slot {
    /// How long a handle is in bytes.
    pub const HANDLE: usize = Token::LEN + 16;

    /// New bytes, all zeros, aligned to a cache line.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`] and [`Error::OutOfDescriptors`].
    pub fn new(len: usize) -> Result<Slot> {
        if len > LARGEST {
            let segment = segment(len)?;
            let offset = segment.layout().fields()[0].offset;
            return Ok(Slot { view: segment.view(), segment, offset, len });
        }
        let mut arena = ARENAS.lock();
        let taken = len.max(1).next_multiple_of(ALIGNMENT);
        let (segment, offset) = match &arena.segment {
            Some(segment) if arena.next + taken <= segment.layout().len() => {
                (segment.clone(), arena.next)
            }
            _ => {
                let segment = segment(ARENA)?;
                let first = segment.layout().fields()[0].offset;
                arena.segment = Some(segment.clone());
                (segment, first)
            }
        };
        arena.next = offset + taken;
        Ok(Slot { view: segment.view(), segment, offset, len })
    }

    /// Opens what [`Slot::handle`] described.
    ///
    /// # Errors
    /// As [`open`], and [`Error::Damaged`] for a handle whose bytes do not lie in the segment's.
    pub fn open(handle: &[u8]) -> Result<Slot> {
        let damaged = || Error::Damaged("the handle is not of bytes of this segment");
        let (token, place) = handle.split_at_checked(Token::LEN).ok_or_else(damaged)?;
        let (offset, len) = place.split_first_chunk().ok_or_else(damaged)?;
        let len: &[u8; 8] = len.try_into().map_err(|_| damaged())?;
        let size =
            |bytes: &[u8; 8]| usize::try_from(u64::from_le_bytes(*bytes)).map_err(|_| damaged());
        let (offset, len) = (size(offset)?, size(len)?);
        let Opened::Control(segment) = open(&Token::from_bytes(token)?)? else {
            return Err(damaged());
        };
        let [field] = segment.layout().fields() else { return Err(damaged()) };
        let (start, end) = (field.offset, field.offset + field.span());
        if offset < start
            || offset % ALIGNMENT != 0
            || offset.checked_add(len).is_none_or(|last| last > end)
        {
            return Err(damaged());
        }
        Ok(Slot { view: segment.view(), segment, offset, len })
    }

    /// What another process of this user opens it with. The segment is pinned until that is done, or for a bounded time.
    ///
    /// # Errors
    /// [`Error::OutOfDescriptors`].
    pub fn handle(&self) -> Result<[u8; Slot::HANDLE]> {
        let mut handle = [0; Slot::HANDLE];
        let (token, place) = handle.split_at_mut(Token::LEN);
        token.copy_from_slice(&self.segment.token()?.to_bytes());
        place[..8].copy_from_slice(&(self.offset as u64).to_le_bytes());
        place[8..].copy_from_slice(&(self.len as u64).to_le_bytes());
        Ok(handle)
    }

    /// The same place in every process.
    #[must_use]
    pub fn id(&self) -> (Id, usize) {
        (self.segment.id(), self.offset)
    }

    /// The first byte, mapped as long as this value or a copy of it lives. Others may write there at any time.
    #[must_use]
    pub fn start(&self) -> NonNull<u8> {
        // SAFETY: `new` and `open` have put the offset within the map, which the view keeps.
        unsafe { self.view.start().add(self.offset) }
    }

    /// How many bytes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

fn segment(len: usize) -> Result<Arc<Control>> {
    Ok(Arc::new(Control::new(Layout::new(vec![Field::new("", "|u1", 1, &[len])?])?)?))
}

/// What may lie in shared memory and be used by several processes at a time.
///
/// # Safety
/// The type is `repr(C)`, consists of atomics and mutexes alone, begins with an `AtomicU32` for the tag, holds no address
/// that means something in one process only, and takes any bytes as a value.
pub(crate) unsafe trait Resident {
    /// Which kind of thing it is.
    const KIND: u8;

    /// The mark at its beginning: what is opened must be what was made, with the same sizes and the same C library.
    fn tag() -> u32
    where
        Self: Sized,
    {
        let library = if cfg!(target_env = "musl") { 2 } else { 1 };
        u32::from_le_bytes([
            b'S',
            Self::KIND,
            u8::try_from(size_of::<Self>() / 8).unwrap_or(0),
            library,
        ])
    }
}

/// A `T` in shared memory.
#[derive(Debug)]
pub(crate) struct Shared<T> {
    slot: Slot,
    kind: PhantomData<T>,
}

impl<T: Resident> Shared<T> {
    /// A new one, all zeros but for its mark. `fill` makes of it what it is to be, while nobody else knows of it.
    pub(crate) fn new(fill: impl FnOnce(&T)) -> Result<Shared<T>> {
        let shared = Shared { slot: Slot::new(size_of::<T>())?, kind: PhantomData };
        fill(&shared);
        shared.tag().store(T::tag(), Ordering::Release);
        Ok(shared)
    }

    /// Opens what [`Slot::handle`] of another described, if it is a `T`.
    pub(crate) fn open(handle: &[u8]) -> Result<Shared<T>> {
        let shared: Shared<T> = Shared { slot: Slot::open(handle)?, kind: PhantomData };
        if shared.slot.len() != size_of::<T>() || shared.tag().load(Ordering::Acquire) != T::tag() {
            return Err(Error::Damaged(
                "the handle is of another kind of lock, or of another C library's",
            ));
        }
        Ok(shared)
    }

    /// Where it lies.
    pub(crate) fn slot(&self) -> &Slot {
        &self.slot
    }

    fn tag(&self) -> &AtomicU32 {
        // SAFETY: at least `size_of::<T>()` mapped bytes, aligned to a cache line, of which a `Resident` begins with the
        // tag; nobody looks at it but through atomics.
        unsafe { self.slot.start().cast::<AtomicU32>().as_ref() }
    }
}

impl<T: Resident> std::ops::Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        const { assert!(align_of::<T>() <= ALIGNMENT && size_of::<T>() <= LARGEST) };
        // SAFETY: `size_of::<T>()` mapped bytes (by `new`, or checked by `open`), aligned to a cache line, which the slot
        // keeps mapped. A `Resident` takes any bytes and is changed through interior mutability only.
        unsafe { self.slot.start().cast::<T>().as_ref() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_slots_share_a_segment_and_do_not_overlap() {
        let slots: Vec<_> = (0..50).map(|len| Slot::new(len).unwrap()).collect();
        let mut places: Vec<_> =
            slots.iter().map(|slot| (slot.start().as_ptr() as usize, slot.len())).collect();
        places.sort_unstable();
        assert!(places.iter().all(|(start, _)| start.is_multiple_of(ALIGNMENT)));
        assert!(places.windows(2).all(|pair| pair[0].0 + pair[0].1 <= pair[1].0));
        let segments: std::collections::HashSet<_> = slots.iter().map(|slot| slot.id().0).collect();
        assert!(segments.len() <= 2);
    }

    #[test]
    fn a_handle_opens_the_same_bytes() {
        for len in [8, LARGEST + 1] {
            let slot = Slot::new(len).unwrap();
            let again = Slot::open(&slot.handle().unwrap()).unwrap();
            assert_eq!((again.id(), again.len()), (slot.id(), len));
        }
    }

    #[test]
    fn a_handle_that_reaches_out_of_its_segment_is_refused() {
        let slot = Slot::new(100).unwrap();
        let handle = slot.handle().unwrap();
        assert!(Slot::open(&handle[..Slot::HANDLE - 1]).is_err());
        for (at, value) in [
            (Token::LEN, 1u64),
            (Token::LEN, 0),
            (Token::LEN, u64::MAX - 63),
            (Token::LEN + 8, 1 << 20),
        ] {
            let mut handle = handle;
            handle[at..at + 8].copy_from_slice(&value.to_le_bytes());
            assert!(Slot::open(&handle).is_err(), "{at} {value}");
        }
    }
}
