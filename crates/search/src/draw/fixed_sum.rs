//! Uniform weightings at any cap, without rejection: RandFixedSum (Stafford, "Random vectors with fixed sum", 2006).
//!
//! Divided by the cap, the weights are a point of the unit cube whose coordinates add up to s = 1/cap. That slice of the
//! n-cube is a union of cones: the apex is its center (x/n, …, x/n), the bases are its facets, in which one coordinate is 0
//! or 1 and the rest are a slice of the (n-1)-cube with sum x or x - 1. So a uniform point is drawn from the top down:
//! choose the kind of facet by the volumes of the cones, go from the center towards the facet by u^(1/(n-1)), and go on
//! inside the facet. Which coordinate the facet fixes is left to a random permutation at the end.
//!
//! The volumes are those of slices of cubes, the density of a sum of n uniform numbers (Irwin 1927, Hall 1927):
//! `(n-1) f_n(x) = x f_{n-1}(x) + (n-x) f_{n-1}(x-1)`, one term for each kind of facet.

use super::logarithm::{CLOSE_ERROR, close, polynomial, rounded};
use super::rng::{Generators, Key, Lane};
use super::simplex::Simplex;
use super::{Deviation, Group, exponentials::uniform};
use crate::lanes::{LANES, Lanes, Row, Words};
use crate::math;

/// Minimax polynomial of 2^x on [-1/2, 1/2], the constant term first (Remez exchange in 40 digits).
const EXP2: [f64; 6] = [
    1.0000000754896097,
    0.6931472254085286,
    0.24022107374198748,
    0.05550297298040467,
    0.009676036363204524,
    0.0013410005266845989,
];
/// The largest relative error of [`power`]: 7.6e-8 of the polynomial, the rest of rounding.
const POWER_ERROR: f64 = 5e-7;

/// The columns of the vector kernel's table: facets chosen so far, of the kind in which a coordinate is 1.
const COLUMNS: usize = 32;
/// -1 is never, `i32::MAX` always: see [`Lanes::chosen`].
type Column = i32;

/// Uniform on a simplex of which the cap leaves little.
#[derive(Debug, Clone)]
pub(crate) struct FixedSum {
    simplex: Simplex,
    /// The sum of the coordinates: 1/cap, or k - 1/cap where that is smaller and the cube is turned over.
    sum: f64,
    /// Whether a coordinate y stands for 1 - y.
    mirrored: bool,
    /// For n = k down to 2: the chance of a facet with a 1, as a limit for 31 random bits, by ones so far.
    limits: Vec<Vec<Column>>,
    /// The first columns of `limits`, where they are all that is needed.
    tables: Option<Vec<[Column; COLUMNS]>>,
}

impl FixedSum {
    pub(super) fn new(simplex: Simplex) -> Self {
        let (k, whole) = (simplex.pick as f64, 1.0 / simplex.cap);
        let mirrored = whole > 0.5 * k;
        let sum = if mirrored { k - whole } else { whole };
        let limits = limits(simplex.pick, sum);
        let tables = (limits[0].len() <= COLUMNS)
            .then(|| limits.iter().map(|limits| table(limits)).collect());
        Self { simplex, sum, mirrored, limits, tables }
    }

    #[inline(always)]
    pub(super) fn rebuild(&self, key: Key, candidate: u64, weights: &mut [f64]) -> bool {
        let (group, lane) = (candidate / LANES as u64, (candidate % LANES as u64) as usize);
        let mut random = Lane::new(key, group, lane);
        let (mut ones, mut start, mut reach) = (0, 0.0, 1.0);
        for (slot, limits) in self.limits.iter().enumerate() {
            let n = (weights.len() - slot) as f64;
            let one = (random.next() >> 1) as Column <= limits[ones];
            let shrink = math::exp2((math::log2(uniform(random.next())) - 31.0) / (n - 1.0));
            let center = (self.sum - ones as f64) / n;
            start += (reach - reach * shrink) * center;
            reach *= shrink;
            weights[slot] = start + if one { reach } else { 0.0 };
            ones += usize::from(one);
        }
        weights[self.limits.len()] = start + reach * (self.sum - ones as f64);
        for i in (1..weights.len()).rev() {
            weights.swap(i, below(random.next(), i + 1));
        }
        self.finish(weights);
        true
    }

    /// Points of the cube to weights; what rounding put above the cap is put on it.
    #[inline(always)]
    fn finish(&self, weights: &mut [f64]) {
        if self.mirrored {
            weights.iter_mut().for_each(|w| *w = 1.0 - *w);
        }
        self.simplex.finish(weights, 1.0 / self.simplex.cap);
        weights.iter_mut().for_each(|w| *w = w.clamp(self.simplex.floor, self.simplex.limit));
    }

    #[inline(always)]
    pub(super) fn group<L: Lanes, const G: usize>(
        &self,
        l: L,
        key: Key,
        group: u64,
        rows: &mut [[Row; G]],
        place: usize,
    ) -> Group<L> {
        let mut random = Generators::new(l, key, group);
        match &self.tables {
            Some(tables) => self.fill(l, &mut random, tables, rows, place),
            None => self.copy(key, group, rows, place),
        }
        let sum = l.splat((1.0 / self.simplex.cap) as f32);
        let floor = l.mul(sum, l.splat(self.simplex.floor as f32));
        let spread = l.splat(self.simplex.spread as f32);
        if self.tables.is_some() && (self.mirrored || self.simplex.floor > 0.0) {
            for row in rows.iter_mut() {
                let y = l.load(&row[place]);
                let v = if self.mirrored { l.sub(l.splat(1.0), y) } else { y };
                l.store(l.mul_add(v, spread, floor), &mut row[place]);
            }
        }
        Group { sum, accepted: u16::MAX, unsure: 0 }
    }

