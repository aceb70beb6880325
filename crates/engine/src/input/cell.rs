//! Cells: what a reader finds in a table, and what a table keeps of it. What is wrong with a cell is written down here
//! and raised only if the cell is used, so that an asset or a date that is left out never stops a search.

use super::date::parse_date;
use crate::settings::TableKind;
use jiff::civil::Date;
use std::fmt;

/// A cell as a reader finds it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Raw<'a> {
    Text(&'a str),
    Number(f64),
    Date(Date),
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
        let inner = self.found.trim_matches('"');
        let comma =
            inner.matches(',').count() == 1 && inner.replace(',', ".").parse::<f64>().is_ok();
        if comma {
            write!(f, ": write a decimal point, as in {}", inner.replace(',', "."))
        } else {
            Ok(())
        }
    }
}

/// How tables write that a value is missing, in lower case.
const MISSING: [&str; 8] = ["", "na", "n/a", "#n/a", "<na>", "nan", "null", "none"];

impl Raw<'_> {
    /// The date in this cell.
    pub(super) fn date(self) -> Option<Date> {
        match self {
            Raw::Text(text) => parse_date(text.trim()),
            Raw::Date(date) => Some(date),
            Raw::Number(_) | Raw::Empty => None,
        }
    }

    /// Whether nothing is in this cell.
    pub(super) fn is_missing(self) -> bool {
        match self {
            Raw::Text(text) => {
                let text = text.trim();
                text.len() <= 4 && MISSING.contains(&text.to_ascii_lowercase().as_str())
            }
            Raw::Number(value) => value.is_nan(),
            Raw::Empty => true,
            Raw::Date(_) => false,
        }
    }

    /// The number in this cell, whatever it is.
    pub(super) fn number(self) -> Option<f64> {
        match self {
            Raw::Text(text) => text.trim().parse().ok(),
            Raw::Number(value) => Some(value),
            Raw::Date(_) | Raw::Empty => None,
        }
    }

    /// What a table of this kind keeps of this cell.
    pub(super) fn keep(self, kind: TableKind, place: impl FnOnce() -> Place) -> Cell {
        let fault = |wanted| {
            let (place, found) = (place(), self.to_string());
            Cell::Bad(Box::new(Fault { place, found, wanted, date: None }))
        };
        match self.number() {
            Some(value) if kind.admits(value) => Cell::Number(value),
            Some(value) if value.is_nan() => Cell::Missing,
            None if self.is_missing() => Cell::Missing,
            Some(_) => fault(kind.wanted()),
            None => fault("a number"),
        }
    }
}

impl fmt::Display for Raw<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Raw::Text(text) if self.number().is_some() => f.write_str(text.trim()),
            Raw::Text(text) => write!(f, "{:?}", text.trim()),
            Raw::Number(value) => write!(f, "{value}"),
            Raw::Date(date) => write!(f, "{date}"),
            Raw::Empty => f.write_str("an empty cell"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keep(text: &str, kind: TableKind) -> Cell {
        let place = || Place { file: "p.csv".into(), unit: "line", line: 2, column: "KO".into() };
        Raw::Text(text).keep(kind, place)
    }

    #[test]
    fn numbers_are_kept_as_they_are() {
        assert!(matches!(keep(" 1.5 ", TableKind::Prices), Cell::Number(1.5)));
        assert!(matches!(keep("-2e-3", TableKind::Returns), Cell::Number(-0.002)));
    }

    #[test]
    fn the_usual_words_for_nothing_are_missing() {
        for text in ["", " ", "NA", "n/a", "#N/A", "NaN", "-nan", "null", "NULL", "None", "<NA>"] {
            let cell = keep(text, TableKind::Returns);
            assert!(matches!(cell, Cell::Missing), "{text}: {cell:?}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let sentence = |text, kind| match keep(text, kind) {
            Cell::Bad(fault) => fault.to_string(),
            other => panic!("{other:?}"),
        };
        assert_eq!(
            sentence("n.a.", TableKind::Prices),
            "p.csv, line 2, column KO: \"n.a.\" is not a number"
        );
        assert_eq!(
            sentence("0", TableKind::Prices),
            "p.csv, line 2, column KO: 0 is not a price: every price is finite and above zero"
        );
        assert_eq!(
            sentence("inf", TableKind::Returns),
            "p.csv, line 2, column KO: inf is not a return: every return is finite"
        );
    }
}
