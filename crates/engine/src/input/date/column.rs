//! A column of dates: read in the one way that fits all of its cells, or refused with what leaves it open.

use super::clock;
use super::number::{self, Count};
use super::spelling::{SPELLINGS, Spelling};
use crate::Error;
use crate::input::cell::Raw;
use crate::input::grid::Grid;
use jiff::civil::{DateTime, Time};
use jiff::fmt::strtime;

/// The dates of all rows.
#[derive(Debug)]
pub(in crate::input) struct Dates {
    pub(in crate::input) times: Vec<DateTime>,
    /// How they were read, where that is not plain to see.
    pub(in crate::input) note: Option<String>,
}

impl Dates {
    /// Puts the times of day of another column behind the dates, if it holds nothing else.
    pub(in crate::input) fn at(&mut self, grid: &Grid, column: usize) -> bool {
        let time = |cell: Raw<'_>| match cell {
            Raw::Text(text) => clock::time(text),
            Raw::Number(_) | Raw::Time(_) | Raw::Empty => None,
        };
        let Some(clocks) = grid.column(column).map(time).collect::<Option<Vec<Time>>>() else {
            return false;
        };
        let days = self.times.iter().zip(clocks);
        self.times = days.map(|(day, clock)| day.date().to_datetime(clock)).collect();
        true
    }
}

/// Reads a column as dates, in `format` if one is given.
///
/// # Errors
/// A cell that is no date; cells that are dates in two ways.
pub(in crate::input) fn read(
    grid: &Grid,
    column: usize,
    format: Option<&str>,
) -> Result<Dates, Error> {
    if let Some(format) = format {
        return formatted(grid, column, format);
    }
    let numbers: Option<Vec<f64>> = grid.column(column).map(Raw::number).collect();
    match numbers {
        Some(numbers) if grid.rows() > 0 => numbered(grid, column, &numbers),
        _ => spelled(grid, column),
    }
}

fn formatted(grid: &Grid, column: usize, format: &str) -> Result<Dates, Error> {
    let read = |(row, cell): (usize, Raw<'_>)| {
        let time = match cell {
            Raw::Time(time) => Some(time),
            Raw::Text(text) => parse(format, text),
            Raw::Number(value) => parse(format, &value.to_string()),
            Raw::Empty => None,
        };
        time.ok_or_else(|| Error::NotOfFormat {
            place: Box::new(grid.place(row, column)),
            found: cell.to_string(),
            format: format.to_owned(),
        })
    };
    let times = grid.column(column).enumerate().map(read).collect::<Result<_, _>>()?;
    Ok(Dates { times, note: None })
}

/// The time in `text`; a format without a day means the last of the month, one without a time midnight.
fn parse(format: &str, text: &str) -> Option<DateTime> {
    let broken = strtime::parse(format, text).ok()?;
    let time = broken.to_time().unwrap_or(Time::midnight());
    match broken.to_date() {
        Ok(date) => Some(date.to_datetime(time)),
        Err(_) => {
            let month = broken.month().unwrap_or(12);
            super::month_end(broken.year()?.into(), month.into())
        }
    }
}

fn numbered(grid: &Grid, column: usize, numbers: &[f64]) -> Result<Dates, Error> {
    let counts = number::readings(numbers);
    match counts.as_slice() {
        [count] => Ok(of_count(grid, column, *count, numbers)),
        [] => Err(not_a_date(grid, column, numbers)),
        [first, second, ..] => Err(Error::TwoDates {
            place: Box::new(grid.place(0, column)),
            found: grid.cell(0, column).to_string(),
            readings: [first, second].map(|count| {
                let time = count.read(numbers[0]).unwrap_or_default();
                format!("{} ({})", time.date(), count.words())
            }),
            advice: "write the dates as 2024-08-01",
        }),
    }
}

fn of_count(grid: &Grid, column: usize, count: Count, numbers: &[f64]) -> Dates {
    let times: Vec<DateTime> = numbers.iter().filter_map(|&value| count.read(value)).collect();
    let note = grid.note(&format!(
        "the column {} is read as dates: {} is {}, {}",
        grid.title(column),
        grid.cell(0, column),
        times.first().map_or(String::new(), |time| time.date().to_string()),
        count.words()
    ));
    Dates { times, note: Some(note) }
}

/// The refusal of the first number that is no date.
fn not_a_date(grid: &Grid, column: usize, numbers: &[f64]) -> Error {
    let row = (0..numbers.len()).find(|&row| number::readings(&numbers[row..=row]).is_empty());
    refuse(grid, row.unwrap_or_default(), column)
}

