//! Where the best of the face lies: the free weights move, all others stay.
//!
//! With P = G⁻¹ − G⁻¹1·1ᵀG⁻¹ / 1ᵀG⁻¹1 (G = Σ_FF + γ11ᵀ), the stationary point y = κw + D of max μ̃ᵀy − ½yᵀΣy over the
//! cone of the face has D = P(μ̃ − κΣw) and κ = (m − aᵀPμ̃) / (σ² − aᵀPa), where a = (Σw)_F, m = μ̃ᵀw and σ² = wᵀΣw.
//! In w-space it is w + D/κ; if κ ≤ 0 the ray along D rises for ever. Multiplied by the denominator, which is the
//! least variance of the face and zero when a part of it has no risk, nothing is divided by it. If that part has no
//! excess either (a pair of mirrored assets), κ is nothing by nothing: any share of it does, and κ = m/σ² serves.

use super::{Goal, Solver};
use crate::exact::linear::{add_scaled, dot};

/// A variance below this share of (Σ|w_i|σ_i)² is rounding.
const ROUNDING: f64 = 16.0 * f64::EPSILON;
/// The mean of a part without risk below this share of Σ|w_i μ̃_i| is: it comes through a factor that is nearly singular.
const NOTHING: f64 = 1e-12;

impl Solver {
    /// Sets the direction of the free weights, and how far along it the best lies.
    pub(super) fn aim(&mut self) {
        let assets = self.factor.assets();
        self.direction.clear();
        self.direction.extend(assets.iter().map(|&asset| self.product[asset]));
        self.factor.forward(&mut self.direction);
        let (ones, excess) = (self.factor.ones(), self.factor.excess());
        let length = dot(ones, ones);
        let risk = &mut self.direction[..];
        let shared = dot(ones, risk) / length;
        add_scaled(risk, -shared, ones);
        match self.goal {
            Goal::Variance => {
                risk.iter_mut().for_each(|risk| *risk = -*risk);
                self.reach = 1.0;
            }
            Goal::Sharpe => {
                let shared = dot(ones, excess) / length;
                let whole = (dot(&self.weights, &self.product), dot(&self.weights, &self.excess));
                let moved = dot(risk, excess);
                let mut least = (whole.0 - dot(risk, risk)).max(0.0); // a variance, but for rounding
                let mut mean = whole.1 - moved;
                let sum = |of: &[f64]| -> f64 {
                    self.weights.iter().zip(of).map(|(w, x)| (w * x).abs()).sum()
                };
                if least <= ROUNDING * sum(&self.deviation).powi(2)
                    && mean.abs() <= NOTHING * sum(&self.excess)
                {
                    (least, mean) = whole;
                }
                for ((risk, excess), one) in risk.iter_mut().zip(excess).zip(ones) {
                    *risk = least * (excess - shared * one) - mean * *risk;
                }
                self.reach = if mean > 0.0 { 1.0 / mean } else { f64::INFINITY };
            }
        }
        self.factor.back(&mut self.direction);
    }
}
