//! Input: from files and frames to a table in time order, or to means and covariances. What is wrong with a cell is found here
//! and raised where it is used; which assets and dates count is not decided here.
//!
//! 1. `csv`, `parquet` and `memory` make a `grid` of whatever holds a table: names, and cells that can be looked at again.
//! 2. `profile` sees what each column holds, `roles` decides what it is for, `date` and `numeral` read what is in it.
//! 3. `long`, `history` (told by names, or by `bars`) and `wide` are the shapes that a table may have; `join` makes one of several.
//!
//! A column is read in the one way that fits all of its cells. Where there is none, or more than one, it is refused.

mod bars;
mod cell;
mod csv;
mod date;
mod fields;
mod grid;
mod history;
mod join;
mod long;
pub mod memory;
mod moments;
mod numeral;
#[cfg(feature = "parquet")]
mod parquet;
mod profile;
mod roles;
mod table;
mod values;
mod wide;

pub(crate) use cell::Cell;
pub use cell::{Fault, Place};
pub use date::parse_date;
pub use memory::Sheet;
pub use moments::MomentsFile;
pub(crate) use table::Row;
pub use table::Table;

use crate::Error;
use crate::settings::{TableKind, Terms};
use grid::Grid;
use history::History;
use long::Layout;
use profile::Profile;
use roles::Roles;
use std::fs::File;
use std::io::{BufRead, BufReader, stdin};
use std::path::{Path, PathBuf};

/// Where the numbers come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A table in a file: CSV, gzip or not, or Parquet; `-` is standard input.
    File(PathBuf),
    /// Several such files, usually the price histories of an asset each.
    Files(Vec<PathBuf>),
    /// The prices that come with the program: 20 stocks, 2018 to 2022.
    Bundled,
    /// Means and covariances in a file.
    Moments(PathBuf),
}

impl Source {
    /// The source that files are, of which a folder stands for those in it.
    ///
    /// # Errors
    /// A folder that cannot be read, or without a table.
    pub fn of_files(paths: &[PathBuf]) -> Result<Self, Error> {
        match paths {
            [] => Ok(Self::Bundled),
            [path] if !path.is_dir() => Ok(Self::File(path.clone())),
            paths => {
                let all = paths.iter().map(|path| match path.is_dir() {
                    true => folder(path),
                    false => Ok(vec![path.clone()]),
                });
                Ok(Self::Files(all.collect::<Result<Vec<_>, _>>()?.concat()))
            }
        }
    }

    /// The files that are read.
    pub fn paths(&self) -> &[PathBuf] {
        match self {
            Self::File(path) | Self::Moments(path) => std::slice::from_ref(path),
            Self::Files(paths) => paths,
            Self::Bundled => &[],
        }
    }
}

/// The tables in a folder, by name.
fn folder(path: &Path) -> Result<Vec<PathBuf>, Error> {
    const ENDINGS: [&str; 6] = [".csv", ".csv.gz", ".tsv", ".txt", ".parquet", ".pq"];
    let file = path.display().to_string();
    let read = std::fs::read_dir(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let entries = read.map_err(|reason| Error::Read { file: file.clone(), reason })?;
    let is_table = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        !name.starts_with('.')
            && ENDINGS.iter().any(|ending| name.ends_with(ending))
            && path.is_file()
    };
    let mut paths: Vec<PathBuf> =
        entries.iter().map(std::fs::DirEntry::path).filter(is_table).collect();
    paths.sort();
    match paths.is_empty() {
        true => Err(Error::Folder { file }),
        false => Ok(paths),
    }
}

/// How tables are read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    /// What the table holds.
    pub table: TableKind,
    /// How its dates are written, as `strftime` has it; none lets the dates tell.
    pub date_format: Option<String>,
    /// Whether the assets are named, so that what looks like none is meant.
    pub named: bool,
}

impl From<&Terms> for Reading {
    fn from(terms: &Terms) -> Self {
        let (date_format, named) = (terms.date_format.clone(), terms.assets.is_some());
        Self { table: terms.table, date_format, named }
    }
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

