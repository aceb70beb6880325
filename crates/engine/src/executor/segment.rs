//! Numbers in a segment that nobody can change, for whoever works elsewhere on this machine.

use sharpest_arrays::{Error, Field, Frozen, Layout, Opened, Token};
use std::sync::Arc;

/// An array: its name, its shape, and its numbers, row after row.
pub(super) type Array<'a> = (&'a str, &'a [usize], &'a [f64]);

/// Copies arrays into one segment.
///
/// # Errors
/// Too little memory.
pub(super) fn share(arrays: &[Array<'_>]) -> Result<Arc<Frozen>, Error> {
    let dtype = if cfg!(target_endian = "little") { "<f8" } else { ">f8" };
    let fields = arrays.iter().map(|(name, shape, _)| Field::new(name, dtype, 8, shape));
    let layout = Layout::new(fields.collect::<Result<_, _>>()?)?;
    let bytes = |numbers: &[f64]| numbers.iter().flat_map(|number| number.to_ne_bytes()).collect();
    let bytes: Vec<Vec<u8>> = arrays.iter().map(|(_, _, numbers)| bytes(numbers)).collect();
    let mut parts = bytes.iter().map(Vec::as_slice); // in the order of the fields
    Ok(Arc::new(Frozen::from_parts(layout, |_| parts.next().unwrap_or_default())?))
}

/// Opens the segment of a token, in whatever process.
///
/// # Errors
/// Bytes that are no token; a segment that is gone, or not sealed.
pub(super) fn open(token: &[u8]) -> Result<Arc<Frozen>, String> {
    let text = |error: Error| error.to_string();
    match sharpest_arrays::open(&Token::from_bytes(token).map_err(text)?).map_err(text)? {
        Opened::Frozen(segment) => Ok(segment),
        Opened::Control(_) => Err("the numbers are not sealed".into()),
    }
}
