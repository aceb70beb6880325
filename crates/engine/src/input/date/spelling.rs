//! Spellings: the ways in which people and programs write a date as text. Each reads one cell; which of them a column is
//! written in, [`super::column`] decides from all of it.

use super::{clock, day, month_end};
use jiff::civil::DateTime;

/// A way to write a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    /// 2024-08-01, 2024/8/1, and a month alone: 2024-08.
    YearFirst,
    /// 1/8/2024, 01.08.24.
    DayFirst,
    /// 8/1/2024, 08-01-24.
    MonthFirst,
    /// 24-08-01.
    ShortYearFirst,
    /// 1 Aug 2024, August 1, 2024, 01-Aug-24, Aug 2024.
    Named,
    /// 08/2024.
    MonthYear,
    /// 2024Q3, Q3 2024.
    Quarter,
    /// 2024M08.
    MonthNumber,
}

/// All of them.
pub(super) const SPELLINGS: [Spelling; 8] = [
    Spelling::YearFirst,
    Spelling::DayFirst,
    Spelling::MonthFirst,
    Spelling::ShortYearFirst,
    Spelling::Named,
    Spelling::MonthYear,
    Spelling::Quarter,
    Spelling::MonthNumber,
];

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const WEEKDAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
/// 35 is 2035, 36 is 1936: prices are of the past, so that later years are those of the last century.
const CENTURY: i64 = 36;

/// Whether this text is a date in any spelling.
pub(crate) fn is_date(text: &str) -> bool {
    SPELLINGS.iter().any(|spelling| spelling.read(text).is_some())
}

/// Whether this is the name of a month.
pub(crate) fn is_month(text: &str) -> bool {
    let name = text.trim().to_lowercase();
    name.len() >= 3 && MONTHS.iter().any(|month| month.starts_with(&name))
}

impl Spelling {
    /// The date and time in `text`, if it is written in this way.
    pub(super) fn read(self, text: &str) -> Option<DateTime> {
        if text.len() > 64 || !text.bytes().any(|byte| byte.is_ascii_digit()) {
            return None;
        }
        if self == Self::YearFirst
            && let Some((first, last)) = text.split_once('/')
            && first.len() >= 8
            && self.read(first).is_some()
        {
            return self.read(last); // a period of pandas: known when it ends
        }
        let (date, time) = clock::split(text)?;
        let date = self.read_date(&parts(&date)?)?;
        Some(date.date().to_datetime(time))
    }

    fn read_date(self, parts: &[Part<'_>]) -> Option<DateTime> {
        use Part::{Number as N, Word as W};
        match (self, parts) {
            (Self::YearFirst, [N(y, 4), N(m, ..=2), N(d, ..=2)]) => day(*y, *m, *d),
            (Self::YearFirst, [N(y, 4), N(m, 2)]) => month_end(*y, *m),
            (Self::YearFirst, [N(all, 8)]) => day(all / 10_000, all / 100 % 100, all % 100),
            (Self::DayFirst, [N(d, ..=2), N(m, ..=2), N(y, n @ (2 | 4))]) => {
                day(year(*y, *n), *m, *d)
            }
            (Self::MonthFirst, [N(m, ..=2), N(d, ..=2), N(y, n @ (2 | 4))]) => {
                day(year(*y, *n), *m, *d)
            }
            (Self::ShortYearFirst, [N(y, 2), N(m, ..=2), N(d, ..=2)]) => day(year(*y, 2), *m, *d),
            (Self::MonthYear, [N(m, ..=2), N(y, 4)]) => month_end(*y, *m),
            (Self::Quarter, [N(y, 4), W(q), N(n, 1)] | [W(q), N(n, 1), N(y, 4)]) if *q == "q" => {
                (1..=4).contains(n).then(|| month_end(*y, n * 3)).flatten()
            }
            (Self::MonthNumber, [N(y, 4), W(m), N(n, ..=2)]) if *m == "m" => month_end(*y, *n),
            (Self::Named, parts) => named(parts),
            _ => None,
        }
    }
}

/// A date with the name of a month.
fn named(parts: &[Part<'_>]) -> Option<DateTime> {
    use Part::{Number as N, Word as W};
    let month = |word: &str| {
        let at = MONTHS.iter().position(|name| word.len() >= 3 && name.starts_with(word));
        at.or_else(|| (word == "sept").then_some(8)).map(|at| at as i64 + 1)
    };
    let weekday =
        |word: &str| word.len() >= 3 && WEEKDAYS.iter().any(|name| name.starts_with(word));
    let idle = |part: &&Part<'_>| match part {
        W(word) => !(weekday(word) || ["st", "nd", "rd", "th", "of"].contains(word)),
        N(..) => true,
    };
    let parts: Vec<&Part<'_>> = parts.iter().filter(idle).collect();
    match parts.as_slice() {
        [N(d, ..=2), W(m), N(y, n @ (2 | 4))] => day(year(*y, *n), month(m)?, *d),
        [W(m), N(d, ..=2), N(y, n @ (2 | 4))] => day(year(*y, *n), month(m)?, *d),
        [N(y, 4), W(m), N(d, ..=2)] => day(*y, month(m)?, *d),
        [W(m), N(y, n @ (2 | 4))] => month_end(year(*y, *n), month(m)?),
        [N(y, 4), W(m)] => month_end(*y, month(m)?),
        _ => None,
    }
}

/// A year of two or four digits.
fn year(number: i64, digits: usize) -> i64 {
    match digits {
        2 if number < CENTURY => 2000 + number,
        2 => 1900 + number,
        _ => number,
    }
}

/// A piece of a date.
#[derive(Debug, Clone, Copy)]
enum Part<'a> {
    /// Its value and how many digits it has.
    Number(i64, usize),
    /// Letters, in lower case where the alphabet is Latin.
    Word(&'a str),
}

/// The numbers and words of a date, whatever is between them.
fn parts(text: &str) -> Option<Vec<Part<'_>>> {
    let mut parts = Vec::new();
    let mut rest = text.trim();
    while let Some(first) = rest.chars().next() {
        let same = |c: char| match first.is_ascii_digit() {
            true => c.is_ascii_digit(),
            false => c.is_alphabetic(),
        };
        let end = rest.find(|c: char| !same(c)).unwrap_or(rest.len());
        match (first.is_ascii_digit(), first.is_alphabetic()) {
            (true, _) => parts.push(Part::Number(rest[..end].parse().ok()?, end)),
            (_, true) => parts.push(Part::Word(lower(&rest[..end])?)),
            _ if "-/. ,'".contains(first) => {}
            _ => return None,
        }
        rest = &rest[end.max(first.len_utf8())..];
    }
    (parts.len() <= 6).then_some(parts)
}

