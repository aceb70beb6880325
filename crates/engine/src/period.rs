//! The pace of a table: how many of its periods a year has, as its dates show. It is found once, from all dates, so that no
//! window and no fold of a validation has one of its own.

use jiff::civil::{Date, DateTime, Weekday};

/// How far rows are apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pace {
    /// Periods in a year.
    pub(crate) periods: f64,
    pub(crate) spacing: Spacing,
}

/// What the dates show.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Spacing {
    /// Days on which markets are open.
    TradingDays,
    /// Every day.
    CalendarDays,
    Weeks,
    Fortnights,
    Months,
    Quarters,
    HalfYears,
    Years,
    /// So many fixed days of a week.
    DaysAWeek(usize),
    /// So many rows on a day.
    Intraday(usize),
    /// There are no dates.
    Undated,
    /// There are too few to tell.
    Few,
    /// No spacing is shared by most of them.
    Uneven,
}

/// Fewer dates tell no pace.
const LEAST_DATES: usize = 10;
/// So many of the steps share a spacing.
const SHARED: f64 = 0.9;
/// On so many days of a week markets are open, at most.
const OPEN_DAYS: usize = 5;
/// A weekday that has fewer than this share of the dates is an exception.
const SELDOM: f64 = 0.02;
/// No market that closes is open for more hours.
const LONGEST_SESSION: i64 = 12;
const TRADING_DAYS: f64 = 252.0;
const CALENDAR_DAYS: f64 = 365.0;
const WEEKS: f64 = 52.0;

impl Pace {
    /// The pace of rows at these times, in order.
    pub(crate) fn of(times: &[DateTime]) -> Self {
        let with = |periods, spacing| Self { periods, spacing };
        if times.is_empty() {
            return with(TRADING_DAYS, Spacing::Undated);
        }
        let mut days: Vec<Date> = times.iter().map(|time| time.date()).collect();
        days.dedup();
        if times.len() < LEAST_DATES {
            return with(TRADING_DAYS, Spacing::Few);
        }
        if days.len() < times.len() {
            return Self::intraday(times, &days);
        }
        let (periods, spacing) = spacing(&days);
        with(periods, spacing)
    }

    /// Of rows that share days.
    fn intraday(times: &[DateTime], days: &[Date]) -> Self {
        if let Some(a_day) = round_the_clock(times) {
            let periods = open_share(times, a_day).map_or_else(
                || if rests_at_weekends(days) { TRADING_DAYS } else { CALENDAR_DAYS } * a_day as f64,
                |share| (TRADING_DAYS * a_day as f64 * share).round(),
            );
            return Self { periods, spacing: Spacing::Intraday(a_day) };
        }
        let counts = times.chunk_by(|a, b| a.date() == b.date()).map(<[DateTime]>::len);
        let mut counts: Vec<usize> = counts.collect();
        if counts.len() < 3 {
            return Self { periods: TRADING_DAYS, spacing: Spacing::Uneven };
        }
        counts.pop(); // the first and the last day may be cut short
        counts.remove(0);
        counts.sort_unstable();
        let a_day = counts[counts.len() / 2];
        let near = |count: &&usize| count.abs_diff(a_day) * 5 <= a_day;
        let alike = counts.iter().filter(near).count();
        let daily = match weekdays(days) {
            ..=OPEN_DAYS => TRADING_DAYS,
            _ => CALENDAR_DAYS,
        };
        match (alike as f64) < SHARED * counts.len() as f64 {
            true => Self { periods: TRADING_DAYS, spacing: Spacing::Uneven },
            false => Self { periods: daily * a_day as f64, spacing: Spacing::Intraday(a_day) },
        }
    }

    /// The pace in words, where someone should hear of it: it is not that of trading days, or was not found.
    pub(crate) fn note(&self) -> Option<String> {
        let periods = self.periods;
        let taken = |what: &str| {
            format!("{what} are taken for trading days, {periods} a year; --periods says otherwise")
        };
        let apart = match self.spacing {
            Spacing::TradingDays => return None,
            Spacing::Undated => return Some(taken("there are no dates: the rows")),
            Spacing::Few => {
                return Some(taken("too few dates show how far apart they are: the rows"));
            }
            Spacing::Uneven => {
                return Some(taken("the dates do not show how many periods a year has: the rows"));
            }
            Spacing::CalendarDays => "the rows are calendar days".to_owned(),
            Spacing::Weeks => "the rows are a week apart".to_owned(),
            Spacing::Fortnights => "the rows are two weeks apart".to_owned(),
            Spacing::Months => "the rows are a month apart".to_owned(),
            Spacing::Quarters => "the rows are a quarter apart".to_owned(),
            Spacing::HalfYears => "the rows are half a year apart".to_owned(),
            Spacing::Years => "the rows are a year apart".to_owned(),
            Spacing::DaysAWeek(days) => format!("the rows are on {days} days of each week"),
            Spacing::Intraday(a_day) => {
                format!("the rows have times of day, {a_day} a day, and each is a period")
            }
        };
        Some(format!("{apart}: a year has {periods} of them; --periods says otherwise"))
    }
}

