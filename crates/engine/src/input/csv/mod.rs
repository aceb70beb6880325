//! CSV files as people and programs leave them, plain or gzip.
//!
//! 1. [`text`]: bytes become text, or it is said what else they are.
//! 2. [`dialect`]: which byte stands between two cells.
//! 3. [`frame`]: which records are the header, which are rows, and which are neither.

mod dialect;
mod frame;
mod text;

use super::grid::{Grid, Origin, Records};
use crate::Error;
use csv::{ReaderBuilder, StringRecord};
use std::io::BufRead;

/// Reads the grid in the bytes of a CSV file that messages call `file`.
///
/// # Errors
/// A file that cannot be read, is empty, is no text, or has rows of different lengths.
pub(super) fn read(file: &str, bytes: impl BufRead) -> Result<Grid, Error> {
    let text = text::read(file, bytes)?;
    let origin = Origin { file: file.to_owned(), unit: "line" };
    let dialect = dialect::of(&text);
    let records = records(&text, &dialect);
    frame::grid(origin, records)
}

/// Every record that is not a comment, with the line of an editor on which it begins, whatever ends lines.
fn records(text: &str, dialect: &dialect::Dialect) -> Records {
    let bytes = text.as_bytes();
    let end = if bytes.contains(&b'\n') { b'\n' } else { b'\r' };
    let mut reader = ReaderBuilder::new()
        .delimiter(dialect.delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(&bytes[dialect.start..]);
    let (mut records, mut record) = (Records::default(), StringRecord::new());
    let (mut counted, mut line) = (0, 1);
    // Reading from memory cannot fail, and the text is known to be UTF-8.
    while let Ok(true) = reader.read_record(&mut record) {
        let start = record.position().map_or(0, csv::Position::byte) as usize + dialect.start;
        let blank = bytes[start..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let start = (start + blank).min(bytes.len());
        line += bytes[counted..start].iter().filter(|&&byte| byte == end).count() as u64;
        counted = start;
        if !record.get(0).is_some_and(is_comment) {
            records.push(line, record.iter());
        }
    }
    records
}

/// "# downloaded on Monday" is a comment; "#" alone may name a column of row numbers.
fn is_comment(cell: &str) -> bool {
    cell.trim_start().starts_with("# ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(text: &str) -> Result<Grid, String> {
        read("p.csv", text.as_bytes()).map_err(|error| error.to_string())
    }

    fn names(grid: &Grid) -> Vec<String> {
        (0..grid.width()).map(|column| grid.name(column)).collect()
    }

    #[test]
    fn what_stands_around_a_table_is_no_part_of_it() {
        let plain = "Date,A,B\n2024-01-02,1,2\n2024-01-03,3,4\n";
        for text in [
            plain.to_owned(),
            format!("\u{feff}{plain}"),
            format!("sep=,\n{plain}"),
            format!("# from somewhere\n#\n{plain}"),
            format!("Prices of two assets\n\n{plain}"),
            format!("{plain}Source: nobody, 2024\n"),
            format!("{plain},,\n,,\n"),
            plain.replace('\n', ",\n"),
            plain.replace('\n', "\r\n"),
            plain.replace('\n', "\r"),
            plain.replace('\n', "\n\n"),
            plain.replace(',', ";"),
            plain.replace(',', "\t"),
            plain.replace(',', "|"),
        ] {
            let grid = grid(&text).unwrap();
            assert_eq!(
                (names(&grid), grid.rows()),
                (vec!["Date".into(), "A".into(), "B".into()], 2),
                "{text}"
            );
            assert_eq!(grid.cell(1, 2).to_string(), "4", "{text}");
        }
    }

    #[test]
    fn a_delimiter_in_a_name_or_a_number_separates_nothing() {
        let found = grid("Date;Apple, Inc.;B\n2024-01-02;1,5;2,5\n2024-01-03;3,25;4,5\n").unwrap();
        assert_eq!(names(&found), ["Date", "Apple, Inc.", "B"]);
        assert_eq!(found.cell(1, 1).to_string(), "\"3,25\"");
    }

    #[test]
    fn header_lines_become_levels() {
        let found = grid("Price,Close,Close\nTicker,A,B\nDate,,\n2024-01-02,1,2\n").unwrap();
        assert_eq!(
            found.header,
            [
                vec!["Date".to_owned()],
                vec!["Close".into(), "A".into()],
                vec!["Close".into(), "B".into()]
            ]
        );
        assert_eq!((found.rows(), found.line(0)), (1, 4));
    }

    #[test]
    fn a_header_that_does_not_name_its_row_names() {
        let found = grid("A,B\n2024-01-02,1,2\n2024-01-03,1,2\n").unwrap();
        assert_eq!(names(&found), ["", "A", "B"]);
    }

    #[test]
    fn two_tables_in_a_file_are_refused() {
        let text = "Date,A,B\n2024-01-02,1,2\nAnnual returns\n2024,1,2\n";
        let sentence = "p.csv, line 3: \"Annual returns\" stands between rows, as where a second table begins: give each table a file";
        assert_eq!(grid(text).unwrap_err(), sentence);
    }

    #[test]
    fn uneven_rows_are_refused() {
        let sentence = "p.csv, line 3: 2 cells under a header of 3";
        assert_eq!(
            grid("Date,A,B\n2024-01-02,1,2\n2024-01-03,1\n2024-01-04,1,2\n").unwrap_err(),
            sentence
        );
        let sentence = "p.csv, line 2: 4 cells under a header of 3";
        assert_eq!(grid("Date,A,B\n2024-01-02,1,2,3\n2024-01-04,1,2\n").unwrap_err(), sentence);
    }
}
