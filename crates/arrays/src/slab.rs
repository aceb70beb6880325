//! Many small arrays in one map.
//!
//! A memory file of its own costs some 26 microseconds and a descriptor. Arrays of up to 64 KiB are cut from slabs instead:
//! anonymous shared memory without a descriptor. A piece is copied into a segment of its own when it is frozen.

use crate::error::Result;
use crate::os::{Epoch, Map, epoch};
use crate::process::PerProcess;
use std::ptr::NonNull;
use std::sync::Arc;

/// The largest array that is cut from a slab.
pub(crate) const LARGEST: usize = 1 << 16;
const SMALLEST: usize = 1 << 6;
const SLAB: usize = 1 << 20;
const CLASSES: usize = (LARGEST / SMALLEST).ilog2() as usize + 1;

static SLABS: PerProcess<Slabs> = PerProcess::new();

/// The slabs of a process that have room, by the size of their pieces.
#[derive(Debug, Default)]
struct Slabs {
    classes: [Vec<Room>; CLASSES],
}

/// A slab and the pieces of it that are free.
#[derive(Debug)]
struct Room {
    slab: Arc<Slab>,
    free: Vec<u32>,
    fresh: u32,
}

/// One map of pieces of the same size.
#[derive(Debug)]
struct Slab {
    map: Map,
    born: Epoch,
    size: usize,
}

/// A piece of a slab. It goes back when the value dies.
#[derive(Debug)]
pub(crate) struct Piece {
    slab: Arc<Slab>,
    index: u32,
    /// Whether it has been used before, so that it is not all zeros.
    pub(crate) used: bool,
}

impl Piece {
    /// A piece of at least `len` bytes, which is at most [`LARGEST`].
    pub(crate) fn new(len: usize) -> Result<Piece> {
        let size = len.max(SMALLEST).next_power_of_two();
        let mut slabs = SLABS.lock();
        let class = &mut slabs.classes[(size / SMALLEST).ilog2() as usize];
        let now = epoch();
        if class.last().is_some_and(|room| room.slab.born != now) {
            class.clear(); // a forked child looks at what is in use there, and would see what comes next
        }
        if class.is_empty() {
            let slab = Slab { map: Map::anonymous(SLAB)?, born: now, size };
            class.push(Room { slab: Arc::new(slab), free: Vec::new(), fresh: 0 });
        }
        let room = class.last_mut().expect("a room was just made");
        let (index, used) = match room.free.pop() {
            Some(index) => (index, true),
            None => {
                room.fresh += 1;
                (room.fresh - 1, false)
            }
        };
        let piece = Piece { slab: room.slab.clone(), index, used };
        if room.is_full() {
            class.pop();
        }
        Ok(piece)
    }

    /// The first byte.
    pub(crate) fn start(&self) -> NonNull<u8> {
        let start =
            self.slab.map.start().as_ptr().wrapping_add(self.index as usize * self.slab.size);
        NonNull::new(start).expect("a piece lies within its slab")
    }

    /// How many bytes there are.
    pub(crate) fn len(&self) -> usize {
        self.slab.size
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        if self.slab.born != epoch() {
            return; // a forked child may look at it still, or this is the child
        }
        let mut slabs = SLABS.lock();
        let class = &mut slabs.classes[(self.slab.size / SMALLEST).ilog2() as usize];
        match class.iter_mut().position(|room| Arc::ptr_eq(&room.slab, &self.slab)) {
            Some(at) => {
                class[at].free.push(self.index);
                // One slab is kept for what comes next; others go when nothing of them is in use.
                if class.len() > 1 && class[at].is_idle() {
                    class.swap_remove(at);
                }
            }
            None => class.push(Room {
                slab: self.slab.clone(),
                free: vec![self.index],
                fresh: self.slab.pieces(),
            }),
        }
    }
}

impl Room {
    fn is_full(&self) -> bool {
        self.free.is_empty() && self.fresh == self.slab.pieces()
    }

    fn is_idle(&self) -> bool {
        self.free.len() == self.fresh as usize
    }
}

impl Slab {
    fn pieces(&self) -> u32 {
        u32::try_from(SLAB / self.size).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_do_not_overlap_and_are_used_again() {
        let size = LARGEST / 2; // a class that no other test uses
        let pieces: Vec<_> = (0..100).map(|_| Piece::new(size).unwrap()).collect();
        let mut starts: Vec<_> =
            pieces.iter().map(|piece| piece.start().as_ptr() as usize).collect();
        starts.sort_unstable();
        assert!(starts.windows(2).all(|pair| pair[1] - pair[0] >= size));
        assert!(starts.iter().all(|start| start.is_multiple_of(64)));
        drop(pieces);
        let again = Piece::new(size).unwrap();
        assert!(again.used && starts.contains(&(again.start().as_ptr() as usize)));
    }

    #[test]
    fn slabs_of_which_nothing_is_in_use_are_given_back() {
        let size = LARGEST;
        let pieces: Vec<_> = (0..200).map(|_| Piece::new(size).unwrap()).collect();
        let slabs: Vec<_> = pieces.iter().map(|piece| Arc::downgrade(&piece.slab)).collect();
        drop(pieces);
        let alive =
            slabs.iter().filter_map(std::sync::Weak::upgrade).map(|slab| Arc::as_ptr(&slab));
        let alive: std::collections::HashSet<_> = alive.collect();
        assert_eq!(alive.len(), 1, "one is kept for what comes next");
    }
}
