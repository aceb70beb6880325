//! Wide tables: a column an asset, and usually a column of dates.

use super::date;
use super::fields::Field;
use super::grid::Grid;
use super::history::distinct_level;
use super::roles::Roles;
use super::table::{Row, Table};
use super::values::Values;
use crate::Error;
use crate::settings::TableKind;

/// Reads a wide table.
///
/// # Errors
/// A column that is no asset's; whatever [`Table::new`] refuses.
pub(super) fn read(grid: &Grid, kind: TableKind, roles: &Roles) -> Result<Table, Error> {
    if roles.dates.is_none()
        && let Some(&column) = roles.texts.first().filter(|column| **column == 0)
    {
        let (place, found) = (Box::new(grid.place(0, column)), grid.cell(0, column).to_string());
        return Err(Error::NotADate { place, found });
    }
    refuse_months(grid, &roles.values)?;
    let names: Vec<String> = roles.values.iter().map(|&column| grid.name(column)).collect();
    // "Volume", "Total Volume", and beside a column A what is called "A Market Cap".
    let is_volume = |&column: &usize| {
        let name = grid.name(column);
        let words = name.to_lowercase();
        let of_another = Field::split(&name).is_some_and(|(field, asset)| {
            matches!(field, Field::Volume | Field::Other) && names.contains(&asset)
        });
        of_another || words.split(|c: char| !c.is_alphanumeric()).any(|word| word == "volume")
    };
    // Text is refused where it is used: who leaves the column out never hears of it.
    let mut columns = [roles.values.as_slice(), &roles.texts].concat();
    columns.sort_unstable();
    let (volumes, columns): (Vec<usize>, Vec<usize>) =
        columns.into_iter().partition(|column| is_volume(column) && !grid.nature.array);
    let joined = || columns.iter().map(|&column| grid.name(column)).collect();
    let names = distinct_level(grid, &columns)?.unwrap_or_else(joined);
    let counters: Vec<_> = (roles.counters.iter())
        .filter_map(|&(column, counter)| {
            let at = columns.iter().position(|&value| value == column)?;
            Some((names[at].clone(), counter))
        })
        .collect();
    let mut table = of_columns(grid, kind, roles, &columns, names)?;
    table.warnings.extend(volumes.iter().map(|&column| {
        grid.note(&format!("the column {} holds no prices and is left out", grid.title(column)))
    }));
    table.counters = counters;
    Ok(table)
}

/// A year for each row and its twelve months across are one series, not twelve.
fn refuse_months(grid: &Grid, columns: &[usize]) -> Result<(), Error> {
    const ALMOST_ALL: usize = 10;
    let months = columns.iter().filter(|&&column| date::is_month(&grid.name(column))).count();
    match months {
        ALMOST_ALL.. => Err(Error::Months { file: grid.origin.file.clone() }),
        _ => Ok(()),
    }
}

/// The table of some columns, with a name for each.
///
/// # Errors
/// Whatever [`Table::new`] refuses.
pub(super) fn of_columns(
    grid: &Grid,
    kind: TableKind,
    roles: &Roles,
    columns: &[usize],
    names: Vec<String>,
) -> Result<Table, Error> {
    let values = Values::new(grid, columns, kind)?;
    let row = |row: usize| {
        let time = roles.dates.as_ref().map(|(_, dates)| dates.times[row]);
        let cells = columns.iter().map(|&column| values.cell(row, column)).collect();
        Row::new(time, grid.line(row), cells)
    };
    let rows = (0..grid.rows()).map(row).collect();
    let mut table = Table::new(&grid.origin, kind, names, rows)?;
    table.warnings.splice(0..0, roles.notes.iter().chain(&values.note).cloned());
    Ok(table)
}
