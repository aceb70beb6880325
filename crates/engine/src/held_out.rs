//! The test period as it was lived through: what was bought in training is held, whatever its prices do. A price that is missing
//! for some days is no return and then the whole move; from the last price of an asset on, its share earns the rate.

use crate::Error;
use crate::input::{Cell, Fault, Row, Table};
use crate::settings::{Date, TableKind, Terms};
use sharpest_search::Returns;

/// Rows of a test period, and the columns that are held through it.
pub(crate) struct HeldOut<'a> {
    pub(crate) table: &'a Table,
    pub(crate) columns: &'a [usize],
    pub(crate) rows: &'a [&'a Row],
}

/// What one asset misses in a test period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gap {
    /// Nothing comes after this row.
    Ends(Option<Date>),
    /// So many cells, the first on this date.
    Holes(usize, Option<Date>),
}

/// So many assets are named in a note.
const NAMED: usize = 5;

impl HeldOut<'_> {
    /// Its returns, and what is to be said of prices that it misses; `rate` is that of one period.
    ///
    /// # Errors
    /// A cell that is no price.
    pub(crate) fn returns(
        &self,
        terms: &Terms,
        rate: f64,
    ) -> Result<(Returns, Vec<String>), Error> {
        let prices = self.table.kind == TableKind::Prices;
        let rows = self.rows.len() - usize::from(prices);
        let mut values = vec![0.0; rows * self.columns.len()];
        let mut gaps = Vec::new();
        for (place, &column) in self.columns.iter().enumerate() {
            let cells = self.cells(column)?;
            let gap = self.gap(column, &cells);
            let end = match gap {
                Some(Gap::Ends(_)) => {
                    cells.iter().rposition(Option::is_some).map_or(0, |at| at + 1)
                }
                _ => cells.len(),
            };
            let returns = self.of_asset(column, &cells, terms);
            for (row, value) in returns.into_iter().enumerate() {
                let ended = row + usize::from(prices) >= end;
                values[row * self.columns.len() + place] = if ended { rate } else { value };
            }
            gaps.extend(gap.map(|gap| (column, gap)));
        }
        let names = self.columns.iter().map(|&i| self.table.assets[i].clone()).collect();
        Ok((Returns::new(names, values)?, self.notes(&gaps)))
    }

    /// The numbers of a column.
    fn cells(&self, column: usize) -> Result<Vec<Option<f64>>, Error> {
        let number = |row: &&Row| match &row.cells[column] {
            Cell::Number(value) => Ok(Some(*value)),
            Cell::Missing => Ok(None),
            Cell::Bad(fault) => {
                Err(Error::Cell(Box::new(Fault { date: row.date, ..fault.as_ref().clone() })))
            }
        };
        self.rows.iter().map(number).collect()
    }

    /// What a column misses. One that goes on after the test period has no end in it.
    fn gap(&self, column: usize, cells: &[Option<f64>]) -> Option<Gap> {
        let holds = |row: &Row| matches!(row.cells[column], Cell::Number(_));
        let after = self.rows.last().map(|row| (row.date, row.clock));
        let later = |row: &&Row| Some((row.date, row.clock)) > after;
        let goes_on = || self.table.rows.iter().rev().take_while(later).any(holds);
        let last = cells.iter().rposition(Option::is_some);
        let ended = last.is_none_or(|last| last + 1 < cells.len()) && !goes_on();
        let missing = cells.iter().filter(|cell| cell.is_none()).count();
        match (ended, missing) {
            (true, _) => Some(Gap::Ends(last.and_then(|last| self.rows[last].date))),
            (false, 0) => None,
            (false, count) => {
                let first = cells.iter().position(Option::is_none).unwrap_or_default();
                Some(Gap::Holes(count, self.rows[first].date))
            }
        }
    }

    /// The returns of a column, 0 where it misses a cell.
    fn of_asset(&self, column: usize, cells: &[Option<f64>], terms: &Terms) -> Vec<f64> {
        let made = |relative: f64| terms.returns.of_relative(relative);
        match self.table.kind {
            TableKind::Prices => {
                let mut before = cells[0].or_else(|| self.price_before(column));
                let mut step = |cell: &Option<f64>| {
                    let Some(price) = *cell else { return 0.0 };
                    let value = before.map_or(0.0, |before| made(price / before));
                    before = Some(price);
                    value
                };
                cells[1..].iter().map(&mut step).collect()
            }
            TableKind::Returns | TableKind::Percent => {
                cells.iter().map(|cell| cell.unwrap_or(0.0)).collect()
            }
            TableKind::Relatives => cells.iter().map(|cell| cell.map_or(0.0, made)).collect(),
        }
    }

    /// The last price before the test period.
    fn price_before(&self, column: usize) -> Option<f64> {
        let first = self.rows.first().map(|row| (row.date, row.clock))?;
        let earlier = self.table.rows.iter().rev().filter(|row| (row.date, row.clock) < first);
        earlier.into_iter().find_map(|row| match row.cells[column] {
            Cell::Number(price) => Some(price),
            _ => None,
        })
    }

    fn notes(&self, gaps: &[(usize, Gap)]) -> Vec<String> {
        let name = |column: usize| &self.table.assets[column];
        let ends: Vec<String> = gaps
            .iter()
            .filter_map(|(column, gap)| match gap {
                Gap::Ends(Some(date)) => Some(format!("{} after {date}", name(*column))),
                Gap::Ends(None) => Some(name(*column).clone()),
                Gap::Holes(..) => None,
            })
            .collect();
        let holes: Vec<String> = gaps
            .iter()
            .filter_map(|(column, gap)| match gap {
                Gap::Holes(count, date) => {
                    let first = date.map_or(String::new(), |date| format!(", the first {date}"));
                    let days = if *count == 1 { "1 row".into() } else { format!("{count} rows") };
                    Some(format!("{} in {days}{first}", name(*column)))
                }
                Gap::Ends(_) => None,
            })
            .collect();
        let ended = (!ends.is_empty()).then(|| {
            format!(
                "no more prices in the test period: {}; from there on its share earns the rate",
                some(&ends)
            )
        });
        let missed = (!holes.is_empty()).then(|| {
            format!(
                "missing in the test period: {}; that is no return, and then the whole move",
                some(&holes)
            )
        });
        ended.into_iter().chain(missed).collect()
    }
}

/// The first few of many.
fn some(all: &[String]) -> String {
    let more = all.len().saturating_sub(NAMED);
    let named = all[..all.len() - more].join("; ");
    if more > 0 { format!("{named}; and {more} more") } else { named }
}
