//! What lies where in a segment: the header that describes itself.
//!
//! A segment begins with a header: magic, version, the segment's random identity and a table of arrays, each with name,
//! element type, shape, strides and offset. Whoever attaches checks all of it against the segment's length, so a hostile or
//! damaged header is an error. This file knows bytes and numbers only; where the bytes come from is not its business.
//!
//! | at | bytes | what |
//! |---|---|---|
//! | 0 | 8 | `SHARPEST` |
//! | 8 | 4 | version, 1 |
//! | 12 | 4 | number of arrays |
//! | 16 | 16 | identity |
//! | 32 | 8 | length of the header |
//! | 40 | 8 | length of the segment |
//! | 48 | – | the arrays: itemsize, offset, dimensions, lengths of the two texts; shape; strides; name; dtype |
//!
//! Numbers are little-endian. Data begin on a page where the segment is larger than a few, else on 64 bytes.

use crate::error::{Error, Result};

/// Every array begins on a multiple of this: a cache line, and the widest vector register.
pub const ALIGNMENT: usize = 64;

/// What NumPy allows, too.
const MAX_DIMENSIONS: usize = 64;
const MAGIC: &[u8; 8] = b"SHARPEST";
const VERSION: u32 = 1;
const FIXED: usize = 48;
const RECORD: usize = 32;

/// The random identity of a segment: what is opened is what was meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(pub [u8; 16]);

/// One array of a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name; empty for an array that stands alone.
    pub name: String,
    /// Its element type as NumPy writes it (`<f8`, or the description of a structured type).
    pub dtype: String,
    /// Bytes of one element.
    pub itemsize: usize,
    /// Elements along each axis.
    pub shape: Vec<usize>,
    /// Bytes from one element to the next along each axis.
    pub strides: Vec<isize>,
    /// Where its first element lies, in bytes from the start of the segment.
    pub offset: usize,
}

impl Field {
    /// An array in C order whose place is not yet known.
    pub fn new(name: &str, dtype: &str, itemsize: usize, shape: &[usize]) -> Result<Field> {
        let mut strides = vec![0; shape.len()];
        let mut stride = itemsize;
        for (axis, length) in shape.iter().enumerate().rev() {
            strides[axis] = isize::try_from(stride).map_err(|_| too_large())?;
            stride = stride.checked_mul((*length).max(1)).ok_or_else(too_large)?;
        }
        Field::strided(name, dtype, itemsize, shape, &strides)
    }

    /// An array with strides of its own (none negative) whose place is not yet known.
    pub fn strided(
        name: &str,
        dtype: &str,
        itemsize: usize,
        shape: &[usize],
        strides: &[isize],
    ) -> Result<Field> {
        let field = Field {
            name: name.to_owned(),
            dtype: dtype.to_owned(),
            itemsize,
            shape: shape.to_vec(),
            strides: strides.to_vec(),
            offset: 0,
        };
        if shape.len() > MAX_DIMENSIONS || shape.len() != strides.len() {
            return Err(Error::Layout(format!(
                "an array of {} dimensions cannot be shared",
                shape.len()
            )));
        }
        match field.extent() {
            Some((0, _)) => Ok(field),
            _ => Err(too_large()),
        }
    }

    /// Bytes from the lowest to the highest that its elements take.
    #[must_use]
    pub fn span(&self) -> usize {
        self.extent().map_or(0, |(low, high)| high.abs_diff(low))
    }

    /// Whether its elements follow each other in C order without a gap.
    #[must_use]
    pub fn is_contiguous(&self) -> bool {
        let mut stride = self.itemsize;
        self.shape.contains(&0)
            || self.shape.iter().zip(&self.strides).rev().all(|(length, step)| {
                let fits = *length == 1 || usize::try_from(*step) == Ok(stride);
                stride = stride.saturating_mul(*length);
                fits
            })
    }

