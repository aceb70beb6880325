//! The answer as a person reads it: the question in words, figures of training and test side by side, weights with bars.

use crate::options::{Options, Place};
use anstyle::{AnsiColor, Style};
use sharpest_engine::report::{Figures, Found, Period};
use sharpest_engine::{Report, Status};
use std::fmt::Write;
use std::path::Path;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const BAR: Style = AnsiColor::Cyan.on_default();
/// The longest bar, in cells of eight steps each.
const BAR_CELLS: f64 = 32.0;
/// What a cell shows when an eighth, two eighths ... are filled.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// The whole answer; only for a report that has one.
pub(crate) fn render(report: &Report) -> String {
    let mut out = String::new();
    let Some(best) = &report.best else {
        return out;
    };
    line(&mut out, format_args!("{BOLD}{}{BOLD:#}\n", question(report)));
    figures(&mut out, report, best);
    weights(&mut out, best);
    if report.top.len() > 1 {
        top(&mut out, report);
    }
    line(&mut out, format_args!("\n  {}", effort(report)));
    let honest = "A sampled best lies below the true optimum: more draws come closer, but slowly.";
    line(&mut out, format_args!("  {DIM}{honest}{DIM:#}"));
    out
}

/// Why there is no answer.
pub(crate) fn no_excess(report: &Report) -> String {
    format!(
        "no portfolio beats the rate of {}: the highest mean return that the rule allows is {} a year",
        percent(report.settings.settings.rate),
        percent(report.highest_return)
    )
}

/// What a stopped search leaves.
pub(crate) fn stopped(report: &Report, options: &Options) -> String {
    let mut text = format!(
        "{} of {} subsets were searched",
        thousands(report.subsets),
        thousands(report.all_subsets)
    );
    if let Some(Place::File(path)) = &options.json {
        text += &format!("; {} is marked incomplete", path.display());
    }
    if let Some(Place::File(path)) = &options.csv {
        text += &format!("; {} holds the subsets that were", path.display());
    }
    text
}

/// A `String` takes every line.
fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = writeln!(out, "{text}");
}

fn question(report: &Report) -> String {
    let asked = &report.settings.settings;
    let weights = match (asked.floor > 0.0, asked.cap < 1.0) {
        (false, false) => String::new(),
        (false, true) => format!(", at most {} in each", percent(asked.cap)),
        (true, false) => format!(", at least {} in each", percent(asked.floor)),
        (true, true) => format!(", {} to {} in each", percent(asked.floor), percent(asked.cap)),
    };
    let rate = match asked.rate == 0.0 {
        true => String::new(),
        false => format!(", against a rate of {}", percent(asked.rate)),
    };
    let best = if report.status == Status::Incomplete { "So far the best" } else { "The best" };
    let (pick, all) = (asked.pick, report.universe.len());
    let source = Path::new(&report.settings.source);
    let source = source.file_name().unwrap_or(source.as_os_str()).to_string_lossy();
    format!("{best} {pick} of {all} assets{weights}{rate}, from {source}")
}

/// One column of figures for training and one for the test, if there is one.
fn figures(out: &mut String, report: &Report, best: &Found) {
    let test = report.test.as_ref();
    let head = |left: String, right: Option<String>| match right {
        Some(right) => format!("{:15}{left:<31}{right}", ""),
        None => format!("{:15}{left}", ""),
    };
    let dates = |period: &Period| match (period.from, period.to) {
        (Some(from), Some(to)) => format!("{from} to {to}"),
        _ => "all rows".into(),
    };
    let returns = |period: &Period| format!("{} returns", thousands(period.returns as u64));
    if let Some(period) = &report.period {
        let held_out = |period: &Period| format!("{}, held out", returns(period));
        line(out, format_args!("{}", head(dates(period), test.map(|test| dates(&test.period)))));
        line(
            out,
            format_args!("{}", head(returns(period), test.map(|test| held_out(&test.period)))),
        );
    }
    let names = "Sharpe    return  volatility".to_owned();
    let names = head(names.clone(), test.map(|_| names));
    line(out, format_args!("{DIM}{names}{DIM:#}"));
    let row = |label: &str, train: &Figures, test: Option<&Figures>| {
        let test = test.map_or(String::new(), |test| format!("  {}", cells(test)));
        format!("  {label:12}{}{test}", cells(train))
    };
    let held = test.and_then(|test| test.best.as_ref());
    line(out, format_args!("{BOLD}{}{BOLD:#}", row("best found", &best.figures, held)));
    let held = test.map(|test| &test.equal_weight);
    line(out, format_args!("{}\n", row("equal weight", &report.equal_weight, held)));
}

