//! Values: what a table of some kind keeps of the cells of its columns.

use super::cell::{Cell, Fault, Raw};
use super::grid::Grid;
use super::numeral::{Numeral, Style, style};
use crate::Error;
use crate::settings::TableKind;

/// So many cells show whether a column holds text.
const FEW: usize = 3;
const TEXT: &str = "a table has a column an asset, or the columns date, asset and price; leave other columns out with --exclude";

/// Reads the numbers of some columns of a grid.
pub(super) struct Values<'a> {
    grid: &'a Grid,
    kind: TableKind,
    style: Style,
    /// How the numbers were read, where that is not plain to see.
    pub(super) note: Option<String>,
}

impl<'a> Values<'a> {
    /// For `columns` of `grid`, which hold what `kind` says.
    ///
    /// # Errors
    /// Numbers that contradict each other, or that may mean two things.
    pub(super) fn new(grid: &'a Grid, columns: &[usize], kind: TableKind) -> Result<Self, Error> {
        let (style, note) = style(grid, columns, kind)?;
        Ok(Self { grid, kind, style, note })
    }

    /// What a table keeps of a cell.
    pub(super) fn cell(&self, row: usize, column: usize) -> Cell {
        let raw = self.grid.cell(row, column);
        let fault = |wanted, advice| {
            let place = self.grid.place(row, column);
            Cell::Bad(Box::new(Fault { place, found: raw.to_string(), wanted, advice, date: None }))
        };
        match self.number(raw) {
            Ok(Some(value)) if self.kind.admits(value) => Cell::Number(value),
            Ok(Some(value)) if self.grid.nature.any && value.is_finite() => Cell::Number(value),
            Ok(Some(value)) if value.is_nan() => Cell::Missing,
            Ok(None) if raw.is_missing() => Cell::Missing,
            Ok(Some(value)) => fault(self.kind.wanted(value), self.kind.advice(value)),
            Ok(None) => fault("a number", self.is_text(column).then(|| TEXT.to_owned())),
            Err(Percent) => fault(
                self.kind.wanted(f64::NAN),
                Some("a percentage is a return: say --table returns".into()),
            ),
        }
    }

    /// Whether a column holds text from its beginning.
    fn is_text(&self, column: usize) -> bool {
        let mut cells = self.grid.column(column).filter(|cell| !cell.is_missing()).take(FEW);
        cells.all(|cell| matches!(cell, Raw::Text(text) if Numeral::of(text).is_none()))
    }

    /// The number in a cell, a fraction where the kind of the table says so.
    fn number(&self, raw: Raw<'_>) -> Result<Option<f64>, Percent> {
        let percent = self.kind == TableKind::Percent;
        if self.style.plain && !percent || matches!(raw, Raw::Number(_)) {
            let value = raw.number();
            return Ok(value.map(|value| if percent { value / 100.0 } else { value }));
        }
        let Raw::Text(text) = raw else { return Ok(None) };
        let Some(numeral) = Numeral::of(text) else { return Ok(raw.number()) };
        let of_returns = matches!(self.kind, TableKind::Returns | TableKind::Percent);
        if numeral.percent && !of_returns {
            return Err(Percent);
        }
        let power = if numeral.percent || percent { -2 } else { 0 };
        Ok(numeral.value(self.style.mark, power))
    }
}

/// A percentage where a price should be.
struct Percent;
