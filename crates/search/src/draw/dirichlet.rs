//! Symmetric Dirichlet weightings by rejection: gamma variates divided by their sum, kept if they keep to the cap.
//!
//! Gamma variates by Marsaglia and Tsang ("A simple method for generating gamma variables", ACM TOMS 26, 2000), normals by
//! Marsaglia's polar method. In logarithms throughout, since at a small parameter most variates are below what an `f64`
//! holds. How many random numbers a variate takes varies, so there is no group form: the reference draws.

use super::rng::{Key, Lane};
use super::simplex::Simplex;
use crate::lanes::LANES;
use crate::math;
use std::f64::consts::LOG2_E;

/// Dirichlet with one parameter for all assets, conditioned on the cap.
#[derive(Debug, Clone)]
pub(crate) struct Dirichlet {
    simplex: Simplex,
    alpha: f64,
}

impl Dirichlet {
    pub(super) fn new(simplex: Simplex, alpha: f64) -> Self {
        Self { simplex, alpha }
    }

    #[inline(always)]
    pub(super) fn rebuild(&self, key: Key, candidate: u64, weights: &mut [f64]) -> bool {
        let (group, lane) = (candidate / LANES as u64, candidate % LANES as u64);
        // A generator of its own for each candidate: lane 0 of a group that no other sampler's draws come from.
        let mut random = Random(Lane::new(key, group * LANES as u64 + lane, 0));
        let mut largest = f64::NEG_INFINITY;
        for w in weights.iter_mut() {
            *w = random.log2_gamma(self.alpha);
            largest = largest.max(*w);
        }
        let mut sum = 0.0;
        for w in weights.iter_mut() {
            *w = math::exp2((*w - largest).max(-1021.0));
            sum += *w;
        }
        self.simplex.finish(weights, sum)
    }
}

/// Random numbers of one candidate.
struct Random(Lane);

impl Random {
    /// Uniform in (0, 1), 52 bits.
    fn uniform(&mut self) -> f64 {
        ((self.0.next64() >> 12) as f64 + 0.5) * 2f64.powi(-52)
    }

    /// Standard normal.
    fn normal(&mut self) -> f64 {
        loop {
            let (u, v) = (2.0 * self.uniform() - 1.0, 2.0 * self.uniform() - 1.0);
            let s = u.mul_add(u, v * v);
            if s > 0.0 && s < 1.0 {
                return u * (-2.0 * math::ln(s) / s).sqrt();
            }
        }
    }

    /// log2 of a gamma variate of shape `alpha`.
    fn log2_gamma(&mut self, alpha: f64) -> f64 {
        if alpha < 1.0 {
            // G(a) = G(a + 1) · U^(1/a).
            let power = math::log2(self.uniform()) / alpha;
            return self.log2_gamma(alpha + 1.0) + power;
        }
        let d = alpha - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let t = c.mul_add(x, 1.0);
            if t <= 0.0 {
                continue;
            }
            let v = t * t * t;
            if math::ln(self.uniform()) < 0.5 * x * x + d - d * v + d * math::ln(v) {
                return math::ln(d * v) * LOG2_E;
            }
        }
    }
}
