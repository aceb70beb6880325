//! What a search publishes: its tree, cut where that costs nothing or where it would be too large.
//!
//! A node whose own bound is not above what is claimed is a leaf, whether or not it was opened. Of a search that came
//! to its end the rest is published whole, for anything less would prove less. Of one that did not, nodes are opened
//! best bound first until there are [`LEAVES`] leaves, and what these prove is claimed.

use super::growth::{Growth, Open};
use super::node::{Found, Query, Workspace};
use super::split::{self, Published};
use super::tree::{Evidence, Part, Tree};
use super::{CLOSED, Search};
use crate::exact::certificate::{Certificate, sharpe};
use crate::exact::precise::support;
use std::collections::BinaryHeap;

/// Leaves that are published of a search that did not come to its end.
const LEAVES: usize = 8192;
/// And fewer where these would take more products, rows of a leaf times what its portfolio holds: whoever has stopped a
/// search does not wait for seconds.
const PRODUCTS: usize = 1 << 27;

/// So many steps towards a cover are taken whether or not the search was stopped.
const UNASKED: usize = 64;

/// What it takes to write a tree.
struct Writer<'a, 's> {
    search: &'s Search<'a>,
    growth: &'s Growth,
    workspace: Workspace<'a>,
    /// Of each node whether its parts are published.
    opened: Vec<bool>,
    stop: &'s mut dyn FnMut() -> bool,
}

impl Search<'_> {
    /// What the search has found and proven so far; `None` while it has no portfolio.
    pub fn evidence(&self) -> Option<Evidence> {
        self.evidence_until(&mut || false)
    }

    /// Like [`Search::evidence`], but once `stop` has said true a leaf of many names proves only what its vector proves as it
    /// is. It is asked after a few n² multiply-adds each time.
    pub fn evidence_until(&self, stop: &mut dyn FnMut() -> bool) -> Option<Evidence> {
        let weights = self.weights()?;
        let growth = self.before.as_ref().unwrap_or(&self.growth);
        let opened = growth.opened(self.best(), LEAVES, self.moments.len());
        let workspace = self.workspace();
        let mut writer = Writer { search: self, growth, workspace, opened, stop };
        let mut part = Part::new(self.moments, self.limits, self.rate, 0.0);
        let sharpe = sharpe(&part.problem(), &weights);
        part.splitting = growth.splitting.as_deref().cloned();
        let (tree, bound) = writer.node(0, &mut part);
        let tree = match part.splitting {
            Some(splitting) => {
                Tree::Split { diagonal: support(&splitting.diagonal), part: Box::new(tree) }
            }
            None => tree,
        };
        Some(Evidence { weights, sharpe, bound, tree })
    }
}

impl Growth {
    /// Of each node whether its parts are published if `best` was found.
    fn opened(&self, best: f64, leaves: usize, assets: usize) -> Vec<bool> {
        let mut opened = vec![false; self.nodes.len()];
        let over = self.waiting() == 0;
        let claim = self.bound(best).max(best * (1.0 + CLOSED));
        let (mut count, mut products) = (1, 0);
        let mut next = BinaryHeap::from([Open { bound: self.nodes[0].bound, node: 0 }]);
        while let Some(Open { bound, node }) = next.pop() {
            let children = self.nodes[node as usize].children.clone();
            count += children.len().saturating_sub(1);
            let held = self.nodes[node as usize].found.as_ref().map_or(0, |f| f.held.assets.len());
            products += children.len() * held * assets;
            if bound <= claim || ((count > leaves || products > PRODUCTS) && !over) {
                break;
            }
            opened[node as usize] = true;
            let inner = children.filter(|&child| !self.nodes[child as usize].children.is_empty());
            next.extend(inner.map(|node| Open { bound: self.nodes[node as usize].bound, node }));
        }
        opened
    }
}

