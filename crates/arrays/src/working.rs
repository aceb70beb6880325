//! A segment that its holder writes: what `empty` and `zeros` give, and what a worker's results are built in.
#![allow(unsafe_code, reason = "fills and copies shared memory that nobody else looks at")]

use crate::bin::{self, Warm};
use crate::error::{Error, Result};
use crate::frozen::Frozen;
use crate::layout::Layout;
use crate::os::{self, Epoch, File, Map, Seal};
use crate::slab::{self, Piece};
use crate::view::View;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

#[cfg(all(target_os = "linux", not(sharpest_unsupported)))]
mod filled;
#[cfg(all(target_os = "linux", not(sharpest_unsupported)))]
mod hand;
#[cfg(all(target_os = "linux", not(sharpest_unsupported)))]
pub use filled::Filled;
#[cfg(all(target_os = "linux", not(sharpest_unsupported)))]
pub use hand::{Loan, spare, stock};

/// A writable segment of this process. Children that are forked share it; others get a frozen copy.
#[derive(Debug)]
pub struct Working {
    place: Place,
    layout: Layout,
}

/// Where it lies.
#[derive(Debug)]
enum Place {
    /// In a memory file of its own.
    Own(Arc<Own>),
    /// In a slab, with other small ones. It has no header.
    Piece(Arc<Piece>),
}

/// A memory file and its map, which goes into the bin of warm ones when the last view of it dies.
#[derive(Debug)]
pub(crate) struct Own {
    place: Option<(File, Map)>,
    born: Epoch,
    /// Another process made it.
    foreign: bool,
    /// Somebody may look into it whom this process cannot count: it is not used again.
    lent_for_good: AtomicBool,
}

impl Own {
    fn new(file: File, map: Map, foreign: bool) -> Own {
        let lent_for_good = AtomicBool::new(false);
        Own { place: Some((file, map)), born: os::epoch(), foreign, lent_for_good }
    }
}

impl Working {
    /// A segment of this layout, with any content.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`] and [`Error::OutOfDescriptors`].
    pub fn empty(layout: Layout) -> Result<Working> {
        Working::new(layout, false)
    }

    /// A segment of this layout whose arrays are all zeros.
    ///
    /// # Errors
    /// As [`Working::empty`].
    pub fn zeros(layout: Layout) -> Result<Working> {
        Working::new(layout, true)
    }

    fn new(layout: Layout, zeros: bool) -> Result<Working> {
        let len = layout.len();
        let (place, used) = if len <= slab::LARGEST {
            let piece = Piece::new(len)?;
            let used = piece.used;
            (Place::Piece(Arc::new(piece)), used)
        } else {
            own(len)?
        };
        let working = Working { place, layout };
        if zeros && used {
            let view = working.view();
            // SAFETY: the view is of at least `len` bytes, and nobody else has one: the segment was made just now.
            unsafe { view.start().write_bytes(0, len) };
        }
        Ok(working)
    }

    /// What lies where.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// A writable view of all of it, at the layout's offsets.
    #[must_use]
    pub fn view(&self) -> View {
        match &self.place {
            Place::Own(own) => View::of_own(own.clone()),
            Place::Piece(piece) => View::of_piece(piece.clone()),
        }
    }

    /// How many views of it are alive.
    #[must_use]
    pub fn views(&self) -> usize {
        match &self.place {
            Place::Own(own) => Arc::strong_count(own) - 1,
            Place::Piece(piece) => Arc::strong_count(piece) - 1,
        }
    }

    /// Seals it: from now on the kernel lets nobody write. Where views of it live, here or in a forked child, or it is
    /// small, the frozen array is a copy, and what those write later is not in it.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`] and [`Error::OutOfDescriptors`].
    pub fn freeze(self) -> Result<Frozen> {
        let Working { place, layout } = self;
        match place {
            Place::Own(own) => match Arc::try_unwrap(own) {
                Ok(own) => own.freeze(layout),
                Err(own) => Working { place: Place::Own(own), layout }.snapshot(),
            },
            piece @ Place::Piece(_) => Working { place: piece, layout }.snapshot(),
        }
    }

    /// A frozen copy of what it holds now. Who writes to it meanwhile may or may not be in the copy.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`] and [`Error::OutOfDescriptors`].
    pub fn snapshot(&self) -> Result<Frozen> {
        let view = self.view();
        Frozen::from_parts(self.layout.clone(), |field| {
            let start = view.start().as_ptr().wrapping_add(field.offset);
            // SAFETY: the layout was made for this segment, so the field's bytes lie within the view, which outlives the
            // slice. The slice goes to the kernel alone, which copies bytes whatever they are; who writes them meanwhile
            // is foreign code (Python's views), not a Rust reference.
            unsafe { std::slice::from_raw_parts(start, field.span()) }
        })
    }
}

/// A place in a memory file of its own, and whether it was used before.
fn own(len: usize) -> Result<(Place, bool)> {
    let ((file, map), used) = match bin::take(len) {
        Some(warm) => (warm.mapped()?, true),
        None => (thrifty(|| fresh(len))?, false),
    };
    Ok((Place::Own(Arc::new(Own::new(file, map, false))), used))
}

/// A new segment with all of its pages.
fn fresh(len: usize) -> Result<(File, Map)> {
    let file = os::memory_file()?;
    os::allocate(&file, len)?;
    os::seal(&file, Seal::Size)?;
    let map = Map::write(&file, len)?;
    Ok((file, map))
}

/// Makes something that takes memory, where there is none without what waits in the bin, which is the first to go.
fn thrifty<T>(make: impl Fn() -> Result<T>) -> Result<T> {
    match make() {
        Err(Error::OutOfMemory { .. }) => {
            bin::trim();
            make()
        }
        other => other,
    }
}

impl Own {
    /// Gives up the only writable map and seals.
    fn freeze(mut self, layout: Layout) -> Result<Frozen> {
        let (file, map) = self.place.take().expect("it leaves only here and in drop");
        let (id, len) = (os::random_id()?, map.len());
        drop(map);
        os::write(&file, &layout.encode(id), 0)?;
        match os::seal(&file, Seal::Frozen) {
            Ok(()) => Frozen::of_sealed(file, len, id, layout),
            // A forked child still maps it.
            Err(Error::StillWritten { .. }) => {
                let map = Map::write(&file, len)?;
                self.place = Some((file, map));
                Working { place: Place::Own(Arc::new(self)), layout }.snapshot()
            }
            Err(error) => Err(error),
        }
    }

    pub(crate) fn map(&self) -> &Map {
        &self.place.as_ref().expect("it leaves only when nobody has it").1
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        // What a forked child may look at still, or has inherited itself, is not used again.
        let again = self.born == os::epoch() && !*self.lent_for_good.get_mut();
        if let Some((file, map)) = self.place.take().filter(|_| again) {
            let len = map.len();
            bin::put(Warm { file, len, map: Some(map), foreign: self.foreign });
        }
    }
}