fn cells(figures: &Figures) -> String {
    let Figures { sharpe, mean, volatility } = figures;
    format!("{sharpe:>7.3} {:>9} {:>11}", tenths(*mean), tenths(*volatility))
}

fn weights(out: &mut String, best: &Found) {
    let mut weights: Vec<&(String, f64)> = best.weights.iter().collect();
    weights.sort_by(|a, b| b.1.total_cmp(&a.1));
    let width = weights.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let largest = weights.first().map_or(1.0, |(_, weight)| *weight);
    for (name, weight) in weights {
        let bar = bar(weight / largest);
        line(out, format_args!("  {name:width$} {:>8}  {BAR}{bar}{BAR:#}", tenths(*weight)));
    }
}

/// A bar that is full at 1.
fn bar(fraction: f64) -> String {
    let eighths = (fraction * BAR_CELLS * 8.0).round() as usize;
    "█".repeat(eighths / 8) + EIGHTHS[eighths % 8]
}

/// The best subsets, each by what it holds in place of the best one's.
fn top(out: &mut String, report: &Report) {
    let tested = if report.test.is_some() { "    test" } else { "" };
    let names = format!("   #  Sharpe    return  volatility{tested}  change");
    line(out, format_args!("\n{DIM}{names}{DIM:#}"));
    for (i, found) in report.top.iter().enumerate() {
        let test = found.test.map_or(String::new(), |test| format!(" {:>7.3}", test.sharpe));
        let swap = report.best.as_ref().map_or(String::new(), |best| swap(best, found));
        line(out, format_args!("{:>4} {}{test}  {swap}", i + 1, cells(&found.figures)));
    }
}

/// "KO, PEP for AAPL, MSFT".
fn swap(best: &Found, other: &Found) -> String {
    let without = |a: &Found, b: &Found| -> Vec<String> {
        a.assets.iter().filter(|name| !b.assets.contains(name)).cloned().collect()
    };
    let (new, old) = (without(other, best), without(best, other));
    if new.is_empty() { "-".into() } else { format!("{} for {}", new.join(", "), old.join(", ")) }
}

fn effort(report: &Report) -> String {
    let workers = counted(report.workers.count as u64, "thread");
    format!(
        "{}, {} in {}: {} million a second ({workers}, {})",
        counted(report.subsets, "subset"),
        counted(report.portfolios, "portfolio"),
        duration(report.seconds),
        significant(report.throughput / 1e6),
        report.kernel
    )
}

/// "1 subset", "2,000 subsets".
fn counted(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", thousands(number), if number == 1 { "" } else { "s" })
}

/// 1,234,567.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A fraction in percent, with as many digits as it has.
fn percent(fraction: f64) -> String {
    let text = format!("{:.2}", fraction * 100.0);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

/// A fraction in percent, to a tenth, so that columns line up.
fn tenths(fraction: f64) -> String {
    format!("{:.1} %", fraction * 100.0)
}

/// Three digits or all of them.
fn significant(number: f64) -> String {
    match number {
        ..10.0 => format!("{number:.2}"),
        10.0..100.0 => format!("{number:.1}"),
        _ => format!("{number:.0}"),
    }
}

fn duration(seconds: f64) -> String {
    match seconds {
        ..1.0 => format!("{:.0} ms", (seconds * 1e3).ceil()),
        ..60.0 => format!("{seconds:.2} s"),
        ..3600.0 => {
            format!("{:.0} min {:02.0} s", (seconds / 60.0).floor(), (seconds % 60.0).floor())
        }
        _ => format!(
            "{:.0} h {:02.0} min",
            (seconds / 3600.0).floor(),
            (seconds % 3600.0 / 60.0).floor()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_read_them() {
        assert_eq!(
            [0, 999, 1_000, 184_756_000].map(thousands),
            ["0", "999", "1,000", "184,756,000"]
        );
        assert_eq!([0.2, 0.03, 0.0125, 1.0].map(percent), ["20 %", "3 %", "1.25 %", "100 %"]);
        assert_eq!([0.0123, 45.67, 1813.4].map(significant), ["0.01", "45.7", "1813"]);
        let durations = [0.0004, 1.5, 61.0, 7_260.0].map(duration);
        assert_eq!(durations, ["1 ms", "1.50 s", "1 min 01 s", "2 h 01 min"]);
    }

    #[test]
    fn a_bar_grows_by_eighths() {
        assert_eq!((bar(1.0), bar(0.0)), ("█".repeat(32), String::new()));
        assert_eq!(bar(1.5 / 32.0), "█▌");
    }
}
