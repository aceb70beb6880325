//! A segment whose content is known from the start, and which goes to another process. Fresh pages are written, which takes
//! half the time of storing to a map; warm ones are stored to, through a map that lasts.
#![allow(unsafe_code, reason = "fills shared memory that nobody else looks at")]

use super::thrifty;
use crate::bin::{self, Warm};
use crate::error::{Error, Result};
use crate::layout::{Field, Layout};
use crate::os::{self, Epoch, File, Map, Seal};

/// A segment to be handed over or lent. When it is dropped, it waits warm for the next.
#[derive(Debug)]
pub struct Filled {
    /// None when it has been handed over or discarded.
    place: Option<(File, Option<Map>)>,
    layout: Layout,
    born: Epoch,
}

impl Filled {
    /// A segment whose arrays hold the bytes that `bytes` gives for each field, [`Field::span`] of them.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`] and [`Error::OutOfDescriptors`]; [`Error::Layout`] for bytes of another length.
    pub fn new<'a>(layout: Layout, mut bytes: impl FnMut(&Field) -> &'a [u8]) -> Result<Filled> {
        let (file, map) = match bin::take(layout.len()) {
            Some(warm) => warm.mapped().map(|(file, map)| (file, Some(map)))?,
            None => (thrifty(|| fresh(layout.len()))?, None),
        };
        os::write(&file, &layout.encode(os::random_id()?), 0)?;
        for field in layout.fields() {
            let bytes = bytes(field);
            if bytes.len() != field.span() {
                let (name, wanted, got) = (&field.name, field.span(), bytes.len());
                return Err(Error::Layout(format!(
                    "array {name:?} takes {wanted} bytes, {got} were given"
                )));
            }
            match &map {
                Some(map) => store(map, field.offset, bytes),
                None => os::write(&file, bytes, field.offset)?,
            }
        }
        Ok(Filled { place: Some((file, map)), layout, born: os::epoch() })
    }

    /// What lies where.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Gives it up: whoever adopts the descriptor may write.
    ///
    /// # Errors
    /// None that can be foreseen.
    pub fn hand_over(mut self) -> Result<File> {
        match self.place.take() {
            Some((file, Some(map))) => bin::hand_over(file, map),
            Some((file, None)) => Ok(file),
            None => Err(Error::Damaged("it was given up")),
        }
    }

    /// A descriptor through which another process may look into it as a [`super::Loan`]. Until the loan is back, it must
    /// not be dropped but [discarded](Filled::discard), or it would be filled anew under its reader.
    ///
    /// # Errors
    /// [`Error::OutOfDescriptors`].
    pub fn lend(&self) -> Result<File> {
        let (file, _) = self.place.as_ref().ok_or(Error::Damaged("it was given up"))?;
        os::duplicate(file)
    }

    /// Drops it for good: it is not used again, because somebody may still look into it.
    pub fn discard(mut self) {
        drop(self.place.take());
    }
}

/// A new segment that gets its pages as they are written, which says when there are none.
fn fresh(len: usize) -> Result<File> {
    let file = os::memory_file()?;
    os::reserve(&file, len)?;
    os::seal(&file, Seal::Size)?;
    Ok(file)
}

fn store(map: &Map, offset: usize, bytes: &[u8]) {
    let start = map.start().as_ptr().wrapping_add(offset);
    debug_assert!(offset + bytes.len() <= map.len(), "the layout was made for this length");
    // SAFETY: the map is of at least the layout's length, within which the field lies; it came out of the bin, so nobody else
    // has it, and the bytes are somebody else's memory.
    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), start, bytes.len()) };
}

impl Drop for Filled {
    fn drop(&mut self) {
        // In a forked child it is still the parent's, who may be lending it.
        if let Some((file, map)) = self.place.take().filter(|_| self.born == os::epoch()) {
            let len = map.as_ref().map_or(self.layout.len(), Map::len);
            bin::put(Warm { file, len, map, foreign: false });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Loan, Working};

    fn filled(parts: &[&[u8]]) -> Filled {
        let fields = parts.iter().enumerate();
        let fields = fields.map(|(at, part)| Field::new(&at.to_string(), "|u1", 1, &[part.len()]));
        let layout = Layout::new(fields.collect::<Result<_>>().unwrap()).unwrap();
        let mut parts = parts.iter();
        Filled::new(layout, |_| parts.next().unwrap()).unwrap()
    }

    #[test]
    fn what_was_written_arrives() {
        let (long, short) = (vec![7; 100_000], [1, 2, 3]);
        let loan = Loan::open(&filled(&[&long, &short]).lend().unwrap()).unwrap();
        assert_eq!(loan.layout().fields()[0].span(), long.len());
        let adopted = Working::adopt(filled(&[&short, &long]).hand_over().unwrap()).unwrap();
        let frozen = adopted.snapshot().unwrap();
        let field = &frozen.layout().fields()[0];
        assert_eq!(frozen.bytes()[field.offset..][..3], short);
    }

    #[test]
    fn what_comes_back_is_filled_anew() {
        for value in [3, 4, 5] {
            let bytes = vec![value; 3_000_000];
            let file = filled(&[&bytes]).hand_over().unwrap();
            let adopted = Working::adopt(file).unwrap().snapshot().unwrap();
            assert_eq!(&adopted.bytes()[adopted.layout().fields()[0].offset..], &bytes);
        }
        let file = filled(&[&[1; 3_000_000]]).hand_over().unwrap();
        crate::stock(file).unwrap(); // its map was kept
        let filled = filled(&[&[2; 3_000_000]]);
        assert!(filled.place.as_ref().is_some_and(|(_, map)| map.is_some()));
    }

    #[test]
    fn bytes_of_another_length_are_refused() {
        let layout = Layout::new(vec![Field::new("", "|u1", 1, &[4]).unwrap()]).unwrap();
        assert!(matches!(Filled::new(layout, |_| &[1, 2, 3]), Err(Error::Layout(_))));
    }
}
