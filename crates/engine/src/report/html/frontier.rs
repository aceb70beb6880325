//! Return and volatility: the efficient frontier, random portfolios below it, and the best one on its ray.

use super::chart::{Anchor, Axis, Chart, Size, Spacing};
use super::facts::Facts;
use super::{Section, chart};
use crate::picture::{Picture, Point};
use crate::report::numbers::percent;
use maud::html;

pub(super) const SIZES: [Size; 2] = [(400.0, 300.0), (340.0, 270.0)];

pub(super) fn section(facts: &Facts<'_>, picture: &Picture, sizes: &[Size]) -> Section {
    let about = "Mean return against volatility: random portfolios below the efficient frontier, equal weights, and the \
                 best portfolio.";
    let chart = chart::fitting("frontier", "Return and volatility", about, sizes, |size| {
        draw(facts, picture, size)
    });
    let chart = chart.ok_or("no portfolio has a risk")?;
    Ok(html! {
        figure {
            (chart)
            figcaption {
                "The frontier is that of all assets within the cap, however many are held. "
                @if !picture.cloud.is_empty() { "Dots are random portfolios of the size that was asked for. " }
                @if facts.best.is_some() {
                    "The slope of the dashed line is the Sharpe ratio"
                    @if facts.terms.rate != 0.0 { ", from the rate of " (percent(facts.terms.rate)) }
                    "."
                }
            }
        }
    })
}

fn draw(facts: &Facts<'_>, picture: &Picture, size: Size) -> Option<Chart> {
    let places = |points: &[Point]| -> Vec<chart::Point> {
        points.iter().map(|point| (point.volatility, point.mean)).collect()
    };
    let (frontier, cloud) = (places(&picture.frontier), places(&picture.cloud));
    let equal = (facts.equal_weight.volatility, facts.equal_weight.mean);
    let best = facts.best.map(|best| (best.figures.volatility, best.figures.mean));
    let all = || frontier.iter().chain(&cloud).chain(&best).chain([&equal]);
    let x = axis("volatility a year", 0.06, all().map(|point| point.0))?;
    let y = axis("mean return a year", 0.12, all().map(|point| point.1))?; // room for a name below the cloud
    let mut chart = Chart::new(size, x, y, 0.0);
    let every = if size == SIZES[0] { 1 } else { 2 }; // as dense on less room
    chart.dots("cloud", cloud.iter().copied().step_by(every));
    chart.line("frontier", frontier.iter().copied());
    if let Some(best) = best {
        ray(&mut chart, facts.terms.rate, best);
    }
    chart.spot("equal", equal);
    if let Some(best) = best {
        chart.spot("best", best);
    }
    names(&mut chart, facts, (&frontier, &cloud), equal, best);
    Some(chart)
}

/// An axis over all of the values and a little more, at its start this share; none of values that are none.
fn axis(title: &str, below: f64, values: impl Iterator<Item = f64> + Clone) -> Option<Axis> {
    let low = values.clone().fold(f64::INFINITY, f64::min);
    let high = values.fold(f64::NEG_INFINITY, f64::max);
    let span = (high - low).max(high.abs() / 3.0); // of one asset there is one point
    let range = (low - below * span, high + 0.06 * span);
    let write = percent as fn(f64) -> String;
    let axis = Axis { title: title.into(), spacing: Spacing::Linear, range, write };
    (span > 0.0 && span.is_finite()).then_some(axis)
}

/// The portfolios of the best one and the rate, as far as the chart goes.
fn ray(chart: &mut Chart, rate: f64, (volatility, mean): chart::Point) {
    let slope = (mean - rate) / volatility;
    let ((left, right), (bottom, top)) = chart.ranges();
    if !(slope > 0.0 && slope.is_finite()) {
        return;
    }
    let (from, to) = (left.max((bottom - rate) / slope), right.min((top - rate) / slope));
    if from < to {
        chart.line("ray", [(from, rate + slope * from), (to, rate + slope * to)]);
    }
}

fn names(
    chart: &mut Chart,
    facts: &Facts<'_>,
    (frontier, cloud): (&[chart::Point], &[chart::Point]),
    equal: chart::Point,
    best: Option<chart::Point>,
) {
    use Anchor::{End, Middle, Start};
    if let Some(best) = best {
        let ways = [(-9.0, -8.0, End), (9.0, 10.0, Start), (-9.0, 10.0, End)];
        chart.name("best strong", facts.name(), best, &ways);
    }
    let ways = [(9.0, 0.0, Start), (-9.0, 0.0, End), (0.0, 16.0, Middle), (0.0, -16.0, Middle)];
    chart.name("equal strong", "equal weight", equal, &ways);
    if let [_, .., end] = *frontier {
        let ways = [(-12.0, 14.0, Start), (7.0, 0.0, Start), (-6.0, 18.0, End)];
        chart.name("frontier", "frontier", end, &ways);
    }
    let lowest = cloud.iter().copied().min_by(|a, b| a.1.total_cmp(&b.1));
    if let Some((_, bottom)) = lowest {
        let middle = cloud.iter().map(|point| point.0).sum::<f64>() / cloud.len() as f64;
        let ways = [(0.0, 12.0, Middle), (40.0, 4.0, Start), (0.0, -8.0, Middle)];
        chart.name("soft", "random portfolios", (middle, bottom), &ways);
    }
}
