//! The relaxation at one node: the highest Sharpe ratio where each asset may be held in part (`classes`), and what its
//! dual vector says of assets that must, or must not, be held in anything better.
//!
//! Given the classes, the risk is one quadratic form, and the problem one for [`Solver`], among the few assets that
//! seem worth a part; given its answer, there are new classes, and other assets that are. A few turns agree. If they
//! do not, nothing is lost: every portfolio on the way is a dual vector with a bound of its own, and the lowest counts.

use super::Splitting;
use super::classes::Classes;
use super::field::{Dual, Field};
use crate::Moments;
use crate::exact::sparse::node::{self, Change, Held};
use crate::exact::sparse::{CLOSED, Limits};
use crate::exact::{Bounds, Outcome, Problem, Solver};

/// How often the classes, or the assets that are looked at, may change.
const TURNS: usize = 40;
/// So many assets more are looked at in a turn, if they are worth it.
const MORE: usize = 16;
/// A term this much above the level is worth a part, relatively: what is below is rounding.
const WORTH: f64 = 1e-9;

/// What is asked: the assets held for sure, those not held (both ascending), where to begin, and the Sharpe ratio that
/// has to be beaten.
#[derive(Debug, Clone, Copy)]
pub(in crate::exact::sparse) struct Query<'a> {
    pub(in crate::exact::sparse) forced: &'a [u32],
    pub(in crate::exact::sparse) excluded: &'a [u32],
    pub(in crate::exact::sparse) start: Option<&'a Held>,
    pub(in crate::exact::sparse) target: f64,
}

impl<'a> Query<'a> {
    pub(in crate::exact::sparse) fn of(query: &'a node::Query) -> Self {
        let node::Query { forced, excluded, start, target, .. } = query;
        Self { forced, excluded, start: start.as_ref(), target: *target }
    }
}

/// What is found.
#[derive(Debug, Clone, Default)]
pub(in crate::exact::sparse) struct Relaxed {
    /// No portfolio of the node has a higher Sharpe ratio; 0 if none beats the rate.
    pub(in crate::exact::sparse) bound: f64,
    /// The portfolio behind it.
    pub(in crate::exact::sparse) held: Held,
    /// Held in everything that beats the target.
    pub(in crate::exact::sparse) forced: Vec<u32>,
    /// Held in nothing that beats the target.
    pub(in crate::exact::sparse) excluded: Vec<u32>,
    /// How the rest falls apart.
    pub(in crate::exact::sparse) children: Vec<Change>,
}

/// What it takes to relax nodes, for one thread.
#[derive(Debug)]
pub(in crate::exact::sparse) struct Relaxation<'a> {
    field: Field<'a>,
    rate: f64,
    solver: Solver,
    bounds: Bounds,
    /// The assets that are looked at: places in the field, ascending.
    work: Vec<u32>,
    mean: Vec<f64>,
    /// The risk that belongs to the classes.
    risk: Vec<f64>,
}

impl<'a> Relaxation<'a> {
    pub(in crate::exact::sparse) fn new(moments: &'a Moments, limits: Limits, rate: f64) -> Self {
        Self {
            field: Field::new(moments, limits, rate),
            rate,
            solver: Solver::new(0),
            bounds: Bounds::free(0),
            work: Vec::new(),
            mean: Vec::new(),
            risk: Vec::new(),
        }
    }

    /// Relaxes a node that holds a portfolio; nothing of worth if it was stopped.
    pub(in crate::exact::sparse) fn solve(
        &mut self,
        splitting: &Splitting,
        query: Query<'_>,
        stop: &mut dyn FnMut() -> bool,
    ) -> Relaxed {
        self.field.gather(splitting, query.forced, query.excluded);
        let weights = match query.start {
            Some(held) => self.field.weights(held),
            None => vec![0.0; self.field.assets.len()],
        };
        self.begin(&weights);
        let enough = query.target * (1.0 + CLOSED);
        let Some(best) = self.turn(weights, enough, stop) else {
            return Relaxed::default();
        };
        let Some((dual, weights)) = best else {
            return Relaxed { bound: f64::INFINITY, ..Relaxed::default() };
        };
        let mut relaxed =
            Relaxed { bound: dual.bound, held: self.field.held(&weights), ..Relaxed::default() };
        if dual.bound > enough {
            self.fix(&dual, enough, &mut relaxed);
            self.divide(&weights, &mut relaxed);
        }
        relaxed
    }

