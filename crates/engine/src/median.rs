//! The number in the middle of some, which a few of another size do not move.

/// The middle one of `values`, the larger of two; none of none.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    let middle = values.len() / 2;
    (middle < values.len()).then(|| {
        let (_, median, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
        *median
    })
}
