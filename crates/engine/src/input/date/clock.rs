//! Times of day: what stands behind a date in a cell.

use jiff::civil::Time;
use std::borrow::Cow;

/// A date as text, and the time of day that stands behind it, midnight if none does. C and Java write the year behind both.
pub(super) fn split(text: &str) -> Option<(Cow<'_, str>, Time)> {
    let Some(colon) = text.find(':') else {
        return Some((text.into(), Time::midnight()));
    };
    let start = text[..colon].rfind([' ', 'T', 't', ','])?;
    let date = text[..start].trim_end_matches([' ', ',']);
    let clock = text[start + 1..].trim();
    let year = |word: &&str| word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit());
    match clock.rsplit_once(' ').filter(|(_, last)| year(last)) {
        Some((clock, year)) => Some((format!("{date} {year}").into(), time(clock.trim())?)),
        None => Some((date.into(), time(clock)?)),
    }
}

/// `16:30`, `16:30:05.25`, `4:30 PM`, each with an offset or the name of a zone behind it, which is left out.
pub(super) fn time(text: &str) -> Option<Time> {
    let end =
        text.find(|c: char| !(c.is_ascii_digit() || c == ':' || c == '.')).unwrap_or(text.len());
    let (clock, rest) = (&text[..end], text[end..].trim());
    let mut parts = clock.split(':');
    let mut hour: i8 = parts.next()?.parse().ok()?;
    let minute: i8 = parts.next()?.parse().ok()?;
    let (second, nanosecond) = parts.next().map_or(Some((0, 0)), seconds)?;
    let upper = rest.to_ascii_uppercase();
    let zone = match upper.get(..2) {
        Some("AM" | "PM") if (1..=12).contains(&hour) => {
            hour = hour % 12 + if upper.starts_with('P') { 12 } else { 0 };
            upper[2..].trim()
        }
        _ => upper.as_str(),
    };
    let named = |c: char| c.is_ascii_alphanumeric() || "+-:/_()[] ".contains(c);
    if parts.next().is_some() || !zone.chars().all(named) {
        return None;
    }
    Time::new(hour, minute, second, nanosecond).ok()
}

/// Seconds and their fraction, in nanoseconds.
fn seconds(text: &str) -> Option<(i8, i32)> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits: String = fraction.chars().chain("000000000".chars()).take(9).collect();
    Some((whole.parse().ok()?, digits.parse().ok()?))
}
