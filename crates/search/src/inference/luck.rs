//! The luck test: how often an optimizer finds a Sharpe ratio as high as this one where there is nothing to find.
//!
//! The returns are centered, so that every asset earns exactly the rate; rows are drawn from them anew, as many as there
//! were; the *same* problem is solved again; and this is done many times. The share of those that reach the observed figure
//! is its p-value, in the logic of White's reality check ("A reality check for data snooping", Econometrica 68, 2000). Rows
//! are drawn in runs of random length that wrap around (the stationary bootstrap of Politis and Romano, JASA 89, 1994), so
//! that what hangs together in time stays together.

use crate::draw::rng::{Key, Lane, Purpose};
use crate::kernel::Proof;
use crate::lanes::{Lanes, Task};
use crate::{Kernel, Returns};

/// How to test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Luck {
    /// Replicates, B.
    pub draws: u64,
    /// Mean length of a run of rows, 1 or more; 1 draws every row by itself.
    pub block: f64,
    /// What makes two tests draw differently.
    pub seed: u64,
}

impl Default for Luck {
    fn default() -> Self {
        Self { draws: 4000, block: 5.0, seed: 1 }
    }
}

/// Makes replicates: a function of the returns, the test and the replicate's number alone.
#[derive(Debug, Clone)]
pub struct Resampler {
    luck: Luck,
    assets: usize,
    periods: f64,
    rate: f64,
    proof: Proof,
    /// Centered returns, row after row, each filled up with zeros to whole octets.
    centered: Vec<[f64; OCTET]>,
    /// How often each row was drawn.
    counts: Vec<f64>,
    /// The rows that were drawn at all, in order.
    drawn: Vec<usize>,
    /// Sums of products of the drawn rows, an asset after the other, in octets; above the diagonal nothing is meant.
    products: Vec<[f64; OCTET]>,
    mean: Vec<f64>,
    covariance: Vec<f64>,
}

/// Numbers that are worked on together.
const OCTET: usize = 8;
/// Rows whose products are added at a time, so that each sum is loaded and stored once for all of them.
const TOGETHER: usize = 4;
/// Products that are added between two looks at the stop callback: some 10 ms.
const PRODUCTS_BEFORE_LOOK: usize = 20_000_000;

impl Resampler {
    /// Centers `returns` of `periods` a year. `rate` is a fraction a year.
    pub fn new(returns: &Returns, periods: f64, rate: f64, luck: Luck) -> Self {
        let (rows, assets) = (returns.len(), returns.assets().len());
        let mut mean = vec![0.0; assets];
        for row in returns.rows() {
            mean.iter_mut().zip(row).for_each(|(m, x)| *m += x / rows as f64);
        }
        let octets = assets.div_ceil(OCTET);
        let mut centered = vec![[0.0; OCTET]; rows * octets];
        for (row, to) in returns.rows().zip(centered.chunks_exact_mut(octets)) {
            let values = to.as_flattened_mut().iter_mut();
            values.zip(row).zip(&mean).for_each(|((to, x), m)| *to = x - m);
        }
        Self {
            luck,
            assets,
            periods,
            rate,
            proof: Kernel::detect().checked(),
            centered,
            counts: vec![0.0; rows],
            drawn: Vec::with_capacity(rows),
            products: vec![[0.0; OCTET]; assets * octets],
            mean,
            covariance: vec![0.0; assets * assets],
        }
    }

    /// Annual mean and covariance (ddof 1) of replicate `number`; `None` if `stop`, asked about every 10 ms, says true.
    pub fn replicate(
        &mut self,
        number: u64,
        stop: &mut dyn FnMut() -> bool,
    ) -> Option<(&[f64], &[f64])> {
        self.draw(number);
        self.sum(stop)?;
        let (n, rows) = (self.assets, self.counts.len() as f64);
        self.mean.iter_mut().for_each(|m| *m /= rows);
        let (products, octets) = (self.products.as_flattened(), n.div_ceil(OCTET));
        let scale = self.periods / (rows - 1.0);
        for i in 0..n {
            for j in 0..=i {
                let sum = products[i * octets * OCTET + j] - rows * self.mean[i] * self.mean[j];
                self.covariance[i * n + j] = scale * sum;
                self.covariance[j * n + i] = scale * sum;
            }
        }
        let (periods, rate) = (self.periods, self.rate);
        self.mean.iter_mut().for_each(|m| *m = m.mul_add(periods, rate));
        Some((&self.mean, &self.covariance))
    }

    /// Sums the drawn rows and their products; `None` if `stop` says true between two parts of them.
    fn sum(&mut self, stop: &mut dyn FnMut() -> bool) -> Option<()> {
        self.mean.fill(0.0);
        self.products.fill([0.0; OCTET]);
        let fours = PRODUCTS_BEFORE_LOOK / (self.assets * self.assets) / TOGETHER;
        for drawn in self.drawn.chunks(fours.max(1) * TOGETHER) {
            if stop() {
                return None;
            }
            self.proof.run(Sums {
                centered: &self.centered,
                counts: &self.counts,
                drawn,
                mean: &mut self.mean,
                products: &mut self.products,
            });
        }
        Some(())
    }

