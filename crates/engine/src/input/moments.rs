//! Means and covariances in place of a table: a row an asset, `asset,mean,A,B,...`, all per period.

use super::cell::{Cell, Fault, Raw};
use super::grid::Grid;
use crate::Error;
use sharpest_search::Moments;
use std::collections::HashMap;

/// A file of means and covariances.
#[derive(Debug, Clone)]
pub struct MomentsFile {
    pub(crate) file: String,
    /// In the order of the columns.
    pub(crate) assets: Vec<String>,
    mean: Vec<Cell>,
    /// Row after row, n x n.
    covariance: Vec<Cell>,
}

/// Whether a header is that of moments.
pub(super) fn is_header(header: &[String]) -> bool {
    let is =
        |at: usize, name: &str| header.get(at).is_some_and(|cell| cell.eq_ignore_ascii_case(name));
    is(0, "asset") && is(1, "mean") && header.len() >= 3
}

/// Reads a file of means and covariances; its rows may come in any order.
pub(super) fn read(grid: &Grid) -> Result<MomentsFile, Error> {
    let header: Vec<String> = (0..grid.width()).map(|column| grid.name(column)).collect();
    let file = grid.origin.file.clone();
    if !is_header(&header) {
        return Err(Error::MomentsHeader { file });
    }
    let assets = header[2..].to_vec();
    let mut found: HashMap<String, Vec<Cell>> = HashMap::new();
    for row in 0..grid.rows() {
        let asset = name_of(grid.cell(row, 0));
        let line = grid.line(row);
        if !assets.contains(&asset) {
            return Err(Error::RowWithoutColumn { file, line, asset });
        }
        let cells = (1..grid.width()).map(|column| number(grid, row, column)).collect();
        if found.insert(asset.clone(), cells).is_some() {
            return Err(Error::DuplicateAsset { file, asset });
        }
    }
    let (mut mean, mut covariance) = (Vec::new(), Vec::new());
    for asset in &assets {
        let Some(cells) = found.get(asset) else {
            return Err(Error::ColumnWithoutRow { file, asset: asset.clone() });
        };
        mean.push(cells[0].clone());
        covariance.extend_from_slice(&cells[1..]);
    }
    Ok(MomentsFile { file, assets, mean, covariance })
}

impl MomentsFile {
    /// What the program calls the file.
    pub fn name(&self) -> &str {
        &self.file
    }

    /// The moments of the assets in `columns`, annualized.
    ///
    /// # Errors
    /// A cell that is no number; numbers that are no covariance.
    pub(crate) fn moments(&self, columns: &[usize], periods: f64) -> Result<Moments, Error> {
        let n = self.assets.len();
        let names = columns.iter().map(|&i| self.assets[i].clone()).collect();
        let mean: Vec<f64> =
            columns.iter().map(|&i| value(&self.mean[i])).collect::<Result<_, _>>()?;
        let pairs = columns.iter().flat_map(|&i| columns.iter().map(move |&j| i * n + j));
        let covariance: Vec<f64> =
            pairs.map(|at| value(&self.covariance[at])).collect::<Result<_, _>>()?;
        Ok(Moments::new(names, &mean, &covariance, periods)?)
    }
}

fn name_of(cell: Raw<'_>) -> String {
    match cell {
        Raw::Text(text) => text.trim().to_owned(),
        other => other.to_string(),
    }
}

/// Here a gap is a fault: a mean or a covariance cannot be left out.
fn number(grid: &Grid, row: usize, column: usize) -> Cell {
    let cell = grid.cell(row, column);
    match cell.number() {
        Some(value) if value.is_finite() => Cell::Number(value),
        _ => Cell::Bad(Box::new(Fault {
            place: grid.place(row, column),
            found: cell.to_string(),
            wanted: "a finite number",
            advice: Some("estimate it from more rows, or leave the asset out".into()),
            date: None,
        })),
    }
}

fn value(cell: &Cell) -> Result<f64, Error> {
    match cell {
        Cell::Number(value) => Ok(*value),
        Cell::Bad(fault) => Err(Error::Cell(fault.clone())),
        Cell::Missing => unreachable!("`number` makes every gap a fault"),
    }
}
