//! The text of a file: unpacked, without a byte order mark, known to be UTF-8.

use crate::Error;
use flate2::bufread::MultiGzDecoder;
use std::io::{BufRead, Read};

/// All of a file, as text.
///
/// # Errors
/// A file that cannot be read, is empty, or is no text.
pub(super) fn read(file: &str, mut bytes: impl BufRead) -> Result<String, Error> {
    let unreadable = |reason| Error::Read { file: file.to_owned(), reason };
    let packed = bytes.fill_buf().map_err(unreadable)?.starts_with(&[0x1f, 0x8b]);
    let mut all = Vec::new();
    match packed {
        true => MultiGzDecoder::new(bytes).read_to_end(&mut all),
        false => bytes.read_to_end(&mut all),
    }
    .map_err(unreadable)?;
    refuse_foreign(file, &all)?;
    if all.starts_with(b"\xef\xbb\xbf") {
        all.drain(..3);
    }
    String::from_utf8(all).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count() as u64;
        Error::NotUtf8 { file: file.to_owned(), line }
    })
}

/// Files that are no CSV, told by their first bytes, with the way out.
fn refuse_foreign(file: &str, start: &[u8]) -> Result<(), Error> {
    let advice = match start {
        [b'P', b'K', 3, 4, ..] => "a ZIP archive or an Excel workbook: save it as CSV",
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "UTF-16: save it as UTF-8",
        [0xd0, 0xcf, 0x11, 0xe0, ..] => "an Excel workbook: save it as CSV",
        _ if is_markup(start) => "a page or XML: save it as CSV",
        _ if start.iter().take(1024).any(|&byte| byte == 0) => "not text: save it as CSV",
        _ => return Ok(()),
    };
    Err(Error::NotCsv { file: file.to_owned(), advice })
}

/// Whether a file begins as pages do. (MetaTrader writes <DATE> for the name of a column.)
fn is_markup(start: &[u8]) -> bool {
    let start = start.trim_ascii_start();
    let begins = |tag: &&str| {
        start.get(..tag.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(tag.as_bytes()))
    };
    ["<!", "<html", "<?xml", "<table", "<head", "<body"].iter().any(begins)
}
