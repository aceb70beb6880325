//! Gaps: the missing cells of a cut. They are refused, or what misses a cell is left out and that is said.

use crate::Error;
use crate::input::{Cell, Row, Table};

/// How many rows are named that were left out.
const NAMED: usize = 5;

/// Where cells are missing.
pub(crate) struct Gaps<'a> {
    table: &'a Table,
    /// Columns that miss a cell.
    pub(crate) columns: Vec<usize>,
    /// Rows that miss a cell, in the order of the file's dates.
    rows: Vec<&'a Row>,
}

impl<'a> Gaps<'a> {
    /// The gaps in `columns` of `rows`, if there are any.
    pub(crate) fn find(
        table: &'a Table,
        columns: &[usize],
        rows: impl Iterator<Item = &'a Row>,
    ) -> Option<Self> {
        let mut rows: Vec<&Row> = rows.filter(|row| misses(row, columns)).collect();
        rows.sort_by_key(|row| (row.date, row.line));
        let gappy = |&column: &usize| rows.iter().any(|row| misses(row, &[column]));
        let columns = columns.iter().copied().filter(gappy).collect();
        (!rows.is_empty()).then_some(Self { table, columns, rows })
    }

    /// The first of them, how many there are, and what leaving out would cost.
    pub(crate) fn refusal(&self) -> Error {
        let missing = |row: &Row| {
            let columns = self.columns.iter().copied();
            columns.filter(|&column| misses(row, &[column])).collect::<Vec<usize>>()
        };
        let first = self.rows[0];
        Error::Missing {
            file: self.table.file.clone(),
            cells: self.rows.iter().map(|row| missing(row).len()).sum(),
            asset: self.table.assets[missing(first)[0]].clone(),
            at: place(first),
            date: first.date,
            assets: self.columns.len(),
            days: self.rows.len(),
        }
    }

    /// That the columns were left out.
    pub(crate) fn dropped_assets(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|&i| &*self.table.assets[i]).collect();
        format!("left out for missing cells: {}", names.join(", "))
    }

    /// That the rows were left out.
    pub(crate) fn dropped_days(&self) -> String {
        let names: Vec<String> = self.rows.iter().take(NAMED).map(|row| place(row)).collect();
        let rest = self.rows.len().saturating_sub(NAMED);
        let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
        format!("left out for missing cells: the rows {}{more}", names.join(", "))
    }
}

/// Whether a row misses a cell in one of the columns.
pub(crate) fn misses(row: &Row, columns: &[usize]) -> bool {
    columns.iter().any(|&column| matches!(row.cells[column], Cell::Missing))
}

/// "on 2024-08-05", or "in line 7" where there are no dates.
fn place(row: &Row) -> String {
    match row.date {
        Some(date) => format!("on {date}"),
        None => format!("in line {}", row.line),
    }
}
