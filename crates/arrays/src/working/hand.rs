//! Passing a working segment to another process by its descriptor, over a socket: for good (*handed over*) or for a while
//! (*lent*). How the descriptor travels is not this file's business.
#![allow(
    unsafe_code,
    reason = "copies a segment that is still looked at into one that is passed on"
)]

use super::{Own, Place, Working, own};
use crate::bin;
use crate::error::{Error, Result};
use crate::layout::Layout;
use crate::os::{self, Epoch, File, Map, Seal};
use crate::view::View;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// The longest header that a segment has which is passed on.
const HEAD: usize = 1 << 16;

impl Working {
    /// Gives it up: the descriptor that is left is all there is of it here, and whoever adopts it may write. Where views of
    /// it live, or it is small, or a forked child inherited it, the receiver gets a copy.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`] and [`Error::OutOfDescriptors`].
    pub fn hand_over(self) -> Result<File> {
        let Working { place, layout } = self;
        let place = match place {
            Place::Own(shared) => match Arc::try_unwrap(shared) {
                Ok(mut alone) if alone.born == os::epoch() => return alone.give_up(&layout),
                Ok(inherited) => Place::Own(Arc::new(inherited)),
                Err(viewed) => Place::Own(viewed),
            },
            piece @ Place::Piece(_) => piece,
        };
        Working { place, layout }.copied()?.hand_over()
    }

    /// Takes over what another process gave up.
    ///
    /// # Errors
    /// [`Error::Damaged`] and [`Error::NotSealed`] for anything else; [`Error::OutOfMemory`].
    pub fn adopt(file: File) -> Result<Working> {
        let (len, layout) = inspect(&file)?;
        let map = Map::write(&file, len)?;
        Ok(Working { place: Place::Own(Arc::new(Own::new(file, map, true))), layout })
    }

    /// A descriptor through which another process may look into it as a [`Loan`]. Until the loan is back, nobody may write
    /// here, and the segment must not be dropped but [discarded](Working::discard), or it would be filled anew under its
    /// reader.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`] and [`Error::OutOfDescriptors`].
    pub fn lend(&mut self) -> Result<File> {
        if matches!(self.place, Place::Piece(_)) {
            *self = self.copied()?;
        }
        let Place::Own(own) = &self.place else { return Err(Error::Damaged("it has no file")) };
        let (file, _) = own.place.as_ref().ok_or(Error::Damaged("it was given up"))?;
        os::write(file, &self.layout.encode(os::random_id()?), 0)?;
        os::duplicate(file)
    }

    /// Drops it for good: it is not used again, because somebody may still look into it.
    pub fn discard(self) {
        if let Place::Own(own) = self.place {
            own.lent_for_good.store(true, Ordering::Relaxed); // a view of this process may keep it for a while
        }
    }

    /// The same content in a segment of its own.
    fn copied(&self) -> Result<Working> {
        let len = self.layout.len();
        let copy = Working { place: own(len)?.0, layout: self.layout.clone() };
        let (from, to) = (self.view(), copy.view());
        // SAFETY: both views are of at least `len` bytes, and of different segments: the second was made just now. Who
        // writes to the first meanwhile is foreign code, whose bytes are copied as they are found.
        unsafe { std::ptr::copy_nonoverlapping(from.start().as_ptr(), to.start().as_ptr(), len) };
        drop(to);
        Ok(copy)
    }
}

impl Own {
    /// Its file, with a header that says what is in it. Nobody has a view of it here any more.
    fn give_up(&mut self, layout: &Layout) -> Result<File> {
        let (file, map) = self.place.take().ok_or(Error::Damaged("it was given up"))?;
        os::write(&file, &layout.encode(os::random_id()?), 0)?;
        bin::hand_over(file, map)
    }
}

/// A look into a working segment that another process lends. What is written to it is seen here alone: the lender's stays
/// as it is, so that the lender can show it to somebody else.
#[derive(Debug, Clone)]
pub struct Loan {
    map: Arc<Map>,
    layout: Layout,
    born: Epoch,
}

impl Loan {
    /// Looks into what is lent.
    ///
    /// # Errors
    /// [`Error::Damaged`] and [`Error::NotSealed`] for anything else; [`Error::OutOfMemory`].
    pub fn open(file: &File) -> Result<Loan> {
        let (len, layout) = inspect(file)?;
        let born = os::epoch();
        Ok(Loan { map: Arc::new(Map::private(file, len)?), layout, born })
    }

    /// What lies where.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// A view of all of it, at the layout's offsets.
    #[must_use]
    pub fn view(&self) -> View {
        View::of_map(self.map.clone(), true)
    }

