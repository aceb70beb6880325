//! A chart as inline SVG: axes with round ticks, and marks on them.
//!
//! Of colors it knows only names of classes, which the style sheet of the page gives a color in light and in dark; text is
//! text, no two of which meet; and the whole is an image with a title and a description for those who do not see it.
//!
//! 1. `scale`: where numbers lie, and round ones among them.
//! 2. `labels`: text that covers no other.

mod labels;
mod scale;

pub(super) use labels::{Anchor, tenth, width};
pub(super) use scale::{Axis, Spacing, day};

use labels::{LINE, Labels};
use maud::{Markup, html};
use std::fmt::Write;

/// From a tick's number to the plot.
const GAP: f64 = 6.0;
/// Room for the half of a number that stands at the edge.
const EDGE: f64 = 14.0;

/// A point in the units of the axes.
pub(super) type Point = (f64, f64);

/// The size of a drawing, in units of which text is 11 high.
pub(super) type Size = (f64, f64);

/// Where the sizes of a chart are shown: the style sheet chooses, so that text is read on a phone, too.
const PLACES: [&str; 2] = ["wide", "narrow"];

/// A chart in one or both of its sizes; none where the first cannot be drawn.
pub(super) fn fitting(
    id: &str,
    title: &str,
    description: &str,
    sizes: &[Size],
    draw: impl Fn(Size) -> Option<Chart>,
) -> Option<Markup> {
    let drawn = sizes.iter().map(|size| draw(*size)).collect::<Option<Vec<Chart>>>()?;
    Some(html! {
        @for (chart, place) in drawn.iter().zip(PLACES) {
            div class=(place) { (chart.markup(&format!("{id}-{place}"), title, description)) }
        }
    })
}

/// A chart that is being drawn.
#[derive(Debug)]
pub(super) struct Chart {
    width: f64,
    height: f64,
    /// The sides of the plot: left, right, top, bottom.
    sides: [f64; 4],
    x: Axis,
    y: Axis,
    /// Where lines run across the plot, and what is scattered over it: both leave out what lies under text, since a chart need
    /// not know the color of what it stands on.
    rows: Vec<f64>,
    scattered: Vec<(String, Vec<Point>)>,
    marks: Vec<Markup>,
    labels: Labels,
}

impl Chart {
    /// Axes on a drawing of this size, with so much room left free at the right.
    pub(super) fn new((width, height): Size, x: Axis, y: Axis, right: f64) -> Self {
        let top = LINE + GAP;
        let bottom = height - 2.0 * LINE - GAP;
        let rows = y.ticks(((bottom - top) / 40.0) as usize);
        let wide = rows.iter().map(|tick| labels::width("", &tick.text)).fold(0.0, f64::max);
        let sides = [wide + GAP + 1.0, width - right.max(EDGE), top, bottom];
        let labels = Labels::new(width, height);
        let (lines, scattered, marks) = (Vec::new(), Vec::new(), Vec::new());
        let mut chart = Self { width, height, sides, x, y, rows: lines, scattered, marks, labels };
        chart.axes(&rows);
        chart
    }

    fn axes(&mut self, rows: &[scale::Tick]) {
        let [left, right, _, bottom] = self.sides;
        for tick in rows {
            let y = self.at_y(tick.at);
            self.rows.push(y);
            self.labels.set("", &tick.text, &[(left - GAP, y, Anchor::End)]);
        }
        for tick in self.x.ticks(((right - left) / 58.0) as usize) {
            let x = self.at_x(tick.at);
            self.marks
                .push(html! { path class="tick" d={ "M" (tenth(x)) " " (tenth(bottom)) "v4" } {} });
            self.labels.set("", &tick.text, &[(x, bottom + GAP + LINE / 2.0, Anchor::Middle)]);
        }
        self.marks.push(html! { path class="axis" d={ "M" (tenth(left)) " " (tenth(bottom)) "H" (tenth(right)) } {} });
        let (x, y) = (self.x.title.clone(), self.y.title.clone());
        self.labels.set("soft", &y, &[(0.0, LINE / 2.0, Anchor::Start)]);
        self.labels.set("soft", &x, &[(right, self.height - LINE / 2.0, Anchor::End)]);
    }

    /// The place of a number on the page.
    pub(super) fn at_x(&self, value: f64) -> f64 {
        self.x.place(value, self.sides[0], self.sides[1])
    }

    /// The place of a number on the page.
    pub(super) fn at_y(&self, value: f64) -> f64 {
        self.y.place(value, self.sides[3], self.sides[2])
    }

    /// What the axes show, from the least to the greatest.
    pub(super) fn ranges(&self) -> (Point, Point) {
        (self.x.range, self.y.range)
    }

    /// A line through points.
    pub(super) fn line(&mut self, class: &str, points: impl IntoIterator<Item = Point>) {
        let mut way = String::new();
        for (x, y) in points {
            let command = if way.is_empty() { 'M' } else { 'L' };
            let (x, y) = (tenth(self.at_x(x)), tenth(self.at_y(y)));
            let _ = write!(way, "{command}{x} {y}"); // a String takes all
        }
        self.marks.push(html! { path class={ "line " (class) } d=(way) {} });
    }