    /// The name of its element type, for people: `float64` for `<f8`. One that has no short name stays as it is.
    #[must_use]
    pub fn element(&self) -> String {
        let code = self.dtype.trim_start_matches(['<', '>', '|', '=']);
        let bits = code
            .get(1..)
            .and_then(|bytes| bytes.parse::<u32>().ok())
            .map(|bytes| bytes.saturating_mul(8));
        let name = match (code.chars().next(), bits) {
            (Some('f'), Some(bits)) => format!("float{bits}"),
            (Some('c'), Some(bits)) => format!("complex{bits}"),
            (Some('i'), Some(bits)) => format!("int{bits}"),
            (Some('u'), Some(bits)) => format!("uint{bits}"),
            (Some('b'), Some(8)) => "bool".into(),
            (Some('M'), None) => code.replacen("M8", "datetime64", 1),
            (Some('m'), None) => code.replacen("m8", "timedelta64", 1),
            _ => return self.dtype.clone(),
        };
        if self.dtype.starts_with('>') { name + ", big-endian" } else { name }
    }

    /// The lowest and one past the highest byte of its elements, relative to its offset: the one range check of this room.
    fn extent(&self) -> Option<(isize, isize)> {
        // Also what nobody stores must be countable: NumPy and ndarray rely on it, even where another axis is empty.
        let mut lengths = self.shape.iter().filter(|length| **length != 0);
        let bytes = lengths.try_fold(self.itemsize, |sum, length| sum.checked_mul(*length))?;
        isize::try_from(bytes).ok()?;
        if self.shape.contains(&0) {
            return Some((0, 0));
        }
        let (mut low, mut high) = (0isize, isize::try_from(self.itemsize).ok()?);
        for (length, stride) in self.shape.iter().zip(&self.strides) {
            let reach = stride.checked_mul(isize::try_from(length - 1).ok()?)?;
            match reach < 0 {
                true => low = low.checked_add(reach)?,
                false => high = high.checked_add(reach)?,
            }
        }
        high.checked_sub(low)?;
        Some((low, high))
    }

    /// Whether all of its elements lie in `start..end`.
    fn lies_in(&self, start: usize, end: usize) -> bool {
        let within = || {
            let (low, high) = self.extent()?;
            Some(
                self.offset.checked_add_signed(low)? >= start
                    && self.offset.checked_add_signed(high)? <= end,
            )
        };
        within().unwrap_or(false)
    }
}

/// What lies where in a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    fields: Vec<Field>,
    header: usize,
    len: usize,
}

impl Layout {
    /// Gives each array its place, one after the other.
    pub fn new(mut fields: Vec<Field>) -> Result<Layout> {
        if let Some(name) = fields.iter().enumerate().find_map(|(at, field)| {
            fields[..at].iter().any(|other| other.name == field.name).then_some(&field.name)
        }) {
            return Err(Error::Layout(format!("two arrays are named {name:?}")));
        }
        let records =
            fields.iter().map(|f| RECORD + 16 * f.shape.len() + f.name.len() + f.dtype.len());
        let header = FIXED + records.sum::<usize>();
        let bytes = fields.iter().fold(0, |sum: usize, field| sum.saturating_add(field.span()));
        let first = if bytes > 1 << 16 { 4096 } else { ALIGNMENT };
        let mut at = header.next_multiple_of(first);
        for field in &mut fields {
            field.offset = at.checked_next_multiple_of(ALIGNMENT).ok_or_else(too_large)?;
            at = field.offset.checked_add(field.span()).ok_or_else(too_large)?;
        }
        isize::try_from(at).map_err(|_| too_large())?;
        Ok(Layout { fields, header, len: at })
    }

    /// The arrays, in the order in which they were given.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The length of the segment in bytes.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a segment always has a header")]
    pub fn len(&self) -> usize {
        self.len
    }

