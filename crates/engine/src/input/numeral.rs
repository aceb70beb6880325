//! Numerals: numbers as people write them, with marks between thousands, a decimal comma, a currency or a percent sign. Which
//! mark is which, the whole table decides: `1,009` alone may be one and a bit or a thousand and nine.

use super::cell::{Raw, plain_number};
use super::grid::Grid;
use crate::Error;
use crate::settings::TableKind;

/// The mark between a number and its fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Point,
    Comma,
}

/// A number as it was written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Numeral<'a> {
    negative: bool,
    /// Digits and the marks between them, and an exponent.
    digits: &'a str,
    pub(super) percent: bool,
}

/// What a numeral says of the marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Evidence {
    /// No mark at all.
    Whole,
    /// Its fraction begins with this one.
    Proves(Mark),
    /// This one stands before its last three digits and may be either.
    Open(Mark),
}

const CURRENCIES: &str = "$€£¥₩₹₽₺₴₫₪฿";
/// Marks that only stand between thousands.
const SPACES: [char; 8] = [' ', '\u{a0}', '\u{2009}', '\u{202f}', '\u{2007}', '\'', '’', '_'];

impl<'a> Numeral<'a> {
    /// The numeral in `text`, if it is one whatever the marks mean.
    pub(super) fn of(text: &'a str) -> Option<Self> {
        let (mut rest, mut negative) = (text.trim(), false);
        if let Some(inner) = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            (rest, negative) = (inner.trim(), true);
        }
        let sign = |rest: &'a str, negative: &mut bool| {
            let minus = rest.strip_prefix(['-', '\u{2212}', '\u{2013}']);
            *negative ^= minus.is_some();
            minus.or(rest.strip_prefix('+')).unwrap_or(rest).trim_start()
        };
        rest = sign(rest, &mut negative);
        rest = sign(currency(rest), &mut negative);
        let percent = rest.ends_with(['%', '\u{66a}']);
        let digits = rest.trim_end_matches(['%', '\u{66a}']).trim_end();
        let begins = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.' || c == ',');
        let known = |c: char| c.is_ascii_digit() || ".,eE+-".contains(c) || SPACES.contains(&c);
        if !begins || !digits.chars().all(known) {
            return None; // names, dates and words, at a glance
        }
        let numeral = Self { negative, digits, percent };
        let read = [Mark::Point, Mark::Comma].iter().any(|&mark| numeral.value(mark, 0).is_some());
        read.then_some(numeral)
    }

    /// Its value, where fractions begin with `mark`, times ten to the `power`.
    pub(super) fn value(&self, mark: Mark, power: i32) -> Option<f64> {
        let (decimal, other) = match mark {
            Mark::Point => ('.', ','),
            Mark::Comma => (',', '.'),
        };
        let (mantissa, exponent) = self.digits.split_once(['e', 'E']).unwrap_or((self.digits, "0"));
        let (whole, fraction) = mantissa.split_once(decimal).unwrap_or((mantissa, ""));
        let whole = ungrouped(whole, other)?;
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(fraction) || whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let exponent = exponent.parse::<i32>().ok()? + power;
        let sign = if self.negative { "-" } else { "" };
        // Shifted in its decimal digits and not divided: 0.8 % is the double nearest to 0.008.
        format!("{sign}{whole}.{fraction}e{exponent}").parse().ok()
    }

    fn evidence(&self) -> Evidence {
        let read = |mark| self.value(mark, 0);
        let marked = |mark| self.digits.contains(mark);
        match (read(Mark::Point), read(Mark::Comma)) {
            (Some(_), None) => Evidence::Proves(Mark::Point),
            (None, Some(_)) => Evidence::Proves(Mark::Comma),
            _ if marked('.') => Evidence::Open(Mark::Point),
            _ if marked(',') => Evidence::Open(Mark::Comma),
            _ => Evidence::Whole,
        }
    }
}

