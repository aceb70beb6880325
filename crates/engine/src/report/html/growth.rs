//! Growth: what became of one unit, through both periods one after the other, on a logarithmic scale.

use super::chart::{Anchor, Axis, Chart, Point, Size, Spacing, day, width};
use super::facts::Facts;
use super::{Section, chart};
use crate::picture::Growth;
use maud::html;

const SIZES: [Size; 2] = [(860.0, 300.0), (340.0, 270.0)];

/// A period as it is drawn.
struct Stretch {
    best: Vec<Point>,
    equal: Vec<Point>,
    held_out: bool,
}

pub(super) fn section(facts: &Facts<'_>, growth: Option<&Growth>) -> Section {
    let absent = match (facts.best, facts.period) {
        (None, _) => "there is no portfolio",
        (_, None) => "moments were given, and they have no course in time",
        _ => "there are no returns",
    };
    let stretches = stretches(growth.ok_or(absent)?);
    let about =
        "What one unit became in the best portfolio and in equal weights of all assets, by date.";
    let chart =
        chart::fitting("growth", "Growth", about, &SIZES, |size| draw(facts, &stretches, size));
    let chart = chart.ok_or("a value fell to nothing, which no logarithm shows")?;
    Ok(html! {
        figure {
            (chart)
            figcaption {
                "What became of 1, weights kept constant by trading each period, costs apart."
                @if facts.test.is_some() { " The weights were chosen without the period held out." }
            }
        }
    })
}

/// Both periods in the order of time, the second from where the first ended.
fn stretches(growth: &Growth) -> Vec<Stretch> {
    let mut paths = vec![(&growth.train, false)];
    paths.extend(growth.test.as_ref().map(|test| (test, true)));
    let dated = paths.iter().all(|(path, _)| !path.dates.is_empty());
    if dated {
        paths.sort_by_key(|(path, _)| path.dates[0]); // a test may come first
    }
    let (mut before, mut best, mut equal) = (0, 1.0, 1.0);
    let mut drawn = Vec::new();
    for (path, held_out) in paths {
        let at = |i: usize| if dated { day(path.dates[i]) } else { (before + i) as f64 };
        let course = |values: &[f64], start: f64| -> Vec<Point> {
            values.iter().enumerate().map(|(i, value)| (at(i), start * value)).collect()
        };
        drawn.push(Stretch {
            best: course(&path.best, best),
            equal: course(&path.equal_weight, equal),
            held_out,
        });
        before += path.best.len();
        best *= last(&path.best);
        equal *= last(&path.equal_weight);
    }
    drawn
}

fn last(values: &[f64]) -> f64 {
    values.last().copied().unwrap_or(1.0)
}

/// The chart; none of values that have no logarithm.
fn draw(facts: &Facts<'_>, stretches: &[Stretch], size: Size) -> Option<Chart> {
    let all = || stretches.iter().flat_map(|stretch| stretch.best.iter().chain(&stretch.equal));
    let span = |value: fn(&Point) -> f64| {
        let low = all().map(value).fold(f64::INFINITY, f64::min);
        (low, all().map(value).fold(f64::NEG_INFINITY, f64::max))
    };
    let (times, (low, high)) = (span(|point| point.0), span(|point| point.1));
    if !(low > 0.0 && high.is_finite()) {
        return None;
    }
    let dated = facts.period.is_some_and(|period| period.from.is_some());
    let (spacing, title) = if dated { (Spacing::Days, "") } else { (Spacing::Linear, "returns") };
    let x = Axis { title: title.into(), spacing, range: times, write: |at| format!("{at:.0}") };
    let range = (low.min(1.0) * 0.97, high.max(1.0) * 1.06);
    let write = |value: f64| format!("{}", (value * 100.0).round() / 100.0);
    let y = Axis { title: "value of 1".into(), spacing: Spacing::Logarithmic, range, write };
    let ends = ends(facts, stretches.last()?);
    let room = ends.iter().map(|(class, text, _)| width(class, text)).fold(0.0, f64::max) + 12.0;
    let mut chart = Chart::new(size, x, y, room);
    let steps = (size.0 * 1.2) as usize;
    for stretch in stretches.iter().filter(|stretch| stretch.held_out) {
        chart.stretch("held out", stretch.best.iter().chain(&stretch.equal).copied());
    }
    for stretch in stretches {
        chart.line("equal", thinned(&stretch.equal, steps));
        chart.line("best", thinned(&stretch.best, steps));
    }
    for (class, text, end) in ends {
        let ways = [0.0, 7.0, -7.0, 14.0, -14.0].map(|dy| (8.0, dy, Anchor::Start));
        chart.name(class, &text, end, &ways);
    }
    Some(chart)
}

/// What stands at the end of each line.
fn ends(facts: &Facts<'_>, last: &Stretch) -> Vec<(&'static str, String, chart::Point)> {
    let end = |class, name: &str, points: &[Point]| {
        let point = *points.last()?;
        Some((class, format!("{name} {:.2}", point.1), point))
    };
    let ends = [
        end("best strong", facts.name(), &last.best),
        end("equal strong", "equal weight", &last.equal),
    ];
    ends.into_iter().flatten().collect()
}

/// About so many of the points, the last among them.
fn thinned(points: &[Point], wanted: usize) -> Vec<Point> {
    let step = points.len().div_ceil(wanted.max(1)).max(1);
    let mut kept: Vec<Point> = points.iter().copied().step_by(step).collect();
    if points.len() % step != 1 && step > 1 {
        kept.extend(points.last());
    }
    kept
}