    /// Turns from weights to classes and back until they agree or the bound is `enough`: the dual vector of the lowest
    /// bound and its weights, if there is one; `None` if nothing beats the rate.
    fn turn(
        &mut self,
        mut weights: Vec<f64>,
        enough: f64,
        stop: &mut dyn FnMut() -> bool,
    ) -> Option<Option<(Dual, Vec<f64>)>> {
        let mut best: Option<(Dual, Vec<f64>)> = None;
        let mut last: Option<Classes> = None;
        for _ in 0..TURNS {
            let dual = self.field.dual(&weights);
            let grown = dual.as_ref().is_none_or(|dual| self.grow(dual));
            if let Some(dual) = dual
                && best.as_ref().is_none_or(|(best, _)| dual.bound < best.bound)
            {
                best = Some((dual, weights.clone()));
            }
            let low = best.as_ref().is_some_and(|(dual, _)| dual.bound <= enough);
            if low || (!grown && last.as_ref() == Some(&self.field.classes)) {
                break;
            }
            last = Some(self.field.classes.clone());
            if stop() || !self.improve(&mut weights, stop) {
                return None;
            }
        }
        Some(best)
    }

    /// The dual vector v of `held` at a node, and the prices of the limits: assets and their numbers.
    pub(in crate::exact::sparse) fn published(
        &mut self,
        splitting: &Splitting,
        query: Query<'_>,
        held: &Held,
    ) -> Option<Published> {
        self.field.gather(splitting, query.forced, query.excluded);
        let weights = self.field.weights(held);
        let dual = self.field.dual(&weights)?;
        let numbers = |values: &[f64], scale: f64| {
            let pairs = self.field.assets.iter().zip(values).filter(|(_, value)| **value != 0.0);
            pairs.map(|(&asset, value)| (asset as usize, scale * value)).collect()
        };
        Some((numbers(&weights, dual.scale), numbers(&dual.prices, 1.0)))
    }

    /// How much larger the bound would be if dᵢ were smaller: yᵢ²(1/zᵢ − 1) of each asset, y being a portfolio of all.
    pub(super) fn wants(&mut self, splitting: &Splitting, held: &Held) -> Vec<f64> {
        let field = &mut self.field;
        field.gather(splitting, &[], &[]);
        let weights = field.weights(held);
        field.classify(&weights);
        let unit = field.classes.unit(&field.sizes);
        let parts = field.sizes.iter().zip(&field.classes.whole).zip(&weights);
        let want = |((size, whole), weight): ((&f64, &bool), &f64)| {
            if *whole || *size <= 0.0 {
                0.0
            } else {
                weight * weight * (unit / size - 1.0).max(0.0)
            }
        };
        parts.map(want).collect()
    }

    /// Looks at what is held, for sure or by these weights, and at the assets with the best ratios of their own.
    fn begin(&mut self, weights: &[f64]) {
        let Field { moments, limits, assets, forced, order, .. } = &mut self.field;
        let ratio = |place: u32| {
            let asset = assets[place as usize] as usize;
            (moments.mean()[asset] - self.rate) / moments.covariance_row(asset)[asset].sqrt()
        };
        let is_held = |&place: &u32| forced[place as usize] || weights[place as usize] > 0.0;
        self.work.clear();
        self.work.extend((0..assets.len() as u32).filter(is_held));
        if self.work.len() < limits.most + MORE {
            order.clear();
            order.extend((0..assets.len() as u32).filter(|place| !is_held(place)));
            order.sort_by(|&a, &b| ratio(b).total_cmp(&ratio(a)).then(a.cmp(&b)));
            let more = limits.most + MORE - self.work.len();
            self.work.extend(order.iter().take(more));
        }
        self.work.sort_unstable();
    }

    /// Looks at more assets, if there are some that seem worth a part; says whether there are.
    fn grow(&mut self, dual: &Dual) -> bool {
        let level = dual.level * (1.0 + WORTH);
        self.field.sort(&dual.terms);
        let worth = self.field.order.iter().take_while(|&&i| dual.terms[i as usize] > level);
        let new = worth.filter(|place| self.work.binary_search(place).is_err()).take(MORE);
        let new: Vec<u32> = new.copied().collect();
        self.work.extend(&new);
        self.work.sort_unstable();
        !new.is_empty()
    }

