//! A look into shared memory that keeps it mapped.

use crate::os::Map;
use crate::slab::Piece;
use std::ptr::NonNull;
use std::sync::Arc;

/// Bytes of a segment, mapped as long as the view lives: whatever happens to the array it was taken from.
///
/// It gives an address. Who makes references of it argues that nobody changes the bytes meanwhile: for views that are not
/// writable the kernel sees to it.
#[derive(Debug, Clone)]
pub struct View {
    keep: Keep,
    writable: bool,
}

/// Who frees the bytes: the last one to hold this.
#[derive(Debug, Clone)]
enum Keep {
    Map(Arc<Map>),
    Own(Arc<crate::working::Own>),
    Piece(Arc<Piece>),
}

impl View {
    /// Of a map.
    pub(crate) fn of_map(map: Arc<Map>, writable: bool) -> View {
        View { keep: Keep::Map(map), writable }
    }

    /// Of a working segment.
    pub(crate) fn of_own(own: Arc<crate::working::Own>) -> View {
        View { keep: Keep::Own(own), writable: true }
    }

    /// Of a piece of a slab.
    pub(crate) fn of_piece(piece: Arc<Piece>) -> View {
        View { keep: Keep::Piece(piece), writable: true }
    }

    /// The first byte.
    #[must_use]
    pub fn start(&self) -> NonNull<u8> {
        match &self.keep {
            Keep::Map(map) => map.start(),
            Keep::Own(own) => own.map().start(),
            Keep::Piece(piece) => piece.start(),
        }
    }

    /// How many bytes there are.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a segment always has a header")]
    pub fn len(&self) -> usize {
        match &self.keep {
            Keep::Map(map) => map.len(),
            Keep::Own(own) => own.map().len(),
            Keep::Piece(piece) => piece.len(),
        }
    }

    /// Whether stores are allowed.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        self.writable
    }
}
