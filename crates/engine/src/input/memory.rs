//! Tables in memory: columns that a program hands over in place of a file. They are read by the same rules, so that the
//! same numbers give the same answer, and the same mistakes the same sentences, wherever they come from.

use super::cell::Raw;
use super::date::date_of_day;
use super::rows::{Each, Origin, Rows};
use super::{Data, moments, table};
use crate::Error;
use crate::settings::TableKind;

/// A table as a program holds it.
#[derive(Debug, Clone)]
pub struct Sheet {
    origin: Origin,
    header: Vec<String>,
    columns: Vec<Column>,
    /// What its owner may want to know of how it came here.
    notes: Vec<String>,
}

/// The values of one column.
#[derive(Debug, Clone)]
pub enum Column {
    /// Numbers; NaN is a missing one.
    Numbers(Vec<f64>),
    /// Days since 1970-01-01; [`NO_DAY`] is a missing one.
    Days(Vec<i64>),
    /// Numbers, dates or names as text; an empty one is missing.
    Texts(Vec<String>),
}

/// The day of no date: what NumPy calls "not a time".
pub const NO_DAY: i64 = i64::MIN;

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
        let header: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
        let Some(first) = columns.first() else {
            return Err(Error::NoAssets { file: origin.file });
        };
        let rows = first.len();
        match columns.iter().position(|column| column.len() != rows) {
            Some(at) => Err(Error::Lengths {
                file: origin.file,
                columns: (header[0].clone(), header[at].clone()),
                rows: (rows, columns[at].len()),
            }),
            None => Ok(Self { origin, header, columns, notes }),
        }
    }

    /// A table of prices, returns or price relatives.
    ///
    /// # Errors
    /// What [`super::read`] refuses in a file.
    pub fn table(&self, kind: TableKind) -> Result<Data, Error> {
        let mut table = table(&mut &*self, kind)?;
        table.warnings.splice(0..0, self.notes.iter().cloned());
        Ok(Data::Table(table))
    }

    /// Means and covariances: the columns `asset`, `mean`, and one an asset.
    ///
    /// # Errors
    /// What [`super::read`] refuses in a file.
    pub fn moments(&self) -> Result<Data, Error> {
        moments::read(&mut &*self).map(Data::Moments)
    }
}

impl Column {
    fn len(&self) -> usize {
        match self {
            Self::Numbers(values) => values.len(),
            Self::Days(days) => days.len(),
            Self::Texts(texts) => texts.len(),
        }
    }

    fn cell(&self, row: usize) -> Raw<'_> {
        match self {
            Self::Numbers(values) => Raw::Number(values[row]),
            Self::Days(days) => date_of_day(days[row]).map_or(Raw::Empty, Raw::Date),
            Self::Texts(texts) => Raw::Text(&texts[row]),
        }
    }
}

impl Rows for &Sheet {
    fn origin(&self) -> &Origin {
        &self.origin
    }

    fn header(&self) -> &[String] {
        &self.header
    }

    fn visit(&mut self, each: &mut Each<'_>) -> Result<(), Error> {
        let mut cells = Vec::with_capacity(self.columns.len());
        for row in 0..self.columns[0].len() {
            cells.clear();
            cells.extend(self.columns.iter().map(|column| column.cell(row)));
            each(row as u64 + 1, &cells)?;
        }
        Ok(())
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
        match sheet(columns)?.table(TableKind::Prices).map_err(|error| error.to_string())? {
            Data::Table(table) => Ok(table),
            Data::Moments(_) => unreachable!("a table was asked for"),
        }
    }

    #[test]
    fn a_wide_table_has_its_days_as_dates() {
        let days = Column::Days(vec![1, 0, 365]);
        let found = table(vec![("date", days), ("A", Column::Numbers(vec![1.0, 2.0, f64::NAN]))]);
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
        let no_date = table(vec![("date", Column::Days(vec![NO_DAY])), ("A", numbers(&[1.0]))]);
        assert_eq!(
            no_date.unwrap_err(),
            "the table, row 1, column date: an empty cell is not a date: write 2024-08-01"
        );
        let twice = table(vec![("A ", numbers(&[1.0])), ("A", numbers(&[1.0]))]);
        assert_eq!(twice.unwrap_err(), "the table: the asset \"A\" occurs twice");
    }
}
