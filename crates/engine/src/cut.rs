//! The cut: the assets and rows of a table that count, without gaps. Cells outside it are never looked at.

use crate::Error;
use crate::choice::choose;
use crate::gaps::{Gaps, misses};
use crate::held_out::HeldOut;
use crate::input::{Cell, Fault, Row, Table};
use crate::period::Pace;
use crate::settings::{Date, Missing, TableKind, Terms};
use crate::window::{Window, Windows};
use sharpest_search::{Prices, Returns};

/// The least number of returns with which a covariance says anything.
const LEAST_RETURNS: usize = 3;

/// Where one price in so many is below zero, they are no prices.
const MANY: usize = 10;

/// Columns and rows of a table.
pub(crate) struct Cut<'a> {
    table: &'a Table,
    columns: Vec<usize>,
    train: Vec<&'a Row>,
    test: Option<Vec<&'a Row>>,
    windows: Windows,
}

/// Rows of a cut as returns.
pub(crate) struct Stretch<'a> {
    pub(crate) returns: Returns,
    /// The first and the last row, of which the first has no return if the table holds prices.
    pub(crate) ends: Ends<'a>,
    /// The dates of all rows, if they have any.
    pub(crate) dates: Vec<Date>,
    /// What is to be said of it.
    pub(crate) notes: Vec<String>,
}

/// The first and the last row of a stretch.
pub(crate) type Ends<'a> = (&'a Row, &'a Row);

impl<'a> Cut<'a> {
    /// Cuts `table` to the assets and dates of `terms` and settles its gaps; says what was left out for them.
    ///
    /// # Errors
    /// Dates asked of a table without; an unknown asset, or one that only counts; contradicting windows; gaps that are to be
    /// refused.
    pub(crate) fn new(table: &'a Table, terms: &Terms) -> Result<(Self, Option<String>), Error> {
        refuse_dates(table, terms)?;
        let windows = Windows::new(terms)?;
        let columns = choose(&table.file, &table.assets, terms)?;
        table.refuse_counters(&columns, terms.assets.as_deref())?;
        let within = |window: Window| -> Vec<&Row> {
            table.rows.iter().filter(|row| window.contains(row.date)).collect()
        };
        let (train, test) = (within(windows.train), windows.test.map(within));
        let mut cut = Self { table, columns, train, test, windows };
        let warning = cut.settle(terms.missing)?;
        Ok((cut, warning))
    }

