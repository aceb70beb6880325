//! Doubts: what makes an answer doubtful though it can be computed. A price that falls to a tenth in a day and stays there was
//! split, a Sharpe ratio of 20 is that of other numbers than were meant. Each doubt is a note; none changes an answer.

use crate::cut::Stretch;
use crate::median::median;
use crate::report::Figures;
use crate::settings::{Date, TableKind};
use sharpest_search::{Moments, Returns};

/// Above this condition number an error in the ninth digit of the moments changes weights in their first: half of the digits
/// of a double are gone.
const CONDITIONED: f64 = 1e8;
/// Among more assets the condition number takes longer than the answer.
const MOST_CONDITIONED: usize = 1500;

/// What makes an answer doubtful though it can be computed.
pub(crate) fn of_sample(returns: &Returns, moments: &Moments) -> Vec<String> {
    let (rows, names) = (returns.len(), returns.assets());
    let mut doubts = Vec::new();
    if rows <= names.len() {
        doubts.push(format!(
            "{rows} returns are few for {} assets: their covariance is singular, and some portfolios look riskless",
            names.len()
        ));
    }
    doubts.extend(
        twins(returns)
            .into_iter()
            .map(|(a, b)| format!("{} and {} have the same returns", names[a], names[b])),
    );
    if doubts.is_empty() {
        doubts.extend(near_singular(moments)); // else what was said is the reason
    }
    doubts
}

/// What makes the returns of a stretch doubtful: they may be something else than was said.
pub(crate) fn of_returns(stretch: &Stretch<'_>, kind: TableKind) -> Vec<String> {
    let returns = &stretch.returns;
    let dates = &stretch.dates[stretch.dates.len().saturating_sub(returns.len())..];
    let at = |row: usize| {
        dates.get(row).map_or(format!("in row {}", row + 1), |date| format!("on {date}"))
    };
    match kind {
        TableKind::Prices => {
            jumps(returns, dates).into_iter().chain(look_like_returns(returns)).collect()
        }
        TableKind::Relatives => jumps(returns, dates).into_iter().collect(),
        TableKind::Returns => {
            look_like_prices(returns).or_else(|| look_like_percent(returns)).into_iter().collect()
        }
        TableKind::Percent => Vec::new(),
    }
    .into_iter()
    .chain(total_loss(returns, at))
    .collect()
}

/// A table without a loss, of whose returns half are above this, holds none.
const PRICE: f64 = 0.05;
/// Half of the returns of a table are larger than this if they are in percent, a loss or a gain of a third.
const PERCENT: f64 = 0.3;

/// Large returns of which none is a loss are most likely prices.
fn look_like_prices(returns: &Returns) -> Option<String> {
    let gains = returns.values().iter().all(|value| *value > 0.0);
    let large = median(returns.values().iter().copied()).unwrap_or_default() > PRICE;
    (gains && large).then(|| {
        "no return is a loss, and most are large: if these are prices, leave out --table returns, if price relatives, say --table relatives".into()
    })
}

fn look_like_percent(returns: &Returns) -> Option<String> {
    let median = median(returns.values().iter().map(|value| value.abs())).unwrap_or_default();
    (median > PERCENT).then(|| {
        format!(
            "half of the returns are larger than {:.0} %: if they are in percent, say --table percent, which divides them by 100",
            median * 100.0
        )
    })
}

/// Fewer returns tell nothing of how they follow each other.
const LEAST_RETURNS: usize = 20;
/// The correlation of each change with the one before, where the numbers themselves do not depend on each other: -0.5.
const BACK_AND_FORTH: f64 = -0.4;

/// Prices that go back from wherever they went are most likely returns, or price relatives.
fn look_like_returns(returns: &Returns) -> Option<String> {
    let n = returns.assets().len();
    if returns.len() < LEAST_RETURNS {
        return None;
    }
    let log = |value: &f64| value.ln_1p();
    let correlation = |column: usize| {
        let changes: Vec<f64> = returns.rows().map(|row| log(&row[column])).collect();
        let mean = changes.iter().sum::<f64>() / changes.len() as f64;
        let product = |lag: usize| -> f64 {
            changes.iter().zip(&changes[lag..]).map(|(a, b)| (a - mean) * (b - mean)).sum()
        };
        product(1) / product(0)
    };
    let correlations = (0..n).map(correlation).filter(|value| value.is_finite());
    let (count, sum) =
        correlations.fold((0usize, 0.0), |(count, sum), value| (count + 1, sum + value));
    (count > 0 && sum / (count as f64) < BACK_AND_FORTH).then(|| {
        "the prices go back and forth from row to row, as returns do: if the table holds returns, say --table returns, if price relatives, --table relatives".into()
    })
}