/// Without a currency before or behind it: a sign, or three capital letters.
fn currency(text: &str) -> &str {
    let is_code =
        |word: &str| word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_uppercase());
    let text = text.trim_matches(|c| CURRENCIES.contains(c)).trim();
    let text = match text.split_once(' ') {
        Some((word, rest)) if is_code(word) => rest,
        _ => text,
    };
    match text.rsplit_once(' ') {
        Some((rest, word)) if is_code(word) => rest.trim_end(),
        _ => text,
    }
}

/// Digits without what separates their thousands; none where something else separates them.
fn ungrouped(text: &str, mark: char) -> Option<String> {
    let separator = text.chars().find(|c| *c == mark || SPACES.contains(c));
    let Some(separator) = separator else {
        return text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.to_owned());
    };
    let groups: Vec<&str> = text.split(separator).collect();
    let (first, rest) = groups.split_first()?;
    let (last, middle) = rest.split_last()?;
    let digits = |group: &&str| group.bytes().all(|byte| byte.is_ascii_digit());
    let thousands = middle.iter().all(|group| group.len() == 3);
    let lakhs = middle.iter().all(|group| group.len() == 2) && first.len() <= 2;
    let begins = (1..=3).contains(&first.len()) && !first.starts_with('0');
    let sound = begins && last.len() == 3 && (thousands || lakhs) && groups.iter().all(digits);
    sound.then(|| groups.concat())
}

/// The numeral in a cell.
fn numeral(cell: Raw<'_>) -> Option<Numeral<'_>> {
    match cell {
        Raw::Text(text) if !cell.is_missing() => Numeral::of(text),
        _ => None,
    }
}

/// What a table is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Style {
    pub(super) mark: Mark,
    /// Whether a cell can be read as a program would write it.
    pub(super) plain: bool,
}

/// The style of a table, and what is said of it where no cell proves its mark.
pub(super) type Told = (Style, Option<String>);

/// The style of the numbers in `columns`.
///
/// # Errors
/// Numbers that contradict each other, or that may mean two things.
pub(super) fn style(grid: &Grid, columns: &[usize], kind: TableKind) -> Result<Told, Error> {
    let seen = Seen::of(grid, columns)?;
    if let [Some(point), Some(comma)] = seen.proves {
        return Err(seen.refuse(grid, point, comma));
    }
    let (mark, guessed) = match seen.proves {
        [Some(_), _] => (Mark::Point, false),
        [_, Some(_)] => (Mark::Comma, false),
        [None, None] => (seen.guess(grid, columns, kind)?, true),
    };
    let plain = seen.plain && mark == Mark::Point;
    let open = seen.open[1].or(seen.open[0]).filter(|_| guessed && !plain);
    let note = open.and_then(|(row, column)| {
        let cell = grid.cell(row, column);
        let value = numeral(cell)?.value(mark, 0)?;
        let between = if mark == Mark::Point { "comma" } else { "point" };
        Some(grid.note(&format!(
            "numbers such as {cell} are read as {value}: a {between} is taken to stand between thousands"
        )))
    });
    Ok((Style { mark, plain }, note))
}

/// A row and a column.
type At = (usize, usize);

/// What was seen of the numbers of some columns.
#[derive(Default)]
struct Seen {
    /// The first cell that proves each mark, the point first.
    proves: [Option<At>; 2],
    /// The first cell in which each mark is open.
    open: [Option<At>; 2],
    plain: bool,
}

impl Seen {
    fn of(grid: &Grid, columns: &[usize]) -> Result<Self, Error> {
        let mut seen = Self { plain: true, ..Self::default() };
        // Of each column the first cell with a percent sign, and the first without though it is not 0.
        let mut percent: Vec<[Option<At>; 2]> = vec![[None; 2]; columns.len()];
        for row in 0..grid.rows() {
            for (&column, percent) in columns.iter().zip(&mut percent) {
                let Raw::Text(text) = grid.cell(row, column) else { continue };
                let number = plain_number(text);
                if number.is_some() && seen.proves[0].is_some() && percent[1].is_some() {
                    continue; // nothing new, and most cells of most files
                }
                let Some(numeral) = numeral(Raw::Text(text)) else { continue };
                seen.note((row, column), &numeral, number.is_some());
                if numeral.percent || numeral.value(Mark::Point, 0) != Some(0.0) {
                    percent[usize::from(!numeral.percent)].get_or_insert((row, column));
                }
            }
        }
        let mixed = percent.iter().find_map(|[with, without]| Some(((*with)?, (*without)?)));
        match mixed {
            Some((with, without)) => Err(seen.refuse(grid, with, without)),
            None => Ok(seen),
        }
    }

