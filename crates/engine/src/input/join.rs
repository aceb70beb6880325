//! Several tables as one: usually the price histories of single assets. All times are kept; where a table has none, the cells
//! of its assets are missing.

use super::cell::Cell;
use super::fields::Field;
use super::grid::{Grid, Origin};
use super::table::{Row, Table};
use super::{Reading, Shape, shape};
use crate::Error;
use jiff::civil::DateTime;
use std::collections::BTreeMap;
use std::path::Path;

/// The table of `parts`, each with the name of its asset if that was given. Messages call it `name`.
///
/// # Errors
/// A part that is no table or has no dates, an asset in two of them.
pub(super) fn join(
    name: &str,
    parts: Vec<(Option<String>, &Grid)>,
    reading: &Reading,
) -> Result<Table, Error> {
    let files = parts.iter().map(|(_, grid)| grid.origin.file.clone()).collect();
    let mut notes = Notes::default();
    let mut tables = Vec::new();
    for (asset, grid) in parts {
        let table = part(grid, asset, reading, &mut notes)?;
        notes.add_all(&table);
        tables.push(table);
    }
    refuse_twice(&tables)?;
    let assets: Vec<String> =
        tables.iter().flat_map(|table| table.assets.iter().cloned()).collect();
    let mut rows: BTreeMap<DateTime, Row> = BTreeMap::new();
    let mut first = 0;
    for table in &tables {
        let width = table.assets.len();
        for row in &table.rows {
            let Some(time) = row.time() else {
                return Err(Error::JoinWithoutDates { file: table.file.clone() });
            };
            let empty = || Row::new(Some(time), row.line, vec![Cell::Missing; assets.len()]);
            let cells = &mut rows.entry(time).or_insert_with(empty).cells;
            cells[first..first + width].clone_from_slice(&row.cells);
        }
        first += width;
    }
    let origin = Origin { file: name.to_owned(), unit: "row" };
    let mut joined = Table::new(&origin, reading.table, assets, rows.into_values().collect())?;
    joined.files = files;
    joined.counters = tables.iter().flat_map(|table| table.counters.iter().cloned()).collect();
    joined.warnings = notes.said();
    Ok(joined)
}

/// What is said of the parts, once for all of which it is the same.
#[derive(Default)]
struct Notes(Vec<(String, Vec<Told>)>);

/// The file that a note is about, and its asset if the note names it.
type Told = (String, Option<String>);

/// So many files are named each; more are counted.
const NAMED: usize = 3;

impl Notes {
    fn add(&mut self, sentence: &str, told: Told) {
        match self.0.iter_mut().find(|(same, _)| same == sentence) {
            Some((_, all)) => all.push(told),
            None => self.0.push((sentence.to_owned(), vec![told])),
        }
    }

    fn add_all(&mut self, table: &Table) {
        let file = format!("{}: ", table.file);
        for note in &table.warnings {
            let sentence = note.strip_prefix(&file).unwrap_or(note);
            self.add(sentence, (table.file.clone(), None));
        }
    }

    fn said(self) -> Vec<String> {
        let said = |(sentence, all): (String, Vec<Told>)| -> Vec<String> {
            let name = |asset: &Option<String>| {
                asset.as_ref().map_or(String::new(), |name| format!(" {name}"))
            };
            match all.as_slice() {
                [(file, asset), .., (_, last)] if all.len() > NAMED => {
                    let to =
                        if last.is_some() { format!(" to{}", name(last)) } else { String::new() };
                    let others = all.len() - 1;
                    vec![format!("{file} and {others} other files: {sentence}{}{to}", name(asset))]
                }
                all => all
                    .iter()
                    .map(|(file, asset)| format!("{file}: {sentence}{}", name(asset)))
                    .collect(),
            }
        };
        self.0.into_iter().flat_map(said).collect()
    }
}

/// One of them; a single asset is called as it was told, or as its table says, or else for the file.
fn part(
    grid: &Grid,
    asset: Option<String>,
    reading: &Reading,
    notes: &mut Notes,
) -> Result<Table, Error> {
    let (mut table, own, read, named) = match shape(grid, reading)? {
        Shape::History { table, asset, read } => (table, asset, Some(read), false),
        Shape::Table { table, named } => (table, None, None, named),
    };
    let count = table.assets.len();
    let [column] = table.assets.as_mut_slice() else {
        return match asset {
            Some(name) => Err(Error::OneName { name, file: grid.origin.file.clone(), count }),
            None => Ok(table),
        };
    };
    let told = asset.or(own);
    let of_file = || Some(stem(&grid.origin.file)).filter(|_| grid.origin.unit == "line");
    match (told, &read) {
        (Some(name), _) => *column = name,
        (None, Some(_)) => match of_file().or_else(|| of_parquet(&grid.origin.file)) {
            Some(name) => *column = name,
            None => return Err(Error::NamelessHistory { file: grid.origin.file.clone() }),
        },
        (None, None) if !named && Field::of(column).is_some() => {
            *column = of_file().unwrap_or_else(|| column.clone());
        }
        (None, None) => {}
    }
    if let Some(read) = read {
        let told = (grid.origin.file.clone(), Some(column.clone()));
        notes.add(&format!("{read} is read as the price of"), told);
    }
    Ok(table)
}

/// The name of a file without its folder and its endings.
fn stem(file: &str) -> String {
    let name = Path::new(file).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut name = name.as_str();
    for ending in [".gz", ".csv", ".txt", ".tsv", ".parquet", ".pq"] {
        if let Some(at) = name.len().checked_sub(ending.len())
            && at > 0
            && name.is_char_boundary(at)
            && name[at..].eq_ignore_ascii_case(ending)
        {
            name = &name[..at];
        }
    }
    name.to_owned()
}

/// A Parquet file has rows and no lines, and is a file all the same.
fn of_parquet(file: &str) -> Option<String> {
    let name = stem(file);
    (name != file && !name.is_empty()).then_some(name)
}

fn refuse_twice(tables: &[Table]) -> Result<(), Error> {
    for (i, table) in tables.iter().enumerate() {
        for other in &tables[..i] {
            if let Some(asset) = table.assets.iter().find(|asset| other.assets.contains(asset)) {
                return Err(Error::AssetInTwo {
                    asset: asset.clone(),
                    files: (other.file.clone(), table.file.clone()),
                });
            }
        }
    }
    Ok(())
}
