//! Cells: what a reader finds in a table, and what a table keeps of it. What is wrong with a cell is written down here
//! and raised only if the cell is used, so that an asset or a date that is left out never stops a search.

use jiff::civil::{Date, DateTime};
use std::fmt;

/// A cell as a reader finds it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Raw<'a> {
    /// Text, trimmed.
    Text(&'a str),
    Number(f64),
    Time(DateTime),
    Empty,
}

/// A cell as a table keeps it.
#[derive(Debug, Clone)]
pub(crate) enum Cell {
    Number(f64),
    Missing,
    Bad(Box<Fault>),
}

/// A cell that is not what its column should hold, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The file, the line and the column, as a sentence names them.
    pub place: Place,
    /// The cell, text in quotes.
    pub found: String,
    /// What it is not: "a number".
    pub wanted: &'static str,
    /// What would be right, if that is known.
    pub advice: Option<String>,
    /// The date of its row, where rows have dates; the sentence does not name it, the place is enough to find it.
    pub date: Option<Date>,
}

/// Where a cell is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The name of the file.
    pub file: String,
    /// "line", or "row" where a format has no lines.
    pub unit: &'static str,
    /// From 1, the header included.
    pub line: u64,
    /// The name of the column.
    pub column: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {} {}, column {}", self.file, self.unit, self.line, self.column)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} is not {}", self.place, self.found, self.wanted)?;
        match &self.advice {
            Some(advice) => write!(f, ": {advice}"),
            None => Ok(()),
        }
    }
}

/// How tables write that a value is missing, in lower case.
const MISSING: [&str; 21] = [
    "", "na", "n/a", "n.a.", "#n/a", "#na", "#n/a n/a", "<na>", "nan", "-nan", "null", "none",
    "nat", "nd", "-", "--", ".", "..", "?", "#div/0!", "#value!",
];

/// Whether this text says that a value is missing.
pub(super) fn is_missing(text: &str) -> bool {
    text.len() <= 8 && MISSING.contains(&text.to_ascii_lowercase().as_str())
}

impl Raw<'_> {
    /// Whether nothing is in this cell, not even a word for nothing.
    pub(super) fn is_blank(self) -> bool {
        match self {
            Raw::Text(text) => text.is_empty(),
            Raw::Empty => true,
            Raw::Number(_) | Raw::Time(_) => false,
        }
    }

    /// Whether no value is in this cell.
    pub(super) fn is_missing(self) -> bool {
        match self {
            Raw::Text(text) => is_missing(text),
            Raw::Number(value) => value.is_nan(),
            Raw::Empty => true,
            Raw::Time(_) => false,
        }
    }

    /// The number in this cell as a program writes it.
    pub(super) fn number(self) -> Option<f64> {
        match self {
            Raw::Text(text) => plain_number(text),
            Raw::Number(value) => Some(value),
            Raw::Time(_) | Raw::Empty => None,
        }
    }
}

/// A number as programs write it. Rust also reads "inf" and "nan", which may be names.
pub(super) fn plain_number(text: &str) -> Option<f64> {
    let first = text.as_bytes().first()?;
    match first {
        b'0'..=b'9' | b'.' | b'-' | b'+' => text.parse().ok(),
        b'i' | b'I' => text.parse().ok(),
        _ => None,
    }
}

impl fmt::Display for Raw<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Raw::Text(text) if plain_number(text).is_some() => f.write_str(text),
            Raw::Text("") => f.write_str("an empty cell"),
            Raw::Text(text) => write!(f, "{text:?}"),
            Raw::Number(value) => write!(f, "{value}"),
            Raw::Time(time) if time.time() == jiff::civil::Time::midnight() => {
                write!(f, "{}", time.date())
            }
            Raw::Time(time) => write!(f, "{time}"),
            Raw::Empty => f.write_str("an empty cell"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_words_for_nothing_are_missing() {
        for text in
            ["", "NA", "n/a", "#N/A", "NaN", "-nan", "null", "NULL", "None", "<NA>", "NaT", "-"]
        {
            assert!(Raw::Text(text).is_missing(), "{text}");
        }
        for text in ["0", "nano", "x", "-1", "missing"] {
            assert!(!Raw::Text(text).is_missing(), "{text}");
        }
    }

    #[test]
    fn numbers_as_programs_write_them_are_numbers() {
        for (text, value) in
            [("1.5", 1.5), ("-2e-3", -0.002), ("+7", 7.0), (".5", 0.5), ("inf", f64::INFINITY)]
        {
            assert_eq!(Raw::Text(text).number(), Some(value), "{text}");
        }
        for text in ["nan", "1,5", "1 000", "", "x", "2024-01-02"] {
            assert_eq!(Raw::Text(text).number(), None, "{text}");
        }
    }
}