    /// The header, as it stands at the beginning of the segment.
    #[must_use]
    pub fn encode(&self, id: Id) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.header);
        bytes.extend(MAGIC);
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend(narrow(self.fields.len()).to_le_bytes());
        bytes.extend(id.0);
        bytes.extend((self.header as u64).to_le_bytes());
        bytes.extend((self.len as u64).to_le_bytes());
        for field in &self.fields {
            bytes.extend((field.itemsize as u64).to_le_bytes());
            bytes.extend((field.offset as u64).to_le_bytes());
            bytes.extend((field.shape.len() as u64).to_le_bytes());
            bytes.extend(narrow(field.name.len()).to_le_bytes());
            bytes.extend(narrow(field.dtype.len()).to_le_bytes());
            bytes.extend(field.shape.iter().flat_map(|length| (*length as u64).to_le_bytes()));
            bytes.extend(field.strides.iter().flat_map(|stride| (*stride as i64).to_le_bytes()));
            bytes.extend(field.name.as_bytes());
            bytes.extend(field.dtype.as_bytes());
        }
        debug_assert_eq!(bytes.len(), self.header, "the header is as long as it says");
        bytes
    }

    /// Reads a header from the first bytes of a segment, and checks every number of it against the segment's length.
    ///
    /// # Errors
    /// [`Error::Damaged`] for bytes that are not a header, or one that does not fit the segment.
    pub fn decode(head: &[u8], segment: usize) -> Result<(Id, Layout)> {
        let mut reader = Reader { bytes: head };
        if reader.take(8)? != MAGIC {
            return Err(Error::Damaged("it does not begin with the mark of one"));
        }
        if reader.u32()? != VERSION {
            return Err(Error::Damaged("it is of another version of this program"));
        }
        let arrays = reader.u32()?;
        let id = Id(reader.array()?);
        let (header, len) = (reader.size()?, reader.size()?);
        if len > segment || header > len || header > head.len() || header < FIXED {
            return Err(Error::Damaged("it is shorter than its header says"));
        }
        reader.bytes = &head[FIXED..header];
        let mut fields = Vec::new();
        for _ in 0..arrays {
            let field = reader.field()?;
            if !field.lies_in(header, len) {
                return Err(Error::Damaged("an array lies outside of it"));
            }
            fields.push(field);
        }
        if !reader.bytes.is_empty() {
            return Err(Error::Damaged("its header is longer than its arrays"));
        }
        Ok((id, Layout { fields, header, len }))
    }
}

