//! Seeded problems of every kind, the awkward ones among them.

use sharpest_search::exact::Bounds;
use sharpest_search::{Moments, Returns};

/// A stream of random numbers (SplitMix64; Steele, Lea & Flood, 2014).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform in [0, 1).
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Uniform in `low..high`.
    pub(crate) fn between(&mut self, low: usize, high: usize) -> usize {
        low + (self.next() % (high - low) as u64) as usize
    }

    /// Roughly normal, mean 0 and deviation 1.
    pub(crate) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }

    pub(crate) fn chance(&mut self, of: f64) -> bool {
        self.unit() < of
    }
}

/// A problem, by value.
#[derive(Debug, Clone)]
pub(crate) struct Instance {
    pub(crate) moments: Moments,
    pub(crate) bounds: Bounds,
    pub(crate) rate: f64,
}

pub(crate) fn names(n: usize) -> Vec<String> {
    (0..n).map(|i| format!("A{i}")).collect()
}

/// Daily returns of `n` assets that share three factors, over `rows` days.
pub(crate) fn factor_returns(random: &mut Random, n: usize, rows: usize) -> Vec<f64> {
    let loads: Vec<f64> = (0..3 * n).map(|_| random.normal() * 0.005).collect();
    let drift: Vec<f64> = (0..n).map(|_| random.normal() * 0.001 + 0.0003).collect();
    let own: Vec<f64> = (0..n).map(|_| 0.002 + 0.02 * random.unit()).collect();
    let mut values = Vec::with_capacity(n * rows);
    for _ in 0..rows {
        let market = [random.normal() + 0.05, random.normal(), random.normal()];
        for i in 0..n {
            let shared: f64 = (0..3).map(|f| loads[3 * i + f] * market[f]).sum();
            values.push(drift[i] + 0.008 * market[0] + shared + own[i] * random.normal());
        }
    }
    values
}

/// Daily moments of a factor model, annualized.
pub(crate) fn factor_moments(random: &mut Random, n: usize, rows: usize) -> Moments {
    let values = factor_returns(random, n, rows);
    Returns::new(names(n), values).unwrap().moments(252.0).unwrap()
}

/// The next instance of a stream: most are ordinary, some have duplicates, equal means, more assets than returns,
/// collinear assets, or bounds that leave little choice.
pub(crate) fn instance(random: &mut Random) -> Instance {
    let n = random.between(1, 41);
    let rows = if random.chance(0.2) { random.between(3, n.max(2) + 3) } else { 3 * n + 20 };
    let mut values = factor_returns(random, n, rows);
    if n > 2 && random.chance(0.25) {
        spoil(random, n, &mut values);
    }
    let moments = Returns::new(names(n), values).unwrap().moments(252.0).unwrap();
    let rate = [0.0, 0.0, 0.02, 0.05, -0.01][random.between(0, 5)];
    Instance { moments, bounds: bounds(random, n), rate }
}

/// Makes some columns copies or sums of others, or gives all the same mean.
fn spoil(random: &mut Random, n: usize, values: &mut [f64]) {
    match random.between(0, 4) {
        0 => values.chunks_exact_mut(n).for_each(|row| row[1] = row[0]),
        1 => values.chunks_exact_mut(n).for_each(|row| row[2] = 0.5 * (row[0] + row[1])),
        2 => values.chunks_exact_mut(n).for_each(|row| row[n - 1] = 2.0 * row[0] + 0.0001),
        _ => {
            let rows = values.len() / n;
            for i in 0..n {
                let mean = values.iter().skip(i).step_by(n).sum::<f64>() / rows as f64;
                values.iter_mut().skip(i).step_by(n).for_each(|x| *x += 0.0005 - mean);
            }
        }
    }
}

/// Bounds of every kind that admit weights.
pub(crate) fn bounds(random: &mut Random, n: usize) -> Bounds {
    let share = 1.0 / n as f64;
    let uniform = |cap: f64| (vec![0.0; n], vec![cap.min(1.0).max(share); n]);
    let (lower, upper) = match random.between(0, 7) {
        0 => uniform(1.0),
        1 => uniform(0.2),
        2 => uniform(share),
        3 => uniform(1.5 * share),
        4 => (vec![0.5 * share; n], vec![(4.0 * share).min(1.0); n]),
        5 => {
            let lower: Vec<f64> = (0..n).map(|_| share * random.unit()).collect();
            let upper = lower.iter().map(|l| l + share * (1.0 + 2.0 * random.unit())).collect();
            (lower, upper)
        }
        _ => {
            let fixed: Vec<bool> = (0..n).map(|_| random.chance(0.2)).collect();
            let lower = fixed.iter().map(|&f| if f { 0.5 * share } else { 0.0 }).collect();
            let upper = fixed.iter().map(|&f| if f { 0.5 * share } else { 1.0 }).collect();
            if fixed.iter().all(|&f| f) { uniform(1.0) } else { (lower, upper) }
        }
    };
    Bounds::new(lower, upper).unwrap()
}
