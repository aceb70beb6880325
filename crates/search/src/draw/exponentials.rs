//! Uniform weightings by rejection: exponentials divided by their sum are uniform on the simplex, and those that keep to
//! the cap are uniform on what is left of it (Devroye, "Non-Uniform Random Variate Generation", 1986, ch. V).

use super::logarithm::{QUICK_ERROR, quick};
use super::rng::{Generators, Key, Lane};
use super::simplex::Simplex;
use super::{Deviation, Group};
use crate::lanes::{LANES, Lanes, Row};
use crate::math;

/// Uniform on a simplex of which the cap leaves a fair share.
#[derive(Debug, Clone)]
pub(crate) struct Exponentials {
    simplex: Simplex,
}

/// The uniform number of 32 random bits, as [`Lanes::uniform`] makes it.
#[inline(always)]
pub(super) fn uniform(bits: u32) -> f64 {
    f64::from(((bits & 0x7fff_fffe) | 1) as f32)
}

impl Exponentials {
    pub(super) fn new(simplex: Simplex) -> Self {
        Self { simplex }
    }

    #[inline(always)]
    pub(super) fn rebuild(&self, key: Key, candidate: u64, weights: &mut [f64]) -> bool {
        let (group, lane) = (candidate / LANES as u64, (candidate % LANES as u64) as usize);
        let mut random = Lane::new(key, group, lane);
        weights.iter_mut().for_each(|w| *w = uniform(random.next()));
        let mut sum = 0.0;
        weights.iter_mut().for_each(|w| *w = 31.0 - math::log2(*w));
        weights.iter().for_each(|w| sum += w);
        self.simplex.finish(weights, sum)
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
        let (mut sum, mut largest) = (l.splat(0.0), l.splat(0.0));
        for row in rows.iter_mut() {
            let exponential = quick(l, l.uniform(random.next(l)));
            l.store(exponential, &mut row[place]);
            sum = l.add(sum, exponential);
            largest = l.max(largest, exponential);
        }
        let (accepted, possible) = self.within_cap(l, sum, largest);
        if self.simplex.floor > 0.0 {
            let spread = l.splat(self.simplex.spread as f32);
            let floor = l.mul(sum, l.splat(self.simplex.floor as f32));
            for row in rows.iter_mut() {
                l.store(l.mul_add(l.load(&row[place]), spread, floor), &mut row[place]);
            }
        }
        Group { sum, accepted, unsure: possible & !accepted }
    }

    /// The lanes that keep to the cap for certain, and those that may.
    #[inline(always)]
    fn within_cap<L: Lanes>(&self, l: L, sum: L::Floats, largest: L::Floats) -> (u16, u16) {
        let (cap, k) = (self.simplex.cap, self.simplex.pick as f64);
        if cap >= 1.0 {
            return (u16::MAX, u16::MAX);
        }
        // largest and cap·sum are off by the errors of the logarithms and by the rounding of the sum and the product.
        let error = l.splat((QUICK_ERROR * (1.0 + k * cap) * 1.01) as f32);
        // The reference's weights are rounded when the floor is added, which is much where little is spread.
        let rounding = 2.0 * f64::EPSILON * self.simplex.limit / (self.simplex.spread * cap);
        let slack = (k + 8.0) * f64::from(f32::EPSILON) + rounding;
        let low = l.sub(l.mul(sum, l.splat((cap * (1.0 - slack)) as f32)), error);
        let high = l.add(l.mul(sum, l.splat((cap * (1.0 + slack)) as f32)), error);
        (l.at_least(low, largest), l.at_least(high, largest))
    }

    pub(super) fn deviation(&self) -> Deviation {
        let k = self.simplex.pick as f64;
        // With a floor, the error of the sum enters each number too: spread·e + floor·k·e = e.
        Deviation {
            absolute: QUICK_ERROR,
            relative: if self.simplex.floor > 0.0 {
                (k + 4.0) * f64::from(f32::EPSILON)
            } else {
                0.0
            },
            typical_sum: k * std::f64::consts::LOG2_E,
        }
    }
}
