//! The best portfolio within the limits so far, and where better ones are looked for. It proves nothing.

use super::Limits;
use super::node::Held;
use crate::Moments;
use crate::exact::linear::{add_scaled, dot};
use crate::exact::{Bounds, Outcome, Problem, Solver, certificate};

/// Assets tried in exchange for each held one.
const CANDIDATES: usize = 12;

/// The best so far, and the memory to solve problems of a few assets.
#[derive(Debug)]
pub(super) struct Incumbent<'a> {
    moments: &'a Moments,
    limits: Limits,
    rate: f64,
    best: Option<(f64, Held)>,
    tried: Vec<u32>,
    mean: Vec<f64>,
    covariance: Vec<f64>,
    solvers: Vec<Option<(Solver, Bounds)>>,
}

impl<'a> Incumbent<'a> {
    pub(super) fn new(moments: &'a Moments, limits: Limits, rate: f64) -> Self {
        Self {
            moments,
            limits,
            rate,
            best: None,
            tried: Vec::new(),
            mean: Vec::new(),
            covariance: Vec::new(),
            solvers: vec![None; limits.most + 1],
        }
    }

    pub(super) fn sharpe(&self) -> Option<f64> {
        self.best.as_ref().map(|(sharpe, _)| *sharpe)
    }

    /// The held assets of the best; nothing while there is none.
    pub(super) fn weights(&self) -> Held {
        self.best.as_ref().map_or_else(Held::default, |(_, held)| held.clone())
    }

    /// Tries the heaviest assets of a portfolio that may hold too many, and what lies near them if they are the best
    /// so far, until `stop` says so.
    pub(super) fn offer(&mut self, held: &Held, stop: &mut dyn FnMut() -> bool) {
        let mut order: Vec<usize> = (0..held.assets.len()).collect();
        order.sort_by(|&a, &b| held.weights[b].total_cmp(&held.weights[a]).then(a.cmp(&b)));
        order.truncate(self.limits.most);
        let mut assets: Vec<u32> = order.into_iter().map(|at| held.assets[at]).collect();
        assets.sort_unstable();
        if assets != self.tried && self.consider(&assets) {
            while self.exchange(stop) {}
        }
        self.tried = assets;
    }

    /// Solves for the best weights of some assets, and keeps them if nothing better is known.
    fn consider(&mut self, assets: &[u32]) -> bool {
        let size = assets.len();
        if size < self.limits.least || size > self.limits.most {
            return false;
        }
        let limits = self.limits;
        let made = self.solvers[size].take().or_else(|| {
            let bounds = Bounds::new(vec![limits.floor; size], vec![limits.cap; size]).ok()?;
            Some((Solver::new(size), bounds))
        });
        let Some((mut solver, bounds)) = made else { return false };
        self.gather(assets);
        let problem = Problem {
            mean: &self.mean,
            covariance: &self.covariance,
            bounds: &bounds,
            rate: self.rate,
        };
        let best = self.sharpe().unwrap_or(0.0);
        let sharpe = match solver.solve(&problem) {
            // Of a portfolio of hardly any risk plain sums may say more than its bound.
            Outcome::Optimal { sharpe } if sharpe > best => {
                certificate::sharpe(&problem, solver.weights())
            }
            Outcome::Optimal { sharpe } => sharpe,
            Outcome::Riskless { .. } => f64::INFINITY,
            Outcome::NoExcess { .. } => 0.0,
        };
        let better = sharpe > best;
        if better {
            let held = Held { assets: assets.to_vec(), weights: solver.weights().to_vec() };
            self.best = Some((sharpe, held));
        }
        self.solvers[size] = Some((solver, bounds));
        better
    }

    fn gather(&mut self, assets: &[u32]) {
        self.mean.clear();
        self.covariance.clear();
        for &asset in assets {
            self.mean.push(self.moments.mean()[asset as usize]);
            let row = self.moments.covariance_row(asset as usize);
            self.covariance.extend(assets.iter().map(|&other| row[other as usize]));
        }
    }

    /// Tries every exchange of a held asset for one of the most promising others; says true at the first that is
    /// better, and false once it is stopped.
    fn exchange(&mut self, stop: &mut dyn FnMut() -> bool) -> bool {
        let held = self.weights();
        let candidates = self.candidates(&held);
        let mut assets = held.assets.clone();
        for out in 0..assets.len() {
            if stop() {
                return false;
            }
            for &candidate in &candidates {
                assets.clone_from(&held.assets);
                assets[out] = candidate;
                assets.sort_unstable();
                if self.consider(&assets) {
                    return true;
                }
            }
            assets.clone_from(&held.assets);
            assets.remove(out);
            if self.limits.floor > 0.0 && self.consider(&assets) {
                return true;
            }
        }
        false
    }

    /// The assets that would add most to the best portfolio: the highest μ̃ − t·Σw against their deviation.
    fn candidates(&self, held: &Held) -> Vec<u32> {
        let n = self.moments.len();
        let mut product = vec![0.0; n];
        for (&asset, &weight) in held.assets.iter().zip(&held.weights) {
            add_scaled(&mut product, weight, self.moments.covariance_row(asset as usize));
        }
        let weights = held.spread(n);
        let excess: Vec<f64> = self.moments.mean().iter().map(|mean| mean - self.rate).collect();
        let scale = dot(&weights, &excess) / dot(&weights, &product);
        let worth = |i: usize| {
            let variance = self.moments.covariance_row(i)[i];
            (excess[i] - scale * product[i]) / variance.sqrt()
        };
        let mut others: Vec<(f64, u32)> = (0..n as u32)
            .filter(|i| held.assets.binary_search(i).is_err())
            .map(|i| (worth(i as usize), i))
            .collect();
        others.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        others.into_iter().take(CANDIDATES).map(|(_, asset)| asset).collect()
    }
}