/// A return of -99.99 % is hardly one.
const TOTAL: f64 = -0.999_9;

fn total_loss(returns: &Returns, at: impl Fn(usize) -> String) -> Option<String> {
    let n = returns.assets().len();
    let lost = returns.values().iter().position(|value| *value <= TOTAL)?;
    let share = -100.0 * returns.values()[lost];
    let more = match share {
        100.0001.. => ", which nothing can",
        99.9999.. => "",
        _ => ": some files write so where a return is missing",
    };
    let loses = (share * 100.0).round() / 100.0;
    Some(format!("{} loses {loses} % {}{more}", returns.assets()[lost % n], at(lost / n)))
}

/// A price that is multiplied by a whole number in one step.
struct Jump {
    row: usize,
    factor: f64,
    up: bool,
    /// Whether the next step takes it back.
    back: bool,
}

/// No split and no change of unit is larger.
const LARGEST_FACTOR: f64 = 10_000.0;
/// How far from a whole number the factor may be: the day has a return of its own.
const OFF: f64 = 0.08;
/// A jump and the way back are of one size, but for what the days were worth.
const NEARLY: f64 = 0.9;
/// A jump is so many times as large as half of the steps.
const OUTLYING: f64 = 10.0;
/// So many jumps are named.
const NAMED: usize = 3;

impl Jump {
    /// The largest jump of an asset, if it has one.
    fn of(steps: &[f64]) -> Option<Self> {
        let usual = median(steps.iter().map(|step| step.abs()))? * OUTLYING;
        let most = steps.iter().fold(0.0, |most: f64, step| most.max(step.abs()));
        let largest = steps.iter().position(|step| step.abs() >= NEARLY * most)?; // there, and not back
        let size = steps[largest].abs();
        let factor = size.exp().round();
        let whole =
            (2.0..=LARGEST_FACTOR).contains(&factor) && (size.exp() / factor - 1.0).abs() < OFF;
        let back =
            steps.get(largest + 1).is_some_and(|next| (next + steps[largest]).abs() < size / 5.0);
        (whole && size > usual).then_some(Self {
            row: largest,
            factor,
            up: steps[largest] > 0.0,
            back,
        })
    }

    fn words(&self, asset: &str, dates: &[Date]) -> String {
        let at = dates
            .get(self.row)
            .map_or(format!("in row {}", self.row + 1), |date| format!("on {date}"));
        let change = if self.up { "times" } else { "one part in" };
        let stay = if self.back { " and goes back" } else { "" };
        format!("{asset} {change} {} {at}{stay}", self.factor)
    }
}

fn jumps(returns: &Returns, dates: &[Date]) -> Option<String> {
    let names = returns.assets();
    let found: Vec<(usize, Jump)> = (0..names.len())
        .filter_map(|column| {
            let steps: Vec<f64> = returns.rows().map(|row| row[column].ln_1p()).collect();
            Some((column, Jump::of(&steps)?))
        })
        .collect();
    if found.is_empty() {
        return None;
    }
    let named: Vec<String> =
        found.iter().take(NAMED).map(|(column, jump)| jump.words(&names[*column], dates)).collect();
    let more = match found.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    Some(format!(
        "prices that jump by a whole factor, as after a split or in another unit: {}{more}; adjusted prices have no such jumps",
        named.join(", ")
    ))
}

/// No portfolio of assets that can be bought has a higher Sharpe ratio for years.
const HIGHEST_SHARPE: f64 = 10.0;
/// A volatility a year above this is that of few assets, or of numbers in another unit.
const HIGHEST_VOLATILITY: f64 = 1.5;

