//! The proof of a search: a tree of choices that leaves nothing out by its shape, with a bound at each leaf, and the
//! check that believes none of its numbers. It needs the moments, the limits and the rate, and no solver.
//!
//! A branch over assets i₁ … i_m has m + 1 parts: those portfolios without i₁; those with i₁ but without i₂; …; those
//! with all m. A leaf has a dual vector; [`prove`] says what it proves of the portfolios that hold what is held for
//! sure at its floor or more, nothing of what is excluded, and anything up to the cap of the rest. Where there is a
//! floor, h_S (`floors`) says more of the same vector, and the lower of the two bounds counts.

use super::floors::Choice;
use super::node::{self, Node, Workspace};
use super::{Limits, Search};
use crate::Moments;
use crate::exact::certificate::{Certificate, Scores, bound_over, prove};
use crate::exact::precise::support;
use crate::exact::{Bounds, Problem};
use crate::rule::SLACK;

/// How far a published bound may lie below what its leaves prove.
const AGREEMENT: f64 = 1e-9;
/// A mean that beats the rate by no more than this share of the larger does not beat it.
const ROUNDING: f64 = 16.0 * f64::EPSILON;

/// A proof that nothing within the limits is better than a bound.
#[derive(Debug, Clone, PartialEq)]
pub enum Tree {
    /// All portfolios, in parts.
    Branch {
        /// The assets that tell the parts apart.
        assets: Vec<usize>,
        /// One part more than assets.
        parts: Vec<Tree>,
    },
    /// One part, with a bound of its own.
    Leaf {
        /// The dual vector: assets and their numbers, all others 0. Empty where nothing beats the rate or nothing is
        /// left.
        dual: Vec<(usize, f64)>,
    },
}

/// What is published of a search.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// One weight an asset.
    pub weights: Vec<f64>,
    /// Their annual Sharpe ratio.
    pub sharpe: f64,
    /// No portfolio within the limits has a higher one.
    pub bound: f64,
    /// Why.
    pub tree: Tree,
}

/// Why a proof is none.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum Fault {
    /// Weights, assets or parts that do not fit the data or each other.
    #[error("the tree names an asset that is not there or already decided, or lacks a part")]
    Shape,
    /// Weights outside the limits.
    #[error(
        "the weights are outside the limits: {held} assets are held, the sum misses 1 by {sum:e}"
    )]
    Limits {
        /// Assets held.
        held: usize,
        /// |Σw − 1|.
        sum: f64,
    },
    /// Weights with another Sharpe ratio.
    #[error("the weights have a Sharpe ratio of {found}, not {claimed}")]
    Sharpe {
        /// As published.
        claimed: f64,
        /// As found.
        found: f64,
    },
    /// Leaves that prove less.
    #[error("the leaves prove a bound of {found}, not {claimed}")]
    Bound {
        /// As published.
        claimed: f64,
        /// As found; ∞ if a leaf proves nothing.
        found: f64,
    },
}

/// The question, and what is decided on the way to a part.
struct Part<'a> {
    moments: &'a Moments,
    limits: Limits,
    rate: f64,
    bounds: Bounds,
    forced: Vec<u32>,
    excluded: Vec<u32>,
}