    fn note(&mut self, at: At, numeral: &Numeral<'_>, plain: bool) {
        self.plain &= plain;
        match numeral.evidence() {
            Evidence::Whole => {}
            Evidence::Proves(mark) => _ = self.proves[mark as usize].get_or_insert(at),
            Evidence::Open(mark) => _ = self.open[mark as usize].get_or_insert(at),
        }
    }

    /// The mark where no cell proves one. Of prices that all have the same mark only the unit is open, and no return hangs on
    /// it; where others have none, one reading makes leaps of a thousand.
    fn guess(&self, grid: &Grid, columns: &[usize], kind: TableKind) -> Result<Mark, Error> {
        let (open, other) = match self.open {
            [None, None] => return Ok(Mark::Point),
            [Some(point), Some(comma)] => return Err(self.refuse(grid, point, comma)),
            [Some(point), None] => (point, Mark::Point),
            [None, Some(comma)] => (comma, Mark::Comma),
        };
        let mut mark = None;
        for &column in columns {
            match calmer(grid, column) {
                Calm::Either => {}
                Calm::Only(found) if mark.is_none_or(|mark| mark == found) => mark = Some(found),
                Calm::Only(_) | Calm::Neither => return Err(refuse_open(grid, open)),
            }
        }
        match (mark, other, kind) {
            (Some(mark), ..) => Ok(mark),
            (None, Mark::Point, _) => Ok(Mark::Point),
            (None, Mark::Comma, TableKind::Prices) => Ok(Mark::Point), // a comma between thousands
            (None, Mark::Comma, _) => Err(refuse_open(grid, open)),
        }
    }

    fn refuse(&self, grid: &Grid, a: At, b: At) -> Error {
        let (a, b) = (a.min(b), a.max(b));
        let found = [a, b].map(|(row, column)| grid.cell(row, column).to_string());
        Error::MixedNumbers { place: Box::new(grid.place(b.0, b.1)), found, line: grid.line(a.0) }
    }
}

fn refuse_open(grid: &Grid, (row, column): At) -> Error {
    let cell = grid.cell(row, column);
    let values = numeral(cell).map_or([f64::NAN; 2], |numeral| {
        [Mark::Point, Mark::Comma].map(|mark| numeral.value(mark, 0).unwrap_or(f64::NAN))
    });
    Error::OpenNumber { place: Box::new(grid.place(row, column)), found: cell.to_string(), values }
}

/// Which mark makes a column of prices that moves as prices do.
enum Calm {
    Either,
    Only(Mark),
    Neither,
}

/// A price that changes by more in a step is read wrong, if the other reading changes by no more than [`STEP`].
const LEAP: f64 = 30.0;
const STEP: f64 = 3.0;

