//! The table: assets across, rows down in time order, whatever file and shape it came from. Which of its columns and
//! rows count, and what is done about gaps, is decided later, from the settings.

use super::cell::Cell;
use super::grid::Origin;
use super::profile::Counter;
use crate::Error;
use crate::period::Pace;
use crate::settings::{Date, TableKind};
use jiff::civil::{DateTime, Time};

/// A table of prices, returns or price relatives.
#[derive(Debug, Clone)]
pub struct Table {
    pub(crate) file: String,
    /// The files that it was read from, where there are several.
    pub(crate) files: Vec<String>,
    pub(crate) kind: TableKind,
    pub(crate) assets: Vec<String>,
    /// Assets whose numbers count something, and nothing says that they are prices.
    pub(crate) counters: Vec<(String, Counter)>,
    /// In time order, no time twice.
    pub(crate) rows: Vec<Row>,
    /// How far its rows are apart.
    pub(crate) pace: Pace,
    /// What was done to the file that its owner may want to know.
    pub(crate) warnings: Vec<String>,
}

/// One row of a table.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// None in every row of a table without dates.
    pub(crate) date: Option<Date>,
    /// The time of day; midnight where there is none.
    pub(crate) clock: Time,
    /// Where it is in the file.
    pub(crate) line: u64,
    /// One an asset.
    pub(crate) cells: Vec<Cell>,
}

impl Row {
    /// A row at a time, if it has one.
    pub(super) fn new(time: Option<DateTime>, line: u64, cells: Vec<Cell>) -> Self {
        let clock = time.map_or(Time::midnight(), DateTime::time);
        Self { date: time.map(DateTime::date), clock, line, cells }
    }

    /// What rows are sorted by.
    pub(crate) fn time(&self) -> Option<DateTime> {
        self.date.map(|date| date.to_datetime(self.clock))
    }
}

impl Table {
    /// Puts `rows` in time order.
    ///
    /// # Errors
    /// No assets, an asset without a name or named twice, no rows, a time that occurs twice.
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
        if !rows.is_sorted_by_key(Row::time) {
            rows.sort_by_key(Row::time); // stable: of equal times the earlier line stays first
            warnings
                .push(format!("{}: the dates were not in order and have been sorted", origin.file));
        }
        refuse_duplicate_dates(origin, &rows)?;
        let pace = Pace::of(&rows.iter().filter_map(Row::time).collect::<Vec<_>>());
        let (file, files, counters) = (origin.file.clone(), Vec::new(), Vec::new());
        Ok(Self { file, files, kind, assets, counters, rows, pace, warnings })
    }

    /// What the program calls the file.
    pub fn name(&self) -> &str {
        &self.file
    }

    /// The first and the last date, if the table has dates.
    pub(crate) fn dates(&self) -> Option<(Date, Date)> {
        Some((self.rows.first()?.date?, self.rows.last()?.date?))
    }

    /// Refuses an asset that only counts, unless it was named.
    ///
    /// # Errors
    /// Such an asset among `columns`.
    pub(crate) fn refuse_counters(
        &self,
        columns: &[usize],
        named: Option<&[String]>,
    ) -> Result<(), Error> {
        let chosen = |asset: &String| columns.iter().any(|&column| self.assets[column] == *asset);
        let meant = |asset: &String| named.is_some_and(|named| named.contains(asset));
        match self.counters.iter().find(|(asset, _)| chosen(asset) && !meant(asset)) {
            Some((asset, Counter { first, last, step })) => {
                let way = if last > first { "rises" } else { "falls" };
                let by = step.map_or("whole steps".into(), |step| step.abs().to_string());
                let (file, asset) = (self.file.clone(), asset.clone());
                Err(Error::Counter { file, asset, first: *first, course: format!("{way} by {by}") })
            }
            None => Ok(()),
        }
    }
}

fn check_names(origin: &Origin, assets: &[String]) -> Result<(), Error> {
    if assets.is_empty() {
        return Err(Error::NoAssets { file: origin.file.clone() });
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
    let twice = |pair: &&[Row]| pair[0].date.is_some() && pair[0].time() == pair[1].time();
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