    /// The returns of the training period.
    pub(crate) fn train(&self, terms: &Terms) -> Result<Stretch<'a>, Error> {
        self.stretch(&self.train, self.windows.train, terms)
    }

    /// The pace of the whole table; where days are dropped for missing cells, that of the days which are left.
    pub(crate) fn pace(&self, terms: &Terms) -> Pace {
        if terms.missing != Missing::DropDays {
            return self.table.pace;
        }
        let whole = |row: &&Row| !misses(row, &self.columns);
        let times = self.table.rows.iter().filter(whole).filter_map(|row| row.time());
        Pace::of(&times.collect::<Vec<_>>())
    }

    /// The returns of the test period, if there is one, held through whatever it misses; `rate` is that of one period.
    pub(crate) fn test(&self, terms: &Terms, rate: f64) -> Result<Option<Stretch<'a>>, Error> {
        let (Some(rows), Some(window)) = (&self.test, self.windows.test) else {
            return Ok(None);
        };
        let (ends, dates) = self.ends(rows, window)?;
        let held = HeldOut { table: self.table, columns: &self.columns, rows };
        let (returns, notes) = held.returns(terms, rate)?;
        Ok(Some(Stretch { returns, ends, dates, notes }))
    }

    /// Leaves out what misses a cell in training, or refuses. What a test period misses was not known when it began.
    fn settle(&mut self, missing: Missing) -> Result<Option<String>, Error> {
        let rows = self.train.iter().copied();
        let Some(gaps) = Gaps::find(self.table, &self.columns, rows) else {
            return Ok(None);
        };
        match missing {
            Missing::Refuse => Err(gaps.refusal()),
            Missing::DropAssets => {
                self.columns.retain(|column| !gaps.columns.contains(column));
                match self.columns.is_empty() {
                    true => Err(Error::AllMissing { file: self.table.file.clone() }),
                    false => Ok(Some(gaps.dropped_assets())),
                }
            }
            Missing::DropDays => {
                let whole = |row: &&Row| !misses(row, &self.columns);
                self.train.retain(whole);
                Ok(Some(gaps.dropped_days()))
            }
        }
    }

    fn stretch(
        &self,
        rows: &[&'a Row],
        window: Window,
        terms: &Terms,
    ) -> Result<Stretch<'a>, Error> {
        let (ends, dates) = self.ends(rows, window)?;
        let names = self.columns.iter().map(|&i| self.table.assets[i].clone()).collect();
        let values = self.values(rows)?;
        let returns = match self.table.kind {
            TableKind::Prices => Prices::new(names, values)?.returns(terms.returns)?,
            TableKind::Returns | TableKind::Percent => Returns::new(names, values)?,
            TableKind::Relatives => Returns::from_relatives(names, &values, terms.returns)?,
        };
        Ok(Stretch { returns, ends, dates, notes: Vec::new() })
    }

    /// The first and the last of `rows`, and the dates of all of them.
    fn ends(&self, rows: &[&'a Row], window: Window) -> Result<(Ends<'a>, Vec<Date>), Error> {
        let prices = self.table.kind == TableKind::Prices;
        let returns = rows.len().saturating_sub(usize::from(prices));
        match (rows.first(), rows.last(), returns) {
            (Some(&first), Some(&last), LEAST_RETURNS..) => {
                Ok(((first, last), rows.iter().filter_map(|row| row.date).collect()))
            }
            _ => Err(self.too_few(rows.len(), returns, window)),
        }
    }

    fn values(&self, rows: &[&Row]) -> Result<Vec<f64>, Error> {
        let cells =
            rows.iter().flat_map(|row| self.columns.iter().map(move |&i| (*row, &row.cells[i])));
        let value = |(row, cell): (&Row, &Cell)| match cell {
            Cell::Number(value) => Ok(*value),
            Cell::Bad(fault) => {
                let advice = fault.advice.clone().or_else(|| self.advice(rows));
                Err(Error::Cell(Box::new(Fault {
                    date: row.date,
                    advice,
                    ..fault.as_ref().clone()
                })))
            }
            Cell::Missing => unreachable!("gaps are settled before values are taken"),
        };
        cells.map(value).collect()
    }

    /// What prices of which many are below zero may be instead.
    fn advice(&self, rows: &[&Row]) -> Option<String> {
        let cells = rows.iter().flat_map(|row| self.columns.iter().map(move |&i| &row.cells[i]));
        let negative = |cell: &&Cell| matches!(cell, Cell::Bad(fault) if fault.found.trim_start_matches('"').starts_with('-'));
        let below = cells.filter(negative).count();
        let many = below * MANY > rows.len() * self.columns.len();
        (many && self.table.kind == TableKind::Prices).then(|| {
            "if the table holds returns, say --table returns, or in percent --table percent".into()
        })
    }

    fn too_few(&self, rows: usize, returns: usize, window: Window) -> Error {
        let span =
            self.table.dates().map(|(from, to)| format!(" (the table runs from {from} to {to})"));
        Error::TooFewReturns {
            file: self.table.file.clone(),
            window: window.to_string(),
            rows,
            returns,
            needed: LEAST_RETURNS,
            span: span.unwrap_or_default(),
        }
    }
}

/// Dates cannot be asked of a table that has none.
fn refuse_dates(table: &Table, terms: &Terms) -> Result<(), Error> {
    match terms.date_flag() {
        Some(flag) if table.dates().is_none() => {
            Err(Error::NoDates { file: table.file.clone(), flag })
        }
        _ => Ok(()),
    }
}
