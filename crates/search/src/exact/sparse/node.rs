//! One node: which assets are held for sure, which are not, and its bound: by a split of Σ where there is one (`split`),
//! otherwise without a limit on the number of assets.

use super::Limits;
use super::floors::Choice;
use super::growth::is_closed;
use super::split::{self, Relaxation, Relaxed, Splitting, Sweep};
use crate::Moments;
use crate::exact::{Bounds, Outcome, Problem, Solver};
use std::ops::Range;
use std::sync::Arc;

/// Weights of the held assets alone.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Held {
    /// Ascending.
    pub(super) assets: Vec<u32>,
    pub(super) weights: Vec<f64>,
}

impl Held {
    pub(super) fn of(weights: &[f64]) -> Self {
        let held = weights.iter().enumerate().filter(|(_, w)| **w > 0.0);
        let (assets, weights) = held.map(|(i, w)| (i as u32, *w)).unzip();
        Self { assets, weights }
    }

    /// One weight for each of `n` assets.
    pub(super) fn spread(&self, n: usize) -> Vec<f64> {
        let mut all = vec![0.0; n];
        self.assets.iter().zip(&self.weights).for_each(|(&i, w)| all[i as usize] = *w);
        all
    }
}

/// What sets a child apart from its parent.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Change {
    /// Held for sure, beside those of the parent.
    pub(super) forced: Vec<u32>,
    /// Not held, beside those of the parent.
    pub(super) excluded: Option<u32>,
}

/// What was found at a node.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Found {
    /// The portfolio behind the bound.
    pub(super) held: Held,
    /// Held in everything below it that is still of interest.
    pub(super) forced: Vec<u32>,
    /// Held in nothing below it that is still of interest.
    pub(super) excluded: Vec<u32>,
}

/// A node of the tree.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub(super) parent: Option<u32>,
    pub(super) change: Change,
    /// ∞ until it is solved or closed.
    pub(super) bound: f64,
    /// Whether it was solved, not closed by the bound of its parent.
    pub(super) solved: bool,
    pub(super) children: Range<u32>,
    /// What its children start from: what was found at a closed node can be found again.
    pub(super) found: Option<Box<Found>>,
}

impl Node {
    pub(super) fn root() -> Self {
        Self {
            parent: None,
            change: Change::default(),
            bound: f64::INFINITY,
            solved: false,
            children: 0..0,
            found: None,
        }
    }

    pub(super) fn child(parent: u32, change: Change) -> Self {
        Self { parent: Some(parent), change, ..Self::root() }
    }
}

/// A piece of work, for any thread.
#[derive(Debug, Clone, PartialEq)]
pub struct Task(pub(super) Work);

/// What is to be done.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Work {
    Node(Query),
    Sweep(Sweep),
}

/// A node to be solved.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Query {
    pub(super) node: u32,
    /// Ascending.
    pub(super) forced: Vec<u32>,
    /// Ascending.
    pub(super) excluded: Vec<u32>,
    /// Where the parent's portfolio was.
    pub(super) start: Option<Held>,
    /// What has to be beaten.
    pub(super) target: f64,
    /// What the bound may rest on.
    pub(super) splitting: Option<Arc<Splitting>>,
}

/// What came of a task.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered(pub(super) Done);

/// What was done.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Done {
    Node(Answer),
    /// A node that was stopped, and may be taken again.
    Unsolved(u32),
    Sweep(Sweep),
}

/// A solved node.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    pub(super) node: u32,
    /// 0 if nothing in the node beats the rate.
    pub(super) bound: f64,
    /// `None` if there is nothing to be found.
    pub(super) found: Option<Found>,
    /// What its children would be; none if all is decided.
    pub(super) children: Vec<Change>,
}

/// What it takes to solve tasks, for one thread.
#[derive(Debug)]
pub struct Workspace<'a> {
    pub(super) moments: &'a Moments,
    limits: Limits,
    pub(super) rate: f64,
    pub(super) bounds: Bounds,
    pub(super) solver: Solver,
    pub(super) relaxation: Relaxation<'a>,
}

impl<'a> Workspace<'a> {
    pub(super) fn new(moments: &'a Moments, limits: Limits, rate: f64) -> Self {
        let n = moments.len();
        let (bounds, solver) = (Bounds::free(n), Solver::new(n));
        let relaxation = Relaxation::new(moments, limits, rate);
        Self { moments, limits, rate, bounds, solver, relaxation }
    }

    /// Does what a task asks for.
    pub fn solve(&mut self, task: Task) -> Answered {
        self.solve_until(task, &mut || false)
    }

    /// Like [`Workspace::solve`], but asks `stop` after a few n² multiply-adds each time, and once that has said true leaves
    /// the task undone: the search may hand it out again.
    pub fn solve_until(&mut self, task: Task, stop: &mut dyn FnMut() -> bool) -> Answered {
        let mut stopped = false;
        let mut ask = || {
            stopped = stopped || stop();
            stopped
        };
        Answered(match task.0 {
            Work::Node(query) => {
                let node = query.node;
                let answer = self.node(query, &mut ask);
                if stopped { Done::Unsolved(node) } else { Done::Node(answer) }
            }
            Work::Sweep(sweep) => {
                Done::Sweep(sweep.step(self.moments, &mut self.relaxation, &mut ask))
            }
        })
    }

