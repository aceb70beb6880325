//! Roles: which column holds the dates, which hold numbers that may be assets', and which count rows or are anything else.

use super::cell::Raw;
use super::date::{self, Dates, Naming, naming};
use super::fields::Field;
use super::grid::Grid;
use super::profile::{Counter, Profile};
use crate::Error;

/// What the columns of a table are for.
#[derive(Debug)]
pub(super) struct Roles {
    /// The column of dates, and its dates.
    pub(super) dates: Option<(usize, Dates)>,
    /// Columns of numbers that may be assets', or that hold something that is no number where one should be.
    pub(super) values: Vec<usize>,
    /// Columns of text.
    pub(super) texts: Vec<usize>,
    /// Columns among the values that count.
    pub(super) counters: Vec<(usize, Counter)>,
    pub(super) notes: Vec<String>,
}

/// Names of columns that count rows.
const COUNTERS: [&str; 12] = [
    "index",
    "id",
    "no",
    "no.",
    "nr",
    "#",
    "row",
    "rownum",
    "row_nr",
    "row_number",
    "level_0",
    "key",
];

impl Roles {
    /// The roles of the columns of `grid`.
    ///
    /// # Errors
    /// A column that should hold dates and does not; a column of numbers without a name.
    pub(super) fn of(
        grid: &Grid,
        profiles: &[Profile],
        format: Option<&str>,
    ) -> Result<Self, Error> {
        let dates = match find_dates(grid, profiles, format) {
            Some(column) => Some((column, date::read(grid, column, format)?)),
            None => None,
        };
        let mut roles = Self {
            notes: dates.iter().filter_map(|(_, dates)| dates.note.clone()).collect(),
            dates,
            values: Vec::new(),
            texts: Vec::new(),
            counters: Vec::new(),
        };
        let dated = roles.dates.as_ref().map(|(column, _)| *column);
        for column in (0..grid.width()).filter(|column| Some(*column) != dated) {
            roles.place(grid, column, &profiles[column])?;
        }
        Ok(roles)
    }

    fn place(&mut self, grid: &Grid, column: usize, profile: &Profile) -> Result<(), Error> {
        let rows = grid.rows();
        let counter = profile.counter(rows).filter(|_| !grid.nature.array);
        let index = grid.nature.index && column == 0;
        let nameless = naming(&grid.name(column)) == Naming::Nameless;
        let dates = self.dates.is_some();
        match counter {
            _ if index => self.leave_out_index(grid, profile, counter),
            Some(counter) if counts_rows(&grid.name(column), counter) => {
                self.leave_out(grid, column, "counts the rows");
            }
            _ if nameless
                && (column == 0 || !grid.name(column).is_empty())
                && profile.rises(rows) =>
            {
                self.leave_out(grid, column, "counts the rows");
            }
            _ if profile.is_times()
                || dates && profile.is_text() && holds_dates(grid, column, profile) =>
            {
                self.leave_out(grid, column, "holds more dates");
            }
            _ if profile.is_blank() && nameless => {}
            _ if nameless && !profile.is_text() && !grid.nature.array => {
                return Err(Error::Unnamed {
                    file: grid.origin.file.clone(),
                    column: grid.title(column),
                    first: first_of(grid, column),
                });
            }
            _ if profile.is_text() => self.texts.push(column),
            counter => {
                self.values.push(column);
                self.counters.extend(counter.map(|counter| (column, counter)));
            }
        }
        Ok(())
    }

    fn leave_out(&mut self, grid: &Grid, column: usize, what: &str) {
        let title = grid.title(column);
        self.notes.push(grid.note(&format!("the column {title} {what} and is left out")));
    }

    /// An index without dates says nothing of time; rows that only count go without a word.
    fn leave_out_index(&mut self, grid: &Grid, profile: &Profile, counter: Option<Counter>) {
        let counts = counter.is_some() || profile.rises(grid.rows()) || profile.is_blank();
        if !counts && self.dates.is_none() {
            let first = first_of(grid, 0);
            self.notes.push(grid.note(&format!(
                "the index holds no dates (it begins with {first}): the rows are taken in the order in which they lie"
            )));
        }
    }
}

/// The first cell that holds anything.
fn first_of(grid: &Grid, column: usize) -> String {
    let mut cells = grid.column(column).filter(|cell| !cell.is_missing());
    cells.next().map_or_else(|| "nothing".to_owned(), |cell| cell.to_string())
}

/// Whether a counter is one of rows: by its name, or since it begins as such counters do.
fn counts_rows(name: &str, counter: Counter) -> bool {
    let named = COUNTERS.contains(&name.to_lowercase().as_str());
    let begins = counter.step == 1.0 && (counter.first == 0.0 || counter.first == 1.0);
    named || naming(name) == Naming::Nameless || begins && Field::of(name).is_none()
}

/// Whether a column of text begins with a date.
fn holds_dates(grid: &Grid, column: usize, profile: &Profile) -> bool {
    let first = profile.first_text.map(|row| grid.cell(row, column));
    matches!(first, Some(Raw::Text(text)) if date::is_date(text))
}

/// The column of dates: the one whose name and cells say so most clearly; of equals the first.
fn find_dates(grid: &Grid, profiles: &[Profile], format: Option<&str>) -> Option<usize> {
    let clear = |column: usize| clarity(grid, column, &profiles[column], format);
    let columns = (0..grid.width()).map(|column| (clear(column), column));
    let best = columns.filter(|(clarity, _)| *clarity > 0);
    best.max_by_key(|&(clarity, column)| (clarity, std::cmp::Reverse(column)))
        .map(|(_, column)| column)
}

/// How clear it is that a column holds dates: 0 if nothing says so.
fn clarity(grid: &Grid, column: usize, profile: &Profile, format: Option<&str>) -> u8 {
    if profile.is_blank() {
        return if naming(&grid.name(column)) == Naming::Date { 3 } else { 0 };
    }
    if grid.nature.array && !profile.is_times() && grid.name(column) != "date" {
        return 0; // an array's columns are numbers, and its dates come beside it
    }
    let first = column == 0;
    let text = profile.texts > 0 && holds_dates(grid, column, profile);
    let counts = || date::counts_time(grid, column);
    let numbers = profile.is_numbers() && !text;
    match naming(&grid.name(column)) {
        Naming::Date if grid.name(column).eq_ignore_ascii_case("date") => 9,
        Naming::Date => 8,
        _ if profile.is_times() => 7,
        _ if text && first => 6,
        Naming::Likely if text || numbers && counts().is_some() => 5,
        Naming::Nameless if first && numbers && counts().is_some() => 4,
        Naming::Other if first && numbers && counts() == Some(true) => 4,
        Naming::Likely | Naming::Nameless if first && format.is_some() => 4,
        _ if text => 2,
        _ => 0,
    }
}
