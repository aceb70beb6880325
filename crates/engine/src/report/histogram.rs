//! A histogram: how many values lie between one edge and the next.

use serde::{Deserialize, Serialize};

/// Bars of a histogram.
pub(crate) const BARS: usize = 40;

/// Bars of the same width, from the least value to the greatest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Histogram {
    /// The edges in ascending order, one more than there are counts.
    pub edges: Vec<f64>,
    /// Values from one edge to the next, the upper edge of the last bar included.
    pub counts: Vec<u64>,
}

impl Histogram {
    /// Of values, each as often as it counts; none of fewer than two distinct ones, or of any that is not finite.
    pub(crate) fn of(values: impl Iterator<Item = (f64, u64)> + Clone) -> Option<Self> {
        let low = values.clone().map(|(value, _)| value).fold(f64::INFINITY, f64::min);
        let high = values.clone().map(|(value, _)| value).fold(f64::NEG_INFINITY, f64::max);
        let width = (high - low) / BARS as f64;
        if !(width > 0.0 && width.is_finite()) {
            return None;
        }
        let mut counts = vec![0; BARS];
        for (value, count) in values {
            let bar = ((value - low) / width) as usize;
            counts[bar.min(BARS - 1)] += count;
        }
        Some(Self { edges: (0..=BARS).map(|i| low + width * i as f64).collect(), counts })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_in_a_bar() {
        let values = [(0.0, 1), (40.0, 2), (0.99, 3), (1.0, 4), (39.5, 5)];
        let Histogram { edges, counts } = Histogram::of(values.into_iter()).unwrap();
        assert_eq!(edges, (0..=40).map(f64::from).collect::<Vec<_>>());
        assert_eq!((counts.len(), counts[0], counts[1], counts[39]), (40, 4, 4, 7));
        assert_eq!(counts.iter().sum::<u64>(), 15);
    }

    #[test]
    fn what_has_no_width_has_no_bars() {
        assert_eq!(Histogram::of([].into_iter()), None);
        assert_eq!(Histogram::of([(1.0, 3), (1.0, 2)].into_iter()), None);
        assert_eq!(Histogram::of([(1.0, 1), (f64::INFINITY, 1)].into_iter()), None);
    }
}