    /// Sixteen points of the cube at a time.
    #[inline(always)]
    fn fill<L: Lanes, const G: usize>(
        &self,
        l: L,
        random: &mut Generators<L>,
        tables: &[[Column; COLUMNS]],
        rows: &mut [[Row; G]],
        place: usize,
    ) {
        let sum = l.splat(self.sum as f32);
        let (mut ones, mut start, mut reach) = (l.splat(0.0), l.splat(0.0), l.splat(1.0));
        let k = rows.len();
        for (slot, table) in tables.iter().enumerate() {
            let n = (k - slot) as f32;
            let one = l.chosen(random.next(l), table, ones);
            let exponent = close(l, l.uniform(random.next(l)));
            let shorter = l.mul(reach, power(l, l.mul(exponent, l.splat(-1.0 / (n - 1.0)))));
            let center = l.mul(l.sub(sum, ones), l.splat(1.0 / n));
            start = l.mul_add(l.sub(reach, shorter), center, start);
            reach = shorter;
            l.store(l.mul_add(reach, one, start), &mut rows[slot][place]);
            ones = l.add(ones, one);
        }
        l.store(l.mul_add(reach, l.sub(sum, ones), start), &mut rows[k - 1][place]);
        let mut words = Words([0; LANES]);
        for i in (1..k).rev() {
            l.store_bits(random.next(l), &mut words);
            for (lane, &word) in words.0.iter().enumerate() {
                let j = below(word, i + 1);
                let other = rows[j][place].0[lane];
                rows[j][place].0[lane] = std::mem::replace(&mut rows[i][place].0[lane], other);
            }
        }
    }

    /// The reference's weights, scaled to points of the cube: for more columns than a table holds.
    #[inline(always)]
    fn copy<const G: usize>(&self, key: Key, group: u64, rows: &mut [[Row; G]], place: usize) {
        let mut weights = vec![0.0; rows.len()];
        for lane in 0..LANES {
            self.rebuild(key, group * LANES as u64 + lane as u64, &mut weights);
            for (row, w) in rows.iter_mut().zip(&weights) {
                row[place].0[lane] = (w / self.simplex.cap) as f32;
            }
        }
    }

    pub(super) fn deviation(&self) -> Deviation {
        let k = self.simplex.pick;
        // Each step's shrinkage is off by its exponent's error over n-1 and by the power's own; `reach` gathers them, and
        // a coordinate moves by that times the way from center to center, at most 1/(n-1) a step and 1 at the end.
        let harmonic: f64 = (1..k).map(|n| 1.0 / n as f64).sum();
        let step = CLOSE_ERROR * std::f64::consts::LN_2;
        let reach = step * harmonic + (POWER_ERROR + f64::from(f32::EPSILON)) * k as f64;
        Deviation {
            absolute: 1.01 * reach * (1.0 + harmonic) + 4.0 * k as f64 * f64::from(f32::EPSILON),
            relative: f64::from(f32::EPSILON),
            typical_sum: 1.0 / self.simplex.cap,
        }
    }
}

/// A whole number below `n`, from 32 random bits (the chances differ by 2^-32 · n of themselves at most).
#[inline(always)]
fn below(bits: u32, n: usize) -> usize {
    ((u64::from(bits) * n as u64) >> 32) as usize
}

/// 2^x of lanes in -126..=0.
#[inline(always)]
fn power<L: Lanes>(l: L, x: L::Floats) -> L::Floats {
    let whole = l.round(x);
    let t = l.sub(x, whole);
    const ROUNDED: [f32; 6] = rounded(EXP2);
    let p = polynomial(l, &ROUNDED, t);
    l.mul(p, l.exp2_whole(whole))
}

/// The chances of a facet with a 1, for n = k down to 2, by how many were chosen so far, as limits for 31 bits.
fn limits(k: usize, sum: f64) -> Vec<Vec<Column>> {
    let columns = sum.floor() as usize + 2;
    // Volumes of slices of the n-cube at sums `sum - column`, up to a factor for each n; half-open, so that a whole
    // `sum` belongs to one slice of the 1-cube.
    let at = |column: usize| sum - column as f64;
    let mut volumes: Vec<f64> =
        (0..columns + 1).map(|c| if (0.0..1.0).contains(&at(c)) { 1.0 } else { 0.0 }).collect();
    let mut all = Vec::with_capacity(k - 1);
    for n in 2..=k {
        let cones = |c: usize| (at(c) * volumes[c], (n as f64 - at(c)) * volumes[c + 1]);
        let row = |c| match cones(c) {
            (zero, one) if zero + one > 0.0 => {
                ((one / (zero + one) * 2f64.powi(31)).round() as i64 - 1) as Column
            }
            _ => -1, // out of reach
        };
        all.push((0..columns).map(row).collect());
        let next: Vec<f64> = (0..columns).map(|c| cones(c).0 + cones(c).1).collect();
        let largest = next.iter().copied().fold(0.0, f64::max);
        volumes[..columns].iter_mut().zip(next).for_each(|(v, x)| *v = x.max(0.0) / largest);
    }
    all.reverse();
    all
}

/// The limits of one n, filled up to a whole table.
fn table(limits: &[Column]) -> [Column; COLUMNS] {
    std::array::from_fn(|column| limits.get(column).copied().unwrap_or(-1))
}