    /// Many small dots, in one path, below all that is drawn.
    pub(super) fn dots(&mut self, class: &str, points: impl IntoIterator<Item = Point>) {
        let points = points.into_iter().map(|(x, y)| (self.at_x(x), self.at_y(y))).collect();
        self.scattered.push((class.to_owned(), points));
    }

    /// The lines across the plot, and all dots.
    fn ground(&self) -> Markup {
        let [left, right, ..] = self.sides;
        html! {
            @for &y in &self.rows {
                @let way: String = self.labels.beside(y, left, right).iter()
                    .map(|(from, to)| format!("M{} {}H{}", tenth(*from), tenth(y), tenth(*to)))
                    .collect();
                path class="grid" d=(way) {}
            }
            @for (class, points) in &self.scattered {
                @let way: String = points.iter().filter(|place| !self.labels.cover(**place))
                    .map(|(x, y)| format!("M{} {}h0", tenth(*x), tenth(*y)))
                    .collect();
                path class={ "dots " (class) } d=(way) {}
            }
        }
    }

    /// One point that matters.
    pub(super) fn spot(&mut self, class: &str, (x, y): Point) {
        let (x, y) = (tenth(self.at_x(x)), tenth(self.at_y(y)));
        self.marks.push(html! { circle class=(class) cx=(x) cy=(y) r="5" {} });
    }

    /// A bar from one number of the horizontal axis to the next, as high as it counts.
    pub(super) fn bar(&mut self, class: &str, (from, to): (f64, f64), count: f64) {
        let (left, right) = (self.at_x(from), self.at_x(to));
        let top = self.at_y(count);
        let (width, height) = ((right - left - 0.8).max(0.4), self.sides[3] - top);
        self.marks.push(html! {
            rect class=(class) x=(tenth(left + 0.4)) y=(tenth(top)) width=(tenth(width)) height=(tenth(height)) {}
        });
    }

    /// The stretch of the horizontal axis over which `points` lie, and what it is, where they leave more room.
    pub(super) fn stretch(&mut self, text: &str, points: impl Iterator<Item = Point> + Clone) {
        let [_, _, top, bottom] = self.sides;
        let span = |places: &mut dyn Iterator<Item = f64>| {
            places.fold((f64::INFINITY, 0.0_f64), |(low, high), at| (low.min(at), high.max(at)))
        };
        let (left, right) = span(&mut points.clone().map(|point| self.at_x(point.0)));
        let (highest, lowest) = span(&mut points.map(|point| self.at_y(point.1)));
        self.marks.push(html! {
            rect class="held" x=(tenth(left)) y=(tenth(top)) width=(tenth((right - left).max(0.0)))
                height=(tenth(bottom - top)) {}
        });
        let below = bottom - lowest >= highest - top;
        let y = if below { bottom - LINE / 2.0 - 2.0 } else { top + LINE / 2.0 + 2.0 };
        let middle = (left + right) / 2.0;
        let ways = [(middle, Anchor::Middle), (right, Anchor::End), (left + 2.0, Anchor::Start)];
        self.labels.set("held", text, &ways.map(|(x, anchor)| (x, y, anchor)));
    }

    /// A number of the horizontal axis that is marked over the whole height, with its name at the top.
    pub(super) fn mark(&mut self, class: &str, value: f64, text: &str) {
        let [_, _, top, bottom] = self.sides;
        let x = self.at_x(value);
        self.marks.push(html! { path class={ "line " (class) } d={ "M" (tenth(x)) " " (tenth(top)) "V" (tenth(bottom)) } {} });
        let y = top + LINE / 2.0;
        let text_class = format!("{class} strong");
        self.labels.set(
            &text_class,
            text,
            &[(x - GAP, y, Anchor::End), (x + GAP, y, Anchor::Start)],
        );
    }

    /// A text at a point, moved by so many units of the page: the first of these ways that is free.
    pub(super) fn name(
        &mut self,
        class: &str,
        text: &str,
        (x, y): Point,
        ways: &[(f64, f64, Anchor)],
    ) -> bool {
        let (x, y) = (self.at_x(x), self.at_y(y));
        let places: Vec<_> =
            ways.iter().map(|(dx, dy, anchor)| (x + dx, y + dy, *anchor)).collect();
        self.labels.set(class, text, &places)
    }

    /// The drawing; `id` is its own on the page.
    fn markup(&self, id: &str, title: &str, description: &str) -> Markup {
        let (name, more) = (format!("{id}-title"), format!("{id}-desc"));
        html! {
            svg viewBox={ "0 0 " (tenth(self.width)) " " (tenth(self.height)) } role="img"
                aria-labelledby={ (name) " " (more) } {
                title id=(name) { (title) }
                desc id=(more) { (description) }
                (self.ground())
                @for mark in &self.marks { (mark) }
                (self.labels.markup())
            }
        }
    }
}
