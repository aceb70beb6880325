//! Input: from a file to a table in time order, or to means and covariances. What is wrong with a cell is found here
//! and raised where it is used; which assets and dates count is not decided here.

mod cell;
mod csv;
mod date;
mod long;
pub mod memory;
mod moments;
#[cfg(feature = "parquet")]
mod parquet;
mod rows;
mod table;
mod wide;

pub(crate) use cell::Cell;
pub use cell::{Fault, Place};
pub use date::parse_date;
pub use memory::Sheet;
pub use moments::MomentsFile;
pub(crate) use table::Row;
pub use table::Table;

use crate::Error;
use crate::settings::TableKind;
use rows::Rows;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

/// Where the numbers come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A table in a file: CSV, gzip or not, or Parquet.
    File(PathBuf),
    /// The prices that come with the program: 20 stocks, 2018 to 2022.
    Bundled,
    /// Means and covariances in a file.
    Moments(PathBuf),
}

/// What was read.
#[derive(Debug, Clone)]
pub enum Data {
    /// A table of prices, returns or price relatives.
    Table(Table),
    /// Means and covariances.
    Moments(MomentsFile),
}

impl Data {
    /// What messages and reports call what was read.
    pub fn name(&self) -> &str {
        match self {
            Data::Table(table) => table.name(),
            Data::Moments(moments) => moments.name(),
        }
    }
}

/// What the bundled prices are called; a real table, its source and license in data/README.md.
pub(crate) const BUNDLED: (&str, &[u8]) =
    ("the bundled prices", include_bytes!("../../../../data/sp500_20_2018-2022.csv"));

/// The bundled prices as the bytes of a CSV file.
pub fn bundled() -> &'static [u8] {
    BUNDLED.1
}

/// Reads `source`; a table in it holds what `kind` says.
///
/// # Errors
/// A file that cannot be read, is no table, or holds a date twice, an asset twice or no rows.
pub fn read(source: &Source, kind: TableKind) -> Result<Data, Error> {
    match source {
        Source::Bundled => table_of(BUNDLED.0, BUNDLED.1, kind).map(Data::Table),
        Source::File(path) => {
            let (name, mut file) = open(path)?;
            if file.fill_buf().is_ok_and(|start| start.starts_with(b"PAR1")) {
                return read_parquet(&name, file.into_inner(), kind).map(Data::Table);
            }
            table(&mut csv::Csv::open(&name, file)?, kind).map(Data::Table)
        }
        Source::Moments(path) => {
            let (name, file) = open(path)?;
            moments::read(&mut csv::Csv::open(&name, file)?).map(Data::Moments)
        }
    }
}

/// Reads the table in the bytes of a CSV file, gzip or not, that messages call `file`.
///
/// # Errors
/// As [`read`].
pub fn table_of(file: &str, bytes: &[u8], kind: TableKind) -> Result<Table, Error> {
    table(&mut csv::Csv::open(file, bytes)?, kind)
}

/// Reads the means and covariances in the bytes of a CSV file, gzip or not, that messages call `file`.
///
/// # Errors
/// As [`read`].
pub fn moments_of(file: &str, bytes: &[u8]) -> Result<MomentsFile, Error> {
    moments::read(&mut csv::Csv::open(file, bytes)?)
}

/// Tells a long table from a wide one by its header.
fn table(rows: &mut dyn Rows, kind: TableKind) -> Result<Table, Error> {
    if moments::is_header(rows.header()) {
        return Err(Error::MomentsAsTable { file: rows.origin().file.clone() });
    }
    match long::Layout::of(rows.origin(), rows.header(), kind)? {
        Some(layout) => long::read(rows, kind, layout),
        None => wide::read(rows, kind),
    }
}

fn open(path: &Path) -> Result<(String, BufReader<File>), Error> {
    let name = path.display().to_string();
    let refuse = |reason| Error::Read { file: name.clone(), reason };
    let file = File::open(path).map_err(refuse)?;
    if file.metadata().is_ok_and(|about| about.is_dir()) {
        return Err(Error::Folder { file: name });
    }
    Ok((name, BufReader::new(file)))
}

#[cfg(feature = "parquet")]
fn read_parquet(name: &str, file: File, kind: TableKind) -> Result<Table, Error> {
    table(&mut parquet::Parquet::open(name, file)?, kind)
}

#[cfg(not(feature = "parquet"))]
fn read_parquet(name: &str, _file: File, _kind: TableKind) -> Result<Table, Error> {
    Err(Error::NoParquet { file: name.to_owned() })
}
