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
//! Nodes are taken best bound first, in rounds of a size that does not depend on the machine, and their answers are
//! merged in order: the same answer on any number of threads.

mod floors;
mod incumbent;
mod node;
mod tree;

use crate::rule::SLACK;
use crate::{Error, Moments, Rule};
use incumbent::Incumbent;
use node::Node;
pub use node::{Answered, Task, Workspace};
use std::cmp::Ordering;
use std::collections::BinaryHeap;
pub use tree::{Evidence, Fault, Tree};

/// Nodes taken at a time.
const ROUND: usize = 8;
/// A bound this much above the best, relatively, proves it best: the rounding of two solutions.
const CLOSED: f64 = 1e-12;

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
    nodes: Vec<Node>,
    open: BinaryHeap<Open>,
    incumbent: Incumbent<'a>,
    /// The highest bound of a node that is closed.
    closed: f64,
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

/// A node that waits, and the bound of its parent.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Open {
    bound: f64,
    node: u32,
}

impl Eq for Open {}

impl Ord for Open {
    /// The highest bound first, of equals the oldest node.
    fn cmp(&self, other: &Self) -> Ordering {
        self.bound.total_cmp(&other.bound).then(other.node.cmp(&self.node))
    }
}

impl PartialOrd for Open {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
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
        let root = Node::root();
        Ok(Self {
            moments,
            limits,
            rate,
            nodes: vec![root],
            open: BinaryHeap::from([Open { bound: f64::INFINITY, node: 0 }]),
            incumbent: Incumbent::new(moments, limits, rate),
            closed: 0.0,
        })
    }

    /// What is known so far. Nodes that were handed out and whose answers are not yet absorbed are not counted in.
    pub fn progress(&self) -> Progress {
        let best = self.incumbent.sharpe().unwrap_or(0.0).max(self.closed);
        let bound = self.open.peek().map_or(best, |open| open.bound.max(best));
        Progress {
            sharpe: self.incumbent.sharpe(),
            bound,
            open: self.open.len(),
            nodes: self.nodes.len(),
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

    /// The next round of nodes to be solved, in any order and anywhere; none when the search is over.
    pub fn tasks(&mut self) -> Vec<Task> {
        let mut tasks = Vec::with_capacity(ROUND);
        while tasks.len() < ROUND
            && let Some(open) = self.open.pop()
        {
            if self.is_closed(open.bound) {
                self.close(open.node, open.bound);
            } else {
                tasks.push(node::task(&self.nodes, open.node, self.moments.len(), self.limits));
            }
        }
        tasks
    }

    /// Takes the answers to a whole round of tasks.
    pub fn absorb(&mut self, mut answers: Vec<Answered>) {
        answers.sort_by_key(|answer| answer.node);
        for answer in &answers {
            if let Some(held) = &answer.held {
                self.incumbent.offer(held);
            }
        }
        for answer in answers {
            self.place(answer);
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

    /// Closes a solved node, or makes its children.
    fn place(&mut self, answer: Answered) {
        let Answered { node, bound, held, children } = answer;
        let first = self.nodes.len() as u32;
        let closed = children.is_empty() || self.is_closed(bound);
        let me = &mut self.nodes[node as usize];
        me.solved = true;
        if closed {
            return self.close(node, bound);
        }
        // Only children start from it: the optimum of a closed node can be found again.
        (me.bound, me.held, me.children) = (bound, held, first..first + children.len() as u32);
        for child in children {
            self.open.push(Open { bound, node: self.nodes.len() as u32 });
            self.nodes.push(Node::child(node, child));
        }
    }

    fn close(&mut self, node: u32, bound: f64) {
        self.nodes[node as usize].bound = bound;
        self.closed = self.closed.max(bound);
    }

    /// Whether a bound leaves nothing better to be found.
    fn is_closed(&self, bound: f64) -> bool {
        bound <= self.incumbent.sharpe().unwrap_or(0.0) * (1.0 + CLOSED)
    }
}
