//! The table: assets across, rows down in time order, whatever file and shape it came from. Which of its columns and
//! rows count, and what is done about gaps, is decided later, from the settings.

use super::cell::Cell;
use super::rows::Origin;
use crate::Error;
use crate::settings::{Date, TableKind};

/// A table of prices, returns or price relatives.
#[derive(Debug, Clone)]
pub struct Table {
    pub(crate) file: String,
    pub(crate) kind: TableKind,
    pub(crate) assets: Vec<String>,
    /// In time order, no date twice.
    pub(crate) rows: Vec<Row>,
    /// What was done to the file that its owner may want to know.
    pub(crate) warnings: Vec<String>,
}

/// One row of a table.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// None in every row of a table without dates.
    pub(crate) date: Option<Date>,
    /// Where it is in the file.
    pub(crate) line: u64,
    /// One an asset.
    pub(crate) cells: Vec<Cell>,
}

impl Table {
    /// Puts `rows` in time order.
    ///
    /// # Errors
    /// No assets, an asset without a name or named twice, no rows, a date that occurs twice.
    pub(super) fn new(
        origin: &Origin,
        kind: TableKind,
        assets: Vec<String>,
        mut rows: Vec<Row>,
    ) -> Result<Self, Error> {
        if rows.is_empty() {
            return Err(Error::HeaderOnly { file: origin.file.clone() });
        }
        check_names(origin, &assets)?;
        let mut warnings = Vec::new();
        if !rows.is_sorted_by_key(|row| row.date) {
            rows.sort_by_key(|row| row.date); // stable: of equal dates the earlier line stays first
            warnings
                .push(format!("{}: the dates were not in order and have been sorted", origin.file));
        }
        refuse_duplicate_dates(origin, &rows)?;
        Ok(Self { file: origin.file.clone(), kind, assets, rows, warnings })
    }

    /// What the program calls the file.
    pub fn name(&self) -> &str {
        &self.file
    }

    /// The first and the last date, if the table has dates.
    pub(crate) fn dates(&self) -> Option<(Date, Date)> {
        Some((self.rows.first()?.date?, self.rows.last()?.date?))
    }
}

fn check_names(origin: &Origin, assets: &[String]) -> Result<(), Error> {
    if assets.is_empty() {
        return Err(Error::NoAssets { file: origin.file.clone() });
    }
    if assets.iter().any(String::is_empty) {
        return Err(Error::Unnamed { file: origin.file.clone() });
    }
    let mut sorted: Vec<&String> = assets.iter().collect();
    sorted.sort_unstable();
    match sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => {
            Err(Error::DuplicateAsset { file: origin.file.clone(), asset: pair[0].clone() })
        }
        None => Ok(()),
    }
}

fn refuse_duplicate_dates(origin: &Origin, rows: &[Row]) -> Result<(), Error> {
    let twice = |pair: &&[Row]| pair[0].date.is_some() && pair[0].date == pair[1].date;
    match rows.windows(2).find(twice) {
        Some(pair) => Err(Error::DuplicateDate {
            file: origin.file.clone(),
            unit: origin.unit,
            lines: (pair[0].line, pair[1].line),
            date: pair[0].date.unwrap_or_default(),
        }),
        None => Ok(()),
    }
}