    /// Draws the rows of replicate `number`.
    fn draw(&mut self, number: u64) {
        let rows = self.counts.len();
        let mut random = Lane::new(Key::new(self.luck.seed, Purpose::Luck { number }), 0, 0);
        let mut below = |n: usize| ((u128::from(random.next64()) * n as u128) >> 64) as usize;
        // A run ends with a chance of 1 in `block`, measured in 2^-53.
        let end = ((1.0 / self.luck.block.max(1.0)) * 2f64.powi(53)) as usize;
        self.counts.fill(0.0);
        let mut row = below(rows);
        for _ in 0..rows {
            self.counts[row] += 1.0;
            let ends = below(1 << 53) < end;
            row = if ends { below(rows) } else { (row + 1) % rows };
        }
        self.drawn.clear();
        self.drawn.extend((0..rows).filter(|&row| self.counts[row] > 0.0));
    }
}

/// Sums of the drawn rows and of their products. Products and sums are rounded one by one, so the bits do not depend on the
/// instruction set that this is compiled for.
struct Sums<'a> {
    centered: &'a [[f64; OCTET]],
    counts: &'a [f64],
    /// The rows that are summed here: as many as are worked on together, or a multiple of them; fewer at the end.
    drawn: &'a [usize],
    mean: &'a mut [f64],
    products: &'a mut [[f64; OCTET]],
}

impl Task for Sums<'_> {
    type Output = ();

    /// [`TOGETHER`] rows at a time: each product's sum is loaded and stored once for them.
    #[inline(always)]
    fn run<L: Lanes>(self, _: L) {
        let octets = self.mean.len().div_ceil(OCTET);
        let (centered, counts) = (self.centered, self.counts);
        let row = |&row: &usize| (&centered[row * octets..][..octets], &counts[row]);
        let mut drawn = self.drawn.iter().map(row);
        let nothing = (&self.centered[..octets], &0.0);
        while let Some(first) = drawn.next() {
            let (a, wa) = first;
            let (b, wb) = drawn.next().unwrap_or(nothing);
            let (c, wc) = drawn.next().unwrap_or(nothing);
            let (d, wd) = drawn.next().unwrap_or(nothing);
            for (i, mean) in self.mean.iter_mut().enumerate() {
                let (at, j) = (i / OCTET, i % OCTET);
                let weighted = [wa * a[at][j], wb * b[at][j], wc * c[at][j], wd * d[at][j]];
                *mean += (weighted[0] + weighted[1]) + (weighted[2] + weighted[3]);
                let sums = &mut self.products[i * octets..][..=at];
                for ((((sums, a), b), c), d) in sums.iter_mut().zip(a).zip(b).zip(c).zip(d) {
                    add_products(sums, weighted, [a, b, c, d]);
                }
            }
        }
    }
}

/// Adds four weighted rows to the sums, an octet of each.
#[inline(always)]
fn add_products(sums: &mut [f64; OCTET], weights: [f64; 4], rows: [&[f64; OCTET]; 4]) {
    let ([wa, wb, wc, wd], [a, b, c, d]) = (weights, rows);
    let mut added = *sums;
    for j in 0..OCTET {
        added[j] += (wa * a[j] + wb * b[j]) + (wc * c[j] + wd * d[j]);
    }
    *sums = added;
}

/// What the replicates came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Tally {
    observed: f64,
    replicates: u64,
    reached: u64,
    nothing: u64,
    /// The Sharpe ratios found, in the order of the replicates.
    found: Vec<f64>,
}

impl Tally {
    /// For an observed annual Sharpe ratio.
    pub fn new(observed: f64) -> Self {
        Self { observed, replicates: 0, reached: 0, nothing: 0, found: Vec::new() }
    }

    /// Counts a replicate and the Sharpe ratio found in it; none, if nothing in it beats the rate.
    pub fn count(&mut self, found: Option<f64>) {
        self.replicates += 1;
        match found {
            Some(sharpe) => {
                self.reached += u64::from(sharpe >= self.observed);
                self.found.push(sharpe);
            }
            None => self.nothing += 1,
        }
    }

