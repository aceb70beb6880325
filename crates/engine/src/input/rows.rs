//! The seam between file formats and table shapes: a reader hands out rows, a shape makes a table of them.

use super::cell::{Place, Raw};
use crate::Error;

/// A file as a reader sees it: named columns, and rows one at a time, so that no file is held twice in memory.
pub(super) trait Rows {
    /// What messages say of this file.
    fn origin(&self) -> &Origin;

    /// The names of the columns, trimmed.
    fn header(&self) -> &[String];

    /// Gives every row to `each`, with its line and as many cells as there are columns.
    fn visit(&mut self, each: &mut Each<'_>) -> Result<(), Error>;
}

/// What is done with a row: its line, its cells.
pub(super) type Each<'a> = dyn FnMut(u64, &[Raw<'_>]) -> Result<(), Error> + 'a;

/// What messages say of a file.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    /// Its name.
    pub(super) file: String,
    /// What counts its rows: "line" or "row".
    pub(super) unit: &'static str,
}

impl Origin {
    /// A cell of this file.
    pub(super) fn place(&self, line: u64, column: &str) -> Place {
        Place {
            file: self.file.clone(),
            unit: self.unit,
            line,
            column: column.replace(char::is_control, " "),
        }
    }
}