    /// The files that it was read from, where there are several.
    pub fn files(&self) -> &[String] {
        match self {
            Data::Table(table) => &table.files,
            Data::Moments(_) => &[],
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

/// Reads `source`, a table as `reading` says.
///
/// # Errors
/// A file that cannot be read or is no table; a table that leaves open what it means.
pub fn read(source: &Source, reading: &Reading) -> Result<Data, Error> {
    match source {
        Source::Bundled => table_of(BUNDLED.0, BUNDLED.1, reading).map(Data::Table),
        Source::File(path) => table(&grid_of_file(path)?, reading).map(Data::Table),
        Source::Files(paths) => {
            let grids =
                paths.iter().map(|path| grid_of_file(path)).collect::<Result<Vec<_>, _>>()?;
            let name = name_of_files(paths);
            let parts = grids.iter().map(|grid| (None, grid)).collect();
            join::join(&name, parts, reading).map(Data::Table)
        }
        Source::Moments(path) => {
            let (name, file) = open(path)?;
            moments::read(&csv::read(&name, file)?).map(Data::Moments)
        }
    }
}

/// What several files are called together.
fn name_of_files(paths: &[PathBuf]) -> String {
    const NAMED: usize = 3;
    let names: Vec<String> =
        paths.iter().take(NAMED).map(|path| path.display().to_string()).collect();
    match paths.len() - names.len() {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}

/// Reads the table in the bytes of a CSV file, gzip or not, that messages call `file`.
///
/// # Errors
/// As [`read`].
pub fn table_of(file: &str, bytes: &[u8], reading: &Reading) -> Result<Table, Error> {
    table(&csv::read(file, bytes)?, reading)
}

/// Reads the means and covariances in the bytes of a CSV file, gzip or not, that messages call `file`.
///
/// # Errors
/// As [`read`].
pub fn moments_of(file: &str, bytes: &[u8]) -> Result<MomentsFile, Error> {
    moments::read(&csv::read(file, bytes)?)
}

/// What a grid turns out to be.
enum Shape {
    /// A table, and whether its names are certainly those of assets.
    Table { table: Table, named: bool },
    /// The price history of one asset: a table of that one, its name if the grid says it, and which column was read.
    History { table: Table, asset: Option<String>, read: String },
}

/// The table in a grid that stands alone.
fn table(grid: &Grid, reading: &Reading) -> Result<Table, Error> {
    match shape(grid, reading)? {
        Shape::Table { table, .. } => Ok(table),
        Shape::History { .. } => Err(Error::History {
            file: grid.origin.file.clone(),
            columns: history::list(grid, &(0..grid.width()).collect::<Vec<_>>()),
        }),
    }
}

/// Tells what a grid is, from its names and all of its cells.
fn shape(grid: &Grid, reading: &Reading) -> Result<Shape, Error> {
    let names: Vec<String> = (0..grid.width()).map(|column| grid.name(column)).collect();
    if moments::is_header(&names) {
        return Err(Error::MomentsAsTable { file: grid.origin.file.clone() });
    }
    refuse_headless(grid, &names)?;
    grid.require_rows()?;
    let profiles = Profile::all(grid);
    let roles = Roles::of(grid, &profiles, reading.date_format.as_deref())?;
    let mut read = read_shape(grid, &profiles, &roles, reading)?;
    let (Shape::Table { table, .. } | Shape::History { table, .. }) = &mut read;
    table.warnings.splice(0..0, grid.notes.iter().cloned());
    Ok(read)
}

fn read_shape(
    grid: &Grid,
    profiles: &[Profile],
    roles: &Roles,
    reading: &Reading,
) -> Result<Shape, Error> {
    let kind = reading.table;
    if let Some(layout) = Layout::of(grid, profiles, roles, kind)? {
        let table = long::read(grid, kind, roles, &layout)?;
        return Ok(Shape::Table { table, named: true });
    }
    match History::of(grid, profiles, roles, reading.named)? {
        Some(History::One { column, asset }) => {
            let name = asset.clone().unwrap_or_else(|| grid.name(column));
            let table = wide::of_columns(grid, kind, roles, &[column], vec![name])?;
            let read = format!("the column {}", grid.title(column));
            Ok(Shape::History { table, asset, read })
        }
        Some(History::Many { columns, notes }) => {
            let (columns, names): (Vec<usize>, Vec<String>) = columns.into_iter().unzip();
            let mut table = wide::of_columns(grid, kind, roles, &columns, names)?;
            table.warnings.extend(notes);
            Ok(Shape::Table { table, named: true })
        }
        None => {
            let table = wide::read(grid, kind, roles)?;
            Ok(Shape::Table { table, named: false })
        }
    }
}

/// A first line that holds a date or fractions names no columns, and one that holds dates names no assets. (Whole numbers do:
/// 7203 is an asset in Tokyo.)
fn refuse_headless(grid: &Grid, names: &[String]) -> Result<(), Error> {
    let file = || grid.origin.file.clone();
    let number = |cell: &String| cell::plain_number(cell).is_some();
    let fraction = |cell: &String| number(cell) && cell.contains('.');
    let dates = names.iter().filter(|name| date::is_date(name)).count();
    let all = names.iter().all(number) && names.iter().any(fraction);
    let below_date = names.first().is_some_and(|name| date::is_date(name) || date::is_day(name));
    let numbers = names.len() > 1 && names[1..].iter().all(number);
    match dates {
        2.. => Err(Error::Transposed { file: file(), found: names[names.len() - 1].clone() }),
        _ if (all || below_date && (numbers || dates == 1)) && !grid.nature.array => {
            Err(Error::NoHeader { file: file(), found: names[0].clone() })
        }
        _ => Ok(()),
    }
}

/// The grid in a file.
fn grid_of_file(path: &Path) -> Result<Grid, Error> {
    if path.as_os_str() == "-" {
        return csv::read("standard input", stdin().lock());
    }
    let (name, mut file) = open(path)?;
    if file.fill_buf().is_ok_and(|start| start.starts_with(b"PAR1")) {
        return read_parquet(&name, file.into_inner());
    }
    csv::read(&name, file)
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
fn read_parquet(name: &str, file: File) -> Result<Grid, Error> {
    parquet::read(name, file)
}

#[cfg(not(feature = "parquet"))]
fn read_parquet(name: &str, _file: File) -> Result<Grid, Error> {
    Err(Error::NoParquet { file: name.to_owned() })
}