fn calmer(grid: &Grid, column: usize) -> Calm {
    let largest = |mark: Mark| {
        let read = |cell: Raw<'_>| match cell {
            Raw::Text(_) => numeral(cell).and_then(|numeral| numeral.value(mark, 0)),
            other => other.number(),
        };
        let values: Vec<f64> = grid.column(column).filter_map(read).collect();
        let steps = values.windows(2).map(|pair| (pair[1] / pair[0]).ln().abs());
        steps.fold(0.0, f64::max)
    };
    let (point, comma) = (largest(Mark::Point), largest(Mark::Comma));
    match (point <= STEP.ln(), comma <= STEP.ln()) {
        (true, true) => Calm::Either,
        (true, false) if comma >= LEAP.ln() => Calm::Only(Mark::Point),
        (false, true) if point >= LEAP.ln() => Calm::Only(Mark::Comma),
        _ if (point - comma).abs() < 1e-9 => Calm::Either,
        _ => Calm::Neither,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::grid::{Nature, Origin};
    use crate::input::memory::Column;

    fn grid(columns: &[&[&str]]) -> Grid {
        let texts =
            |cells: &&[&str]| Column::Texts(cells.iter().map(|&cell| cell.into()).collect());
        let header = (0..columns.len()).map(|i| format!("S{i}")).collect();
        let origin = Origin { file: "p.csv".into(), unit: "line" };
        Grid::of_columns(origin, header, columns.iter().map(texts).collect(), Nature::default())
    }

    fn mark(columns: &[&[&str]], kind: TableKind) -> Result<Mark, String> {
        let all: Vec<usize> = (0..columns.len()).collect();
        style(&grid(columns), &all, kind)
            .map(|(style, _)| style.mark)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_numeral_has_the_value_that_its_marks_give_it() {
        let value = |text, mark| Numeral::of(text).and_then(|numeral| numeral.value(mark, 0));
        for (text, number) in [
            ("1,234.5", 1234.5),
            ("1 234.5", 1234.5),
            ("1'234.5", 1234.5),
            ("$1,009", 1009.0),
            ("100.5 USD", 100.5),
            ("USD 100.5", 100.5),
            ("-$3.5", -3.5),
            ("(3.5)", -3.5),
            ("−3.5", -3.5),
            ("12,34,567.5", 1_234_567.5),
            ("1.5e3", 1500.0),
            (".5", 0.5),
            ("€ 7", 7.0),
        ] {
            assert_eq!(value(text, Mark::Point), Some(number), "{text}");
        }
        assert_eq!(value("1.234,5", Mark::Comma), Some(1234.5));
        assert_eq!(value("1.234.567", Mark::Comma), Some(1_234_567.0));
        for text in ["", "AAPL", "2024-01-02", "1.2M", "1,23,4", "1..2", "12,34", "0,009,1"] {
            assert_eq!(value(text, Mark::Point), None, "{text}");
        }
        let percent = Numeral::of("0.8 %").unwrap();
        assert_eq!((percent.percent, percent.value(Mark::Point, -2)), (true, Some(0.008)));
    }

    #[test]
    fn one_cell_that_proves_its_mark_decides_for_all() {
        let prices = TableKind::Prices;
        assert_eq!(mark(&[&["1.009", "994"], &["1.5", "2"]], prices), Ok(Mark::Point));
        assert_eq!(mark(&[&["1.009", "994"], &["1,5", "2"]], prices), Ok(Mark::Comma));
        assert_eq!(mark(&[&["1,009", "994"], &["1,000.5", "2"]], prices), Ok(Mark::Point));
        assert_eq!(
            mark(&[&["1,5"], &["2.5"]], prices).unwrap_err(),
            "p.csv, line 1, column S1: 2.5 and \"1,5\" (line 1) are not written in one way: write all numbers alike"
        );
    }

    #[test]
    fn where_no_cell_proves_it_the_steps_do() {
        let prices = TableKind::Prices;
        assert_eq!(mark(&[&["1,009", "994", "1,002"]], prices), Ok(Mark::Point));
        assert_eq!(mark(&[&["1.009", "994", "1.002"]], prices), Ok(Mark::Comma));
        assert_eq!(mark(&[&["1,125", "2", "1,375"]], prices), Ok(Mark::Comma));
        assert_eq!(mark(&[&["1.125", "1.250", "1.375"]], prices), Ok(Mark::Point));
        assert_eq!(
            mark(&[&["1,009", "994"], &["1.002", "2"]], prices).unwrap_err(),
            "p.csv, line 1, column S1: 1.002 and \"1,009\" (line 1) are not written in one way: write all numbers alike"
        );
        assert!(
            mark(&[&["1,009", "1,010"]], TableKind::Returns).unwrap_err().contains("1009 or 1.009")
        );
    }

    #[test]
    fn percent_signs_stand_everywhere_or_nowhere() {
        assert!(mark(&[&["0.5%", "0", "-1%"]], TableKind::Returns).is_ok());
        assert!(
            mark(&[&["0.5%", "0.1", "-1%"]], TableKind::Returns)
                .unwrap_err()
                .contains("written in one way")
        );
    }
}
