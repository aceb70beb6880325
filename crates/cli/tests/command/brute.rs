//! Brute force: the best portfolio of one or two assets by trying, from returns alone. It shares no code with the program.

/// Daily returns of some assets, and what is asked of them.
pub(crate) struct Brute {
    /// Row after row.
    pub(crate) returns: Vec<Vec<f64>>,
    pub(crate) rate: f64,
    pub(crate) cap: f64,
    pub(crate) floor: f64,
}

impl Brute {
    /// Of prices, as a table that a test uses.
    pub(crate) fn of(table: &str, rate: f64, floor: f64, cap: f64) -> Self {
        let number = |cell: &str| cell.parse::<f64>().unwrap();
        let row = |line: &str| line.split(',').skip(1).map(number).collect::<Vec<_>>();
        let prices: Vec<Vec<f64>> = table.lines().skip(1).map(row).collect();
        let step = |pair: &[Vec<f64>]| {
            pair[0].iter().zip(&pair[1]).map(|(a, b)| b / a - 1.0).collect::<Vec<_>>()
        };
        Self { returns: prices.windows(2).map(step).collect(), rate, cap, floor }
    }

    /// The annual Sharpe ratio of weights on some assets.
    pub(crate) fn sharpe(&self, held: &[(usize, f64)]) -> f64 {
        let earned = |row: &Vec<f64>| held.iter().map(|&(i, w)| w * row[i]).sum::<f64>();
        let earned: Vec<f64> = self.returns.iter().map(earned).collect();
        let mean = earned.iter().sum::<f64>() / earned.len() as f64;
        let squares: f64 = earned.iter().map(|r| (r - mean).powi(2)).sum();
        let variance = squares / (earned.len() - 1) as f64;
        (252.0 * mean - self.rate) / (252.0 * variance).sqrt()
    }

    /// The best weighting of two assets, both held at the floor or more: a ternary search of a function that rises and
    /// then falls wherever it is above 0.
    pub(crate) fn pair(&self, a: usize, b: usize) -> f64 {
        let (mut low, mut high) = (self.floor.max(1.0 - self.cap), self.cap.min(1.0 - self.floor));
        let at = |w: f64| self.sharpe(&[(a, w), (b, 1.0 - w)]);
        for _ in 0..200 {
            let (left, right) = (low + (high - low) / 3.0, high - (high - low) / 3.0);
            if at(left) < at(right) { low = left } else { high = right }
        }
        at(0.5 * (low + high))
    }

    /// The best of every pair.
    pub(crate) fn pairs(&self) -> Vec<f64> {
        let n = self.returns[0].len();
        let pairs = (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b)));
        pairs.map(|(a, b)| self.pair(a, b)).collect()
    }

    /// The best of one asset or two.
    pub(crate) fn at_most_two(&self) -> f64 {
        let one = (0..self.returns[0].len()).filter(|_| self.cap >= 1.0);
        let one = one.map(|i| self.sharpe(&[(i, 1.0)]));
        self.pairs().into_iter().chain(one).fold(f64::NEG_INFINITY, f64::max)
    }
}

/// Whether a figure in an answer is this one.
#[track_caller]
pub(crate) fn near(found: &serde_json::Value, expected: f64) {
    let found = found.as_f64().unwrap();
    assert!((found - expected).abs() <= 1e-9 * expected.abs(), "{found}, not {expected}");
}
