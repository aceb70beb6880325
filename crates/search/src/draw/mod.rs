//! Drawing weightings: step 5 of a search.
//!
//! Each sampler has two forms. The *reference* rebuilds one candidate in `f64` from its number alone; it says what the
//! draw is. The *group* makes 16 candidates at a time in `f32`, for screening, from the same random bits and within an
//! error that the sampler states. Candidates are numbered from 0, 16 to a group; those that keep to the cap are the draws.

mod dirichlet;
mod exponentials;
mod fixed_sum;
mod logarithm;
pub(crate) mod rng;
mod simplex;

use crate::lanes::{LANES, Lanes, Row};
use crate::{Error, Rule, Sampler};
use dirichlet::Dirichlet;
use exponentials::Exponentials;
use fixed_sum::FixedSum;
use rng::Key;
use simplex::Simplex;

/// Rejection is left for the method without it where less than this share of the candidates keeps to the cap. Not measured
/// at the border: from 80 M/s at a share of 0.88 and 24 M/s without rejection (k = 25, AVX-512, 2026-11) both cost the same
/// somewhere between 0.2 and 0.3. A change here changes the draws.
const LEAST_ACCEPTANCE: f64 = 0.2;
/// So many candidates are tried before a sampler is asked whether it gets anywhere ...
const PATIENCE: u64 = 1 << 22;
/// ... which it does if at least one in so many is accepted.
const WORST: u64 = 1 << 16;

/// A way to draw weightings, made once for a search.
#[derive(Debug, Clone)]
pub(crate) enum Draws {
    /// One feasible point: equal weights.
    Single { pick: usize },
    /// Uniform by rejection.
    Exponentials(Exponentials),
    /// Uniform without rejection.
    FixedSum(FixedSum),
    /// Dirichlet by rejection.
    Dirichlet(Dirichlet),
}

#[derive(Clone, Copy)]
/// Sixteen candidates, not yet normalized: candidate `lane` has weight `rows[i].lane / sum.lane` in asset i.
pub(crate) struct Group<L: Lanes> {
    /// What the lane's numbers add up to.
    pub(crate) sum: L::Floats,
    /// The lanes that keep to the cap for certain.
    pub(crate) accepted: u16,
    /// The lanes of which only the reference can tell.
    pub(crate) unsure: u16,
}

/// How far a group's numbers may be from those of the reference (scaled alike): `absolute + relative * sum` each.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Deviation {
    pub(crate) absolute: f64,
    pub(crate) relative: f64,
    /// What the numbers add up to, roughly.
    pub(crate) typical_sum: f64,
}

impl Draws {
    /// The sampler for subsets of `pick` assets under `rule`, which admits them.
    pub(crate) fn new(sampler: Sampler, pick: usize, rule: &Rule) -> Self {
        let simplex = Simplex::new(pick, rule);
        if simplex.is_point() {
            return Draws::Single { pick };
        }
        match sampler {
            Sampler::Uniform if simplex.acceptance() >= LEAST_ACCEPTANCE => {
                Draws::Exponentials(Exponentials::new(simplex))
            }
            Sampler::Uniform => Draws::FixedSum(FixedSum::new(simplex)),
            Sampler::Dirichlet(alpha) => Draws::Dirichlet(Dirichlet::new(simplex, alpha)),
        }
    }

    /// The reference: the weights of one candidate, and whether they keep to the cap.
    #[inline(always)]
    pub(crate) fn rebuild(&self, key: Key, candidate: u64, weights: &mut [f64]) -> bool {
        match self {
            Draws::Single { pick } => {
                weights.fill(1.0 / *pick as f64);
                true
            }
            Draws::Exponentials(sampler) => sampler.rebuild(key, candidate, weights),
            Draws::FixedSum(sampler) => sampler.rebuild(key, candidate, weights),
            Draws::Dirichlet(sampler) => sampler.rebuild(key, candidate, weights),
        }
    }

    /// Group `group` in place `place` of `rows`, one row an asset.
    #[inline(always)]
    pub(crate) fn group<L: Lanes, const G: usize>(
        &self,
        l: L,
        key: Key,
        group: u64,
        rows: &mut [[Row; G]],
        place: usize,
    ) -> Group<L> {
        match self {
            Draws::Exponentials(sampler) => sampler.group(l, key, group, rows, place),
            Draws::FixedSum(sampler) => sampler.group(l, key, group, rows, place),
            Draws::Single { .. } | Draws::Dirichlet(_) => self.rounded(l, key, group, rows, place),
        }
    }

    /// A group that is the reference's, rounded: for samplers without a faster way.
    #[inline(always)]
    fn rounded<L: Lanes, const G: usize>(
        &self,
        l: L,
        key: Key,
        group: u64,
        rows: &mut [[Row; G]],
        place: usize,
    ) -> Group<L> {
        let mut weights = vec![0.0; rows.len()];
        let mut accepted = 0;
        for lane in 0..LANES {
            let candidate = group * LANES as u64 + lane as u64;
            accepted |= u16::from(self.rebuild(key, candidate, &mut weights)) << lane;
            rows.iter_mut().zip(&weights).for_each(|(row, &w)| row[place].0[lane] = w as f32);
        }
        Group { sum: l.splat(1.0), accepted, unsure: 0 }
    }

    /// How far a group may be from the reference.
    pub(crate) fn deviation(&self) -> Deviation {
        match self {
            Draws::Exponentials(sampler) => sampler.deviation(),
            Draws::FixedSum(sampler) => sampler.deviation(),
            Draws::Single { .. } | Draws::Dirichlet(_) => {
                Deviation { absolute: 0.0, relative: f64::from(f32::EPSILON), typical_sum: 1.0 }
            }
        }
    }

    /// Refuses to go on where next to nothing is accepted.
    ///
    /// # Errors
    /// Fewer than one in 65,536 of at least 4 million candidates kept to the cap.
    pub(crate) fn check_progress(
        &self,
        sampler: Sampler,
        tried: u64,
        accepted: u64,
    ) -> Result<(), Error> {
        if tried >= PATIENCE && accepted < tried / WORST {
            return Err(Error::Rejected { sampler: sampler.to_string(), tried, accepted });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
