//! Dates as tables and flags write them. A flag takes ISO 8601; a column of a table takes whatever leaves one reading of all its
//! cells (`column`). A time of day stays as it is on the clock of the place: no time zones, no clock of ours.

mod clock;
mod column;
mod number;
mod parts;
mod spelling;

pub(super) use column::{Dates, are_days, count_same, counts_time, read, repeats};
pub(super) use parts::of_parts;
pub(super) use spelling::{is_date, is_month};

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Span};

/// How far a name says that its column holds dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Naming {
    /// It says nothing of dates.
    Other,
    /// There is no name.
    Nameless,
    /// It may be a date's and may be an asset's.
    Likely,
    /// It is a date's.
    Date,
}

/// Names that a column of dates has, and a column of prices may have too.
const LIKELY: [&str; 28] = [
    "time",
    "day",
    "days",
    "month",
    "months",
    "year",
    "years",
    "quarter",
    "week",
    "period",
    "yyyymm",
    "yyyymmdd",
    "yyyy",
    "ym",
    "ymd",
    "yearmonth",
    "yearmonthday",
    "caldt",
    "dt",
    "ds",
    "unix",
    "epoch",
    "asof",
    "jour",
    "dia",
    "tag",
    "mes",
    "monat",
];
/// Words of which a name of dates has one.
const DATES: [&str; 9] =
    ["date", "dates", "datetime", "timestamp", "timestamps", "datum", "fecha", "日期", "unixtime"];
/// Names in which such a word does not stand alone.
const JOINED: [&str; 7] =
    ["tradedate", "tradingdate", "datadate", "pricedate", "mdate", "datem", "trddt"];

/// How far `name` says that its column holds dates.
pub(super) fn naming(name: &str) -> Naming {
    let plain: String =
        name.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    let joined = words.concat();
    if name.trim().is_empty() {
        return Naming::Nameless;
    }
    if plain.trim() == "index level 0" || joined.starts_with("unnamed") || joined == "index" {
        return Naming::Nameless;
    }
    let dates = words.iter().any(|word| DATES.contains(word));
    if dates || JOINED.contains(&joined.as_str()) {
        return Naming::Date;
    }
    let last = words.last().copied().unwrap_or_default();
    let likely = |word: &str| LIKELY.contains(&word);
    match likely(&joined) || words.len() > 1 && likely(last) {
        true => Naming::Likely,
        false => Naming::Other,
    }
}

/// Whether `name` may be that of a column of dates.
pub(super) fn is_name(name: &str) -> bool {
    naming(name) > Naming::Nameless
}

/// The time so many microseconds after 1970-01-01, unless no calendar reaches it.
pub(super) fn time_of(microseconds: i64) -> Option<DateTime> {
    let start = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
    start.checked_add(SignedDuration::from_micros(microseconds)).ok()
}

/// The last day of a month: what is known of a month is known when it ends.
fn month_end(year: i64, month: i64) -> Option<DateTime> {
    let first = Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, 1).ok()?;
    Some(first.last_of_month().into())
}

/// The last day of the months up to a month of a year that may be beyond December.
fn day(year: i64, month: i64, day: i64) -> Option<DateTime> {
    let [month, day] = [month, day].map(|part| i8::try_from(part).ok());
    Date::new(i16::try_from(year).ok()?, month?, day?).ok().map(DateTime::from)
}

/// The date in `text`: `2024-08-01`, `2024-08-01T00:00:00` or `2024-08-01 00:00:00`, with or without an offset.
pub fn parse_date(text: &str) -> Option<Date> {
    let day = text.get(..10)?; // jiff also reads 20240801, which in a table is more likely a number
    if day.as_bytes()[4] != b'-' || day.as_bytes()[7] != b'-' {
        return None;
    }
    match &text[10..] {
        "" => day.parse().ok(),
        _ => {
            let local = text.strip_suffix(['Z', 'z']).unwrap_or(text);
            local.parse::<DateTime>().ok().map(DateTime::date)
        }
    }
}

/// Whether this is a day written as 20240801.
pub(super) fn is_day(text: &str) -> bool {
    let digits = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    digits && text.parse().is_ok_and(|value| !number::readings(&[value]).is_empty())
}

/// A time so many days later.
fn days_after(start: DateTime, days: i64) -> Option<DateTime> {
    let span = Span::new().try_days(days).ok()?;
    start.checked_add(span).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iso_dates_and_datetimes_are_dates() {
        let first = Some(jiff::civil::date(2024, 8, 1));
        for text in [
            "2024-08-01",
            "2024-08-01T00:00:00",
            "2024-08-01 00:00:00",
            "2024-08-01 16:30",
            "2024-08-01T00:00:00.000000000",
            "2024-08-01T00:00:00Z",
            "2024-08-01 00:00:00-04:00",
        ] {
            assert_eq!(parse_date(text), first, "{text}");
        }
    }

    #[test]
    fn nothing_else_is_a_date_in_a_flag() {
        for text in
            ["", "20240801", "2024-8-1", "01/08/2024", "2024-13-01", "2024-08-01x", "2024-08-0é"]
        {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }

    #[test]
    fn names_say_how_far_a_column_holds_dates() {
        let all = |names: &[&str], expected| {
            names.iter().for_each(|name| assert_eq!(naming(name), expected, "{name}"));
        };
        all(
            &[
                "Date",
                "dates",
                "Trade Date",
                "trade_date",
                "TradeDate",
                "date_m",
                "DATETIME",
                "Timestamp",
                "Date (UTC)",
                "Datum",
            ],
            Naming::Date,
        );
        all(&["Month", "time", "Open time", "YYYYMM", "year", "caldt", "Unix"], Naming::Likely);
        all(&["", "Unnamed: 0", "index", "__index_level_0__"], Naming::Nameless);
        all(&["AAPL", "S1", "Update", "T", "D", "Gold"], Naming::Other);
    }
}
