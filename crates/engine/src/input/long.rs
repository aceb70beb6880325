//! Long tables: a row for each date and asset. Other columns are passed over.

use super::cell::{Cell, Raw};
use super::fields::Field;
use super::grid::Grid;
use super::profile::Profile;
use super::roles::Roles;
use super::table::{Row, Table};
use super::values::Values;
use crate::Error;
use crate::settings::TableKind;
use jiff::civil::DateTime;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Names of a column of assets, the preferred first, in lower case and without what is between their words.
const ASSETS: [&str; 33] = [
    "asset",
    "ticker",
    "symbol",
    "tic",
    "name",
    "stock",
    "isin",
    "permno",
    "permco",
    "cusip",
    "sedol",
    "figi",
    "ric",
    "gvkey",
    "code",
    "tscode",
    "stockcode",
    "secid",
    "instrument",
    "security",
    "company",
    "companyname",
    "coin",
    "pair",
    "fund",
    "assetid",
    "assetname",
    "stockname",
    "stksymbol",
    "stkcd",
    "identifier",
    "underlying",
    "index",
];

/// Which column holds what.
pub(super) struct Layout {
    asset: usize,
    value: usize,
    notes: Vec<String>,
}

/// The name of a column as [`ASSETS`] has it.
fn joined(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase()
}

/// The column that names assets: text, or whole numbers that repeat with the dates.
pub(super) fn asset_column(grid: &Grid, profiles: &[Profile], repeats: bool) -> Option<usize> {
    let holds_names = |&column: &usize| {
        let profile = &profiles[column];
        profile.is_text()
            || profile.is_blank()
            || repeats && (profile.is_whole() || profile.texts > 0)
    };
    let named = |name: &&str| {
        let mut columns = (0..grid.width()).filter(|&column| joined(&grid.name(column)) == *name);
        columns.find(holds_names)
    };
    ASSETS.iter().find_map(named)
}

impl Layout {
    /// The layout of a long table, if `grid` is one.
    ///
    /// # Errors
    /// A column of assets and one of values, but none of dates; dates that repeat beside a column that may or may not name
    /// assets; no column of values, or several.
    pub(super) fn of(
        grid: &Grid,
        profiles: &[Profile],
        roles: &Roles,
        kind: TableKind,
    ) -> Result<Option<Self>, Error> {
        let repeated = roles.dates.as_ref().and_then(|(_, dates)| repeated(&dates.times));
        let asset = asset_column(grid, profiles, repeated.is_some());
        let file = || grid.origin.file.clone();
        let values = known_values(grid, roles, asset, kind);
        match (asset, &roles.dates, repeated) {
            (Some(asset), Some(_), Some(_)) => {
                Self::with_value(grid, roles, asset, &values).map(Some)
            }
            (Some(asset), Some(_), None) if !profiles[asset].is_numbers() && values.len() == 1 => {
                Self::with_value(grid, roles, asset, &values).map(Some)
            }
            (Some(asset), None, _) if profiles[asset].is_text() && !values.is_empty() => {
                Err(Error::LongWithoutDates {
                    file: file(),
                    asset: grid.name(asset),
                    value: grid.name(values[0]),
                })
            }
            (None, Some(_), Some((a, b))) if !roles.texts.is_empty() => Err(Error::BesideText {
                file: file(),
                unit: grid.origin.unit,
                lines: (grid.line(a), grid.line(b)),
                date: roles
                    .dates
                    .as_ref()
                    .map(|(_, dates)| dates.times[a].date())
                    .unwrap_or_default(),
                column: grid.title(roles.texts[0]),
            }),
            _ => Ok(None),
        }
    }

    /// The layout with the column of values: the best known one, or else the only one there is.
    fn with_value(
        grid: &Grid,
        roles: &Roles,
        asset: usize,
        known: &[usize],
    ) -> Result<Self, Error> {
        let others: Vec<usize> =
            roles.values.iter().copied().filter(|&column| column != asset).collect();
        let (value, second) = match (known, others.as_slice()) {
            (&[value, ref rest @ ..], _) => (value, rest.first()),
            ([], &[value]) if Field::of(&grid.name(value)).is_none() => (value, None),
            ([], _) => {
                let names: Vec<String> = others.iter().map(|&column| grid.title(column)).collect();
                return Err(Error::NoValues {
                    file: grid.origin.file.clone(),
                    asset: grid.name(asset),
                    columns: names.join(", "),
                });
            }
        };
        let read = grid.name(value);
        let note = match second {
            Some(&other) => {
                Some(format!("column {read} is read, column {} is not", grid.name(other)))
            }
            None => {
                (others.len() > 1).then(|| format!("column {read} is read, the others are not"))
            }
        };
        let note = note.map(|note| grid.note(&note));
        Ok(Self { asset, value, notes: note.into_iter().collect() })
    }
}