impl Writer<'_, '_> {
    /// The part of one node, and what it proves.
    fn node(&mut self, at: u32, part: &mut Part<'_>) -> (Tree, f64) {
        let growth = self.growth;
        let node = &growth.nodes[at as usize];
        if node.children.is_empty() || !self.opened[at as usize] {
            return self.leaf(at, part);
        }
        let decided = (part.forced.len(), part.excluded.len());
        let fixed = node.found.as_deref().and_then(|found| self.fix(at, found, part));
        let last = &growth.nodes[node.children.end as usize - 1];
        let assets: Vec<usize> = last.change.forced.iter().map(|&i| i as usize).collect();
        let (mut parts, mut bound) = (Vec::with_capacity(assets.len() + 1), 0.0f64);
        for (j, child) in node.children.clone().enumerate() {
            let (tree, below) = part.within(&assets, j, |part| self.node(child, part));
            parts.push(tree);
            bound = bound.max(below);
        }
        part.forced.truncate(decided.0);
        part.excluded.truncate(decided.1);
        let tree = match parts.len() {
            1 => parts.remove(0),
            _ => Tree::Branch { assets, parts },
        };
        match fixed {
            Some(((dual, prices), found, proven)) => {
                let of = |assets: &[u32]| assets.iter().map(|&asset| asset as usize).collect();
                let (forced, excluded) = (of(&found.forced), of(&found.excluded));
                let tree = Tree::Fix { forced, excluded, dual, prices, part: Box::new(tree) };
                (tree, bound.max(proven))
            }
            None => (tree, bound),
        }
    }

    /// Fixes in `part` what a node fixed, if it did; says by what vector, and what is proven of all else.
    fn fix<'f>(
        &mut self,
        at: u32,
        found: &'f Found,
        part: &mut Part<'_>,
    ) -> Option<(Published, &'f Found, f64)> {
        if found.forced.is_empty() && found.excluded.is_empty() {
            return None;
        }
        let (dual, prices) = self.published(&self.query(at), found)?;
        let proven = part.fix(&found.forced, &found.excluded, &dual, &prices);
        Some(((dual, prices), found, proven))
    }

    fn query(&self, at: u32) -> Query {
        let search = self.search;
        self.growth.query(at, search.moments.len(), search.limits, search.best())
    }

    /// The vector of a node by the split of Σ.
    fn published(&mut self, query: &Query, found: &Found) -> Option<Published> {
        let splitting = query.splitting.as_deref()?;
        let relaxation = &mut self.workspace.relaxation;
        relaxation.published(splitting, split::Query::of(query), &found.held)
    }

    /// A node as a leaf, and its bound. One that still waits has the portfolio of its parent for a proof.
    fn leaf(&mut self, at: u32, part: &mut Part<'_>) -> (Tree, f64) {
        let node = &self.growth.nodes[at as usize];
        let query = self.query(at);
        let found = match (&node.found, node.parent) {
            (Some(found), _) => Some(Found::clone(found)),
            (None, _) if node.solved => self.workspace.node(query.clone(), &mut || false).found,
            (None, Some(parent)) => self.growth.nodes[parent as usize].found.as_deref().cloned(),
            (None, None) => None,
        };
        let (true, Some(found)) = (part.set_bounds(), found) else {
            let bound = part.leaf_bound(&[], &[]).unwrap_or(f64::INFINITY);
            return (Tree::Leaf { dual: Vec::new(), prices: Vec::new() }, bound);
        };
        let split = self.published(&query, &found).map(|(dual, prices)| {
            let bound = part.terms(&dual, &prices).map_or(f64::INFINITY, |terms| terms.bound());
            (Tree::Leaf { dual, prices }, bound)
        });
        match split {
            Some((leaf, bound)) if !node.solved || bound <= node.bound * (1.0 + CLOSED) => {
                (leaf, bound)
            }
            split => {
                let whole = self.whole(part, &found.held.spread(self.search.moments.len()));
                split.filter(|(_, bound)| *bound <= whole.1).unwrap_or(whole)
            }
        }
    }

    /// A leaf from the optimum of this part, or of one that contains it, and its bound.
    fn whole(&mut self, part: &Part<'_>, weights: &[f64]) -> (Tree, f64) {
        let problem = part.problem();
        let leaf = |Certificate { dual, proof, .. }: Certificate| {
            let bound = proof.bound.unwrap_or(f64::INFINITY).min(part.bound_of_picks(&dual));
            (Tree::Leaf { dual: support(&dual), prices: Vec::new() }, bound)
        };
        if self.search.limits.floor > 0.0 {
            let (plain, bound) = leaf(Certificate::plain(&problem, weights));
            if bound.is_finite() {
                return (plain, bound);
            }
        }
        // Without cover some vectors prove nothing. That of the face takes no more than lies between two looks where it has
        // few names; that of all portfolios may have no end.
        let held = weights.iter().filter(|weight| **weight != 0.0).count();
        let few = held.pow(3) <= 16 * weights.len().pow(2);
        let mut unasked = if few { held + UNASKED } else { 0 };
        let mut stop = || {
            let is_free = unasked > 0;
            unasked = unasked.saturating_sub(1);
            !is_free && (self.stop)()
        };
        leaf(Certificate::in_one_part(&problem, weights, &mut stop))
    }
}
