//! Wide tables: a column an asset, and usually a column of dates.

use super::cell::Raw;
use super::rows::{Origin, Rows};
use super::table::{Row, Table};
use crate::Error;
use crate::settings::{Date, TableKind};

/// Names of a column of dates, wherever it stands; `__index_level_0__` is how pandas names an unnamed index in Parquet.
const DATES: [&str; 4] = ["date", "datetime", "timestamp", "__index_level_0__"];
/// Names of a first column that may hold anything: pandas writes its index under the first, reads it as the second.
const NAMELESS: [&str; 2] = ["", "unnamed: 0"];

/// Which column holds what.
struct Layout {
    dates: Option<usize>,
    assets: Vec<usize>,
    warning: Option<String>,
}

/// Reads a wide table.
pub(super) fn read(rows: &mut dyn Rows, kind: TableKind) -> Result<Table, Error> {
    let (origin, header) = (rows.origin().clone(), rows.header().to_vec());
    let (mut layout, mut kept) = (None, Vec::new());
    rows.visit(&mut |line, cells| {
        if layout.is_none() {
            layout = Some(Layout::new(&origin, &header, line, cells)?);
        }
        let columns = layout.iter().flat_map(|layout| &layout.assets);
        let cells_of = |&i: &usize| cells[i].keep(kind, || origin.place(line, &header[i]));
        let dates = layout.as_ref().and_then(|layout| layout.dates);
        let date = dates.map(|i| date(&origin, line, &header[i], cells[i])).transpose()?;
        kept.push(Row { date, line, cells: columns.map(cells_of).collect() });
        Ok(())
    })?;
    let Some(layout) = layout else {
        refuse_headless(&origin, &header)?;
        return Err(Error::HeaderOnly { file: origin.file });
    };
    let assets = layout.assets.iter().map(|&i| header[i].clone()).collect();
    let mut table = Table::new(&origin, kind, assets, kept)?;
    table.warnings.extend(layout.warning);
    Ok(table)
}

/// The date in a cell of the column of dates.
pub(super) fn date(origin: &Origin, line: u64, column: &str, cell: Raw<'_>) -> Result<Date, Error> {
    cell.date().ok_or_else(|| Error::NotADate {
        place: origin.place(line, column),
        found: cell.to_string(),
    })
}

impl Layout {
    /// Tells dates from assets by the header and the first row.
    fn new(
        origin: &Origin,
        header: &[String],
        line: u64,
        first: &[Raw<'_>],
    ) -> Result<Self, Error> {
        refuse_headless(origin, header)?;
        let named =
            |names: &[&str], i: usize| names.contains(&header[i].to_ascii_lowercase().as_str());
        let is_dates = |&i: &usize| {
            named(&DATES, i)
                || matches!(first[i], Raw::Date(_))
                || i == 0 && first[i].date().is_some()
        };
        let dates = (0..header.len()).find(is_dates);
        let counts = dates.is_none() && named(&NAMELESS, 0) && counts_rows(first[0]);
        let assets = (0..header.len()).filter(|&i| Some(i) != dates && !(counts && i == 0));
        let warning = counts.then(|| {
            format!("{}: the first column has no name and counts the rows: left out", origin.file)
        });
        let layout = Self { dates, assets: assets.collect(), warning };
        if layout.dates.is_none() && !counts && unreadable(first[0]) {
            return Err(Error::NotADate {
                place: origin.place(line, &header[0]),
                found: first[0].to_string(),
            });
        }
        Ok(layout)
    }
}

/// Whether a first cell is how a column of row numbers begins.
fn counts_rows(first: Raw<'_>) -> bool {
    matches!(first.number(), Some(0.0 | 1.0))
}

/// Whether a first cell is neither number nor gap: most likely a date as people write them.
fn unreadable(first: Raw<'_>) -> bool {
    first.number().is_none() && !first.is_missing()
}

/// A first line that holds a date or fractions names no columns. (Whole numbers do: 7203 is an asset in Tokyo.)
fn refuse_headless(origin: &Origin, header: &[String]) -> Result<(), Error> {
    let number = |cell: &String| cell.parse::<f64>().is_ok();
    let numbers = header.iter().all(number) && header.iter().any(|cell| cell.contains('.'));
    if numbers || Raw::Text(&header[0]).date().is_some() {
        return Err(Error::NoHeader { file: origin.file.clone(), found: header[0].clone() });
    }
    Ok(())
}