/// The columns whose names say that they hold what `kind` says, the preferred first.
fn known_values(grid: &Grid, roles: &Roles, asset: Option<usize>, kind: TableKind) -> Vec<usize> {
    let names: &[&str] = match kind {
        TableKind::Prices => &[],
        TableKind::Returns | TableKind::Percent => &[
            "return",
            "returns",
            "ret",
            "totalreturn",
            "dailyreturn",
            "retadj",
            "dlyret",
            "mret",
            "pctchg",
            "pctchange",
            "retx",
            "value",
        ],
        TableKind::Relatives => &["relative", "relatives", "pricerelative", "value"],
    };
    let rank = |column: usize| match kind {
        TableKind::Prices => {
            Field::of(&grid.name(column)).and_then(Field::preference).map(usize::from)
        }
        _ => names.iter().position(|name| joined(&grid.name(column)) == *name),
    };
    let columns = roles.values.iter().copied().filter(|&column| Some(column) != asset);
    let mut ranked: Vec<(usize, usize)> =
        columns.filter_map(|column| Some((rank(column)?, column))).collect();
    ranked.sort_unstable();
    ranked.into_iter().map(|(_, column)| column).collect()
}

/// The first two rows of the same time, if there are any.
fn repeated(times: &[DateTime]) -> Option<(usize, usize)> {
    let mut first: HashMap<DateTime, usize> = HashMap::new();
    times.iter().enumerate().find_map(|(row, time)| first.insert(*time, row).map(|a| (a, row)))
}

/// Reads a long table; assets come in the order in which they first occur.
///
/// # Errors
/// An asset without a name, an asset twice on a date, whatever [`Table::new`] refuses.
pub(super) fn read(
    grid: &Grid,
    kind: TableKind,
    roles: &Roles,
    layout: &Layout,
) -> Result<Table, Error> {
    let Some((_, dates)) = &roles.dates else {
        return Err(Error::NoAssets { file: grid.origin.file.clone() });
    };
    let values = Values::new(grid, &[layout.value], kind)?;
    let mut gathered = Gathered::default();
    for row in 0..grid.rows() {
        let asset = asset(grid, row, layout.asset)?;
        let cell = values.cell(row, layout.value);
        gathered.add(grid, row, dates.times[row], &asset, cell)?;
    }
    let rows = rows_of(gathered.days, gathered.columns.len());
    let mut table = Table::new(&grid.origin, kind, gathered.names, rows)?;
    table
        .warnings
        .splice(0..0, roles.notes.iter().chain(&layout.notes).chain(&values.note).cloned());
    Ok(table)
}

/// The only asset that a column names, if it names one and no other.
pub(super) fn only_asset(grid: &Grid, column: usize) -> Option<String> {
    let names: HashSet<String> =
        grid.column(column).map(|cell| name(cell).unwrap_or_default()).collect();
    let mut names = names.into_iter();
    names.next().filter(|name| !name.is_empty() && names.next().is_none())
}

fn asset(grid: &Grid, row: usize, column: usize) -> Result<String, Error> {
    name(grid.cell(row, column))
        .ok_or_else(|| Error::NoName { place: Box::new(grid.place(row, column)) })
}

/// The name of an asset; some exchanges name them by numbers.
fn name(cell: Raw<'_>) -> Option<String> {
    match cell {
        Raw::Text(text) if !text.is_empty() => Some(text.to_owned()),
        Raw::Number(value) if value.is_finite() => Some(value.to_string()),
        _ => None,
    }
}

/// What has been read: every cell beside its row, counted from 1, or 0 where there was none.
#[derive(Default)]
struct Gathered {
    names: Vec<String>,
    columns: HashMap<String, usize>,
    days: BTreeMap<DateTime, Vec<(u64, Cell)>>,
}

impl Gathered {
    fn add(
        &mut self,
        grid: &Grid,
        row: usize,
        day: DateTime,
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
        let line = grid.line(row);
        match std::mem::replace(&mut cells[column], (line, cell)) {
            (0, _) => Ok(()),
            (earlier, _) => Err(Error::DuplicateCell {
                file: grid.origin.file.clone(),
                unit: grid.origin.unit,
                lines: (earlier, line),
                date: day.date(),
                asset: asset.to_owned(),
            }),
        }
    }
}

fn rows_of(days: BTreeMap<DateTime, Vec<(u64, Cell)>>, assets: usize) -> Vec<Row> {
    let row = |(time, cells): (DateTime, Vec<(u64, Cell)>)| {
        let line = cells.iter().map(|(line, _)| *line).find(|&line| line > 0).unwrap_or_default();
        let mut cells: Vec<Cell> = cells.into_iter().map(|(_, cell)| cell).collect();
        cells.resize(assets, Cell::Missing);
        Row::new(Some(time), line, cells)
    };
    days.into_iter().map(row).collect()
}