    /// The bound of one node; nothing of worth if it was stopped.
    pub(super) fn node(&mut self, query: Query, stop: &mut dyn FnMut() -> bool) -> Answer {
        let nothing = Answer { node: query.node, bound: 0.0, found: None, children: Vec::new() };
        if self.moments.len() - query.excluded.len() < self.limits.least {
            return nothing;
        }
        set_bounds(&mut self.bounds, self.limits, &query.forced, &query.excluded);
        if self.bounds.admit_one().is_err() {
            return nothing;
        }
        let Some(splitting) = query.splitting.clone() else {
            return self.whole(query, stop).unwrap_or(nothing);
        };
        let relaxed = self.relaxation.solve(&splitting, split::Query::of(&query), stop);
        let Relaxed { bound, held, forced, excluded, children } = relaxed;
        let found = (bound > 0.0).then_some(Found { held, forced, excluded });
        let answer = Answer { node: query.node, bound, found, children };
        // Of floors the split knows little.
        let weak = self.limits.floor > 0.0 || bound.is_infinite();
        if weak && !is_closed(bound, query.target) {
            let other = self.whole(query, stop).unwrap_or(nothing);
            return if other.bound < bound { other } else { answer };
        }
        answer
    }

    /// The bound of one node without the limit on the number of assets; `None` if nothing beats the rate.
    fn whole(&mut self, query: Query, stop: &mut dyn FnMut() -> bool) -> Option<Answer> {
        let Query { node, forced, excluded, start, .. } = query;
        let problem = Problem::new(self.moments, &self.bounds, self.rate);
        let outcome = match start {
            Some(start) => {
                let start = start.spread(self.moments.len());
                self.solver.solve_from_until(&problem, &start, stop)
            }
            None => self.solver.solve_until(&problem, stop),
        };
        let bound = match outcome? {
            Outcome::Optimal { sharpe } => sharpe,
            Outcome::Riskless { .. } => f64::INFINITY,
            Outcome::NoExcess { .. } => return None,
        };
        let found = |held| Some(Found { held, ..Found::default() });
        let held = Held::of(self.solver.weights());
        if forced.len() == self.limits.most || self.within_limits(&held) {
            return Some(Answer { node, bound, found: found(held), children: Vec::new() });
        }
        let choice = Choice { limits: self.limits, forced: &forced, excluded: &excluded };
        let fit = if self.limits.floor > 0.0 { self.fit(choice, stop) } else { None };
        let (bound, held, mut assets) = match fit {
            Some(fit) if fit.bound < bound => (fit.bound, fit.held, fit.picks),
            _ => (bound, held, Vec::new()),
        };
        if assets.iter().all(|asset| forced.binary_search(asset).is_ok()) {
            assets = self.in_order(&held, &forced, &excluded);
        }
        let children = self.children(assets, &forced);
        Some(Answer { node, bound, found: found(held), children })
    }

    fn within_limits(&self, held: &Held) -> bool {
        let Limits { least, most, floor, .. } = self.limits;
        (least..=most).contains(&held.assets.len()) && held.weights.iter().all(|w| *w >= floor)
    }

    /// How a node falls apart over those assets that are not forced: without the first; with it, but without the
    /// second; and so on. Not at all over none.
    fn children(&self, mut assets: Vec<u32>, forced: &[u32]) -> Vec<Change> {
        assets.retain(|asset| forced.binary_search(asset).is_err());
        assets.truncate(self.limits.most - forced.len());
        if assets.is_empty() {
            return Vec::new();
        }
        let part =
            |j: usize| Change { forced: assets[..j].to_vec(), excluded: assets.get(j).copied() };
        (0..=assets.len()).map(part).collect()
    }

    /// The assets over which a node falls apart: what is held, or if all of that is forced, the next that may be.
    fn in_order(&self, held: &Held, forced: &[u32], excluded: &[u32]) -> Vec<u32> {
        let mut assets = self.by_risk(held);
        let is_open =
            |i: &u32| forced.binary_search(i).is_err() && excluded.binary_search(i).is_err();
        if !assets.iter().any(is_open) {
            assets.extend((0..self.moments.len() as u32).find(is_open));
        }
        assets
    }

    /// The held assets, those with the largest weight times deviation first: without them the bound falls most.
    fn by_risk(&self, held: &Held) -> Vec<u32> {
        let risk = |(weight, &asset): (&f64, &u32)| {
            (weight * self.moments.covariance_row(asset as usize)[asset as usize].sqrt(), asset)
        };
        let mut order: Vec<(f64, u32)> = held.weights.iter().zip(&held.assets).map(risk).collect();
        order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        order.into_iter().map(|(_, asset)| asset).collect()
    }
}

/// The bounds of a node: what is forced holds its floor, what is excluded nothing, all others from nothing to the cap.
pub(super) fn set_bounds(bounds: &mut Bounds, limits: Limits, forced: &[u32], excluded: &[u32]) {
    (0..bounds.len()).for_each(|asset| bounds.set(asset, 0.0, limits.cap));
    forced.iter().for_each(|&asset| bounds.set(asset as usize, limits.floor, limits.cap));
    excluded.iter().for_each(|&asset| bounds.set(asset as usize, 0.0, 0.0));
}

/// The bounds of exactly these picks.
pub(super) fn set_picks(bounds: &mut Bounds, limits: Limits, picks: &[u32]) {
    (0..bounds.len()).for_each(|asset| bounds.set(asset, 0.0, 0.0));
    picks.iter().for_each(|&asset| bounds.set(asset as usize, limits.floor, limits.cap));
}
