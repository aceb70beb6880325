//! The proof of a search: a tree of choices that leaves nothing out by its shape, with a bound at each leaf, and the
//! check that believes none of its numbers. It needs the moments, the limits and the rate, and no solver.
//!
//! A branch over assets i₁ … i_m has m + 1 parts: those portfolios without i₁; those with i₁ but without i₂; …; those
//! with all m. A leaf has a dual vector; [`prove`] says what it proves of the portfolios that hold what is held for
//! sure at its floor or more, nothing of what is excluded, and anything up to the cap of the rest. Where there is a
//! floor, h_S (`floors`) says more of the same vector, and where there is a split of Σ, that does (`split`): the lowest
//! of the bounds counts. By a split a vector also decides assets one by one: what is held in nothing above the bound
//! need not be looked at again.

use super::floors::Choice;
use super::split::{Claim, Splitting, Terms};
use super::{Limits, node};
use crate::Moments;
use crate::exact::certificate::{bound_over, prove, sharpe};
use crate::exact::scores::Scores;
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
        /// By a split of Σ: what the limits that hold a weight cost, above 0 of the cap and below 0 of the floor.
        prices: Vec<(usize, f64)>,
    },
    /// One part, in which some is decided: a vector proves by the split of Σ that all else is not above the bound.
    Fix {
        /// Held.
        forced: Vec<usize>,
        /// Not held.
        excluded: Vec<usize>,
        /// The dual vector, as in a leaf.
        dual: Vec<(usize, f64)>,
        /// As in a leaf.
        prices: Vec<(usize, f64)>,
        /// What is left.
        part: Box<Tree>,
    },
    /// One part, whose vectors prove by a split of Σ.
    Split {
        /// Assets and their numbers, all others 0: taken from the diagonal of Σ, they leave it positive semidefinite.
        diagonal: Vec<(usize, f64)>,
        /// The part.
        part: Box<Tree>,
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
    /// A diagonal that is none.
    #[error(
        "the diagonal of the tree has a number below 0, or takes more from the covariance than is there"
    )]
    Split,
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
pub(super) struct Part<'a> {
    pub(super) moments: &'a Moments,
    limits: Limits,
    pub(super) rate: f64,
    /// A bound that is low enough.
    claimed: f64,
    pub(super) bounds: Bounds,
    pub(super) forced: Vec<u32>,
    pub(super) excluded: Vec<u32>,
    pub(super) splitting: Option<Splitting>,
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
        let mut part = Part::new(moments, limits, rate, self.bound);
        let found = sharpe(&part.problem(), &self.weights);
        if (found - self.sharpe).abs() > AGREEMENT * found.abs() || found.is_nan() {
            return Err(Fault::Sharpe { claimed: self.sharpe, found });
        }
        let found = part.bound(&self.tree)?;
        if found > self.bound * (1.0 + AGREEMENT) || self.bound.is_nan() {
            return Err(Fault::Bound { claimed: self.bound, found });
        }
        Ok(found)
    }
}

impl<'a> Part<'a> {
    pub(super) fn new(moments: &'a Moments, limits: Limits, rate: f64, claimed: f64) -> Self {
        let (bounds, forced, excluded) = (Bounds::free(moments.len()), Vec::new(), Vec::new());
        Self { moments, limits, rate, claimed, bounds, forced, excluded, splitting: None }
    }

