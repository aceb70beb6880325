//! Dates as tables and flags write them: ISO 8601, a time of day allowed and dropped. No time zones, no clock.

use jiff::Span;
use jiff::civil::{Date, DateTime};

/// The date so many days after 1970-01-01, unless no calendar reaches it.
pub(super) fn date_of_day(days: i64) -> Option<Date> {
    let span = Span::new().try_days(days).ok()?;
    Date::constant(1970, 1, 1).checked_add(span).ok()
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
    fn nothing_else_is_a_date() {
        for text in [
            "",
            "20240801",
            "2024-8-1",
            "01/08/2024",
            "2024-13-01",
            "2024-02-30",
            "2024-08-01 x",
            "ä2024-08-01",
        ] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }
}
