//! One node: which assets are held for sure, which are not, and the bound without a limit on their number.

use super::Limits;
use super::floors::Choice;
use crate::Moments;
use crate::exact::{Bounds, Outcome, Problem, Solver};
use std::ops::Range;

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
    /// Its optimum, while there are children that may start from it.
    pub(super) held: Option<Held>,
}

impl Node {
    pub(super) fn root() -> Self {
        Self {
            parent: None,
            change: Change::default(),
            bound: f64::INFINITY,
            solved: false,
            children: 0..0,
            held: None,
        }
    }

    pub(super) fn child(parent: u32, change: Change) -> Self {
        Self { parent: Some(parent), change, ..Self::root() }
    }
}

/// A node to be solved.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    node: u32,
    forced: Vec<u32>,
    excluded: Vec<u32>,
    /// Where the parent's optimum was.
    start: Option<Held>,
}

/// A solved node.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    pub(super) node: u32,
    /// 0 if nothing in the node beats the rate.
    pub(super) bound: f64,
    /// The optimum; `None` if there is none.
    pub(super) held: Option<Held>,
    /// What its children would be; none if its optimum is within the limits.
    pub(super) children: Vec<Change>,
}

/// Everything on the way from a node to the root.
pub(super) fn task(nodes: &[Node], node: u32, assets: usize, limits: Limits) -> Task {
    let (mut forced, mut excluded) = (Vec::new(), Vec::new());
    let mut at = Some(node);
    while let Some(index) = at {
        let Node { parent, change, .. } = &nodes[index as usize];
        forced.extend(&change.forced);
        excluded.extend(change.excluded);
        at = *parent;
    }
    forced.sort_unstable();
    excluded.sort_unstable();
    if forced.len() == limits.most {
        excluded = (0..assets as u32).filter(|i| forced.binary_search(i).is_err()).collect();
    }
    let start = nodes[node as usize].parent.and_then(|parent| nodes[parent as usize].held.clone());
    Task { node, forced, excluded, start }
}

/// What it takes to solve tasks, for one thread.
#[derive(Debug)]
pub struct Workspace<'a> {
    pub(super) moments: &'a Moments,
    limits: Limits,
    pub(super) rate: f64,
    pub(super) bounds: Bounds,
    pub(super) solver: Solver,
}

impl<'a> Workspace<'a> {
    pub(super) fn new(moments: &'a Moments, limits: Limits, rate: f64) -> Self {
        let n = moments.len();
        let bounds = Bounds::free(n);
        Self { moments, limits, rate, bounds, solver: Solver::new(n) }
    }

    /// The bound of one node.
    pub fn solve(&mut self, task: Task) -> Answered {
        let Task { node, forced, excluded, start } = task;
        let n = self.moments.len();
        let nothing = Answered { node, bound: 0.0, held: None, children: Vec::new() };
        if n - excluded.len() < self.limits.least {
            return nothing;
        }
        set_bounds(&mut self.bounds, self.limits, &forced, &excluded);
        if self.bounds.admit_one().is_err() {
            return nothing;
        }
        let problem = Problem::new(self.moments, &self.bounds, self.rate);
        let outcome = match start {
            Some(start) => self.solver.solve_from(&problem, &start.spread(n)),
            None => self.solver.solve(&problem),
        };
        let bound = match outcome {
            Outcome::Optimal { sharpe } => sharpe,
            Outcome::Riskless { .. } => f64::INFINITY,
            Outcome::NoExcess { .. } => return nothing,
        };
        let held = Held::of(self.solver.weights());
        if forced.len() == self.limits.most || self.within_limits(&held) {
            return Answered { node, bound, held: Some(held), children: Vec::new() };
        }
        let choice = Choice { limits: self.limits, forced: &forced, excluded: &excluded };
        let fit = if self.limits.floor > 0.0 { self.fit(choice) } else { None };
        let (bound, held, mut assets) = match fit {
            Some(fit) if fit.bound < bound => (fit.bound, fit.held, fit.picks),
            _ => (bound, held, Vec::new()),
        };
        if assets.iter().all(|asset| forced.binary_search(asset).is_ok()) {
            assets = self.in_order(&held, &forced, &excluded);
        }
        let children = self.children(assets, &forced);
        Answered { node, bound, held: Some(held), children }
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
