//! The exact optimum with few assets: at most K, each held at its floor or more or not at all.
//! Who runs the nodes, on how many threads and until when, is for others: see [`Search::tasks`].
//!
//! Branch and bound. A node has assets that are held for sure and assets that are not held; its bound is the optimum
//! without the limit on the number of assets (`node`), or, where what is held has a floor, what the best of one choice
//! of assets says of all others (`floors`). If the optimum holds too many assets i₁, i₂, … (the riskiest first), the
//! node falls apart into the portfolios without i₁, with i₁ but without i₂, and so on, as in
//! [`ranking`](super::ranking); the last part holds K assets for sure and is solved outright. The best portfolio so
//! far comes from the heaviest K assets of each bound, improved by exchanging one asset at a time (`incumbent`). What
//! is left when all nodes are closed is a proof: a tree whose leaves have a dual vector each ([`Evidence`]).
//!
//! That bound knows nothing of K. Where it does not do after some nodes, a split of Σ is sought, and the tree grows
//! anew with bounds that know K and decide most assets by themselves (`split`); each node then falls apart in two. Of
//! 487 assets at most 10 take some 3,200 nodes instead of 181,000.
//!
//! Nodes are taken best bound first, in rounds of a size that does not depend on the machine, and their answers are
//! merged in order: the same answer on any number of threads.

mod evidence;
mod floors;
mod growth;
mod incumbent;
mod node;
mod split;
mod tree;

use crate::rule::SLACK;
use crate::{Error, Moments, Rule};
use growth::Growth;
use incumbent::Incumbent;
pub use node::{Answered, Task, Workspace};
use node::{Done, Held, Work};
use split::{SLICE, Sweep};
use std::sync::Arc;
pub use tree::{Evidence, Fault, Tree};

/// Nodes taken at a time.
const ROUND: usize = 8;
/// A bound this much above the best, relatively, proves it best: the rounding of two solutions.
const CLOSED: f64 = 1e-12;
/// After n²/128 nodes, but within these limits, the bound without the limit on the number of assets is taken to be too
/// weak: up to some 200 assets finding a split of Σ takes about as long as these nodes, beyond that longer.
const PATIENCE: (usize, usize) = (16, 500);
/// How many bytes a tree may take unless something else is said.
const ROOM: usize = 1 << 30;

/// How many assets may be held, and how much of each.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// At least this many are held (0 if the floor is 0: an asset held at 0 is not held).
    pub least: usize,
    /// At most this many are held.
    pub most: usize,
    /// What is held is held at this or more.
    pub floor: f64,
    /// And at this or less.
    pub cap: f64,
}

/// A search for the best portfolio within limits.
#[derive(Debug)]
pub struct Search<'a> {
    moments: &'a Moments,
    limits: Limits,
    rate: f64,
    growth: Growth,
    /// The tree before the split, while it proves more.
    before: Option<Growth>,
    /// Nodes of that tree.
    given_up: usize,
    stage: Stage,
    incumbent: Incumbent<'a>,
    /// After so many nodes a split is sought.
    patience: usize,
    /// How many bytes the tree may take.
    room: usize,
    /// About how many multiply-adds a task takes that seeks a split.
    slice: usize,
}

/// What the bounds rest on.
#[derive(Debug, PartialEq)]
enum Stage {
    /// The optimum without the limit on the number of assets, and that may do.
    Whole,
    /// A split is being sought; nothing is held here while it is being worked on.
    Splitting(Option<Box<Sweep>>),
    /// A split, or the optimum if there is none worth it.
    Decided,
}

/// What is known so far.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// The best Sharpe ratio found; `None` while no portfolio within the limits is known that beats the rate.
    pub sharpe: Option<f64>,
    /// No portfolio within the limits has a higher one, but for rounding; 0 if none beats the rate, ∞ if nothing is
    /// known yet or some portfolio has no risk.
    pub bound: f64,
    /// Nodes that wait.
    pub open: usize,
    /// Nodes made.
    pub nodes: usize,
}