impl Search<'_> {
    /// What the search has found and proven so far; `None` while it has no portfolio.
    pub fn evidence(&self) -> Option<Evidence> {
        let weights = self.weights()?;
        let mut part = Part::new(self.moments, self.limits, self.rate);
        let (tree, bound) = self.prove(0, None, &mut part, &mut self.workspace());
        let sharpe = self.moments.performance(&weights, self.rate).sharpe;
        Some(Evidence { weights, sharpe, bound, tree })
    }

    /// The part of one node, and what it proves. A node that is closed, or that need not have been opened, is a leaf;
    /// one that still waits has the optimum of its `parent` for a proof.
    fn prove(
        &self,
        at: u32,
        parent: Option<&Node>,
        part: &mut Part<'_>,
        workspace: &mut Workspace<'_>,
    ) -> (Tree, f64) {
        let node = &self.nodes[at as usize];
        let n = self.moments.len();
        if node.children.is_empty() || self.is_closed(node.bound) {
            let task = node::task(&self.nodes, at, n, self.limits);
            let held = match &node.held {
                Some(held) => Some(held.clone()),
                None if node.solved => workspace.solve(task).held,
                None => parent.and_then(|parent| parent.held.clone()),
            };
            return part.leaf(held.map(|held| held.spread(n)));
        }
        let last = &self.nodes[node.children.end as usize - 1];
        let assets: Vec<usize> = last.change.forced.iter().map(|&i| i as usize).collect();
        let (mut parts, mut bound) = (Vec::with_capacity(assets.len() + 1), 0.0f64);
        for (j, child) in node.children.clone().enumerate() {
            let (tree, below) =
                part.within(&assets, j, |part| self.prove(child, Some(node), part, workspace));
            parts.push(tree);
            bound = bound.max(below);
        }
        (Tree::Branch { assets, parts }, bound)
    }
}

impl Evidence {
    /// Checks every number, and says what the tree proves: a bound on the Sharpe ratio of all portfolios within
    /// `limits`.
    ///
    /// # Errors
    /// The first thing that is not what it claims to be.
    pub fn check(&self, moments: &Moments, limits: Limits, rate: f64) -> Result<f64, Fault> {
        if self.weights.len() != moments.len() {
            return Err(Fault::Shape);
        }
        let held = self.weights.iter().filter(|w| **w != 0.0).count();
        let sum = (self.weights.iter().sum::<f64>() - 1.0).abs();
        let Some(limits) = limits.tight(moments.len()) else {
            return Err(Fault::Limits { held, sum });
        };
        let within = |w: f64| w == 0.0 || (w >= limits.floor - SLACK && w <= limits.cap + SLACK);
        let all = self.weights.iter().all(|&w| within(w) && w >= 0.0);
        if !(all && (limits.least..=limits.most).contains(&held) && sum <= AGREEMENT) {
            return Err(Fault::Limits { held, sum });
        }
        let found = moments.performance(&self.weights, rate).sharpe;
        if (found - self.sharpe).abs() > AGREEMENT * found.abs() || found.is_nan() {
            return Err(Fault::Sharpe { claimed: self.sharpe, found });
        }
        let found = Part::new(moments, limits, rate).bound(&self.tree)?;
        if found > self.bound * (1.0 + AGREEMENT) {
            return Err(Fault::Bound { claimed: self.bound, found });
        }
        Ok(found)
    }
}

impl<'a> Part<'a> {
    fn new(moments: &'a Moments, limits: Limits, rate: f64) -> Self {
        let bounds = Bounds::free(moments.len());
        Self { moments, limits, rate, bounds, forced: Vec::new(), excluded: Vec::new() }
    }

    /// Does something in the part `j` of a branch over `assets`.
    fn within<T>(&mut self, assets: &[usize], j: usize, work: impl FnOnce(&mut Self) -> T) -> T {
        let (forced, excluded) = (self.forced.len(), self.excluded.len());
        self.forced.extend(assets[..j].iter().map(|&asset| asset as u32));
        self.excluded.extend(assets.get(j).map(|&asset| asset as u32));
        let result = work(self);
        self.forced.truncate(forced);
        self.excluded.truncate(excluded);
        result
    }

    /// Sets the bounds of this part; says false if it holds no portfolio at all.
    fn set_bounds(&mut self) -> bool {
        let n = self.moments.len();
        if self.forced.len() > self.limits.most || n - self.excluded.len() < self.limits.least {
            return false;
        }
        node::set_bounds(&mut self.bounds, self.limits, &self.forced, &self.excluded);
        if self.forced.len() == self.limits.most {
            // Nothing else may be held.
            for asset in 0..n as u32 {
                if !self.forced.contains(&asset) {
                    self.bounds.set(asset as usize, 0.0, 0.0);
                }
            }
        }
        self.bounds.admit_one().is_ok()
    }

