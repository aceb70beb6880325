//! Roles: which column holds the dates, which hold numbers that may be assets', and which count rows or are anything else.

use super::cell::Raw;
use super::date::{self, Dates, Naming, naming};
use super::fields::Field;
use super::grid::Grid;
use super::profile::{Counter, Profile};
use crate::Error;

/// A column and the dates in it.
type Dated = (usize, Dates);

/// What the columns of a table are for.
#[derive(Debug)]
pub(super) struct Roles {
    /// The column of dates, and its dates.
    pub(super) dates: Option<Dated>,
    /// Columns of numbers that may be assets', or that hold something that is no number where one should be.
    pub(super) values: Vec<usize>,
    /// Columns of text.
    pub(super) texts: Vec<usize>,
    /// Columns among the values that count.
    pub(super) counters: Vec<(usize, Counter)>,
    pub(super) notes: Vec<String>,
}

/// How pandas names an unnamed index in Parquet.
const PANDAS_INDEX: &str = "__index_level_0__";

/// Names of columns that count rows.
const COUNTERS: [&str; 11] =
    ["index", "id", "no", "no.", "nr", "#", "row", "rownum", "row_nr", "row_number", "level_0"];

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
        let (dates, beside) = dates(grid, profiles, format)?;
        let mut roles = Self {
            notes: dates.iter().filter_map(|(_, dates)| dates.note.clone()).collect(),
            dates,
            values: Vec::new(),
            texts: Vec::new(),
            counters: Vec::new(),
        };
        let dated = roles.dates.as_ref().map(|(column, _)| *column);
        let others = |column: &usize| Some(*column) != dated && !beside.contains(column);
        for column in (0..grid.width()).filter(others) {
            roles.place(grid, column, &profiles[column])?;
        }
        roles.refuse_pairs(grid, profiles)?;
        Ok(roles)
    }

    /// The rows in the order of their times.
    pub(super) fn in_time(&self, rows: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..rows).collect();
        if let Some((_, dates)) = &self.dates {
            order.sort_by_key(|&row| dates.times[row]);
        }
        order
    }

    /// Columns of dates and of prices in turns are assets with dates of their own: row by row they do not belong together.
    fn refuse_pairs(&self, grid: &Grid, profiles: &[Profile]) -> Result<(), Error> {
        let Some((first, dates)) = &self.dates else { return Ok(()) };
        let is_dates = |&column: &usize| {
            let profile = &profiles[column];
            column == *first
                || profile.is_times()
                || profile.is_text() && holds_dates(grid, column, profile)
        };
        let columns = (0..grid.width()).filter(|&column| !profiles[column].is_blank());
        let columns: Vec<usize> = columns.collect();
        let turns = columns.len() >= 4
            && columns.chunks(2).all(|pair| {
                pair.len() == 2 && is_dates(&pair[0]) && self.values.contains(&pair[1])
            });
        let others = columns.iter().copied().filter(is_dates).filter(|column| column != first);
        let differs = |column: usize| {
            date::read(grid, column, None).map_or(true, |other| other.times != dates.times)
        };
        if !turns || !others.clone().any(differs) {
            return Ok(());
        }
        let names: Vec<String> =
            std::iter::once(*first).chain(others).map(|column| grid.title(column)).collect();
        Err(Error::Pairs { file: grid.origin.file.clone(), columns: names.join(", ") })
    }

    fn place(&mut self, grid: &Grid, column: usize, profile: &Profile) -> Result<(), Error> {
        let counter = profile.counter(grid.rows()).filter(|_| !grid.nature.array);
        if grid.nature.index && column == 0 {
            self.leave_out_index(grid, profile, counter);
            return Ok(());
        }
        if let Some(what) = self.is_no_asset(grid, column, profile, counter) {
            let title = grid.title(column);
            self.notes.push(grid.note(&format!("the column {title} {what} and is left out")));
            return Ok(());
        }
        let name = grid.name(column);
        let nameless = (name.is_empty() || name.starts_with("Unnamed")) && !grid.nature.array;
        match (nameless, profile.is_text(), profile.is_blank()) {
            (true, _, true) => {}
            (_, true, _) => self.texts.push(column),
            (true, false, _) => {
                return Err(Error::Unnamed {
                    file: grid.origin.file.clone(),
                    column: grid.title(column),
                    first: first_of(grid, column),
                });
            }
            (false, false, _) => {
                self.values.push(column);
                self.counters.extend(counter.map(|counter| (column, counter)));
            }
        }
        Ok(())
    }

    /// What a column holds that is no asset's, whatever it is called.
    fn is_no_asset(
        &self,
        grid: &Grid,
        column: usize,
        profile: &Profile,
        counter: Option<Counter>,
    ) -> Option<&'static str> {
        let name = grid.name(column);
        let nameless = naming(&name) == Naming::Nameless && (column == 0 || !name.is_empty());
        let nameless = nameless || COUNTERS.contains(&name.to_lowercase().as_str());
        // pandas calls the levels of an index so that has no names.
        let level = name.strip_prefix("level_").is_some_and(|rest| rest.parse::<u8>().is_ok());
        if level && profile.is_whole() {
            return Some("is a level of an index");
        }
        let counts = counter.is_some_and(|counter| counts_rows(&name, counter));
        let dated = self.dates.is_some();
        if grid.nature.array {
            return profile.is_times().then_some("holds more dates");
        }
        if counts || nameless && profile.is_monotone(grid.rows()) {
            return Some("counts the rows");
        }
        let text = dated && profile.is_text() && holds_dates(grid, column, profile);
        if profile.is_times() || text {
            return Some("holds more dates");
        }
        let (_, dates) = self.dates.as_ref()?;
        match profile.is_whole() {
            true if counts_days(grid, column, dates) => Some("holds dates as numbers"),
            true if date::repeats(grid, column, dates) => Some("says again what the dates say"),
            _ => None,
        }
    }

    /// An index without dates says nothing of time; rows that only count go without a word.
    fn leave_out_index(&mut self, grid: &Grid, profile: &Profile, counter: Option<Counter>) {
        let counts = counter.is_some() || profile.is_monotone(grid.rows()) || profile.is_blank();
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
    let least = counter.first.min(counter.last);
    let by_one = counter.step.is_some_and(|step| step.abs() == 1.0);
    let begins = by_one && (least == 0.0 || least == 1.0);
    named || naming(name) == Naming::Nameless || begins && Field::of(name).is_none()
}