impl Limits {
    /// At most `most` assets, each held between the rule's floor and cap or not at all.
    pub fn at_most(most: usize, rule: &Rule) -> Self {
        Self { least: 0, most, floor: rule.floor(), cap: rule.cap() }
    }

    /// Exactly `pick` assets, each held between the rule's floor and cap. With a floor of 0 that is at most `pick`.
    pub fn exactly(pick: usize, rule: &Rule) -> Self {
        let least = if rule.floor() > 0.0 { pick } else { 0 };
        Self { least, most: pick, floor: rule.floor(), cap: rule.cap() }
    }

    /// The same limits with only those numbers of assets, out of `assets`, that can hold exactly 1 between them;
    /// `None` if there are none.
    fn tight(self, assets: usize) -> Option<Self> {
        let fits = |&size: &usize| {
            size as f64 * self.floor <= 1.0 + SLACK && size as f64 * self.cap >= 1.0 - SLACK
        };
        let mut sizes = (self.least.max(1)..=self.most.min(assets)).filter(fits);
        let first = sizes.next()?;
        let most = sizes.next_back().unwrap_or(first);
        // Without a floor an asset may be held at 0, and then counts for nothing.
        Some(Self { least: if self.floor > 0.0 { first } else { 0 }, most, ..self })
    }
}

impl<'a> Search<'a> {
    /// A search among the assets of `moments` for the best portfolio within `limits` at a yearly `rate`.
    ///
    /// # Errors
    /// Limits that admit no portfolio.
    pub fn new(moments: &'a Moments, limits: Limits, rate: f64) -> Result<Self, Error> {
        let rule = Rule::new(limits.cap, limits.floor, rate)?;
        let assets = moments.len();
        if limits.most < 1 || limits.least > limits.most || limits.least > assets {
            return Err(Error::Pick { pick: limits.most, assets });
        }
        let Some(limits) = limits.tight(assets) else {
            rule.admits(limits.most.min(assets), assets)?;
            rule.admits(limits.least.max(1), assets)?;
            return Err(Error::CapTooLow { pick: limits.most, cap: limits.cap });
        };
        Ok(Self {
            moments,
            limits,
            rate,
            growth: Growth::new(None, ROOM / 2),
            before: None,
            given_up: 0,
            stage: Stage::Whole,
            incumbent: Incumbent::new(moments, limits, rate),
            patience: (assets * assets / 128).clamp(PATIENCE.0, PATIENCE.1),
            room: ROOM,
            slice: SLICE,
        })
    }

    /// The same search, before its first task, which ends when its tree takes about so many bytes; the default is 1 GiB.
    /// A node that waits takes about 100, one that was solved some 500 to 1,000.
    #[must_use]
    pub fn with_room(self, bytes: usize) -> Self {
        Self { growth: Growth::new(None, bytes / 2), room: bytes, ..self }
    }

    /// The same search, which seeks a split of Σ after so many nodes; the default is
    /// n²/128 for n assets, 16 at least and 500 at most.
    #[must_use]
    pub fn with_patience(self, nodes: usize) -> Self {
        Self { patience: nodes, ..self }
    }

    /// The same search, which seeks a split in tasks of about so many multiply-adds; the default is 2²⁵. The answer is the
    /// same: it is only a matter of how soon it can be stopped.
    #[must_use]
    pub fn with_slice(self, multiply_adds: usize) -> Self {
        Self { slice: multiply_adds.max(1), ..self }
    }

    /// Whether the tree takes all the room that it may: then there are no more tasks, and what was found and proven so
    /// far is all there is.
    pub fn is_full(&self) -> bool {
        self.growth.bytes() >= self.room
    }

    /// What is known so far. Nodes that were handed out and whose answers are not yet absorbed are not counted in.
    pub fn progress(&self) -> Progress {
        let best = self.best();
        let before = self.before.as_ref();
        let bound = before.map_or(f64::INFINITY, |before| before.bound(best));
        Progress {
            sharpe: self.incumbent.sharpe(),
            bound: self.growth.bound(best).min(bound),
            open: self.growth.waiting(),
            nodes: self.given_up + self.growth.nodes.len(),
        }
    }