    /// A leaf from the optimum of this part, or of one that contains it, and its bound; `None` if nothing beats the
    /// rate.
    fn leaf(&mut self, weights: Option<Vec<f64>>) -> (Tree, f64) {
        let (true, Some(weights)) = (self.set_bounds(), weights) else {
            let bound = self.leaf_bound(&[]).unwrap_or(f64::INFINITY);
            return (Tree::Leaf { dual: Vec::new() }, bound);
        };
        let problem = Problem::new(self.moments, &self.bounds, self.rate);
        let leaf = |Certificate { dual, proof, .. }: Certificate, part: &Self| {
            let bound = proof.bound.unwrap_or(f64::INFINITY).min(part.bound_of_picks(&dual));
            (Tree::Leaf { dual: support(&dual) }, bound)
        };
        if self.limits.floor > 0.0 {
            let (plain, bound) = leaf(Certificate::plain(&problem, &weights), self);
            if bound.is_finite() {
                return (plain, bound);
            }
        }
        leaf(Certificate::of(&problem, &weights), self)
    }

    /// What a dual vector proves of the portfolios of this part by h_S, which knows of floors and of how many assets
    /// are held; ∞ without a floor, where that is nothing more.
    fn bound_of_picks(&self, dual: &[f64]) -> f64 {
        if self.limits.floor == 0.0 {
            return f64::INFINITY;
        }
        let mut excluded = self.excluded.clone();
        excluded.sort_unstable();
        let choice = Choice { limits: self.limits, forced: &self.forced, excluded: &excluded };
        let highest = |scores: &Scores| {
            let (value, picks) = choice.highest(&scores.values)?;
            // Σ|w| = 1, so a sum over the picks is off by its rounding, and by the scores' own.
            let largest = scores.values.iter().fold(0.0, |most: f64, score| most.max(score.abs()));
            let terms = 4.0 * (picks.len() + 4) as f64;
            Some(value + scores.error + terms * f64::EPSILON * largest)
        };
        let problem = Problem::new(self.moments, &self.bounds, self.rate);
        let (bound, _) =
            bound_over(&problem, dual, |scores| highest(scores).unwrap_or(f64::NEG_INFINITY));
        bound.unwrap_or(f64::INFINITY)
    }

    /// What a tree proves of this part.
    fn bound(&mut self, tree: &Tree) -> Result<f64, Fault> {
        match tree {
            Tree::Leaf { dual } => self.leaf_bound(dual),
            Tree::Branch { assets, parts } => {
                let n = self.moments.len();
                let known = |asset: &usize| {
                    let asset = *asset as u32;
                    self.forced.contains(&asset) || self.excluded.contains(&asset)
                };
                let twice = |(j, asset): (usize, &usize)| assets[..j].contains(asset);
                let bad = assets.iter().any(|&asset| asset >= n)
                    || assets.iter().any(known)
                    || assets.iter().enumerate().any(twice);
                if bad || parts.len() != assets.len() + 1 {
                    return Err(Fault::Shape);
                }
                let mut bound = 0.0f64;
                for (j, tree) in parts.iter().enumerate() {
                    bound = bound.max(self.within(assets, j, |part| part.bound(tree))?);
                }
                Ok(bound)
            }
        }
    }

    fn leaf_bound(&mut self, sparse: &[(usize, f64)]) -> Result<f64, Fault> {
        let n = self.moments.len();
        if !self.set_bounds() {
            return Ok(0.0);
        }
        let mut dual = vec![0.0; n];
        for &(asset, value) in sparse {
            *dual.get_mut(asset).ok_or(Fault::Shape)? = value;
        }
        let problem = Problem::new(self.moments, &self.bounds, self.rate);
        let proof = prove(&problem, &vec![0.0; n], &dual);
        let largest = problem.mean.iter().fold(self.rate.abs(), |most, mean| most.max(mean.abs()));
        if sparse.is_empty() && proof.residuals.dual <= ROUNDING * largest {
            return Ok(0.0);
        }
        Ok(proof.bound.unwrap_or(f64::INFINITY).min(self.bound_of_picks(&dual)))
    }
}