fn spelled(grid: &Grid, column: usize) -> Result<Dates, Error> {
    let mut open = SPELLINGS.to_vec();
    for (row, cell) in grid.column(column).enumerate() {
        match cell {
            Raw::Time(_) => {}
            Raw::Text(text) if !text.is_empty() => {
                let before = open.clone();
                open.retain(|spelling| spelling.read(text).is_some());
                if open.is_empty() {
                    return Err(mixed(grid, row, column, &before));
                }
            }
            _ => return Err(refuse(grid, row, column)),
        }
    }
    let times = |spelling: Spelling| -> Vec<DateTime> {
        let read = |cell: Raw<'_>| match cell {
            Raw::Time(time) => Some(time),
            Raw::Text(text) => spelling.read(text),
            Raw::Number(_) | Raw::Empty => None,
        };
        grid.column(column).filter_map(read).collect()
    };
    let first = times(open[0]);
    for &other in &open[1..] {
        let others = times(other);
        if let Some(row) = (0..first.len()).find(|&row| first[row] != others[row]) {
            return Err(Error::TwoDates {
                place: Box::new(grid.place(row, column)),
                found: grid.cell(row, column).to_string(),
                readings: [first[row], others[row]].map(|time| time.date().to_string()),
                advice: "say it with --date-format, as in --date-format %d/%m/%Y",
            });
        }
    }
    let note = said(grid, column, open[0], &first);
    Ok(Dates { times: first, note })
}

/// What is said of a spelling whose order only the whole column proves.
fn said(grid: &Grid, column: usize, spelling: Spelling, times: &[DateTime]) -> Option<String> {
    if !matches!(spelling, Spelling::DayFirst | Spelling::MonthFirst | Spelling::ShortYearFirst) {
        return None;
    }
    let Raw::Text(text) = grid.cell(0, column) else { return None };
    let day = times.first()?.date();
    Some(grid.note(&format!(
        "the column {} is read as dates: {text} is {day}, the one order that fits all rows",
        grid.title(column)
    )))
}

/// A cell that does not fit what is above it.
fn mixed(grid: &Grid, row: usize, column: usize, before: &[Spelling]) -> Error {
    let above = (0..row).find_map(|above| match grid.cell(above, column) {
        Raw::Text(text) if before.iter().any(|spelling| spelling.read(text).is_some()) => {
            Some(text.to_owned())
        }
        _ => None,
    });
    let Raw::Text(text) = grid.cell(row, column) else { return refuse(grid, row, column) };
    match above {
        Some(above) if super::is_date(text) => Error::MixedDates {
            place: Box::new(grid.place(row, column)),
            found: text.to_owned(),
            above,
        },
        _ => refuse(grid, row, column),
    }
}

fn refuse(grid: &Grid, row: usize, column: usize) -> Error {
    Error::NotADate {
        place: Box::new(grid.place(row, column)),
        found: grid.cell(row, column).to_string(),
    }
}

/// Whether all numbers of a column are days written as 20240801.
pub(in crate::input) fn are_days(grid: &Grid, column: usize) -> bool {
    grid.column(column)
        .all(|cell| cell.number().and_then(|value| Count::Day8.read(value)).is_some())
}

/// Whether the numbers of a column are a part of `dates`: the year, the month, the day of the week.
pub(in crate::input) fn repeats(grid: &Grid, column: usize, dates: &Dates) -> bool {
    type Part = fn(&DateTime) -> i64;
    const PARTS: [Part; 11] = [
        |time| time.year().into(),
        |time| (time.year() % 100).into(),
        |time| ((time.month() + 2) / 3).into(),
        |time| time.month().into(),
        |time| time.day().into(),
        |time| time.day_of_year().into(),
        |time| time.date().iso_week_date().week().into(),
        |time| time.weekday().to_monday_zero_offset().into(),
        |time| time.weekday().to_monday_one_offset().into(),
        |time| time.weekday().to_sunday_zero_offset().into(),
        |time| time.hour().into(),
    ];
    const LEAST: usize = 3;
    let is = |part: &Part| {
        let numbers = grid.column(column).map(Raw::number);
        numbers.eq(dates.times.iter().map(|time| Some(part(time) as f64)))
    };
    let first = grid.cell(0, column).number();
    let varies = || grid.column(column).any(|cell| cell.number() != first);
    // Any number may stand still; only that of the year stands still as a year does.
    dates.times.len() >= LEAST && (is(&PARTS[0]) || varies() && PARTS.iter().any(is))
}

/// Whether the numbers of a column count the days of `dates`.
pub(in crate::input) fn count_same(grid: &Grid, column: usize, dates: &Dates) -> bool {
    let numbers: Option<Vec<f64>> = grid.column(column).map(Raw::number).collect();
    let Some(numbers) = numbers else { return false };
    let same = |count: &Count| {
        let times = numbers.iter().map(|&value| count.read(value).map(DateTime::date));
        times.eq(dates.times.iter().map(|time| Some(time.date())))
    };
    number::readings(&numbers).iter().any(same)
}

/// Whether the numbers of a column count time, and if so, whether those of prices would hardly look so.
pub(in crate::input) fn counts_time(grid: &Grid, column: usize) -> Option<bool> {
    let numbers: Option<Vec<f64>> = grid.column(column).map(Raw::number).collect();
    let counts = number::readings(&numbers?);
    let rising = |count: &Count| count.is_plain();
    (!counts.is_empty()).then(|| counts.iter().all(rising))
}
