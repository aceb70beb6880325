//! The tree as it grows: its nodes, those that wait, and how much room they take.
//!
//! A node that waits takes about 90 bytes and 4 for each asset that its change forces; one with children keeps its
//! portfolio as well, 12 bytes for each asset held, and what it fixes, 4 bytes each. So does one that is closed, while
//! there is ample room.

use super::node::{Answer, Change, Found, Held, Node, Query};
use super::split::Splitting;
use super::{CLOSED, Limits};
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::sync::Arc;

/// A tree, and the split that its bounds rest on, if they rest on one.
#[derive(Debug)]
pub(super) struct Growth {
    pub(super) nodes: Vec<Node>,
    pub(super) splitting: Option<Arc<Splitting>>,
    open: BinaryHeap<Open>,
    /// The highest bound of a node that is closed.
    closed: f64,
    bytes: usize,
    /// While the tree takes less, what was found at a closed node is kept, so that it need not be found again.
    ample: usize,
}

/// A node that waits, and the bound of its parent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Open {
    pub(super) bound: f64,
    pub(super) node: u32,
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

/// Whether a bound leaves nothing better than `best` to be found.
pub(super) fn is_closed(bound: f64, best: f64) -> bool {
    bound <= best * (1.0 + CLOSED)
}

impl Growth {
    /// A root that waits. While the tree takes less than `ample` bytes it keeps what may be found again.
    pub(super) fn new(splitting: Option<Arc<Splitting>>, ample: usize) -> Self {
        Self {
            nodes: vec![Node::root()],
            splitting,
            open: BinaryHeap::from([Open { bound: f64::INFINITY, node: 0 }]),
            closed: 0.0,
            bytes: 0,
            ample,
        }
    }

    /// What the tree proves if `best` was found.
    pub(super) fn bound(&self, best: f64) -> f64 {
        let best = best.max(self.closed);
        self.open.peek().map_or(best, |open| open.bound.max(best))
    }

    /// Nodes that wait.
    pub(super) fn waiting(&self) -> usize {
        self.open.len()
    }

    /// About what it takes to hold the tree.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The next node to be solved if `best` is to be beaten.
    pub(super) fn next(&mut self, best: f64) -> Option<u32> {
        while let Some(Open { bound, node }) = self.open.pop() {
            if !is_closed(bound, best) {
                return Some(node);
            }
            self.close(node, bound);
        }
        None
    }

    /// Everything on the way from a node to the root.
    pub(super) fn query(&self, node: u32, assets: usize, limits: Limits, target: f64) -> Query {
        let (mut forced, mut excluded) = (Vec::new(), Vec::new());
        let mut at = Some(node);
        while let Some(index) = at {
            let Node { parent, change, found, .. } = &self.nodes[index as usize];
            forced.extend(&change.forced);
            excluded.extend(change.excluded);
            if let Some(found) = found
                && index != node
            {
                forced.extend(&found.forced);
                excluded.extend(&found.excluded);
            }
            at = *parent;
        }
        forced.sort_unstable();
        excluded.sort_unstable();
        if forced.len() == limits.most {
            excluded = (0..assets as u32).filter(|i| forced.binary_search(i).is_err()).collect();
        }
        let parent = self.nodes[node as usize].parent.map(|parent| &self.nodes[parent as usize]);
        let start = parent.and_then(|parent| Some(parent.found.as_ref()?.held.clone()));
        Query { node, forced, excluded, start, target, splitting: self.splitting.clone() }
    }

    /// Lets a node wait again that was handed out and not solved.
    pub(super) fn reopen(&mut self, node: u32) {
        let parent = self.nodes[node as usize].parent;
        let bound = parent.map_or(f64::INFINITY, |parent| self.nodes[parent as usize].bound);
        self.open.push(Open { bound, node });
    }

    /// Gives the root a portfolio, which says something even if the root is never solved.
    pub(super) fn seed(&mut self, held: Held) {
        self.nodes[0].found = Some(Box::new(Found { held, ..Found::default() }));
    }

    /// Closes a solved node, or makes its children.
    pub(super) fn place(&mut self, answer: Answer, best: f64) {
        let Answer { node, bound, found, children } = answer;
        let first = self.nodes.len() as u32;
        let closed = children.is_empty() || is_closed(bound, best);
        let me = &mut self.nodes[node as usize];
        me.solved = true;
        if !closed || self.bytes < self.ample {
            self.bytes += found.as_ref().map_or(0, Found::bytes);
            me.found = found.map(Box::new);
        }
        if closed {
            return self.close(node, bound);
        }
        (me.bound, me.children) = (bound, first..first + children.len() as u32);
        for child in children {
            self.bytes += size_of::<Open>() + size_of::<Node>() + child.bytes();
            self.open.push(Open { bound, node: self.nodes.len() as u32 });
            self.nodes.push(Node::child(node, child));
        }
    }

    fn close(&mut self, node: u32, bound: f64) {
        self.nodes[node as usize].bound = bound;
        self.closed = self.closed.max(bound);
    }
}

impl Change {
    fn bytes(&self) -> usize {
        size_of::<u32>() * self.forced.len()
    }
}

impl Found {
    fn bytes(&self) -> usize {
        let fixed = self.forced.len() + self.excluded.len();
        let held = (size_of::<u32>() + size_of::<f64>()) * self.held.assets.len();
        size_of::<Self>() + size_of::<u32>() * fixed + held
    }
}