    /// The question within the bounds of this part.
    pub(super) fn problem(&self) -> Problem<'_> {
        Problem::new(self.moments, &self.bounds, self.rate)
    }

    /// Does something in the part `j` of a branch over `assets`.
    pub(super) fn within<T>(
        &mut self,
        assets: &[usize],
        j: usize,
        work: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let (forced, excluded) = (self.forced.len(), self.excluded.len());
        self.forced.extend(assets[..j].iter().map(|&asset| asset as u32));
        self.excluded.extend(assets.get(j).map(|&asset| asset as u32));
        let result = work(self);
        self.forced.truncate(forced);
        self.excluded.truncate(excluded);
        result
    }

    /// Sets the bounds of this part; says false if it holds no portfolio at all.
    pub(super) fn set_bounds(&mut self) -> bool {
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

    /// What a dual vector proves of the portfolios of this part by h_S, which knows of floors and of how many assets
    /// are held; ∞ without a floor, where that is nothing more.
    pub(super) fn bound_of_picks(&self, dual: &[f64]) -> f64 {
        if self.limits.floor == 0.0 {
            return f64::INFINITY;
        }
        let mut excluded = self.excluded.clone();
        excluded.sort_unstable();
        let choice = Choice { limits: self.limits, forced: &self.forced, excluded: &excluded };
        let highest = |scores: &Scores| {
            let (value, picks) = choice.highest(&scores.values)?;
            // Σ|w| = 1, so a sum over the picks is off by its rounding.
            let largest = scores.values.iter().fold(0.0, |most: f64, score| most.max(score.abs()));
            let terms = 4.0 * (picks.len() + 4) as f64;
            Some(value + terms * f64::EPSILON * largest)
        };
        let (bound, _) = bound_over(&self.problem(), [dual, &[]], |scores| {
            highest(scores).unwrap_or(f64::NEG_INFINITY)
        });
        bound.unwrap_or(f64::INFINITY)
    }

    /// What a tree proves of this part.
    fn bound(&mut self, tree: &Tree) -> Result<f64, Fault> {
        match tree {
            Tree::Leaf { dual, prices } => self.leaf_bound(dual, prices),
            Tree::Branch { assets, parts } => self.branch_bound(assets, parts),
            Tree::Fix { forced, excluded, dual, prices, part } => {
                self.are_undecided(&[&forced[..], excluded].concat())?;
                self.are_assets(dual)?;
                self.are_assets(prices)?;
                let of = |assets: &[usize]| assets.iter().map(|&asset| asset as u32).collect();
                let (forced, excluded): (Vec<u32>, Vec<u32>) = (of(forced), of(excluded));
                let decided = (self.forced.len(), self.excluded.len());
                let bound = self.fix(&forced, &excluded, dual, prices);
                let below = self.bound(part);
                self.forced.truncate(decided.0);
                self.excluded.truncate(decided.1);
                Ok(bound.max(below?))
            }
            Tree::Split { diagonal, part } => {
                self.are_assets(diagonal)?;
                let mut all = vec![0.0; self.moments.len()];
                diagonal.iter().for_each(|&(asset, d)| all[asset] = d);
                let splitting = Splitting::new(self.moments, all).ok_or(Fault::Split)?;
                let before = self.splitting.replace(splitting);
                let bound = self.bound(part);
                self.splitting = before;
                bound
            }
        }
    }

    fn branch_bound(&mut self, assets: &[usize], parts: &[Tree]) -> Result<f64, Fault> {
        self.are_undecided(assets)?;
        if parts.len() != assets.len() + 1 {
            return Err(Fault::Shape);
        }
        let mut bound = 0.0f64;
        for (j, tree) in parts.iter().enumerate() {
            bound = bound.max(self.within(assets, j, |part| part.bound(tree))?);
        }
        Ok(bound)
    }

    /// # Errors
    /// Assets that are not there, already decided, or named twice.
    fn are_undecided(&self, assets: &[usize]) -> Result<(), Fault> {
        let known = |asset: u32| self.forced.contains(&asset) || self.excluded.contains(&asset);
        let wrong = |(j, &asset): (usize, &usize)| {
            asset >= self.moments.len() || known(asset as u32) || assets[..j].contains(&asset)
        };
        if assets.iter().enumerate().any(wrong) { Err(Fault::Shape) } else { Ok(()) }
    }

    /// # Errors
    /// Numbers of assets that are not there.
    fn are_assets(&self, numbers: &[(usize, f64)]) -> Result<(), Fault> {
        match numbers.iter().all(|(asset, _)| *asset < self.moments.len()) {
            true => Ok(()),
            false => Err(Fault::Shape),
        }
    }

    /// What a vector proves of this part by the split of Σ; `None` where there is none.
    pub(super) fn terms(&self, dual: &[(usize, f64)], prices: &[(usize, f64)]) -> Option<Terms> {
        let Self { moments, limits, rate, forced, excluded, .. } = self;
        let splitting = self.splitting.as_ref()?;
        let (limits, rate) = (*limits, *rate);
        let claim = Claim { moments, limits, rate, splitting, forced, excluded, dual, prices };
        Some(claim.terms())
    }

    /// Decides that some assets are held and others not, and says what a vector proves of all other portfolios.
    pub(super) fn fix(
        &mut self,
        forced: &[u32],
        excluded: &[u32],
        dual: &[(usize, f64)],
        prices: &[(usize, f64)],
    ) -> f64 {
        let bound = self.terms(dual, prices).map_or(f64::INFINITY, |terms| {
            terms.bound_without(forced).max(terms.bound_with(excluded))
        });
        self.forced.extend(forced);
        self.excluded.extend(excluded);
        bound
    }

    pub(super) fn leaf_bound(
        &mut self,
        sparse: &[(usize, f64)],
        prices: &[(usize, f64)],
    ) -> Result<f64, Fault> {
        let n = self.moments.len();
        self.are_assets(sparse)?;
        self.are_assets(prices)?;
        if !self.set_bounds() {
            return Ok(0.0);
        }
        let split = self.terms(sparse, prices).map_or(f64::INFINITY, |terms| terms.bound());
        if split <= self.claimed {
            return Ok(split);
        }
        let mut dual = vec![0.0; n];
        sparse.iter().for_each(|&(asset, value)| dual[asset] = value);
        let problem = self.problem();
        let proof = prove(&problem, &vec![0.0; n], &dual, &[]);
        let largest = problem.mean.iter().fold(self.rate.abs(), |most, mean| most.max(mean.abs()));
        if sparse.is_empty() && proof.residuals.dual <= ROUNDING * largest {
            return Ok(0.0);
        }
        let whole = proof.bound.unwrap_or(f64::INFINITY).min(self.bound_of_picks(&dual));
        Ok(whole.min(split))
    }
}
