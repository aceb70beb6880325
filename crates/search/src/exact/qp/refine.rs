//! What rounding takes from the weights of the best portfolio, for a certificate that needs to know: beside a portfolio
//! of hardly any risk, the last bits of the weights decide what Σw is.
//!
//! Iterative refinement (Wilkinson): the residual μ̃ − κΣw of the free assets in twice the working precision, and a step
//! through the factor that is there. In the notation of [`aim`](super::aim), with δ = P(μ̃ − κ₀Σw) for any κ₀, the best of
//! the face has κ = κ₀ + (m − κ₀σ² − aᵀδ) / (σ² − aᵀPa) and D = δ − (κ − κ₀)Pa: no difference of large numbers is
//! left to plain sums.

use super::{Goal, Problem, Solver};
use crate::exact::linear::{add_scaled, dot};
use crate::exact::precise::{self, Sum, support};

/// Each turn leaves 1e-3 of the error where the free assets are as near to singular as is allowed, and far less elsewhere.
const TURNS: usize = 5;

impl Solver {
    /// What is to be added to `weights`, the best of their face, so that they are so in twice the working precision: one
    /// number an asset. `None` where the free assets move in line, there are too few to move, or it was stopped.
    pub(crate) fn refine(
        &mut self,
        problem: &Problem<'_>,
        weights: &[f64],
        stop: &mut dyn FnMut() -> bool,
    ) -> Option<Vec<f64>> {
        self.load(problem, Goal::Sharpe);
        self.weights.copy_from_slice(weights);
        if !self.take_places(problem, stop) || self.factor.len() < 2 {
            return None;
        }
        let mut rest = vec![0.0; weights.len()];
        let mut missing = Sum::default();
        weights.iter().for_each(|&w| missing.add(-w));
        missing.add(1.0);
        rest[self.factor.assets()[0]] = missing.value();
        for _ in 0..TURNS {
            if stop() {
                return None;
            }
            self.correct(problem, &mut rest)?;
        }
        Some(rest)
    }

    /// One step of refinement.
    fn correct(&self, problem: &Problem<'_>, rest: &mut [f64]) -> Option<()> {
        let held = [support(&self.weights), support(rest)].concat();
        let products = precise::products(&held, |asset| problem.row(asset), rest.len());
        let (mut mean, mut variance) = (Sum::default(), Sum::default());
        for (asset, (&w, &r)) in self.weights.iter().zip(rest.iter()).enumerate() {
            let (high, low) = products[asset].parts();
            for x in [w, r] {
                mean.add_product(x, problem.mean[asset]);
                mean.add_product(-x, problem.rate);
                variance.add_product(x, high);
                variance.add_product(x, low);
            }
        }
        let scale = mean.value() / variance.value();
        let assets = self.factor.assets();
        let (mut risk, mut gain) = (Vec::new(), Vec::new());
        for &asset in assets {
            let (high, low) = products[asset].parts();
            let mut left = Sum::default();
            left.add(problem.mean[asset]);
            left.add(-problem.rate);
            [high, low].iter().for_each(|&x| left.add_product(-scale, x));
            risk.push(high + low);
            gain.push(left.value());
        }
        self.project(&mut risk);
        self.project(&mut gain);
        let least = variance.value() - dot(&risk, &risk);
        let (high, low) = variance.parts();
        [high, low].iter().for_each(|&x| mean.add_product(-scale, x));
        let lacking = mean.value() - dot(&risk, &gain);
        // A face with a mix without risk has a least variance of 0, here of either sign: any κ does, and κ₀ stays.
        let change = if least > 0.0 { lacking / least } else { 0.0 };
        add_scaled(&mut gain, -change, &risk);
        self.factor.back(&mut gain);
        let sound = gain.iter().all(|step| (step / scale).is_finite());
        sound.then(|| assets.iter().zip(&gain).for_each(|(&i, step)| rest[i] += step / scale))
    }

    /// x ← L⁻¹x without its part along L⁻¹1, which is P through the factor.
    fn project(&self, x: &mut [f64]) {
        let ones = self.factor.ones();
        self.factor.forward(x);
        let shared = dot(ones, x) / dot(ones, ones);
        add_scaled(x, -shared, ones);
    }
}
