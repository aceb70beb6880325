//! The bound where what is held has a floor: the best portfolio of one choice of assets, and how much better another
//! choice could be to first order. Without a floor it says no more than the optimum without limits, and is not used.
//!
//! For any v every portfolio w within the limits has μ̃ᵀw ≤ vᵀΣw + h_S(μ̃ − Σv), where h_S(g), the highest gᵀw within
//! the limits, is greedy: for each number of assets, the floor of those picked and what is left in descending order of
//! g. With ε = h_S(μ̃ − Σv) and d = −h_S(−Σv) > 0 no Sharpe ratio exceeds (1 + ε/d)·√(vᵀΣv), as in the certificate.
//! Here v comes from the best portfolio of the picks that h_S itself suggests, until it suggests the same again.

use super::Limits;
use super::node::{Held, Workspace, set_picks};
use crate::exact::linear::{add_scaled_rows, dot};
use crate::exact::{Outcome, Problem};
use crate::rule::SLACK;

/// Choices of assets tried at a node.
const CHOICES: usize = 4;

/// Which assets may be picked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Choice<'a> {
    pub(super) limits: Limits,
    /// Picked for sure.
    pub(super) forced: &'a [u32],
    /// Not picked.
    pub(super) excluded: &'a [u32],
}

/// The best portfolio of some picks, and what it says of all others.
#[derive(Debug, Clone)]
pub(super) struct Fit {
    pub(super) held: Held,
    /// No portfolio of the node has a higher Sharpe ratio.
    pub(super) bound: f64,
    /// What it holds, the most wanted first.
    pub(super) picks: Vec<u32>,
}

impl Choice<'_> {
    /// h_S of the scores, one an asset, and the picks that attain it, the highest score first; `None` if none is
    /// allowed.
    pub(super) fn highest(&self, scores: &[f64]) -> Option<(f64, Vec<u32>)> {
        let by_score =
            |a: &u32, b: &u32| scores[*b as usize].total_cmp(&scores[*a as usize]).then(a.cmp(b));
        let mut open: Vec<u32> =
            (0..scores.len() as u32).filter(|i| !self.forced.contains(i)).collect();
        open.retain(|asset| self.excluded.binary_search(asset).is_err());
        open.sort_unstable_by(by_score);
        let sizes = self.limits.least.max(self.forced.len()).max(1)
            ..=self.limits.most.min(self.forced.len() + open.len());
        let mut best: Option<(f64, Vec<u32>)> = None;
        for size in sizes {
            let mut picks = self.forced.to_vec();
            picks.extend(&open[..size - self.forced.len()]);
            picks.sort_unstable_by(by_score);
            match self.fill(scores, &picks) {
                Some(value) if best.as_ref().is_none_or(|(most, _)| value > *most) => {
                    best = Some((value, picks));
                }
                _ => {}
            }
        }
        best
    }

    /// The highest score of a portfolio that holds exactly these picks, the highest score first; `None` if none does.
    fn fill(&self, scores: &[f64], picks: &[u32]) -> Option<f64> {
        let Limits { floor, cap, .. } = self.limits;
        let mut left = 1.0 - floor * picks.len() as f64;
        let mut value = 0.0;
        for &asset in picks {
            let more = left.clamp(0.0, cap - floor);
            value += (floor + more) * scores[asset as usize];
            left -= more;
        }
        (left.abs() <= SLACK).then_some(value)
    }
}

impl Workspace<'_> {
    /// The best fit at a node, from the weights that the solver holds; `None` if there is no portfolio or no bound.
    pub(super) fn fit(
        &mut self,
        choice: Choice<'_>,
        stop: &mut dyn FnMut() -> bool,
    ) -> Option<Fit> {
        let (_, mut scores) = self.scores();
        let mut best: Option<Fit> = None;
        let mut last = Vec::new();
        for _ in 0..CHOICES {
            let (_, picks) = choice.highest(&scores)?;
            let mut chosen = picks.clone();
            chosen.sort_unstable();
            if chosen == last {
                break;
            }
            set_picks(&mut self.bounds, choice.limits, &chosen);
            last = chosen;
            let start = self.solver.weights().to_vec();
            let problem = Problem::new(self.moments, &self.bounds, self.rate);
            let outcome = self.solver.solve_from_until(&problem, &start, stop);
            let Some(Outcome::Optimal { sharpe }) = outcome else {
                return best;
            };
            let cover;
            (cover, scores) = self.scores();
            let against: Vec<f64> = cover.iter().map(|covered| -covered).collect();
            let (more, least) = (choice.highest(&scores)?.0.max(0.0), -choice.highest(&against)?.0);
            let bound = if least > 0.0 { sharpe * (1.0 + more / least) } else { f64::INFINITY };
            if best.as_ref().is_none_or(|best| bound < best.bound) {
                best = Some(Fit { held: Held::of(self.solver.weights()), bound, picks });
            }
        }
        best
    }

    /// Σv and μ̃ − Σv for v = w·μ̃ᵀw / wᵀΣw, w what the solver holds.
    fn scores(&self) -> (Vec<f64>, Vec<f64>) {
        let (moments, weights) = (self.moments, self.solver.weights());
        let mut cover = vec![0.0; weights.len()];
        let held = weights.iter().enumerate().filter(|(_, w)| **w != 0.0);
        add_scaled_rows(&mut cover, held.map(|(i, &w)| (w, moments.covariance_row(i))));
        let excess: Vec<f64> = moments.mean().iter().map(|mean| mean - self.rate).collect();
        let scale = dot(weights, &excess) / dot(weights, &cover);
        cover.iter_mut().for_each(|covered| *covered *= scale);
        let scores = excess.iter().zip(&cover).map(|(excess, covered)| excess - covered).collect();
        (cover, scores)
    }
}
