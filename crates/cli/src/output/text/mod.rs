//! The answer as a person reads it: what every answer shows, from the question in words to the weights with bars.

pub(crate) mod search;
pub(crate) mod solve;
pub(crate) mod wrap;

use anstyle::{AnsiColor, Style};
use sharpest_engine::Door;
use sharpest_engine::report::numbers::{figure, share, tenths};
use sharpest_engine::report::words::{dates, returns, swap};
use sharpest_engine::report::{Figures, Found, Period, Tested};
use std::fmt::Write;
use wrap::{WIDTH, shortened, styled, wrapped};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const BAR: Style = AnsiColor::Cyan.on_default();
/// The longest bar, in cells of eight steps each; beside long names it is shorter.
const BAR_CELLS: usize = 32;
/// The shortest bar: a name that leaves less room for it is shortened.
const LEAST_BAR_CELLS: usize = 8;
/// Columns of a weight beside its name and its bar.
const WEIGHT: usize = 13;
/// What a cell shows when an eighth, two eighths ... are filled.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// A `String` takes every line.
fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = writeln!(out, "{text}");
}

/// A sentence below the figures.
fn sentence(out: &mut String, text: &str, door: Door) {
    out.push_str(&styled(&door.speak(text), Style::new(), 2, 4));
}

/// One column of figures for training and one for the test, if there is one.
struct Columns<'a> {
    period: Option<&'a Period>,
    test: Option<&'a Tested>,
    equal_weight: &'a Figures,
}

impl Columns<'_> {
    /// Writes both columns, the best portfolio under this label.
    fn write(&self, out: &mut String, label: &str, best: &Figures) {
        let names = "Sharpe    return  volatility";
        if let Some(period) = self.period {
            let held_out = |period: &Period| format!("{}, held out", returns(period));
            let test = self.test.map(|test| (dates(&test.period), held_out(&test.period)));
            let (dates_of_test, returns_of_test) = test.unzip();
            head(out, &dates(period), dates_of_test.as_deref());
            head(out, &returns(period), returns_of_test.as_deref());
        }
        let mut titles = String::new();
        head(&mut titles, names, self.test.map(|_| names));
        line(out, format_args!("{DIM}{}{DIM:#}", titles.trim_end()));
        let row = |label: &str, train: &Figures, test: Option<&Figures>| {
            let test = test.map_or(String::new(), |test| format!("  {}", cells(test)));
            format!("  {label:12}{}{test}", cells(train))
        };
        let held = self.test.and_then(|test| test.best.as_ref());
        line(out, format_args!("{BOLD}{}{BOLD:#}", row(label, best, held)));
        let held = self.test.map(|test| &test.equal_weight);
        line(out, format_args!("{}\n", row("equal weight", self.equal_weight, held)));
    }
}

/// A line over one column or two.
fn head(out: &mut String, left: &str, right: Option<&str>) {
    match right {
        Some(right) => line(out, format_args!("{:15}{left:<31}{right}", "")),
        None => line(out, format_args!("{:15}{left}", "")),
    }
}

fn cells(figures: &Figures) -> String {
    let Figures { sharpe, mean, volatility } = figures;
    format!("{sharpe:>7.3} {:>9} {:>11}", tenths(*mean), tenths(*volatility))
}

fn weights(out: &mut String, best: &Found) {
    let mut weights: Vec<&(String, f64)> = best.weights.iter().collect();
    weights.sort_by(|a, b| b.1.total_cmp(&a.1));
    let longest = weights.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let width = longest.min(WIDTH - WEIGHT - LEAST_BAR_CELLS);
    let cells = BAR_CELLS.min(WIDTH - WEIGHT - width);
    let largest = weights.first().map_or(1.0, |(_, weight)| *weight);
    for (name, weight) in weights {
        let (name, bar) = (shortened(name, width), bar(weight / largest, cells));
        line(out, format_args!("  {name:width$} {:>8}  {BAR}{bar}{BAR:#}", share(*weight)));
    }
}

/// A bar that fills so many cells at 1.
fn bar(fraction: f64, cells: usize) -> String {
    let eighths = (fraction * cells as f64 * 8.0).round() as usize;
    "█".repeat(eighths / 8) + EIGHTHS[eighths % 8]
}

/// The best portfolios, each by what it holds in place of the best one's.
fn top(out: &mut String, top: &[Found]) {
    let [best, _, ..] = top else { return };
    let tested = if best.test.is_some() { "    test" } else { "" };
    let scored = if best.score.is_some() { "       score" } else { "" };
    let names = format!("   #{scored}  Sharpe    return  volatility{tested}  change");
    line(out, format_args!("\n{DIM}{names}{DIM:#}"));
    for (i, found) in top.iter().enumerate() {
        let test = found.test.map_or(String::new(), |test| format!(" {:>7.3}", test.sharpe));
        let (cells, swap) = (cells(&found.figures), swap(best, found));
        let score = found.score.map_or(String::new(), |score| format!(" {:>11}", figure(score)));
        let figures = format!("{:>4}{score} {cells}{test}  ", i + 1);
        let change = figures.chars().count();
        // The figures are not words: what follows them is wrapped under itself.
        for (i, part) in wrapped(&swap, change, change).iter().enumerate() {
            let begin = if i == 0 { figures.as_str() } else { &part[..change] };
            line(out, format_args!("{begin}{}", &part[change..]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_grows_by_eighths() {
        assert_eq!((bar(1.0, 32), bar(0.0, 32)), ("█".repeat(32), String::new()));
        assert_eq!((bar(1.5 / 32.0, 32), bar(0.5, 9)), ("█▌".into(), "████▌".into()));
    }
}
