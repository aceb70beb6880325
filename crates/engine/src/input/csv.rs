//! CSV files, plain or gzip: commas, semicolons or tabs, whichever the first line has most of.

use super::cell::Raw;
use super::rows::{Each, Origin, Rows};
use crate::Error;
use csv::{ReaderBuilder, StringRecord};
use flate2::bufread::MultiGzDecoder;
use std::io::{BufRead, BufReader};

/// A CSV file that is being read.
pub(super) struct Csv<'a> {
    origin: Origin,
    header: Vec<String>,
    reader: csv::Reader<Box<dyn BufRead + 'a>>,
    /// Whether lines end in CR LF.
    crlf: bool,
}

impl<'a> Csv<'a> {
    /// Reads the header.
    ///
    /// # Errors
    /// A file that cannot be read, is empty, or is no text.
    pub(super) fn open(file: &str, bytes: impl BufRead + 'a) -> Result<Self, Error> {
        let origin = Origin { file: file.to_owned(), unit: "line" };
        let unreadable = |reason| Error::Read { file: file.to_owned(), reason };
        let mut bytes = gunzip(bytes).map_err(unreadable)?;
        let start = bytes.fill_buf().map_err(unreadable)?;
        refuse_foreign(file, start)?;
        let crlf = start.split_inclusive(|&byte| byte == b'\n').next().unwrap_or_default();
        let crlf = crlf.ends_with(b"\r\n");
        let mut reader = ReaderBuilder::new().delimiter(delimiter(start)).from_reader(bytes);
        let header: Vec<String> = match reader.headers() {
            Ok(header) => header.iter().map(|cell| cell.trim().to_owned()).collect(),
            Err(error) => return Err(sentence(&origin, error, None)),
        };
        if header.is_empty() {
            return Err(Error::Empty { file: origin.file });
        }
        Ok(Self { origin, header, reader, crlf })
    }
}

impl Rows for Csv<'_> {
    fn origin(&self) -> &Origin {
        &self.origin
    }

    fn header(&self) -> &[String] {
        &self.header
    }

    fn visit(&mut self, each: &mut Each<'_>) -> Result<(), Error> {
        let mut record = StringRecord::new();
        loop {
            match self.reader.read_record(&mut record) {
                Ok(false) => return Ok(()),
                Ok(true) => {
                    let start = record.position().map_or(0, csv::Position::line);
                    let line = self.line().unwrap_or(start);
                    let cells: Vec<_> = record.iter().map(Raw::Text).collect();
                    each(line, &cells)?;
                }
                Err(error) => return Err(sentence(&self.origin, error, self.line())),
            }
        }
    }
}

impl Csv<'_> {
    /// The line of the row just read, where lines end in CR LF: there the reader stops before the LF, and believes that the
    /// next row starts on the line that it has not left yet.
    fn line(&self) -> Option<u64> {
        self.crlf.then(|| self.reader.position().line())
    }
}

/// The same bytes, decompressed if they are gzip.
fn gunzip<'a>(mut bytes: impl BufRead + 'a) -> std::io::Result<Box<dyn BufRead + 'a>> {
    let packed = bytes.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    Ok(if packed { Box::new(BufReader::new(MultiGzDecoder::new(bytes))) } else { Box::new(bytes) })
}

/// Files that are no CSV, told by their first bytes, with the way out.
fn refuse_foreign(file: &str, start: &[u8]) -> Result<(), Error> {
    let advice = match start {
        [b'P', b'K', 3, 4, ..] => "a ZIP archive or an Excel workbook: save it as CSV",
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "UTF-16: save it as UTF-8",
        _ if start.iter().take(1024).any(|&byte| byte == 0) => "not text: save it as CSV",
        _ => return Ok(()),
    };
    Err(Error::NotCsv { file: file.to_owned(), advice })
}

fn delimiter(start: &[u8]) -> u8 {
    let line = start.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let count = |delimiter: &u8| line.iter().filter(|&byte| byte == delimiter).count();
    [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',') // of equals the last: the comma
}

/// What the csv crate found, as the rest of this room would say it.
fn sentence(origin: &Origin, error: csv::Error, line: Option<u64>) -> Error {
    let file = origin.file.clone();
    let line = line.unwrap_or_else(|| error.position().map_or(0, csv::Position::line));
    match error.into_kind() {
        csv::ErrorKind::Io(reason) => Error::Read { file, reason },
        csv::ErrorKind::Utf8 { .. } => Error::NotUtf8 { file, line },
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            Error::Uneven { file, line, found: len, columns: expected_len }
        }
        other => Error::Read { file, reason: std::io::Error::other(format!("{other:?}")) },
    }
}
