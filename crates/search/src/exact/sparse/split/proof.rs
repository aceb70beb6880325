//! What a vector proves by a split of Σ, rounded against the claim: every sum is carried in twice the working precision.

use super::Splitting;
use crate::Moments;
use crate::exact::precise::{Sum, dot, products};
use crate::exact::sparse::Limits;

/// A vector v and the prices of limits that are claimed to prove something of the portfolios that hold `forced` and none
/// of `excluded`.
#[derive(Debug, Clone, Copy)]
pub(in crate::exact::sparse) struct Claim<'a> {
    pub(in crate::exact::sparse) moments: &'a Moments,
    pub(in crate::exact::sparse) limits: Limits,
    pub(in crate::exact::sparse) rate: f64,
    pub(in crate::exact::sparse) splitting: &'a Splitting,
    pub(in crate::exact::sparse) forced: &'a [u32],
    pub(in crate::exact::sparse) excluded: &'a [u32],
    pub(in crate::exact::sparse) dual: &'a [(usize, f64)],
    /// Above 0 of the cap, below 0 of the floor.
    pub(in crate::exact::sparse) prices: &'a [(usize, f64)],
}

/// What the squared Sharpe ratio is at most, term by term.
#[derive(Debug, Clone)]
pub(in crate::exact::sparse) struct Terms {
    /// vᵀRv and the terms of what is forced.
    fixed: f64,
    /// The terms of all others that may be held, the highest first.
    open: Vec<(f64, u32)>,
    /// How many of these may be held.
    room: usize,
}

impl Claim<'_> {
    /// The terms, each rounded up.
    pub(in crate::exact::sparse) fn terms(&self) -> Terms {
        let n = self.moments.len();
        let (diagonal, lift) = (&self.splitting.diagonal, self.lift());
        let (mut own, mut price) = (vec![0.0; n], vec![0.0; n]);
        self.dual.iter().for_each(|&(asset, v)| own[asset] += v);
        self.prices.iter().for_each(|&(asset, p)| price[asset] += p);
        let role = self.roles();
        let row = |asset: usize| self.moments.covariance_row(asset);
        let full = self.forced.len() >= self.limits.most;
        // Where nothing else may be held, only a few rows count.
        let all = if full { Vec::new() } else { products(self.dual, row, n) };
        let covered = |asset: usize| match all.get(asset) {
            Some(sum) => *sum,
            None => dot(self.dual, row(asset)),
        };
        let (mut fixed, mut rounding, mut open) = (Sum::default(), 0.0, Vec::new());
        for asset in (0..n).filter(|&i| own[i] != 0.0 || role[i].is_some()) {
            let mut covered = covered(asset);
            covered.add_product(-diagonal[asset], own[asset]);
            fixed.add_product(own[asset], covered.value());
            rounding += own[asset].abs() * covered.error();
            let Some(is_forced) = role[asset] else { continue };
            let mut score = covered.negated();
            score.add(self.moments.mean()[asset]);
            score.add(-self.rate);
            score.add(-price[asset]);
            let term = term((score.above() + lift) * (1.0 + f64::EPSILON), diagonal[asset]);
            match is_forced {
                true => fixed.add(term),
                false => open.push((term, asset as u32)),
            }
        }
        open.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let room = self.limits.most.saturating_sub(self.forced.len());
        Terms { fixed: fixed.above() + rounding * (1.0 + 4.0 * f64::EPSILON), open, room }
    }

    /// Of each asset whether it is held for sure; `None` if it is not held.
    fn roles(&self) -> Vec<Option<bool>> {
        let full = self.forced.len() >= self.limits.most;
        let mut role = vec![(!full).then_some(false); self.moments.len()];
        self.excluded.iter().for_each(|&asset| role[asset as usize] = None);
        self.forced.iter().for_each(|&asset| role[asset as usize] = Some(true));
        role
    }

    /// What the prices add to each score, rounded up.
    fn lift(&self) -> f64 {
        let mut lift = Sum::default();
        for &(asset, price) in self.prices {
            let is_forced = self.forced.contains(&(asset as u32));
            let floor = if is_forced { self.limits.floor } else { 0.0 };
            lift.add_product(price, if price > 0.0 { self.limits.cap } else { floor });
        }
        lift.above()
    }
}

/// score₊² / d, rounded up; ∞ if that is no number.
fn term(score: f64, diagonal: f64) -> f64 {
    if score <= 0.0 {
        return 0.0;
    }
    let term = score * score / diagonal * (1.0 + 4.0 * f64::EPSILON);
    if term.is_nan() { f64::INFINITY } else { term }
}

impl Terms {
    /// No portfolio has a higher Sharpe ratio.
    pub(in crate::exact::sparse) fn bound(&self) -> f64 {
        self.root(self.open.iter().take(self.room).map(|(term, _)| *term))
    }

    /// No portfolio with one of these assets, which are not forced, has a higher one; 0 of none.
    pub(in crate::exact::sparse) fn bound_with(&self, assets: &[u32]) -> f64 {
        // The one with the highest term says most.
        match self.open.iter().position(|(_, asset)| assets.contains(asset)) {
            None => 0.0,
            Some(at) if at < self.room => self.bound(),
            Some(at) => {
                let others = self.open.iter().take(self.room.saturating_sub(1));
                self.root(others.chain(&self.open[at..=at]).map(|(term, _)| *term))
            }
        }
    }

    /// No portfolio without one of these assets has a higher one; 0 of none.
    pub(in crate::exact::sparse) fn bound_without(&self, assets: &[u32]) -> f64 {
        if assets.is_empty() {
            return 0.0;
        }
        // The one with the lowest term is missed least.
        let least = self.open.iter().rposition(|(_, asset)| assets.contains(asset));
        let others = self.open.iter().enumerate().filter(|(at, _)| Some(*at) != least);
        self.root(others.take(self.room).map(|(_, (term, _))| *term))
    }

    /// The root of the fixed part and some terms; ∞ if that is no number.
    fn root(&self, terms: impl Iterator<Item = f64>) -> f64 {
        let mut sum = Sum::default();
        sum.add(self.fixed);
        terms.for_each(|term| sum.add(term));
        match sum.above() {
            // An infinite term makes a sum that is no number.
            total if total.is_nan() => f64::INFINITY,
            total => total.max(0.0).sqrt() * (1.0 + 4.0 * f64::EPSILON),
        }
    }
}