    /// Both tallies in one; `other` counted the later replicates.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.replicates += other.replicates;
        self.reached += other.reached;
        self.nothing += other.nothing;
        self.found.extend(other.found);
        self
    }

    /// The chance to find as much by luck: (1 + how many did) / (1 + how many there were).
    pub fn p_value(&self) -> f64 {
        (1 + self.reached) as f64 / (1 + self.replicates) as f64
    }

    /// Replicates so far.
    pub fn replicates(&self) -> u64 {
        self.replicates
    }

    /// Replicates in which nothing beats the rate.
    pub fn nothing(&self) -> u64 {
        self.nothing
    }

    /// The mean of the Sharpe ratios found; none, if none was.
    pub fn mean(&self) -> Option<f64> {
        let count = self.found.len() as f64;
        (!self.found.is_empty()).then(|| self.found.iter().sum::<f64>() / count)
    }

    /// The Sharpe ratios found, in the order of the replicates.
    pub fn found(&self) -> &[f64] {
        &self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::rng::mix;

    fn returns(rows: usize, assets: usize) -> Returns {
        let names = (0..assets).map(|i| format!("A{i}")).collect();
        let value = |i: usize| (mix(i as u64) >> 11) as f64 * 2f64.powi(-53) * 0.04 - 0.018;
        Returns::new(names, (0..rows * assets).map(value).collect()).unwrap()
    }

    #[test]
    fn a_replicate_has_the_moments_of_the_rows_it_drew() {
        let returns = returns(40, 3);
        let mut resampler = Resampler::new(&returns, 252.0, 0.03, Luck::default());
        for number in 0..20 {
            let (mean, covariance) = resampler.replicate(number, &mut || false).unwrap();
            let (mean, covariance) = (mean.to_vec(), covariance.to_vec());
            let rows = resampler.centered.iter().zip(&resampler.counts);
            let drawn: Vec<f64> =
                rows.flat_map(|(row, &count)| row[..3].repeat(count as usize)).collect();
            let moments =
                Returns::new(returns.assets().to_vec(), drawn).unwrap().moments(252.0).unwrap();
            for (found, expected) in mean.iter().zip(moments.mean()) {
                assert!((found - (expected + 0.03)).abs() < 1e-13);
            }
            for (found, expected) in covariance.iter().zip(moments.covariance()) {
                assert!((found - expected).abs() < 1e-13);
            }
        }
    }

    #[test]
    fn runs_have_the_length_that_is_asked_for() {
        let returns = returns(1000, 1);
        for block in [1.0, 5.0, 20.0] {
            let mut resampler =
                Resampler::new(&returns, 1.0, 0.0, Luck { block, ..Luck::default() });
            // A row and the next are drawn together 1 - 1/block of the time: the covariance of their counts tells.
            let mut together = 0.0;
            for number in 0..200 {
                resampler.draw(number);
                let counts = &resampler.counts;
                assert_eq!(counts.iter().sum::<f64>(), 1000.0);
                together += (0..1000)
                    .map(|i| (counts[i] - 1.0) * (counts[(i + 1) % 1000] - 1.0))
                    .sum::<f64>();
            }
            let covariance = together / 200_000.0;
            // Counts are sums over runs of length L, geometric: their neighbors' covariance is 1 - 1/block + (mean excess
            // of a run seen again). Known at block 1: 0; and it grows with the block.
            match block {
                1.0 => assert!(covariance.abs() < 0.02, "{covariance}"),
                _ => assert!(covariance > 1.0 - 1.0 / block - 0.3, "{block}: {covariance}"),
            }
        }
    }

    #[test]
    fn the_same_seed_draws_the_same_and_another_does_not() {
        let returns = returns(50, 2);
        let replicate = |seed, number| {
            let mut resampler =
                Resampler::new(&returns, 252.0, 0.0, Luck { seed, ..Luck::default() });
            resampler.replicate(number, &mut || false).unwrap().1.to_vec()
        };
        assert_eq!(replicate(1, 7), replicate(1, 7));
        assert_ne!(replicate(1, 7), replicate(2, 7));
        assert_ne!(replicate(1, 7), replicate(1, 8));
    }

    #[test]
    fn a_replicate_ends_between_two_parts_of_its_rows() {
        let returns = returns(40, 1_600); // four rows of so many assets are 10 million products
        let mut resampler = Resampler::new(&returns, 252.0, 0.0, Luck::default());
        let mut looks = 0;
        let whole = resampler.replicate(0, &mut || {
            looks += 1;
            false
        });
        assert!(whole.is_some());
        let parts = resampler.drawn.len().div_ceil(TOGETHER);
        assert_eq!(looks, parts, "each part is preceded by a look");
        let mut left = 2;
        let stopped = resampler.replicate(0, &mut || {
            left -= 1;
            left < 0
        });
        assert!(stopped.is_none());
        assert_eq!(left, -1, "it ended at the look that said so");
    }

    #[test]
    fn a_tally_counts_itself_among_the_lucky() {
        let mut tally = Tally::new(2.0);
        [Some(1.0), Some(2.0), None, Some(3.0)].into_iter().for_each(|found| tally.count(found));
        assert_eq!((tally.p_value(), tally.nothing(), tally.mean()), (3.0 / 5.0, 1, Some(2.0)));
        let twice = tally.clone().merge(tally.clone());
        assert_eq!((twice.p_value(), twice.replicates()), (5.0 / 9.0, 8));
        assert_eq!(Tally::new(1.0).mean(), None);
    }
}