/// Whether the numbers of a column are days, as no prices are: 20240801, or the days of `dates` in another way.
fn counts_days(grid: &Grid, column: usize, dates: &Dates) -> bool {
    date::are_days(grid, column) || date::count_same(grid, column, dates)
}

/// Whether a column of text begins with a date.
fn holds_dates(grid: &Grid, column: usize, profile: &Profile) -> bool {
    let first = profile.first_text.map(|row| grid.cell(row, column));
    matches!(first, Some(Raw::Text(text)) if date::is_date(text))
}

/// The column of dates with its dates, and the columns that say more of them: the month and the day beside the year, the time of
/// day.
fn dates(
    grid: &Grid,
    profiles: &[Profile],
    format: Option<&str>,
) -> Result<(Option<Dated>, Vec<usize>), Error> {
    let clearest = find_dates(grid, profiles, format);
    if let Some((columns, dates)) = date::of_parts(grid)
        && clearest.is_none_or(|column| columns.contains(&column))
    {
        return Ok((Some((columns[0], dates)), columns));
    }
    let Some(column) = clearest else { return Ok((None, Vec::new())) };
    let mut dates = date::read(grid, column, format)?;
    let mut others = (0..grid.width()).filter(|other| *other != column);
    let clock = others.find(|&clock| profiles[clock].is_text() && dates.at(grid, clock));
    Ok((Some((column, dates)), clock.into_iter().collect()))
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
        // pandas writes a nameless index last.
        Naming::Nameless
            if (first || grid.name(column) == PANDAS_INDEX) && numbers && counts().is_some() =>
        {
            4
        }
        Naming::Other if first && numbers && counts() == Some(true) => 4,
        Naming::Likely | Naming::Nameless if first && format.is_some() => 4,
        Naming::Other
            if numbers
                && counts() == Some(true)
                && (profile.is_monotone(grid.rows()) || date::are_days(grid, column)) =>
        {
            3
        }
        _ if text => 2,
        _ => 0,
    }
}
