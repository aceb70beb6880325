//! The grid: a table as a reader hands it over, before anything is decided about it. Every cell can be looked at again, so
//! that what a column holds is decided from all of it and not from its first row.

use super::cell::{Place, Raw};
use super::memory::Column;
use crate::Error;

/// What messages say of a table.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    /// Its name.
    pub(super) file: String,
    /// What counts its rows: "line" or "row".
    pub(super) unit: &'static str,
}

/// Named columns and numbered rows.
#[derive(Debug, Clone)]
pub(super) struct Grid {
    pub(super) origin: Origin,
    /// The names of the columns, trimmed; each has as many levels as the table has header lines.
    pub(super) header: Vec<Vec<String>>,
    cells: Cells,
    /// The columns that are looked at: blank ones are left out.
    columns: Vec<usize>,
    pub(super) nature: Nature,
    /// What the reader did that the owner of the table may want to know.
    pub(super) notes: Vec<String>,
}

/// What a table in memory says of itself and a file does not.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Nature {
    /// The first column is an index: it may hold dates, and is never an asset.
    pub(super) index: bool,
    /// The columns are an array's: they have places, and whatever is in them is meant.
    pub(super) array: bool,
    /// Returns may be any numbers: an estimator takes what it is given.
    pub(super) any: bool,
}

/// Where the cells are.
#[derive(Debug, Clone)]
enum Cells {
    Records(Records),
    Columns(Vec<Column>),
}

/// The text of all records of a file, one after the other.
#[derive(Debug, Clone, Default)]
pub(super) struct Records {
    text: String,
    /// The end of each cell in `text`.
    ends: Vec<usize>,
    /// The first cell of each record, and the line on which it begins.
    starts: Vec<(usize, u64)>,
}

impl Records {
    /// Adds a record that begins on `line`.
    pub(super) fn push<'a>(&mut self, line: u64, cells: impl Iterator<Item = &'a str>) {
        self.starts.push((self.ends.len(), line));
        for cell in cells {
            self.text.push_str(cell);
            self.ends.push(self.text.len());
        }
    }

    /// How many records there are.
    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    /// How many cells a record has.
    pub(super) fn width(&self, record: usize) -> usize {
        let end = self.starts.get(record + 1).map_or(self.ends.len(), |(start, _)| *start);
        end - self.starts[record].0
    }

    /// The line on which a record begins.
    pub(super) fn line(&self, record: usize) -> u64 {
        self.starts[record].1
    }

    /// A cell, trimmed; empty where the record is shorter.
    pub(super) fn cell(&self, record: usize, column: usize) -> &str {
        if column >= self.width(record) {
            return "";
        }
        let at = self.starts[record].0 + column;
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        self.text[start..self.ends[at]].trim()
    }

    /// All cells of a record, trimmed.
    pub(super) fn cells(&self, record: usize) -> impl Iterator<Item = &str> {
        (0..self.width(record)).map(move |column| self.cell(record, column))
    }

    /// Keeps the records that `keep` names.
    pub(super) fn retain(&mut self, keep: impl Fn(&Self, usize) -> bool) {
        let kept: Vec<usize> = (0..self.len()).filter(|&record| keep(self, record)).collect();
        if kept.len() == self.len() {
            return;
        }
        let mut fewer = Self::default();
        for record in kept {
            fewer.push(self.line(record), self.cells(record));
        }
        *self = fewer;
    }
}

impl Grid {
    /// A grid of the records of a file, the header apart.
    pub(super) fn of_records(origin: Origin, header: Vec<Vec<String>>, records: Records) -> Self {
        let mut grid = Self::new(origin, header, Cells::Records(records), Nature::default());
        grid.leave_out_blank_columns();
        grid
    }

    /// A grid of columns of one length.
    pub(super) fn of_columns(
        origin: Origin,
        header: Vec<String>,
        columns: Vec<Column>,
        nature: Nature,
    ) -> Self {
        let header = header.into_iter().map(|name| vec![name.trim().to_owned()]).collect();
        Self::new(origin, header, Cells::Columns(columns), nature)
    }

    fn new(origin: Origin, header: Vec<Vec<String>>, cells: Cells, nature: Nature) -> Self {
        let columns = (0..header.len()).collect();
        Self { origin, header, cells, columns, nature, notes: Vec::new() }
    }

    /// Spreadsheets and programs end lines with a delimiter: a column without a name and without a cell is none.
    fn leave_out_blank_columns(&mut self) {
        let blank = |column: usize| {
            self.header[column].iter().all(String::is_empty)
                && (0..self.rows()).all(|row| self.cell(row, column).is_blank())
        };
        let kept: Vec<usize> = (0..self.width()).filter(|&column| !blank(column)).collect();
        self.header = kept.iter().map(|&column| self.header[column].clone()).collect();
        self.columns = kept;
    }

    /// How many columns there are.
    pub(super) fn width(&self) -> usize {
        self.columns.len()
    }

    /// How many rows there are.
    pub(super) fn rows(&self) -> usize {
        match &self.cells {
            Cells::Records(records) => records.len(),
            Cells::Columns(columns) => columns.first().map_or(0, Column::len),
        }
    }

    /// A cell.
    pub(super) fn cell(&self, row: usize, column: usize) -> Raw<'_> {
        let column = self.columns[column];
        match &self.cells {
            Cells::Records(records) => Raw::Text(records.cell(row, column)),
            Cells::Columns(columns) => columns[column].cell(row),
        }
    }

    /// The cells of a column.
    pub(super) fn column(&self, column: usize) -> impl Iterator<Item = Raw<'_>> {
        (0..self.rows()).map(move |row| self.cell(row, column))
    }

    /// The line or the row of the file that a row is.
    pub(super) fn line(&self, row: usize) -> u64 {
        match &self.cells {
            Cells::Records(records) => records.line(row),
            Cells::Columns(_) => row as u64 + 1,
        }
    }

    /// The name of a column, its levels joined.
    pub(super) fn name(&self, column: usize) -> String {
        let levels = &self.header[column];
        let named: Vec<&str> =
            levels.iter().map(String::as_str).filter(|level| !level.is_empty()).collect();
        named.join(" ")
    }

    /// What a sentence calls a column: its name, or where it stands.
    pub(super) fn title(&self, column: usize) -> String {
        let name = self.name(column).replace(char::is_control, " ");
        match (name.is_empty(), self.nature.index && column == 0) {
            (false, _) => name,
            (true, true) => "index".to_owned(),
            (true, false) => format!("number {} (it has no name)", self.columns[column] + 1),
        }
    }

    /// A place in a sentence.
    pub(super) fn place(&self, row: usize, column: usize) -> Place {
        let Origin { file, unit } = self.origin.clone();
        Place { file, unit, line: self.line(row), column: self.title(column) }
    }

    /// A sentence about this table.
    pub(super) fn note(&self, sentence: &str) -> String {
        format!("{}: {sentence}", self.origin.file)
    }

    /// That there are rows.
    ///
    /// # Errors
    /// None.
    pub(super) fn require_rows(&self) -> Result<(), Error> {
        match self.rows() {
            0 => Err(Error::HeaderOnly { file: self.origin.file.clone() }),
            _ => Ok(()),
        }
    }
}
