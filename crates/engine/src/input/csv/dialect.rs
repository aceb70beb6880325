//! The dialect: which byte stands between two cells, counted outside quotes, and where the table may begin.

/// How a file is to be split.
pub(super) struct Dialect {
    pub(super) delimiter: u8,
    /// The first byte after a line that names the delimiter.
    pub(super) start: usize,
}

/// What separates cells in files, the likelier in a tie first.
const DELIMITERS: [u8; 4] = [b'\t', b';', b'|', b','];
/// So many lines show how a file is written.
const SHOWN: usize = 200;

/// The dialect of a text.
pub(super) fn of(text: &str) -> Dialect {
    let first = text.split(['\n', '\r']).next().unwrap_or_default();
    if let Some(delimiter) = named(first) {
        return Dialect { delimiter, start: first.len() };
    }
    let lines = text.split(['\n', '\r']).filter(|line| !line.trim().is_empty());
    let lines: Vec<&str> = lines.filter(|line| !line.starts_with('#')).take(SHOWN).collect();
    let mut best = (b',', (0, 0));
    for delimiter in DELIMITERS {
        let agreement = agreement(&lines, delimiter);
        if agreement > best.1 {
            best = (delimiter, agreement);
        }
    }
    Dialect { delimiter: best.0, start: 0 }
}

/// The delimiter that a line such as `sep=;` names, as spreadsheets write it above the header.
fn named(line: &str) -> Option<u8> {
    let line = line.trim_matches('"');
    let rest = line.get(..4).filter(|start| start.eq_ignore_ascii_case("sep="))?;
    match &line.as_bytes()[rest.len()..] {
        [delimiter] => Some(*delimiter),
        _ => None,
    }
}

/// How many lines agree on a number of cells above 1, but for one that some lines end with, and on which number.
fn agreement(lines: &[&str], delimiter: u8) -> (usize, usize) {
    let counts: Vec<usize> = lines.iter().map(|line| cells(line, delimiter)).collect();
    let several = |count: usize| count > 1;
    let near = |&count: &usize| {
        counts.iter().filter(|&&other| several(other) && other.abs_diff(count) <= 1).count()
    };
    let exact = |&count: &usize| counts.iter().filter(|&&other| other == count).count();
    let found = counts.iter().copied().filter(|&count| several(count));
    let best = found.max_by_key(|count| (near(count), exact(count), *count));
    best.map_or((0, 0), |count| (near(&count), count))
}

/// How many cells a line has, delimiters between quotes apart.
fn cells(line: &str, delimiter: u8) -> usize {
    let (mut quoted, mut count) = (false, 1);
    for byte in line.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            _ if byte == delimiter && !quoted => count += 1,
            _ => {}
        }
    }
    count
}