    /// How many look into it beside this value: views and copies of it. While there are any, it is not back.
    #[must_use]
    pub fn views(&self) -> usize {
        Arc::strong_count(&self.map) - 1
    }

    /// Whether somebody may look into it still: here, or in a child that was forked since.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.views() > 0 || self.born != os::epoch()
    }
}

/// Length and layout of a segment that came from elsewhere; its length is sealed, so that no touch can fail.
fn inspect(file: &File) -> Result<(usize, Layout)> {
    if !os::is_sealed(file, Seal::Size) {
        return Err(Error::NotSealed);
    }
    let (_, len) = os::identity(file)?;
    let head = os::read(file, len.min(HEAD), 0)?;
    let (_, layout) = Layout::decode(&head, len)?;
    Ok((len, layout))
}

/// Takes a warm segment out of the bin, for a process that can use it: one that sent some before.
#[must_use]
pub fn spare() -> Option<File> {
    bin::take_foreign().map(|warm| warm.file)
}

/// Puts a warm segment of another process into the bin.
///
/// # Errors
/// [`Error::NotSealed`] for anything else; [`Error::OutOfMemory`].
pub fn stock(file: File) -> Result<()> {
    if !os::is_sealed(&file, Seal::Size) {
        return Err(Error::NotSealed);
    }
    bin::take_back(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Field;

    fn filled(len: usize, value: u8) -> Working {
        let field = Field::new("", "|u1", 1, &[len]).unwrap();
        let working = Working::empty(Layout::new(vec![field]).unwrap()).unwrap();
        // SAFETY: the view is of the whole segment, and nobody else has one.
        unsafe { at(&working).write_bytes(value, len) };
        working
    }

    fn at(working: &Working) -> *mut u8 {
        working.view().start().as_ptr().wrapping_add(working.layout().fields()[0].offset)
    }

    #[test]
    fn what_is_handed_over_arrives_whole_and_can_be_written() {
        for len in [10, 1 << 20] {
            let adopted = Working::adopt(filled(len, 7).hand_over().unwrap()).unwrap();
            assert_eq!(adopted.layout().fields()[0].span(), len);
            // SAFETY: the last byte of a segment that is only this test's.
            unsafe { *at(&adopted).wrapping_add(len - 1) += 1 };
            // SAFETY: as above.
            assert_eq!(unsafe { *at(&adopted).wrapping_add(len - 1) }, 8);
        }
    }

    #[test]
    fn where_a_view_lives_the_receiver_gets_a_copy() {
        let working = filled(1 << 20, 1);
        let (view, start) = (working.view(), at(&working));
        let adopted = Working::adopt(working.hand_over().unwrap()).unwrap();
        // SAFETY: the view keeps the bytes, and nobody else looks at them.
        unsafe { *start = 9 };
        drop(view);
        // SAFETY: the first byte of a segment that is only this test's.
        assert_eq!(unsafe { *at(&adopted) }, 1);
    }

    #[test]
    fn a_borrower_writes_for_itself_alone() {
        let mut working = filled(1 << 20, 1);
        let loan = Loan::open(&working.lend().unwrap()).unwrap();
        let view = loan.view();
        assert_eq!(loan.views(), 1);
        let mine = view.start().as_ptr().wrapping_add(loan.layout().fields()[0].offset);
        // SAFETY: a byte of a private map.
        unsafe { *mine = 9 };
        // SAFETY: a byte of a segment that nobody writes.
        assert_eq!(unsafe { *at(&working) }, 1);
        working.discard();
        // SAFETY: a byte of a private map, which the view keeps.
        assert_eq!(unsafe { *mine }, 9);
    }

    #[test]
    fn what_is_discarded_is_not_filled_anew_after_its_last_view() {
        let mut working = filled((1 << 20) + 4096, 1); // of a length that no other test takes from the bin
        let lent = working.lend().unwrap();
        let (theirs, _) = os::identity(&lent).unwrap();
        let view = working.view();
        working.discard();
        drop(view);
        let again = filled((1 << 20) + 4096, 2).hand_over().unwrap();
        assert_ne!(os::identity(&again).unwrap().0, theirs);
    }

    #[test]
    fn anything_else_is_refused() {
        let file = os::memory_file().unwrap();
        os::allocate(&file, 4096).unwrap();
        assert!(matches!(Loan::open(&file), Err(Error::NotSealed)));
        os::seal(&file, Seal::Size).unwrap();
        assert!(matches!(Working::adopt(file), Err(Error::Damaged(_))));
    }
}
