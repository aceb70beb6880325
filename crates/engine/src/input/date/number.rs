//! Dates as numbers: 20240801, 202408, 2024, days of a spreadsheet, and what clocks of computers count since 1970.

use super::{day, days_after, month_end, time_of};
use jiff::civil::{DateTime, Time};

/// What the numbers of a column count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Count {
    /// 20240801.
    Day8,
    /// 202408.
    Month6,
    /// 2024.
    Year4,
    /// 202408011630.
    Minute12,
    /// 20240801163000.
    Second14,
    /// Days since 1899-12-30, as spreadsheets have it.
    Serial,
    /// Days since 1970-01-01.
    EpochDays,
    Seconds,
    Milliseconds,
    Microseconds,
    Nanoseconds,
}

const COUNTS: [Count; 11] = [
    Count::Day8,
    Count::Month6,
    Count::Year4,
    Count::Minute12,
    Count::Second14,
    Count::Serial,
    Count::EpochDays,
    Count::Seconds,
    Count::Milliseconds,
    Count::Microseconds,
    Count::Nanoseconds,
];

/// The years in which the prices of a table lie.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2100;
/// Days since 1970 are written by programs, of their own time.
const EPOCH_YEARS: std::ops::RangeInclusive<i16> = 1990..=2035;

/// What all of `values` may count.
pub(super) fn readings(values: &[f64]) -> Vec<Count> {
    let fits = |count: &Count| values.iter().all(|&value| count.read(value).is_some());
    let mut counts: Vec<Count> = COUNTS.into_iter().filter(fits).collect();
    // Where every digit is that of a month, a day, an hour or a minute, it is no chance.
    if counts.contains(&Count::Minute12) {
        counts.retain(|count| *count != Count::Milliseconds);
    }
    counts
}

impl Count {
    /// The time that a number stands for.
    pub(super) fn read(self, value: f64) -> Option<DateTime> {
        if !(1.0..4e18).contains(&value) {
            return None;
        }
        let (whole, fraction) = (value.floor() as i64, value.fract());
        if fraction != 0.0 && self != Self::Serial {
            return None;
        }
        let ticks =
            |a_second: i64| time_of((i128::from(whole) * 1_000_000 / i128::from(a_second)) as i64);
        let time = match self {
            Self::Day8 => day(whole / 10_000, whole / 100 % 100, whole % 100)?,
            Self::Month6 if whole > 100_000 => month_end(whole / 100, whole % 100)?,
            Self::Year4 if whole < 10_000 => month_end(whole, 12)?,
            Self::Minute12 => clock(whole / 10_000, whole % 10_000 * 100)?,
            Self::Second14 => clock(whole / 1_000_000, whole % 1_000_000)?,
            Self::Serial if whole >= 3_000 => serial(whole, fraction)?,
            Self::EpochDays => days_after(DateTime::constant(1970, 1, 1, 0, 0, 0, 0), whole)?,
            Self::Seconds => ticks(1)?,
            Self::Milliseconds => ticks(1_000)?,
            Self::Microseconds => ticks(1_000_000)?,
            Self::Nanoseconds => ticks(1_000_000_000)?,
            Self::Month6 | Self::Year4 | Self::Serial => return None,
        };
        let years = if self == Self::EpochDays { EPOCH_YEARS } else { YEARS };
        // A number of seconds is 0 at the beginning of 1970; what is a few days later is a small number of something else.
        let clock = matches!(
            self,
            Self::Seconds | Self::Milliseconds | Self::Microseconds | Self::Nanoseconds
        );
        let old = clock && time.year() < 1973;
        (years.contains(&time.year()) && !old).then_some(time)
    }

    /// Whether a column of other numbers would hardly look like this.
    pub(super) fn is_plain(self) -> bool {
        !matches!(self, Self::Year4 | Self::Serial | Self::EpochDays)
    }

    /// What the numbers are, for a sentence.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Day8 => "a day written as 20240801",
            Self::Month6 => "a month written as 202408",
            Self::Year4 => "a year",
            Self::Minute12 => "a minute written as 202408011630",
            Self::Second14 => "a second written as 20240801163000",
            Self::Serial => "a day as spreadsheets count them",
            Self::EpochDays => "days since 1970",
            Self::Seconds => "seconds since 1970",
            Self::Milliseconds => "milliseconds since 1970",
            Self::Microseconds => "microseconds since 1970",
            Self::Nanoseconds => "nanoseconds since 1970",
        }
    }
}

/// A day and a time of day, both written as digits.
fn clock(date: i64, time: i64) -> Option<DateTime> {
    let part = |part: i64| i8::try_from(part).ok();
    let (hour, minute, second) = (part(time / 10_000)?, part(time / 100 % 100)?, part(time % 100)?);
    let time = Time::new(hour, minute, second, 0).ok()?;
    Some(day(date / 10_000, date / 100 % 100, date % 100)?.date().to_datetime(time))
}

/// The time of a day of a spreadsheet, to the second.
fn serial(whole: i64, fraction: f64) -> Option<DateTime> {
    let start = days_after(DateTime::constant(1899, 12, 30, 0, 0, 0, 0), whole)?;
    let seconds = jiff::SignedDuration::from_secs((fraction * 86_400.0).round() as i64);
    start.checked_add(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_day_in_every_count() {
        for (value, count) in [
            (20_240_801.0, Count::Day8),
            (45_505.0, Count::Serial),
            (1_722_470_400.0, Count::Seconds),
            (1_722_470_400_000.0, Count::Milliseconds),
            (1_722_470_400_000_000.0, Count::Microseconds),
            (1_722_470_400_000_000_000.0, Count::Nanoseconds),
        ] {
            assert_eq!(readings(&[value]), [count], "{value}");
            let time = count.read(value).unwrap();
            assert_eq!(time.to_string(), "2024-08-01T00:00:00", "{value}");
        }
        assert_eq!(readings(&[202_408.0, 202_409.0]), [Count::Month6]);
        assert_eq!(readings(&[2024.0]), [Count::Year4]);
        for (value, count) in
            [(202_408_011_630.0, Count::Minute12), (20_240_801_163_000.0, Count::Second14)]
        {
            assert_eq!(readings(&[value]), [count]);
            assert_eq!(count.read(value).unwrap().to_string(), "2024-08-01T16:30:00");
        }
        assert_eq!(readings(&[19_936.0]), [Count::Serial, Count::EpochDays]);
        assert_eq!(Count::Serial.read(45_505.687_5).unwrap().to_string(), "2024-08-01T16:30:00");
    }

    #[test]
    fn other_numbers_count_nothing() {
        for value in [f64::NAN, -1.0, 0.0, 1.0, 100.5, 20_241_301.0, 202_413.0, 1e30] {
            assert!(readings(&[value]).is_empty(), "{value}: {:?}", readings(&[value]));
        }
    }
}
