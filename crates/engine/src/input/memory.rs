//! Tables in memory: columns that a program hands over in place of a file. They are read by the same rules, so that the
//! same numbers give the same answer, and the same mistakes the same sentences, wherever they come from.

use super::cell::Raw;
use super::date::time_of;
use super::grid::{Grid, Nature, Origin};
use super::{Data, Reading, join, moments, table};
use crate::Error;
use std::path::Path;

/// A table as a program holds it: columns, or several tables that are to become one.
#[derive(Debug, Clone)]
pub struct Sheet(Kind);

#[derive(Debug, Clone)]
enum Kind {
    Columns(Box<Grid>),
    /// Each with the name of its asset, if it was given one.
    Several {
        name: String,
        parts: Vec<(Option<String>, Sheet)>,
    },
}

/// The values of one column.
#[derive(Debug, Clone)]
pub enum Column {
    /// Numbers; NaN is a missing one.
    Numbers(Vec<f64>),
    /// Microseconds since 1970-01-01 on the clock of the place; [`NO_TIME`] is a missing one.
    Times(Vec<i64>),
    /// Numbers, dates or names as text; an empty one is missing.
    Texts(Vec<String>),
}

/// The time of no date: what NumPy calls "not a time".
pub const NO_TIME: i64 = i64::MIN;
/// Microseconds in a day.
pub const DAY: i64 = 86_400_000_000;

impl Sheet {
    /// A table that messages and reports call `name`; the names of its columns are trimmed.
    ///
    /// # Errors
    /// No columns; columns of different lengths.
    pub fn new(
        name: &str,
        columns: Vec<(String, Column)>,
        notes: Vec<String>,
    ) -> Result<Self, Error> {
        let origin = Origin { file: name.to_owned(), unit: "row" };
        let (header, columns): (Vec<String>, Vec<Column>) = columns.into_iter().unzip();
        let Some(first) = columns.first() else {
            return Err(Error::NoAssets { file: origin.file });
        };
        let rows = first.len();
        if let Some(at) = columns.iter().position(|column| column.len() != rows) {
            return Err(Error::Lengths {
                file: origin.file,
                columns: (header[0].clone(), header[at].clone()),
                rows: (rows, columns[at].len()),
            });
        }
        let mut grid = Grid::of_columns(origin, header, columns, Nature::default());
        grid.notes = notes;
        Ok(Self(Kind::Columns(Box::new(grid))))
    }

    /// The table in a file.
    ///
    /// # Errors
    /// A file that cannot be read or is no table.
    pub fn of_file(path: &Path) -> Result<Self, Error> {
        super::grid_of_file(path).map(|grid| Self(Kind::Columns(Box::new(grid))))
    }

    /// One table of several, each with the name of its asset if that is known.
    ///
    /// # Errors
    /// None at all.
    pub fn join(name: &str, parts: Vec<(Option<String>, Self)>) -> Result<Self, Error> {
        if parts.is_empty() {
            return Err(Error::NoAssets { file: name.to_owned() });
        }
        Ok(Self(Kind::Several { name: name.to_owned(), parts }))
    }

    /// The same, whose first column is an index: it may hold dates, and is never an asset.
    #[must_use]
    pub fn with_index(mut self) -> Self {
        if let Kind::Columns(grid) = &mut self.0 {
            grid.nature.index = true;
        }
        self
    }

    /// The same, whose columns are those of an array: they have places, not names, and whatever is in them is meant.
    #[must_use]
    pub fn of_array(mut self) -> Self {
        if let Kind::Columns(grid) = &mut self.0 {
            grid.nature.array = true;
        }
        self
    }

    /// The same, whose returns may be any numbers: an estimator takes what it is given, and what cannot be is said of it.
    #[must_use]
    pub fn of_any_returns(mut self) -> Self {
        if let Kind::Columns(grid) = &mut self.0 {
            grid.nature.any = true;
        }
        self
    }