/// How many rows a day has, if they go on through the night.
fn round_the_clock(times: &[DateTime]) -> Option<usize> {
    let mut steps: Vec<_> = times.windows(2).map(|pair| pair[1].duration_since(pair[0])).collect();
    steps.sort_unstable();
    let usual = *steps.get(steps.len() / 2)?;
    let same = |pair: &&[DateTime]| pair[1].duration_since(pair[0]) == usual;
    let shared = times.windows(2).filter(same).count() as f64 >= SHARED * steps.len() as f64;
    let mut nights = times.windows(2).filter(|pair| pair[0].date() != pair[1].date()).peekable();
    let seconds = usize::try_from(usual.as_secs()).ok().filter(|seconds| *seconds > 0)?;
    let long = || times[times.len() - 1].duration_since(times[0]).as_hours() >= LONGEST_SESSION;
    let through = if nights.peek().is_none() { long() } else { nights.any(|pair| same(&pair)) };
    (shared && through).then_some(86_400 / seconds)
}

/// Of five whole days a week, the share in which a market that rests at weekends has rows; none where it never rests, or weeks are
/// too few to tell.
fn open_share(times: &[DateTime], a_day: usize) -> Option<f64> {
    const WEEK: f64 = 7.0;
    let (first, last) = (times.first()?, times.last()?);
    let days = last.duration_since(*first).as_secs_f64() / 86_400.0;
    let share = (times.len() - 1) as f64 / (days * a_day as f64);
    (days >= 2.0 * WEEK && share < SHARED).then_some(share * WEEK / OPEN_DAYS as f64)
}

/// Whether there is no row at any of the weekends that lie between the days.
fn rests_at_weekends(days: &[Date]) -> bool {
    let weekend = |day: &Date| matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    let (Some(&first), Some(&last)) = (days.first(), days.last()) else { return false };
    let all = first.series(jiff::Span::new().days(1)).take_while(|day| *day <= last);
    all.into_iter().any(|day| weekend(&day)) && !days.iter().any(weekend)
}

/// On how many days of the week there are dates, exceptions apart.
fn weekdays(days: &[Date]) -> usize {
    let mut counts = [0usize; 7];
    days.iter().for_each(|day| counts[weekday(*day)] += 1);
    let usual = |count: &&usize| **count as f64 > SELDOM * days.len() as f64;
    counts.iter().filter(usual).count()
}

fn weekday(day: Date) -> usize {
    day.weekday().since(Weekday::Monday).unsigned_abs().into()
}

/// Whether a day and the next are as far apart as a spacing says.
type Alike<'a> = &'a dyn Fn(Date, Date) -> bool;

/// The spacing that most steps share.
fn spacing(days: &[Date]) -> (f64, Spacing) {
    let shared = |alike: Alike<'_>| {
        let count = days.windows(2).filter(|pair| alike(pair[0], pair[1])).count();
        count as f64 >= SHARED * (days.len() - 1) as f64
    };
    let apart = |a: Date, b: Date| b.duration_since(a).as_hours() / 24;
    let months = |a: Date, b: Date| {
        let month = |day: Date| i32::from(day.year()) * 12 + i32::from(day.month());
        month(b) - month(a)
    };
    if days.len() < 3 {
        return (TRADING_DAYS, Spacing::Uneven);
    }
    let open = weekdays(days);
    if shared(&|a, b| apart(a, b) == 1) && open == 7 {
        return (CALENDAR_DAYS, Spacing::CalendarDays);
    }
    if open <= OPEN_DAYS && open > 1 && shared(&|a, b| next_open(days, a, b)) {
        return match open {
            4.. => (TRADING_DAYS, Spacing::TradingDays),
            few => (WEEKS * few as f64, Spacing::DaysAWeek(few)),
        };
    }
    let within = |low: i64, high: i64| move |a, b| (low..=high).contains(&apart(a, b));
    // A holiday moves a week's last day by one; a month's last trading day is up to three days before its end.
    let kinds: [(Alike<'_>, f64, Spacing); 6] = [
        (&within(6, 8), WEEKS, Spacing::Weeks),
        (&within(13, 15), 26.0, Spacing::Fortnights),
        (&|a, b| months(a, b) == 1 && within(25, 36)(a, b), 12.0, Spacing::Months),
        (&|a, b| months(a, b) == 3 && within(84, 97)(a, b), 4.0, Spacing::Quarters),
        (&|a, b| months(a, b) == 6 && within(175, 190)(a, b), 2.0, Spacing::HalfYears),
        (&|a, b| months(a, b) == 12 && within(355, 375)(a, b), 1.0, Spacing::Years),
    ];
    let found = kinds.into_iter().find(|(alike, ..)| shared(alike));
    found.map_or((TRADING_DAYS, Spacing::Uneven), |(_, periods, spacing)| (periods, spacing))
}

