//! The distribution of values that come with counts: minimum, quartiles, maximum.

/// Five numbers that stand for all.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Distribution {
    /// How many values there are.
    pub count: u64,
    /// The lowest.
    pub minimum: f64,
    /// A quarter lies below.
    pub lower_quartile: f64,
    /// Half lies below.
    pub median: f64,
    /// Three quarters lie below.
    pub upper_quartile: f64,
    /// The highest.
    pub maximum: f64,
}

impl Distribution {
    /// Of values, each as often as it counts; `None` of none. Sorts them in ascending order.
    pub(super) fn of(values: &mut [(f64, u64)]) -> Option<Self> {
        values.sort_by(|a, b| a.0.total_cmp(&b.0));
        let count: u64 = values.iter().map(|(_, count)| count).sum();
        (count > 0).then(|| Self {
            count,
            minimum: at(values, 0),
            lower_quartile: quantile(values, count, 1),
            median: quantile(values, count, 2),
            upper_quartile: quantile(values, count, 3),
            maximum: at(values, count - 1),
        })
    }
}

/// The value at (count − 1)·quarters/4, linearly between its neighbors (Hyndman & Fan's type 7, NumPy's default).
fn quantile(values: &[(f64, u64)], count: u64, quarters: u64) -> f64 {
    let (whole, rest) = ((count - 1) / 4 * quarters, (count - 1) % 4 * quarters);
    let (position, part) = (whole + rest / 4, (rest % 4) as f64 / 4.0);
    let low = at(values, position);
    if part == 0.0 { low } else { low + part * (at(values, position + 1) - low) }
}

/// The value at a position, from 0, in the whole list.
fn at(values: &[(f64, u64)], position: u64) -> f64 {
    let mut passed = 0;
    let found = values.iter().find(|(_, count)| {
        passed += count;
        passed > position
    });
    found.map_or(f64::NAN, |(value, _)| *value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_stand_for_repetition() {
        let of = |mut values: Vec<(f64, u64)>| Distribution::of(&mut values);
        let alone = of([3.0, 1.0, 2.0, 2.0, 7.0, 2.0].map(|x| (x, 1)).to_vec()).unwrap();
        assert_eq!(of(vec![(7.0, 1), (2.0, 3), (5.0, 0), (1.0, 1), (3.0, 1)]), Some(alone));
        assert_eq!((alone.minimum, alone.median, alone.maximum), (1.0, 2.0, 7.0));
        assert_eq!((alone.lower_quartile, alone.upper_quartile), (2.0, 2.75));
        assert_eq!(of(vec![(1.0, 0)]), None);
    }
}