/// A length of a header that is held in 32 bits: of names and texts, whose sum was a header that fits in memory.
fn narrow(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn too_large() -> Error {
    Error::Layout("an array of this shape does not fit into memory".into())
}

/// Bytes that are taken from the front.
struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self
            .bytes
            .split_at_checked(count)
            .ok_or(Error::Damaged("its header ends too early"))?;
        self.bytes = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let taken = self.take(N)?;
        taken.try_into().map_err(|_| Error::Damaged("its header ends too early"))
    }

    fn u32(&mut self) -> Result<u32> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    fn size(&mut self) -> Result<usize> {
        usize::try_from(u64::from_le_bytes(self.array()?))
            .map_err(|_| Error::Damaged("a size is beyond this machine"))
    }

    fn stride(&mut self) -> Result<isize> {
        isize::try_from(i64::from_le_bytes(self.array()?))
            .map_err(|_| Error::Damaged("a stride is beyond this machine"))
    }

    fn text(&mut self, length: usize) -> Result<String> {
        let text = std::str::from_utf8(self.take(length)?);
        Ok(text.map_err(|_| Error::Damaged("a name in its header is not text"))?.to_owned())
    }

    fn field(&mut self) -> Result<Field> {
        let (itemsize, offset, dimensions) = (self.size()?, self.size()?, self.size()?);
        let (name, dtype) = (self.u32()? as usize, self.u32()? as usize);
        if dimensions > MAX_DIMENSIONS {
            return Err(Error::Damaged("an array of it has too many dimensions"));
        }
        let shape = (0..dimensions).map(|_| self.size()).collect::<Result<_>>()?;
        let strides = (0..dimensions).map(|_| self.stride()).collect::<Result<_>>()?;
        Ok(Field {
            name: self.text(name)?,
            dtype: self.text(dtype)?,
            itemsize,
            shape,
            strides,
            offset,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn segment(layout: &Layout) -> Vec<u8> {
        let mut bytes = layout.encode(Id([7; 16]));
        bytes.resize(layout.len(), 0);
        bytes
    }

    fn fields() -> impl Strategy<Value = Vec<Field>> {
        let field = (prop::collection::vec(0usize..5, 0..4), 1usize..20, "[a-z<|8]{0,6}");
        prop::collection::vec(field, 0..5).prop_map(|fields| {
            let named = fields.iter().enumerate();
            named
                .map(|(i, (shape, size, dtype))| {
                    Field::new(&format!("f{i}"), dtype, *size, shape).unwrap()
                })
                .collect()
        })
    }

    #[test]
    fn a_header_of_one_array_is_as_documented() {
        let layout = Layout::new(vec![Field::new("A", "<f8", 8, &[2, 3]).unwrap()]).unwrap();
        let bytes = layout.encode(Id([7; 16]));
        assert_eq!(bytes.len(), 48 + 32 + 2 * 16 + 1 + 3);
        assert_eq!(&bytes[..8], b"SHARPEST");
        assert_eq!(layout.fields()[0].strides, [24, 8]);
        assert_eq!(layout.fields()[0].offset, 128);
        assert_eq!(layout.len(), 128 + 48);
    }

    #[test]
    fn element_types_have_names_for_people() {
        let named = |dtype: &str| Field::new("", dtype, 8, &[1]).unwrap().element();
        let names = ["<f8", "<i4", "|u1", "|b1", "<c16", ">f4", "<M8[ns]", "|S5", "[('a', '<f8')]"]
            .map(named);
        let expected = [
            "float64",
            "int32",
            "uint8",
            "bool",
            "complex128",
            "float32, big-endian",
            "datetime64[ns]",
            "|S5",
            "[('a', '<f8')]",
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn arrays_too_large_for_memory_are_refused() {
        assert!(Field::new("", "<f8", 8, &[usize::MAX, 2]).is_err());
        let half = Field::new("a", "|u1", 1, &[usize::MAX / 2]).unwrap();
        assert!(Layout::new(vec![half.clone(), Field { name: "b".into(), ..half }]).is_err());
    }

    #[test]
    fn two_arrays_of_one_name_are_refused() {
        let field = Field::new("A", "<f8", 8, &[1]).unwrap();
        assert!(matches!(Layout::new(vec![field.clone(), field]), Err(Error::Layout(_))));
    }

    #[test]
    fn an_array_that_reaches_out_of_the_segment_is_refused() {
        let layout = Layout::new(vec![Field::new("A", "<f8", 8, &[2, 3]).unwrap()]).unwrap();
        for (shape, strides) in [
            ([3, 3], [24, 8]),
            ([2, 3], [-24, 8]),
            ([2, usize::MAX], [24, 8]),
            ([2, 3], [isize::MAX, 8]),
        ] {
            let mut broken = layout.clone();
            broken.fields[0].shape = shape.to_vec();
            broken.fields[0].strides = strides.to_vec();
            let mut bytes = broken.encode(Id([7; 16]));
            bytes.resize(layout.len(), 0);
            assert!(matches!(
                Layout::decode(&bytes, bytes.len()),
                Err(Error::Damaged("an array lies outside of it"))
            ));
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(fields in fields()) {
            let layout = Layout::new(fields).unwrap();
            prop_assert_eq!(Layout::decode(&segment(&layout), layout.len()).unwrap(), (Id([7; 16]), layout));
        }

        #[test]
        fn arrays_are_aligned_and_do_not_overlap(fields in fields()) {
            let layout = Layout::new(fields).unwrap();
            let mut end = layout.header;
            for field in layout.fields() {
                prop_assert!(field.offset >= end && field.offset.is_multiple_of(ALIGNMENT));
                end = field.offset + field.span();
            }
            prop_assert!(end <= layout.len());
        }

        #[test]
        fn a_damaged_header_is_an_error_or_keeps_within_the_segment(
            fields in fields(), at in any::<prop::sample::Index>(), value in any::<u8>(), cut in 0usize..200,
        ) {
            let layout = Layout::new(fields).unwrap();
            let mut bytes = segment(&layout);
            let at = at.index(layout.header);
            bytes[at] = value;
            bytes.truncate(bytes.len() - cut.min(bytes.len()));
            if let Ok((_, read)) = Layout::decode(&bytes, bytes.len()) {
                prop_assert!(read.len() <= bytes.len());
                for field in read.fields() {
                    prop_assert!(field.lies_in(read.header, bytes.len()));
                }
            }
        }

        #[test]
        fn any_bytes_are_an_error(mut bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Some(mark) = bytes.first_chunk_mut::<8>() {
                *mark = *MAGIC;
            }
            if let Ok((_, read)) = Layout::decode(&bytes, bytes.len()) {
                prop_assert!(read.len() <= bytes.len());
            }
        }
    }
}