    /// Puts the portfolio that is the best for the classes in the place of `weights`; says false if none beats the rate, or
    /// if it was stopped.
    fn improve(&mut self, weights: &mut [f64], stop: &mut dyn FnMut() -> bool) -> bool {
        loop {
            self.pose();
            let start: Vec<f64> = self.work.iter().map(|&place| weights[place as usize]).collect();
            let problem = Problem {
                mean: &self.mean,
                covariance: &self.risk,
                bounds: &self.bounds,
                rate: self.rate,
            };
            let beats_rate = self.bounds.admit_one().is_ok() && {
                match self.solver.solve_from_until(&problem, &start, stop) {
                    Some(outcome) => !matches!(outcome, Outcome::NoExcess { .. }),
                    None => return false,
                }
            };
            if beats_rate {
                weights.fill(0.0);
                for (&place, weight) in self.work.iter().zip(self.solver.weights()) {
                    weights[place as usize] = *weight;
                }
                return true;
            }
            if self.work.len() == weights.len() {
                return false;
            }
            self.work = (0..weights.len() as u32).collect();
        }
    }

    /// Sets the problem of the assets that are looked at, with the risk of their classes.
    fn pose(&mut self) {
        let Field { moments, limits, assets, forced, roots, classes, .. } = &self.field;
        let size = self.work.len();
        self.solver.resize(size);
        self.bounds.resize(size);
        self.mean.clear();
        self.risk.clear();
        let room = classes.room as f64;
        for (at, &place) in self.work.iter().enumerate() {
            let place = place as usize;
            let lower = if forced[place] { limits.floor } else { 0.0 };
            self.bounds.set(at, lower, limits.cap);
            self.mean.push(moments.mean()[assets[place] as usize]);
            let row = moments.covariance_row(assets[place] as usize);
            let known = self.work.iter().map(|&other| row[assets[other as usize] as usize]);
            self.risk.extend(known);
            if classes.whole[place] {
                continue; // all of d
            }
            let line = &mut self.risk[at * size..];
            line[at] -= roots[place] * roots[place];
            let share = roots[place] / room;
            for (risk, &other) in line.iter_mut().zip(&self.work) {
                let other = other as usize;
                *risk += if classes.whole[other] { 0.0 } else { share * roots[other] };
            }
        }
    }

    /// Fixes the assets without which, or with which, the dual vector leaves nothing above `enough`.
    fn fix(&mut self, dual: &Dual, enough: f64, relaxed: &mut Relaxed) {
        let room = self.field.sort(&dual.terms);
        let term = |at: usize| self.field.order.get(at).map_or(0.0, |&i| dual.terms[i as usize]);
        let total = dual.bound * dual.bound;
        for (at, &i) in self.field.order.iter().enumerate() {
            let asset = self.field.assets[i as usize];
            if at < room {
                if total - term(at) + term(room) <= enough * enough {
                    relaxed.forced.push(asset);
                }
            } else if room == 0 || total - term(room - 1) + term(at) <= enough * enough {
                relaxed.excluded.push(asset);
            }
        }
        relaxed.forced.sort_unstable();
        relaxed.excluded.sort_unstable();
    }

    /// How the node falls apart: without the asset that carries the most risk, and with it. Not at all if all is decided.
    fn divide(&self, weights: &[f64], relaxed: &mut Relaxed) {
        let decided =
            self.field.assets.len() <= self.field.limits.most && self.field.limits.floor <= 0.0;
        if decided || self.field.forced.iter().all(|forced| *forced) {
            (relaxed.forced, relaxed.excluded) = (Vec::new(), Vec::new());
            return;
        }
        // Of what was tried the asset with the most risk of its own leaves the fewest nodes: half as many as the largest
        // weight, an eighth of those of the largest part.
        let risk = |i: usize| {
            let asset = self.field.assets[i] as usize;
            weights[i] * self.field.moments.covariance_row(asset)[asset].sqrt()
        };
        let is_open = |i: &usize| {
            let asset = self.field.assets[*i];
            !self.field.forced[*i]
                && relaxed.forced.binary_search(&asset).is_err()
                && relaxed.excluded.binary_search(&asset).is_err()
        };
        let by_risk = |a: &usize, b: &usize| risk(*a).total_cmp(&risk(*b)).then(b.cmp(a));
        relaxed.children = match (0..weights.len()).filter(is_open).max_by(by_risk) {
            Some(i) => {
                let asset = self.field.assets[i];
                vec![
                    Change { forced: Vec::new(), excluded: Some(asset) },
                    Change { forced: vec![asset], excluded: None },
                ]
            }
            None => vec![Change::default()],
        };
    }
}

/// A vector and prices: assets and their numbers.
pub(in crate::exact::sparse) type Published = (Vec<(usize, f64)>, Vec<(usize, f64)>);
