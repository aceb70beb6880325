//! Dense products and factors in blocks that stay in the caches: what grows with n²T or n³.
//!
//! Columns are packed eight to a *panel*, row after row, and two panels make a *tile* of 8 x 8 sums that stays in
//! registers while the rows go by (Goto & van de Geijn, *Anatomy of High-Performance Matrix Multiplication*, 2008). The
//! terms of one entry are added in the order of the rows, one after the other, each product rounded before it is added.
//! So an entry has the bits of the plain loop over rows, on every instruction set: lanes are entries, never terms.

pub(crate) mod cholesky;
pub(crate) mod gram;
pub(crate) mod pivoted;

/// Columns in a panel.
pub(crate) const WIDTH: usize = 8;

/// One row of a panel.
pub(crate) type PanelRow = [f64; WIDTH];

/// Some columns, packed: panel after panel, each row after row. What is missing in the last panel is 0.
#[derive(Debug, Clone)]
pub(crate) struct Panels {
    rows: usize,
    columns: usize,
    cells: Vec<PanelRow>,
}

impl Panels {
    /// Zeros.
    pub(crate) fn new(rows: usize, columns: usize) -> Self {
        Self { rows, columns, cells: vec![[0.0; WIDTH]; rows * columns.div_ceil(WIDTH)] }
    }

    /// Keeps the first `rows` rows of each panel; to be filled anew.
    pub(crate) fn resize(&mut self, rows: usize, columns: usize) {
        (self.rows, self.columns) = (rows, columns);
        self.cells.resize(rows * columns.div_ceil(WIDTH), [0.0; WIDTH]);
    }

    /// The rows of one panel.
    pub(crate) fn panel(&self, at: usize) -> &[PanelRow] {
        &self.cells[at * self.rows..][..self.rows]
    }

    /// The rows of one panel.
    pub(crate) fn panel_mut(&mut self, at: usize) -> &mut [PanelRow] {
        &mut self.cells[at * self.rows..][..self.rows]
    }

    /// Packs one row of all panels.
    pub(crate) fn set_row(&mut self, row: usize, values: impl Iterator<Item = f64>) {
        let mut values = values.fuse();
        for panel in self.cells.chunks_exact_mut(self.rows) {
            for cell in &mut panel[row] {
                *cell = values.next().unwrap_or(0.0);
            }
        }
    }
}
