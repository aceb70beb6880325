//! Scales: from numbers to places on the page, and where the ticks of an axis stand.

use crate::settings::Date;

/// How numbers lie on an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spacing {
    /// Evenly.
    Linear,
    /// By their logarithm: the same growth takes the same way.
    Logarithmic,
    /// Evenly, as days since 1970-01-01.
    Days,
}

/// What an axis shows.
#[derive(Debug, Clone)]
pub(crate) struct Axis {
    /// What its numbers are, for the reader.
    pub(crate) title: String,
    pub(crate) spacing: Spacing,
    /// The least and the greatest number on it.
    pub(crate) range: (f64, f64),
    /// How a tick is written.
    pub(crate) write: fn(f64) -> String,
}

/// A place of an axis with a number beside it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tick {
    pub(crate) at: f64,
    pub(crate) text: String,
}

impl Axis {
    /// The place of `value` between `start` and `end` on the page.
    pub(crate) fn place(&self, value: f64, start: f64, end: f64) -> f64 {
        let measure = |value: f64| match self.spacing {
            Spacing::Logarithmic => value.ln(),
            Spacing::Linear | Spacing::Days => value,
        };
        let (low, high) = (measure(self.range.0), measure(self.range.1));
        let share = if high > low { (measure(value) - low) / (high - low) } else { 0.5 };
        start + (end - start) * share
    }

    /// Ticks at round numbers, at most about `most` of them.
    pub(crate) fn ticks(&self, most: usize) -> Vec<Tick> {
        let most = most.max(2);
        let (low, high) = self.range;
        let numbers = match self.spacing {
            Spacing::Days => return days(low, high, most),
            Spacing::Logarithmic if high > 10.0 * low => decades(low, high, most),
            Spacing::Linear | Spacing::Logarithmic => round(low, high, most),
        };
        let ticks = numbers.into_iter().map(|at| Tick { at, text: (self.write)(at) });
        let mut ticks: Vec<Tick> = ticks.collect();
        ticks.dedup_by(|next, tick| next.text == tick.text); // too near for the digits that are written
        ticks
    }
}

/// Multiples of 1, 2 or 5 times a power of ten.
fn round(low: f64, high: f64, most: usize) -> Vec<f64> {
    let wanted = (high - low) / most as f64;
    let power = 10f64.powf(wanted.log10().floor());
    if !(power > 0.0 && power.is_finite()) {
        return vec![low];
    }
    let steps = [0.5, 1.0, 2.0, 5.0, 10.0].map(|one| one * power);
    let place = steps.iter().skip(1).position(|step| *step >= wanted * (1.0 - 1e-9)).unwrap_or(0);
    let ticks = |step: f64| -> Vec<f64> {
        let first = (low / step - 1e-9).ceil() as i64;
        let last = (high / step + 1e-9).floor() as i64;
        (first..=last).take(2 * most).map(|i| i as f64 * step).collect()
    };
    let coarse = ticks(steps[place + 1]);
    if coarse.len() > 1 { coarse } else { ticks(steps[place]) } // one number shows no scale
}

/// Powers of ten, with twice and five times each where there is room.
fn decades(low: f64, high: f64, most: usize) -> Vec<f64> {
    let powers = low.log10().floor() as i32..=high.log10().ceil() as i32;
    let within = |at: &f64| (low..=high).contains(at);
    let all = |parts: &[f64]| -> Vec<f64> {
        let spread = |power| parts.iter().map(move |part| part * 10f64.powi(power));
        powers.clone().flat_map(spread).filter(within).collect()
    };
    let fine = all(&[1.0, 2.0, 5.0]);
    if fine.len() <= most { fine } else { all(&[1.0]) }
}

/// Months that a step of the calendar may have.
const MONTHS: [i32; 9] = [1, 2, 3, 6, 12, 24, 60, 120, 240];

/// Firsts of months or years; of short stretches days.
fn days(low: f64, high: f64, most: usize) -> Vec<Tick> {
    let (Some(first), Some(last)) = (date(low), date(high)) else {
        return Vec::new();
    };
    let month = |date: Date| i32::from(date.year()) * 12 + i32::from(date.month()) - 1;
    let (from, to) = (month(first), month(last));
    if to - from < 2 {
        let step = ((high - low) / most as f64).max(1.0).ceil();
        let tick = |i: usize| low + step * i as f64;
        let ticks = (0..most).map(tick).take_while(|at| *at <= high);
        return ticks.filter_map(|at| Some(Tick { at, text: day_of(date(at)?) })).collect();
    }
    // Halves of years are for a few of them.
    let years = to - from >= 48;
    let fits = |step: &&i32| (to - from) / **step < most as i32 && (**step >= 12 || !years);
    let step = *MONTHS.iter().find(fits).unwrap_or(&MONTHS[8]);
    let firsts = (from.div_euclid(step)..=to.div_euclid(step)).filter_map(|i| {
        let month = i * step;
        let year = i16::try_from(month.div_euclid(12)).ok()?;
        Date::new(year, (month.rem_euclid(12) + 1) as i8, 1).ok()
    });
    let ticks = firsts.map(|date| (day(date), date)).filter(|(at, _)| (low..=high).contains(at));
    ticks.map(|(at, date)| Tick { at, text: month_of(date) }).collect()
}

