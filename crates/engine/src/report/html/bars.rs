//! A histogram of Sharpe ratios with one of them marked.

use super::chart::{self, Axis, Chart, Size, Spacing};
use super::minus;
use crate::report::Histogram;
use crate::report::numbers::{significant, thousands};
use maud::Markup;

pub(super) const SIZES: [Size; 2] = [(400.0, 260.0), (340.0, 240.0)];

/// What is drawn, and what is said of it.
pub(super) struct Bars<'a> {
    pub(super) id: &'a str,
    pub(super) title: &'a str,
    pub(super) about: &'a str,
    pub(super) histogram: &'a Histogram,
    /// What is counted.
    pub(super) counted: &'a str,
    /// The Sharpe ratio that is marked, and its name.
    pub(super) mark: (f64, &'a str),
}

impl Bars<'_> {
    pub(super) fn markup(&self, sizes: &[Size]) -> Markup {
        let drawn = |size| Some(self.draw(size));
        chart::fitting(self.id, self.title, self.about, sizes, drawn).unwrap_or_default()
    }

    fn draw(&self, size: Size) -> Chart {
        let Histogram { edges, counts } = wide_enough(self.histogram);
        let (mark, name) = self.mark;
        let low = edges.first().copied().unwrap_or(mark).min(mark);
        let high = edges.last().copied().unwrap_or(mark).max(mark);
        let more = (high - low) * 0.04;
        let highest = counts.iter().copied().max().unwrap_or(1).max(1) as f64;
        let x = Axis {
            title: "Sharpe ratio a year".into(),
            spacing: Spacing::Linear,
            range: (low - more, high + more),
            write: |value| minus(&format!("{}", (value * 1e4).round() / 1e4)),
        };
        let y = Axis {
            title: self.counted.into(),
            spacing: Spacing::Linear,
            range: (0.0, highest * 1.12),
            write: short,
        };
        let mut chart = Chart::new(size, x, y, 0.0);
        for (bar, count) in edges.windows(2).zip(&counts) {
            let class = if bar[1] > mark { "bar reached" } else { "bar" };
            if *count > 0 {
                chart.bar(class, (bar[0], bar[1]), *count as f64);
            }
        }
        chart.mark("best", mark, &format!("{name} {}", minus(&format!("{mark:.2}"))));
        chart
    }
}

/// So many values a bar, on average, make a shape; with fewer, bars are joined.
const SHAPELY: u64 = 10;

/// Bars as they are, or two or four in one.
fn wide_enough(histogram: &Histogram) -> Histogram {
    let Histogram { edges, counts } = histogram;
    let (all, bars) = (counts.iter().sum::<u64>(), counts.len() as u64);
    let fits = |joined: &usize| all * *joined as u64 >= SHAPELY * bars;
    let joined = [1, 2, 4].into_iter().find(fits).unwrap_or(4);
    let counts = counts.chunks(joined).map(|bars| bars.iter().sum()).collect();
    let inner = edges.iter().take(edges.len().saturating_sub(1)).step_by(joined);
    Histogram { edges: inner.chain(edges.last()).copied().collect(), counts }
}

/// A count in few letters: 950, 25,000, 150k, 1.20M.
fn short(count: f64) -> String {
    match count {
        ..1e5 => thousands(count as u64),
        ..1e6 => format!("{}k", thousands((count / 1e3) as u64)),
        ..1e9 => format!("{}M", significant(count / 1e6)),
        _ => format!("{}G", significant(count / 1e9)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_values_have_wide_bars() {
        let histogram = |count: u64| Histogram {
            edges: (0..=40).map(f64::from).collect(),
            counts: vec![count; 40],
        };
        assert_eq!(wide_enough(&histogram(10)), histogram(10));
        let Histogram { edges, counts } = wide_enough(&histogram(5));
        assert_eq!((edges.len(), edges[1], edges[20], counts), (21, 2.0, 40.0, vec![10; 20]));
        let Histogram { edges, counts } = wide_enough(&histogram(1));
        assert_eq!((edges.len(), edges[1], edges[10], counts), (11, 4.0, 40.0, vec![4; 10]));
    }

    #[test]
    fn counts_are_short() {
        let texts = [0.0, 950.0, 25_000.0, 150_000.0, 1.2e6, 4e11].map(short);
        assert_eq!(texts, ["0", "950", "25,000", "150k", "1.20M", "400G"]);
    }
}
