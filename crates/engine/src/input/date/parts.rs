//! Dates whose year, month and day have a column each.

use super::column::Dates;
use super::{day, month_end};
use crate::input::grid::Grid;
use jiff::civil::DateTime;

/// The columns of the parts, the year's first, and the dates of all rows; `None` unless year and month are there and every row
/// has a date.
pub(in crate::input) fn of_parts(grid: &Grid) -> Option<(Vec<usize>, Dates)> {
    let named = |names: &[&str]| {
        let is = |&column: &usize| names.contains(&grid.name(column).to_lowercase().as_str());
        (0..grid.width()).find(is)
    };
    let (year_at, month_at) = (named(&["year", "yyyy"])?, named(&["month", "mm"])?);
    let day_at = named(&["day", "dd"]);
    let whole = |row: usize, column: usize| {
        let number = grid.cell(row, column).number()?;
        (number.fract() == 0.0 && (1.0..=9999.0).contains(&number)).then_some(number as i64)
    };
    let date = |row: usize| -> Option<DateTime> {
        let (year, month) = (whole(row, year_at)?, whole(row, month_at)?);
        match day_at {
            Some(column) => day(year, month, whole(row, column)?),
            None => month_end(year, month),
        }
    };
    let times: Vec<DateTime> = (0..grid.rows()).map(date).collect::<Option<_>>()?;
    let columns: Vec<usize> =
        [Some(year_at), Some(month_at), day_at].into_iter().flatten().collect();
    let names: Vec<String> = columns.iter().map(|&column| grid.title(column)).collect();
    let first = times.first()?.date();
    let note = grid.note(&format!(
        "the columns {} together are read as dates, the first as {first}",
        names.join(", ")
    ));
    Some((columns, Dates { times, note: Some(note) }))
}