/// A word of dates in lower case; none for any other.
fn lower(word: &str) -> Option<&'static str> {
    const SHORT: [&str; 8] = ["st", "nd", "rd", "th", "of", "q", "m", "sept"];
    let known = |name: &&'static str| {
        word.len() >= 3 && word.len() <= name.len() && name[..word.len()].eq_ignore_ascii_case(word)
    };
    let name = MONTHS.into_iter().chain(WEEKDAYS).find(known).map(|name| &name[..word.len()]);
    name.or_else(|| SHORT.into_iter().find(|short| short.eq_ignore_ascii_case(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        let all = SPELLINGS.iter().filter_map(|spelling| spelling.read(text));
        all.map(|time| time.to_string()).collect()
    }

    #[test]
    fn a_date_is_read_in_the_spellings_that_it_may_have() {
        let day = "2024-08-01T00:00:00";
        for text in [
            "2024-08-01",
            "2024/8/1",
            "2024.08.01",
            "1 Aug 2024",
            "August 1, 2024",
            "01-Aug-24",
            "01AUG2024",
            "Thu, Aug 1st 2024",
            "2024-Aug-01",
            "2024-07-26/2024-08-01",
            "Thu Aug 01 00:00:00 2024",
            "Thu Aug 01 00:00:00 CEST 2024",
        ] {
            assert_eq!(read(text), [day], "{text}");
        }
        let half_past = "2024-08-01T16:30:00";
        for text in [
            "2024-08-01 16:30",
            "2024-08-01T16:30:00.000Z",
            "2024-08-01 16:30:00-04:00",
            "Aug 1, 2024 4:30 PM",
            "2024-08-01 04:30:00 pm EST",
            "20240801 16:30:00",
        ] {
            assert_eq!(read(text), [half_past], "{text}");
        }
        assert_eq!(read("01/08/2024"), [day, "2024-01-08T00:00:00"]);
        assert_eq!(read("13/08/2024"), ["2024-08-13T00:00:00"]);
        assert_eq!(read("01.08.24").len(), 3);
    }

    #[test]
    fn a_month_and_a_quarter_end_when_they_end() {
        for (text, end) in [
            ("2024-02", "2024-02-29"),
            ("02/2024", "2024-02-29"),
            ("Feb 2024", "2024-02-29"),
            ("Feb-24", "2024-02-29"),
            ("2024M02", "2024-02-29"),
            ("2024Q3", "2024-09-30"),
            ("Q3 2024", "2024-09-30"),
            ("2024-Q3", "2024-09-30"),
        ] {
            assert_eq!(read(text), [format!("{end}T00:00:00")], "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "AAPL",
            "Mean",
            "100.9077",
            "1,009",
            "2024-13-01",
            "31/31/2024",
            "Q5 2024",
            "Source: nobody",
            "Average 2024 returns",
            "1:2",
            "2024-01-02 25:00",
            "é1/2/2024",
        ] {
            assert!(read(text).is_empty(), "{text}: {:?}", read(text));
        }
    }
}
