//! The frame: which records are the header, which are rows, and which are neither: lines above the header, footers, and the
//! blank ends that spreadsheets leave.

use crate::Error;
use crate::input::cell::{is_missing, plain_number};
use crate::input::date;
use crate::input::grid::{Grid, Origin, Records};
use crate::input::numeral::Numeral;

/// A header has so many lines at most, the name of the index apart.
const LEVELS: usize = 3;
/// So many characters of a line are shown.
const SHOWN: usize = 40;

/// The grid of the records of a file.
///
/// # Errors
/// No records; no header; rows of different lengths; two tables.
pub(super) fn grid(origin: Origin, mut records: Records) -> Result<Grid, Error> {
    let common = common_width(&records);
    let Some(top) = (0..records.len()).find(|&at| may_be_header(&records, at, common)) else {
        return Err(Error::Empty { file: origin.file });
    };
    let mut notes = Vec::new();
    let above = (0..top).filter(|&at| filled(&records, at) > 0).count();
    if above > 0 {
        let lines = if above == 1 { "the line" } else { "the lines" };
        notes.push(format!("{}: {lines} above the header {} left out", origin.file, is(above)));
    }
    let (mut header, below) = header(&records, top);
    let end = body_end(&records, below, header.len());
    if let Some(first) = (end..records.len()).find(|&at| filled(&records, at) > 0) {
        let (line, found) = (records.line(first), shown(&records, first));
        notes.push(format!(
            "{}: line {line} is below the rows and is left out: {found:?}",
            origin.file
        ));
    }
    name_rows(&records, below..end, &mut header);
    refuse_uneven(&origin, &records, below..end, header.len())?;
    records.retain(|_, at| (below..end).contains(&at));
    let mut grid = Grid::of_records(origin, header, records);
    grid.notes = notes;
    Ok(grid)
}

fn is(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

/// How many cells of a record hold anything.
fn filled(records: &Records, at: usize) -> usize {
    records.cells(at).filter(|cell| !cell.is_empty()).count()
}

/// The number of cells that most records have; of equals the larger.
fn common_width(records: &Records) -> usize {
    let mut widths: Vec<usize> = (0..records.len())
        .filter(|&at| filled(records, at) > 0)
        .map(|at| records.width(at))
        .collect();
    widths.sort_unstable();
    let runs = widths.chunk_by(|a, b| a == b);
    runs.map(|run| (run.len(), run[0])).max().map_or(0, |(_, width)| width)
}

/// Whether a record is wide enough to be the header of what follows.
fn may_be_header(records: &Records, at: usize, common: usize) -> bool {
    let filled = filled(records, at);
    match common {
        0 => false,
        1 => filled > 0,
        _ => filled >= 2 && records.width(at) + 1 >= common,
    }
}

/// The names of the columns, a level for each line, and the first record below.
fn header(records: &Records, top: usize) -> (Vec<Vec<String>>, usize) {
    let mut below = top + 1;
    while below < records.len()
        && below < top + LEVELS
        && (is_level(records, below) || below == top + 1 && completes(records, top))
    {
        below += 1;
    }
    let names = |column: usize| -> Vec<String> {
        (top..below).map(|at| records.cell(at, column).to_owned()).collect()
    };
    let mut header: Vec<Vec<String>> = (0..records.width(top)).map(names).collect();
    let named = below < records.len() && names_the_index(records, below);
    if named {
        header[0] = vec![records.cell(below, 0).to_owned()];
    } else if below > top + 1 && names_levels(&header) {
        header[0] = vec![String::new()];
    }
    (header, below + usize::from(named))
}

/// Whether a record is one more line of a header: words where numbers would be.
fn is_level(records: &Records, at: usize) -> bool {
    let word = |cell: &str| cell.is_empty() || !(is_missing(cell) || holds_a_value(cell));
    filled(records, at) >= 2 && records.cells(at).all(word)
}

/// Whether the record below the top one belongs to it, since names repeat in that: the numbers in it are names of assets.
fn completes(records: &Records, top: usize) -> bool {
    let names: Vec<&str> = records.cells(top).filter(|name| !name.is_empty()).collect();
    let twice = (1..names.len()).any(|i| names[..i].contains(&names[i]));
    let whole = |cell: &str| plain_number(cell).is_none_or(|number| number.fract() == 0.0);
    let below = top + 1;
    let first = records.cell(below, 0);
    twice && !holds_a_value(first) && records.cells(below).all(whole)
}

/// Whether a record names the first column and nothing else, as pandas writes the name of an index below its columns'.
fn names_the_index(records: &Records, at: usize) -> bool {
    let first = records.cell(at, 0);
    filled(records, at) == 1
        && records.width(at) > 1
        && date::is_name(first)
        && !holds_a_value(first)
}

/// Whether the first names of several header lines are those of the lines and not of a column: each is new in its line.
fn names_levels(header: &[Vec<String>]) -> bool {
    let [first, others @ ..] = header else { return false };
    let new = |(level, name): (usize, &String)| {
        !name.is_empty() && others.iter().all(|other| other[level] != *name)
    };
    first.iter().enumerate().all(new)
}

fn holds_a_value(cell: &str) -> bool {
    plain_number(cell).is_some() || Numeral::of(cell).is_some() || date::is_date(cell)
}

/// The first record of those that end the file without being rows.
fn body_end(records: &Records, below: usize, width: usize) -> usize {
    let row = |at: usize| {
        let short = records.width(at) < width || filled(records, at) == 1;
        filled(records, at) > 0 && !(short && width > 1 && !holds_a_value(records.cell(at, 0)))
    };
    (below..records.len()).rev().find(|&at| row(at)).map_or(below, |last| last + 1)
}

/// R writes no name above the names of rows.
fn name_rows(records: &Records, rows: std::ops::Range<usize>, header: &mut Vec<Vec<String>>) {
    let width = header.len() + 1;
    let wider = |at: usize| records.width(at) == width;
    let used = |at: usize| !records.cell(at, width - 1).is_empty();
    if !rows.is_empty() && rows.clone().all(wider) && rows.into_iter().any(used) {
        header.insert(0, vec![String::new()]);
    }
}

fn refuse_uneven(
    origin: &Origin,
    records: &Records,
    rows: std::ops::Range<usize>,
    width: usize,
) -> Result<(), Error> {
    for at in rows {
        let (found, line) = (records.width(at), records.line(at));
        if found == width || found > width && (width..found).all(|i| records.cell(at, i).is_empty())
        {
            continue;
        }
        let file = origin.file.clone();
        if filled(records, at) == 1 && !holds_a_value(records.cell(at, 0)) {
            return Err(Error::SecondTable { file, line, found: shown(records, at) });
        }
        return Err(Error::Uneven { file, line, found: found as u64, columns: width as u64 });
    }
    Ok(())
}

/// The beginning of a record.
fn shown(records: &Records, at: usize) -> String {
    let cells: Vec<&str> = records.cells(at).filter(|cell| !cell.is_empty()).collect();
    let text = cells.join(", ");
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}