/// Figures that are beyond belief.
///
/// Few returns reach any figure, whatever they are: `returns` says how many there are, if there are any.
pub(crate) fn of_figures(
    best: &Figures,
    table: Option<TableKind>,
    returns: Option<usize>,
    periods: f64,
) -> Option<String> {
    if returns.is_some_and(|returns| returns < LEAST_RETURNS) {
        return None;
    }
    let what = match (best.volatility > HIGHEST_VOLATILITY, best.sharpe > HIGHEST_SHARPE) {
        (true, _) => format!("a volatility of {:.0} % a year", best.volatility * 100.0),
        (_, true) => format!("a Sharpe ratio of {:.1}", best.sharpe),
        _ => return None,
    };
    let doubt = match table {
        None => format!(
            "whether mean and covariance are those of one period, of which a year has {periods}; of annual ones say --periods 1"
        ),
        Some(TableKind::Returns) => format!(
            "whether the returns are fractions (of percent say --table percent), and whether a year has {periods} of them (--periods)"
        ),
        Some(TableKind::Prices | TableKind::Relatives | TableKind::Percent) => format!(
            "whether all columns are what one could have bought, and whether a year has {periods} rows (--periods)"
        ),
    };
    Some(format!("{what} is hard to believe: look {doubt}"))
}

/// Assets that are nearly sums of others: what decides between them is hardly in the data.
pub(crate) fn near_singular(moments: &Moments) -> Option<String> {
    if moments.len() > MOST_CONDITIONED {
        return None;
    }
    match moments.condition() {
        ..=CONDITIONED => None,
        f64::INFINITY => Some(
            "the covariance is singular: some assets are sums of others, so other weights may do as well, and some portfolios look riskless; leave some of them out, or shrink it toward its diagonal"
                .into(),
        ),
        condition => Some(format!(
            "the covariance is nearly singular (condition number of the correlations {condition:.0e}, above {CONDITIONED:.0e}): some assets are nearly sums of others, and which of them are held hangs on the ninth digit of the data; the Sharpe ratio itself hardly does"
        )),
    }
}

/// Pairs of columns that are equal to the last bit, in the order of the table.
fn twins(returns: &Returns) -> Vec<(usize, usize)> {
    let column = |i: usize| returns.rows().map(move |row| row[i].to_bits());
    let mut order: Vec<usize> = (0..returns.assets().len()).collect();
    order.sort_by(|&a, &b| column(a).cmp(column(b))); // stable: the earlier of equals stays first
    let pairs = order.windows(2).filter(|pair| column(pair[0]).eq(column(pair[1])));
    let mut twins: Vec<(usize, usize)> = pairs.map(|pair| (pair[0], pair[1])).collect();
    twins.sort_unstable();
    twins
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(jumps: &[(usize, f64)]) -> Vec<f64> {
        let mut steps: Vec<f64> = (0..60).map(|i| 0.01 * f64::from(i * 7 % 11 - 5)).collect();
        jumps.iter().for_each(|&(row, factor)| steps[row] += factor.ln());
        steps
    }

    #[test]
    fn a_split_is_a_jump_and_a_crash_is_none() {
        let found = |jumps: &[(usize, f64)]| {
            Jump::of(&steps(jumps)).map(|jump| (jump.row, jump.factor, jump.up, jump.back))
        };
        assert_eq!(found(&[(30, 0.1)]), Some((30, 10.0, false, false)));
        assert_eq!(found(&[(30, 2.0)]), Some((30, 2.0, true, false)));
        assert_eq!(found(&[(30, 100.0), (31, 0.01)]), Some((30, 96.0, true, true)));
        assert_eq!(found(&[]), None);
        assert_eq!(found(&[(30, 0.7)]), None, "no whole number");
    }

    #[test]
    fn returns_that_are_taken_for_prices_go_back_and_forth() {
        let mut state = 1u64;
        let mut draw = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as f64 / f64::from(u32::MAX >> 1) - 0.5
        };
        let relatives: Vec<f64> = (0..200).map(|_| 1.0 + 0.02 * draw()).collect();
        let of = |prices: &[f64]| {
            let values = prices.windows(2).map(|pair| pair[1] / pair[0] - 1.0).collect();
            look_like_returns(&Returns::new(vec!["A".into()], values).unwrap())
        };
        assert!(of(&relatives).is_some());
        let prices: Vec<f64> = relatives
            .iter()
            .scan(1.0, |price, x| {
                *price *= x;
                Some(*price)
            })
            .collect();
        assert_eq!(of(&prices), None);
    }

    #[test]
    fn percent_is_told_from_fractions() {
        let of = |scale: f64| {
            let values = (0..40).map(|i| scale * f64::from(i * 7 % 11 - 5)).collect();
            look_like_percent(&Returns::new(vec!["A".into()], values).unwrap())
        };
        assert!(of(0.2).is_some());
        assert_eq!(of(0.002), None);
    }
}