    /// The weights of the best portfolio found, one an asset.
    pub fn weights(&self) -> Option<Vec<f64>> {
        self.incumbent.sharpe().map(|_| self.incumbent.weights().spread(self.moments.len()))
    }

    /// What it takes to solve this search's tasks, for one thread.
    pub fn workspace(&self) -> Workspace<'a> {
        Workspace::new(self.moments, self.limits, self.rate)
    }

    /// The next round of tasks to be solved, in any order and anywhere; none when the search is over or full.
    pub fn tasks(&mut self) -> Vec<Task> {
        if self.is_full() {
            return Vec::new();
        }
        if self.stage == Stage::Whole
            && self.growth.nodes.len() >= self.patience
            && self.growth.waiting() > 0
        {
            let whole = self.growth.nodes[0].bound;
            self.stage =
                Stage::Splitting(Some(Box::new(Sweep::new(self.moments, whole, self.slice))));
        }
        if let Stage::Splitting(sweep) = &mut self.stage {
            return sweep.take().map(|sweep| Task(Work::Sweep(*sweep))).into_iter().collect();
        }
        let (best, assets) = (self.best(), self.moments.len());
        let nodes = std::iter::from_fn(|| self.growth.next(best)).take(ROUND).collect::<Vec<_>>();
        let query = |&node: &u32| self.growth.query(node, assets, self.limits, best);
        nodes.iter().map(|node| Task(Work::Node(query(node)))).collect()
    }

    /// Takes the answers to a whole round of tasks.
    pub fn absorb(&mut self, answers: Vec<Answered>) {
        self.absorb_until(answers, &mut || false);
    }

    /// Like [`Search::absorb`], but looks for better portfolios near those that are found only until `stop` says so. What is
    /// stopped is proven and not reproducible.
    pub fn absorb_until(&mut self, answers: Vec<Answered>, stop: &mut dyn FnMut() -> bool) {
        let mut nodes = Vec::with_capacity(answers.len());
        for answered in answers {
            match answered.0 {
                Done::Node(answer) => nodes.push(answer),
                Done::Unsolved(node) => self.growth.reopen(node),
                Done::Sweep(sweep) => self.split(sweep),
            }
        }
        nodes.sort_by_key(|answer| answer.node);
        for answer in &nodes {
            if let Some(found) = &answer.found {
                self.incumbent.offer(&found.held, stop);
            }
        }
        let best = self.best();
        nodes.into_iter().for_each(|answer| self.growth.place(answer, best));
        if self.before.as_ref().is_some_and(|b| self.growth.bound(best) <= b.bound(best)) {
            self.before = None;
        }
    }

    /// Gives a search that was stopped early what is known from elsewhere: a portfolio of all assets, of any number of them,
    /// within floor 0 and cap. Then it has something to show.
    pub fn seed(&mut self, weights: &[f64]) {
        let held = Held::of(weights);
        self.incumbent.offer(&held, &mut || true);
        if !self.growth.nodes[0].solved {
            self.growth.seed(held);
        }
    }

    /// Solves all tasks here and now until the search is over or `stop`, asked before each round, says true.
    pub fn run(&mut self, stop: &mut dyn FnMut() -> bool) -> Progress {
        let mut workspace = self.workspace();
        while !stop() {
            let tasks = self.tasks();
            if tasks.is_empty() {
                break;
            }
            let answers = tasks.into_iter().map(|task| workspace.solve(task)).collect();
            self.absorb(answers);
        }
        self.progress()
    }

    /// Goes on with a sweep, or starts anew with what came of it.
    fn split(&mut self, mut sweep: Sweep) {
        let Some(splitting) = sweep.outcome() else {
            self.stage = Stage::Splitting(Some(Box::new(sweep)));
            return;
        };
        self.stage = Stage::Decided;
        if let Some(splitting) = splitting {
            let anew = Growth::new(Some(Arc::new(splitting)), self.room / 2);
            self.given_up = self.growth.nodes.len();
            self.before = Some(std::mem::replace(&mut self.growth, anew));
        }
    }

    /// The best Sharpe ratio found; 0 if none was.
    fn best(&self) -> f64 {
        self.incumbent.sharpe().unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests;