const NAMES: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn name(date: Date) -> &'static str {
    NAMES[date.month() as usize - 1]
}

fn day_of(date: Date) -> String {
    format!("{} {}", date.day(), name(date))
}

/// A year stands at its first month.
fn month_of(date: Date) -> String {
    if date.month() == 1 { date.year().to_string() } else { name(date).to_owned() }
}

const EPOCH: Date = Date::constant(1970, 1, 1);

/// Days since 1970-01-01.
pub(crate) fn day(date: Date) -> f64 {
    date.duration_since(EPOCH).as_secs() as f64 / 86_400.0
}

fn date(day: f64) -> Option<Date> {
    EPOCH.checked_add(jiff::Span::new().try_days(day as i64).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(spacing: Spacing, low: f64, high: f64) -> Axis {
        let write = |value: f64| format!("{value:.3}");
        Axis { title: String::new(), spacing, range: (low, high), write }
    }

    fn texts(ticks: &[Tick]) -> Vec<&str> {
        ticks.iter().map(|tick| &*tick.text).collect()
    }

    #[test]
    fn ticks_are_round_and_within() {
        let ticks = axis(Spacing::Linear, 0.13, 0.52).ticks(5);
        assert_eq!(texts(&ticks), ["0.200", "0.300", "0.400", "0.500"]);
        let ticks = axis(Spacing::Linear, -0.4, 1.0).ticks(4);
        assert_eq!(texts(&ticks), ["0.000", "0.500", "1.000"]);
        let ticks = axis(Spacing::Logarithmic, 0.3, 40.0).ticks(9);
        assert_eq!(texts(&ticks), ["0.500", "1.000", "2.000", "5.000", "10.000", "20.000"]);
        let ticks = axis(Spacing::Logarithmic, 0.3, 4e4).ticks(6);
        assert_eq!(texts(&ticks), ["1.000", "10.000", "100.000", "1000.000", "10000.000"]);
        assert_eq!(axis(Spacing::Linear, 2.0, 2.0).ticks(4).len(), 1);
        let ticks = axis(Spacing::Linear, 0.62, 1.44).ticks(4);
        assert_eq!(texts(&ticks), ["0.800", "1.000", "1.200", "1.400"], "not 1 alone");
        let ticks = axis(Spacing::Linear, 1.0, 1.002).ticks(4);
        assert_eq!(texts(&ticks), ["1.000", "1.001", "1.002"]);
    }

    #[test]
    fn dates_have_ticks_at_firsts() {
        let stretch = |from: &str, to: &str| {
            let day = |date: &str| day(date.parse().unwrap());
            axis(Spacing::Days, day(from), day(to)).ticks(6)
        };
        assert_eq!(texts(&stretch("2018-01-02", "2022-12-28")), ["2019", "2020", "2021", "2022"]);
        assert_eq!(texts(&stretch("2023-11-20", "2024-12-31")), ["2024", "Apr", "Jul", "Oct"]);
        assert_eq!(
            texts(&stretch("1926-07-01", "2022-12-31")),
            ["1940", "1960", "1980", "2000", "2020"]
        );
        assert_eq!(
            texts(&stretch("2024-08-01", "2024-08-12")),
            ["1 Aug", "3 Aug", "5 Aug", "7 Aug", "9 Aug", "11 Aug"]
        );
    }

    #[test]
    fn places_follow_the_spacing() {
        let linear = axis(Spacing::Linear, 0.0, 10.0);
        assert_eq!(linear.place(5.0, 100.0, 0.0), 50.0);
        let logarithmic = axis(Spacing::Logarithmic, 1.0, 100.0);
        assert!((logarithmic.place(10.0, 0.0, 200.0) - 100.0).abs() < 1e-12);
        assert_eq!(axis(Spacing::Linear, 3.0, 3.0).place(3.0, 0.0, 10.0), 5.0);
    }
}
