//! Bars: an open, a high, a low and a close in each row, told by the numbers and not by their names, which may be of any
//! language. The high is above, the low below the others in every row, and the others wander between the two from row to row,
//! as prices of different assets do not.

use super::grid::Grid;
use crate::median::median;

/// In fewer rows assets may lie between two others by chance. (Of 1,200 tables of 4 to 10 random walks from one level, 40 to 250 rows
/// long, none was taken for bars; of 600 made-up histories, 594 to 600 were.)
const LEAST_ROWS: usize = 40;
/// Among more columns nobody writes the bars of one asset.
const MOST_COLUMNS: usize = 16;
/// How far the high of a bar is above its low, at most, in half of the rows.
const WIDEST: f64 = 1.5;
/// How far a close goes from row to row, as a share of its bar, at least, in half of the rows.
const WANDERS: f64 = 0.1;
/// The same as a share of how far it is from its usual place: an asset between two others keeps its place for long.
const FORGETS: f64 = 0.5;

/// Whether some of `columns` are the bars of one asset; `order` holds the rows in the order of their times.
pub(super) fn are_bars(grid: &Grid, columns: &[usize], order: &[usize]) -> bool {
    if columns.len() < 4 || columns.len() > MOST_COLUMNS || grid.rows() < LEAST_ROWS {
        return false;
    }
    let numbers: Vec<Vec<f64>> = columns
        .iter()
        .filter_map(|&column| order.iter().map(|&row| grid.cell(row, column).number()).collect())
        .collect();
    let pairs = numbers.iter().flat_map(|low| numbers.iter().map(move |high| (low, high)));
    pairs.filter(|(low, high)| spans(low, high)).any(|(low, high)| {
        let within = numbers.iter().filter(|column| wanders(column, low, high));
        within.count() >= 2
    })
}

/// Whether one column is the upper end of bars and another the lower.
fn spans(low: &[f64], high: &[f64]) -> bool {
    let pairs = || low.iter().zip(high);
    let above = pairs().all(|(low, high)| *low > 0.0 && low <= high);
    above
        && median(pairs().map(|(low, high)| high / low))
            .is_some_and(|ratio| (1.0..WIDEST).contains(&ratio) && ratio > 1.0)
}

/// Whether a column lies within bars in every row, here and there.
fn wanders(column: &[f64], low: &[f64], high: &[f64]) -> bool {
    let bars = || column.iter().zip(low.iter().zip(high));
    let within = bars().all(|(value, (low, high))| low <= value && value <= high);
    if !within {
        return false;
    }
    let places: Vec<f64> = bars()
        .filter(|(_, (low, high))| high > low)
        .map(|(value, (low, high))| (value - low) / (high - low))
        .collect();
    let step = median(places.windows(2).map(|pair| (pair[1] - pair[0]).abs()));
    let usual = median(places.iter().copied()).unwrap_or_default();
    let away = median(places.iter().map(|place| (place - usual).abs())).unwrap_or_default();
    step.is_some_and(|step| step > WANDERS && step >= FORGETS * away)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::grid::{Nature, Origin};
    use crate::input::memory::Column;

    fn grid(columns: Vec<Vec<f64>>) -> Grid {
        let origin = Origin { file: "p.csv".into(), unit: "row" };
        let header = (0..columns.len()).map(|i| format!("S{i}")).collect();
        let columns = columns.into_iter().map(Column::Numbers).collect();
        Grid::of_columns(origin, header, columns, Nature::default())
    }

    /// Numbers between -0.5 and 0.5.
    fn noise(seed: u64) -> impl FnMut() -> f64 {
        let mut state = seed;
        move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 11) as f64 * 2f64.powi(-53) - 0.5
        }
    }

    fn walk(seed: u64) -> Vec<f64> {
        let mut draw = noise(seed);
        (0..60)
            .scan(100.0, |price, _| {
                *price *= 1.0 + 0.03 * draw();
                Some(*price)
            })
            .collect()
    }

    #[test]
    fn bars_are_told_by_their_numbers_and_assets_are_no_bars() {
        let rows: Vec<usize> = (0..60).collect();
        let mut draw = noise(9);
        let close = walk(3);
        let open: Vec<f64> = close.iter().map(|price| price * (1.0 + 0.02 * draw())).collect();
        let ends = |up: bool| -> Vec<f64> {
            let pick = if up { f64::max } else { f64::min };
            open.iter()
                .zip(&close)
                .map(|(a, b)| pick(*a, *b) * if up { 1.004 } else { 0.996 })
                .collect()
        };
        let volume: Vec<f64> = (0..60).map(|row| 1e6 + f64::from(row * 7 % 13)).collect();
        let bars = grid(vec![volume, open.clone(), ends(true), ends(false), close.clone()]);
        assert!(are_bars(&bars, &[0, 1, 2, 3, 4], &rows));
        let levels = grid(
            (0..4)
                .map(|i| close.iter().map(|x| x * (1.0 + 0.01 * f64::from(i))).collect())
                .collect(),
        );
        assert!(!are_bars(&levels, &[0, 1, 2, 3], &rows), "classes of one fund");
        let walks = grid((0..6).map(|i| walk(20 + i)).collect());
        assert!(!are_bars(&walks, &[0, 1, 2, 3, 4, 5], &rows));
    }
}
