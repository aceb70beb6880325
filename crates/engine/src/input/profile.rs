//! Profiles: what the cells of each column are, seen once from top to bottom. What a column is for, [`super::roles`] decides.

use super::cell::{Raw, plain_number};
use super::grid::Grid;
use super::numeral::Numeral;

/// What a column holds.
#[derive(Debug, Clone, Default)]
pub(super) struct Profile {
    /// Cells that are numbers, however written.
    pub(super) numbers: usize,
    /// Cells that are dates by their type.
    pub(super) times: usize,
    /// Cells that are other text.
    pub(super) texts: usize,
    /// The first of those.
    pub(super) first_text: Option<usize>,
    /// Numbers with a fraction, or written with marks.
    broken: usize,
    count: Count,
}

/// Whether whole numbers go on as a counter does.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    first: f64,
    last: f64,
    /// The difference between the first two; none once another differs.
    step: Option<f64>,
    seen: usize,
    rises: bool,
    falls: bool,
}

/// A column that rises, or falls, by the same whole step from each row to the next, or by whole steps in many rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Counter {
    pub(crate) first: f64,
    pub(crate) last: f64,
    /// Below 0 if it falls; none if it is not the same everywhere.
    pub(crate) step: Option<f64>,
}

/// So many rows make a counter.
const COUNTED: usize = 3;
/// No price rises, or falls, in so many rows by whole numbers and never stands still or turns.
const STEADY: usize = 30;

impl Profile {
    /// The profiles of all columns.
    pub(super) fn all(grid: &Grid) -> Vec<Self> {
        let mut profiles = vec![Self::default(); grid.width()];
        for row in 0..grid.rows() {
            for (column, profile) in profiles.iter_mut().enumerate() {
                profile.look(row, grid.cell(row, column));
            }
        }
        profiles
    }

    fn look(&mut self, row: usize, cell: Raw<'_>) {
        let number = match cell {
            Raw::Text(text) => plain_number(text),
            Raw::Number(value) => Some(value).filter(|value| !value.is_nan()),
            Raw::Time(_) => {
                self.times += 1;
                return;
            }
            Raw::Empty => None,
        };
        match (number, cell) {
            (Some(value), _) => {
                self.numbers += 1;
                match value.fract() == 0.0 && value.is_finite() {
                    true => self.count.go_on(value),
                    false => self.broken += 1,
                }
            }
            (None, _) if cell.is_missing() => self.count.seen = usize::MAX / 2, // a counter has no gaps
            (None, Raw::Text(text)) if Numeral::of(text).is_some() => {
                self.numbers += 1;
                self.broken += 1;
            }
            (None, _) => {
                self.texts += 1;
                self.first_text.get_or_insert(row);
            }
        }
    }

    /// Whether nothing is in it.
    pub(super) fn is_blank(&self) -> bool {
        self.numbers + self.times + self.texts == 0
    }

    /// Whether it holds text and nothing else.
    pub(super) fn is_text(&self) -> bool {
        self.texts > 0 && self.numbers + self.times == 0
    }

    /// Whether it holds dates by their type and nothing else.
    pub(super) fn is_times(&self) -> bool {
        self.times > 0 && self.numbers + self.texts == 0
    }

    /// Whether it holds numbers and nothing else.
    pub(super) fn is_numbers(&self) -> bool {
        self.numbers > 0 && self.texts + self.times == 0
    }

    /// Whether it holds whole numbers and nothing else.
    pub(super) fn is_whole(&self) -> bool {
        self.is_numbers() && self.broken == 0
    }

    /// The counter that it is, in every row.
    pub(super) fn counter(&self, rows: usize) -> Option<Counter> {
        let Count { first, last, step, seen, .. } = self.count;
        let all = self.is_whole() && seen == rows && rows >= COUNTED;
        let steady = self.is_monotone(rows) && rows >= STEADY;
        (all && (step.is_some() || steady)).then_some(Counter { first, last, step })
    }

    /// Whether it holds whole numbers of which each is larger than the one before, or each smaller.
    pub(super) fn is_monotone(&self, rows: usize) -> bool {
        let Count { rises, falls, seen, .. } = self.count;
        self.is_whole() && (rises || falls) && seen == rows && rows >= COUNTED
    }
}

impl Count {
    fn go_on(&mut self, value: f64) {
        match self.seen {
            0 => (self.first, self.rises, self.falls) = (value, true, true),
            1 => self.step = Some(value - self.last).filter(|step| *step != 0.0),
            _ => self.step = self.step.filter(|step| *step == value - self.last),
        }
        self.rises &= self.seen == 0 || value > self.last;
        self.falls &= self.seen == 0 || value < self.last;
        self.last = value;
        self.seen = self.seen.saturating_add(1);
    }
}
