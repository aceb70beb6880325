//! Long tables: a row for each date and asset. Other columns are passed over.

use super::cell::{Cell, Raw};
use super::rows::{Origin, Rows};
use super::table::{Row, Table};
use super::wide::date;
use crate::Error;
use crate::settings::{Date, TableKind};
use std::collections::{BTreeMap, HashMap};

const DATES: [&str; 4] = ["date", "datetime", "timestamp", "time"];
const ASSETS: [&str; 3] = ["asset", "ticker", "symbol"];

/// Which column holds what.
pub(super) struct Layout {
    date: usize,
    asset: usize,
    value: usize,
    warning: Option<String>,
}

impl Layout {
    /// The layout of a long table, if `header` is one's.
    ///
    /// # Errors
    /// A column of assets and one of values, but none of dates.
    pub(super) fn of(
        origin: &Origin,
        header: &[String],
        kind: TableKind,
    ) -> Result<Option<Self>, Error> {
        let found = |names: &[&str]| -> Vec<usize> {
            let at = |name: &&str| header.iter().position(|cell| plain(cell) == **name);
            names.iter().filter_map(at).collect()
        };
        let (dates, assets, values) = (found(&DATES), found(&ASSETS), found(names_of(kind)));
        let (Some(&asset), Some(&value)) = (assets.first(), values.first()) else {
            return Ok(None);
        };
        let Some(&date) = dates.first() else {
            return Err(Error::LongWithoutDates {
                file: origin.file.clone(),
                asset: header[asset].clone(),
                value: header[value].clone(),
            });
        };
        let warning = values.get(1).map(|&other| {
            format!(
                "{}: column {} is read, column {} is not",
                origin.file, header[value], header[other]
            )
        });
        Ok(Some(Self { date, asset, value, warning }))
    }
}

/// Names of the column that is read, the preferred first.
fn names_of(kind: TableKind) -> &'static [&'static str] {
    match kind {
        TableKind::Prices => &["price", "adj close", "adjusted close", "close", "value"],
        TableKind::Returns => &["return", "returns", "ret", "value"],
        TableKind::Relatives => &["relative", "relatives", "price relative", "value"],
    }
}

/// "Adj_Close" is "adj close".
fn plain(name: &str) -> String {
    name.to_ascii_lowercase().replace('_', " ")
}

/// Reads a long table; assets come in the order in which they first occur.
pub(super) fn read(rows: &mut dyn Rows, kind: TableKind, layout: Layout) -> Result<Table, Error> {
    let (origin, header) = (rows.origin().clone(), rows.header().to_vec());
    let mut gathered = Gathered::default();
    rows.visit(&mut |line, cells| {
        let day = date(&origin, line, &header[layout.date], cells[layout.date])?;
        let asset = asset(&origin, line, &header[layout.asset], cells[layout.asset])?;
        let cell = cells[layout.value].keep(kind, || origin.place(line, &header[layout.value]));
        gathered.add(&origin, line, day, &asset, cell)
    })?;
    let mut table =
        Table::new(&origin, kind, gathered.names, rows_of(gathered.days, gathered.columns.len()))?;
    table.warnings.extend(layout.warning);
    Ok(table)
}

/// The name of an asset; some exchanges name them by numbers.
fn asset(origin: &Origin, line: u64, column: &str, cell: Raw<'_>) -> Result<String, Error> {
    match cell {
        Raw::Text(text) if !text.trim().is_empty() => Ok(text.trim().to_owned()),
        Raw::Number(value) if value.is_finite() => Ok(value.to_string()),
        _ => Err(Error::NoName { place: origin.place(line, column) }),
    }
}

/// What has been read: every cell beside its line, 0 where there was none.
#[derive(Default)]
struct Gathered {
    names: Vec<String>,
    columns: HashMap<String, usize>,
    days: BTreeMap<Date, Vec<(u64, Cell)>>,
}

impl Gathered {
    fn add(
        &mut self,
        origin: &Origin,
        line: u64,
        day: Date,
        asset: &str,
        cell: Cell,
    ) -> Result<(), Error> {
        let column = match self.columns.get(asset) {
            Some(&column) => column,
            None => {
                self.names.push(asset.to_owned());
                self.columns.insert(asset.to_owned(), self.names.len() - 1);
                self.names.len() - 1
            }
        };
        let cells = self.days.entry(day).or_default();
        if cells.len() <= column {
            cells.resize(column + 1, (0, Cell::Missing));
        }
        match std::mem::replace(&mut cells[column], (line, cell)) {
            (0, _) => Ok(()),
            (earlier, _) => Err(Error::DuplicateCell {
                file: origin.file.clone(),
                unit: origin.unit,
                lines: (earlier, line),
                date: day,
                asset: asset.to_owned(),
            }),
        }
    }
}

fn rows_of(days: BTreeMap<Date, Vec<(u64, Cell)>>, assets: usize) -> Vec<Row> {
    let row = |(date, cells): (Date, Vec<(u64, Cell)>)| {
        let line = cells.iter().map(|(line, _)| *line).find(|&line| line > 0).unwrap_or_default();
        let mut cells: Vec<Cell> = cells.into_iter().map(|(_, cell)| cell).collect();
        cells.resize(assets, Cell::Missing);
        Row { date: Some(date), line, cells }
    };
    days.into_iter().map(row).collect()
}