    /// A table of prices, returns or price relatives.
    ///
    /// # Errors
    /// What [`super::read`] refuses in a file.
    pub fn table(&self, reading: &Reading) -> Result<Data, Error> {
        let table = match &self.0 {
            Kind::Columns(grid) => table(grid, reading)?,
            Kind::Several { name, parts } => {
                let parts = parts.iter().map(|(asset, part)| Ok((asset.clone(), part.grid()?)));
                join::join(name, parts.collect::<Result<_, Error>>()?, reading)?
            }
        };
        Ok(Data::Table(table))
    }

    /// Means and covariances: the columns `asset`, `mean`, and one an asset.
    ///
    /// # Errors
    /// What [`super::read`] refuses in a file.
    pub fn moments(&self) -> Result<Data, Error> {
        moments::read(self.grid()?).map(Data::Moments)
    }

    fn grid(&self) -> Result<&Grid, Error> {
        match &self.0 {
            Kind::Columns(grid) => Ok(grid),
            Kind::Several { name, .. } => Err(Error::Nested { file: name.clone() }),
        }
    }
}

impl Column {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Numbers(values) => values.len(),
            Self::Times(times) => times.len(),
            Self::Texts(texts) => texts.len(),
        }
    }

    pub(super) fn cell(&self, row: usize) -> Raw<'_> {
        match self {
            Self::Numbers(values) => Raw::Number(values[row]),
            Self::Times(times) => time_of(times[row]).map_or(Raw::Empty, Raw::Time),
            Self::Texts(texts) => Raw::Text(texts[row].trim()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(columns: Vec<(&str, Column)>) -> Result<Sheet, String> {
        let columns = columns.into_iter().map(|(name, column)| (name.to_owned(), column)).collect();
        Sheet::new("the table", columns, Vec::new()).map_err(|error| error.to_string())
    }

    fn table(columns: Vec<(&str, Column)>) -> Result<super::super::Table, String> {
        let read = sheet(columns)?.table(&Reading::default());
        match read.map_err(|error| error.to_string())? {
            Data::Table(table) => Ok(table),
            Data::Moments(_) => unreachable!("a table was asked for"),
        }
    }

    #[test]
    fn a_wide_table_has_its_days_as_dates() {
        let days = Column::Times(vec![DAY, 0, 365 * DAY]);
        let found = table(vec![("date", days), ("A", Column::Numbers(vec![1.0, 2.5, f64::NAN]))]);
        let found = found.unwrap();
        let dates: Vec<String> =
            found.rows.iter().map(|row| row.date.unwrap().to_string()).collect();
        assert_eq!(dates, ["1970-01-01", "1970-01-02", "1971-01-01"]);
        assert_eq!(found.warnings, ["the table: the dates were not in order and have been sorted"]);
    }

    #[test]
    fn a_long_table_is_told_by_its_columns() {
        let texts = |words: &[&str]| Column::Texts(words.iter().map(|&word| word.into()).collect());
        let found = table(vec![
            ("Date", texts(&["2024-01-02", "2024-01-02", "2024-01-03"])),
            ("ticker", texts(&["A", "B", "A"])),
            ("close", Column::Numbers(vec![1.0, 2.0, 3.0])),
        ]);
        let found = found.unwrap();
        assert_eq!((found.assets, found.rows.len()), (vec!["A".to_owned(), "B".to_owned()], 2));
    }

    #[test]
    fn mistakes_are_said_as_those_of_a_file() {
        let numbers = |values: &[f64]| Column::Numbers(values.to_vec());
        let uneven = table(vec![("A", numbers(&[1.0])), ("B", numbers(&[1.0, 2.0]))]);
        assert_eq!(uneven.unwrap_err(), "the table: column A has 1 row, column B 2");
        let no_date = table(vec![("date", Column::Times(vec![NO_TIME])), ("A", numbers(&[1.5]))]);
        assert_eq!(
            no_date.unwrap_err(),
            "the table, row 1, column date: an empty cell is not a date: write 2024-08-01"
        );
        let twice = table(vec![("A ", numbers(&[1.5])), ("A", numbers(&[1.5]))]);
        assert_eq!(twice.unwrap_err(), "the table: the asset \"A\" occurs twice");
    }
}