/// Whether `b` is the next day after `a` on which markets are open, holidays apart.
fn next_open(days: &[Date], a: Date, b: Date) -> bool {
    let usual = |day: Date| {
        let same = days.iter().take(200).filter(|other| weekday(**other) == weekday(day)).count();
        same as f64 > SELDOM * days.len().min(200) as f64
    };
    let mut next = a;
    for _ in 0..7 {
        let Ok(after) = next.tomorrow() else { return false };
        next = after;
        if usual(next) {
            return next == b;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan;

    fn every(step: jiff::Span, rows: usize) -> Vec<DateTime> {
        let start = DateTime::constant(2020, 1, 31, 0, 0, 0, 0);
        (0..rows as i64).map(|row| start.checked_add(step * row).unwrap()).collect()
    }

    fn pace(times: &[DateTime]) -> (f64, Spacing) {
        let Pace { periods, spacing } = Pace::of(times);
        (periods, spacing)
    }

    #[test]
    fn dates_show_their_pace() {
        for (step, periods, spacing) in [
            (1.day(), 365.0, Spacing::CalendarDays),
            (7.days(), 52.0, Spacing::Weeks),
            (14.days(), 26.0, Spacing::Fortnights),
            (1.month(), 12.0, Spacing::Months),
            (3.months(), 4.0, Spacing::Quarters),
            (6.months(), 2.0, Spacing::HalfYears),
            (1.year(), 1.0, Spacing::Years),
        ] {
            assert_eq!(pace(&every(step, 20)), (periods, spacing));
            assert_eq!(pace(&every(step, 9)), (252.0, Spacing::Few));
        }
        assert_eq!(pace(&every(10.days(), 20)), (252.0, Spacing::Uneven));
        assert_eq!(pace(&[]), (252.0, Spacing::Undated));
    }

    #[test]
    fn trading_days_have_weekends_and_holidays() {
        let days: Vec<DateTime> = every(1.day(), 400)
            .into_iter()
            .filter(|day| !matches!(day.date().weekday(), Weekday::Saturday | Weekday::Sunday))
            .filter(|day| day.date().day() != 25)
            .collect();
        assert_eq!(pace(&days), (252.0, Spacing::TradingDays));
        let sundays: Vec<DateTime> = every(1.day(), 400)
            .into_iter()
            .filter(|day| !matches!(day.date().weekday(), Weekday::Saturday | Weekday::Friday))
            .collect();
        assert_eq!(pace(&sundays), (252.0, Spacing::TradingDays), "Tel Aviv, Riyadh");
        let three: Vec<DateTime> = every(1.day(), 400)
            .into_iter()
            .filter(|day| {
                matches!(
                    day.date().weekday(),
                    Weekday::Monday | Weekday::Wednesday | Weekday::Friday
                )
            })
            .collect();
        assert_eq!(pace(&three), (156.0, Spacing::DaysAWeek(3)));
    }

    #[test]
    fn hours_are_counted() {
        let hours = every(1.hour(), 24 * 40);
        assert_eq!(pace(&hours), (365.0 * 24.0, Spacing::Intraday(24)));
        let open: Vec<DateTime> = hours
            .into_iter()
            .filter(|time| !matches!(time.date().weekday(), Weekday::Saturday | Weekday::Sunday))
            .filter(|time| (10..=16).contains(&time.hour()))
            .collect();
        assert_eq!(pace(&open), (252.0 * 7.0, Spacing::Intraday(7)));
        // Currencies: from Sunday at ten to Friday at ten, 120 hours of a week.
        let weekly = |time: &DateTime| {
            i64::from(time.weekday().to_sunday_zero_offset()) * 24 + i64::from(time.hour())
        };
        let currencies: Vec<DateTime> = every(1.hour(), 24 * 7 * 20)
            .into_iter()
            .filter(|time| (22..142).contains(&weekly(time)))
            .collect();
        let (periods, spacing) = pace(&currencies);
        assert_eq!(spacing, Spacing::Intraday(24));
        assert!((periods / 6_048.0 - 1.0).abs() < 0.02, "{periods}");
    }
}
