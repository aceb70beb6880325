//! The certificate as it is published: numbers by the names of the assets, a tree as a list, so that anyone can read it
//! with any reader of JSON. What it proves is `search`'s to say.

use super::by_name;
use serde::{Deserialize, Serialize};
use sharpest_search::exact::sparse::{self, Tree};
use sharpest_search::exact::{self, Residuals};

/// What proves an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Certificate {
    /// The annual Sharpe ratio of the best portfolio.
    pub sharpe: f64,
    /// No portfolio of the question has a higher one; absent where nothing is proven.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound: Option<f64>,
    /// (bound − sharpe) / sharpe.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap: Option<f64>,
    /// Why.
    #[serde(flatten)]
    pub evidence: Evidence,
}

/// Why no portfolio has a higher ratio than the bound.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Evidence {
    /// One vector for all portfolios.
    Dual {
        /// The vector v, in annual units; an asset that is not named has 0.
        #[serde(with = "by_name")]
        dual: Vec<(String, f64)>,
        /// What is to be added to v where its own rounding would matter: beside a portfolio of hardly any risk.
        #[serde(
            rename = "dual_rest",
            with = "by_name",
            default,
            skip_serializing_if = "Vec::is_empty"
        )]
        rest: Vec<(String, f64)>,
        /// How far the numbers are from exact.
        residuals: Rest,
    },
    /// A vector for each part of them.
    Tree {
        /// Nodes that were made to find it.
        nodes: usize,
        /// The tree, each branch before its parts and the parts in their order.
        tree: Vec<Part>,
    },
}

/// A node of the tree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Part {
    /// Falls apart into the portfolios without the first of these assets, those with it and without the second, and so
    /// on, and last those with all: the next parts of the list, one more than there are assets.
    Branch {
        /// The assets.
        assets: Vec<String>,
    },
    /// The vectors of the next part prove by a split of the covariance.
    Split {
        /// What is taken from the diagonal of the covariance, in annual units; an asset that is not named has 0.
        #[serde(with = "by_name")]
        diagonal: Vec<(String, f64)>,
    },
    /// Of the next part some is decided, and the vector proves by the split that all else is not above the bound.
    Fix {
        /// Assets that are held.
        held: Vec<String>,
        /// Assets that are not held.
        left_out: Vec<String>,
        /// As in a leaf.
        #[serde(with = "by_name")]
        dual: Vec<(String, f64)>,
        /// As in a leaf.
        #[serde(with = "by_name", default, skip_serializing_if = "Vec::is_empty")]
        prices: Vec<(String, f64)>,
    },
    /// Has a vector of its own.
    Leaf {
        /// The vector v, in annual units; an asset that is not named has 0.
        #[serde(with = "by_name")]
        dual: Vec<(String, f64)>,
        /// By a split: what a limit that holds a weight costs, above 0 of the cap and below 0 of the floor.
        #[serde(with = "by_name", default, skip_serializing_if = "Vec::is_empty")]
        prices: Vec<(String, f64)>,
    },
}

/// How far weights and vector are from satisfying their conditions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rest {
    /// |Σw − 1|.
    pub sum: f64,
    /// The largest excursion of a weight out of its bounds.
    pub bounds: f64,
    /// h_C(μ̃ − Σv), which is at most 0 but for rounding: a fraction a year.
    pub dual: f64,
}

/// A relative gap above this does not prove that a portfolio is the best: moments added up in another order move a
/// Sharpe ratio by less.
pub const PROVEN: f64 = 1e-9;

impl Certificate {
    /// Whether the portfolio is proven to be the best there is.
    pub fn is_proof(&self) -> bool {
        self.gap.is_some_and(|gap| gap <= PROVEN)
    }

    /// Publishes the certificate of one convex problem.
    pub(crate) fn of_whole(certificate: &exact::Certificate, names: &[String]) -> Self {
        let exact::Certificate { dual, rest, proof, .. } = certificate;
        let Residuals { sum, bounds, dual: highest } = proof.residuals;
        let named = |numbers: &[f64]| {
            let numbers = numbers.iter().copied().enumerate().filter(|(_, v)| *v != 0.0);
            numbers.map(|(i, v)| (names[i].clone(), v)).collect()
        };
        Self {
            sharpe: proof.sharpe,
            bound: proof.bound,
            gap: proof.gap,
            evidence: Evidence::Dual {
                dual: named(dual),
                rest: named(rest),
                residuals: Rest { sum, bounds, dual: highest },
            },
        }
    }

    /// Publishes the tree of a branch and bound that made so many nodes.
    pub(crate) fn of_tree(evidence: &sparse::Evidence, nodes: usize, names: &[String]) -> Self {
        let sparse::Evidence { sharpe, bound, tree, .. } = evidence;
        let bound = bound.is_finite().then(|| bound.max(*sharpe)); // below by rounding only
        let mut parts = Vec::new();
        list(tree, names, &mut parts);
        Self {
            sharpe: *sharpe,
            bound,
            gap: bound.map(|bound| (bound - sharpe) / sharpe),
            evidence: Evidence::Tree { nodes, tree: parts },
        }
    }
}

/// Appends a tree to a list.
fn list(tree: &Tree, names: &[String], parts: &mut Vec<Part>) {
    let named = |assets: &[usize]| assets.iter().map(|&i| names[i].clone()).collect();
    let numbers =
        |pairs: &[(usize, f64)]| pairs.iter().map(|&(i, v)| (names[i].clone(), v)).collect();
    match tree {
        Tree::Leaf { dual, prices } => {
            parts.push(Part::Leaf { dual: numbers(dual), prices: numbers(prices) });
        }
        Tree::Branch { assets, parts: below } => {
            parts.push(Part::Branch { assets: named(assets) });
            below.iter().for_each(|tree| list(tree, names, parts));
        }
        Tree::Fix { forced, excluded, dual, prices, part } => {
            let (held, left_out) = (named(forced), named(excluded));
            let (dual, prices) = (numbers(dual), numbers(prices));
            parts.push(Part::Fix { held, left_out, dual, prices });
            list(part, names, parts);
        }
        Tree::Split { diagonal, part } => {
            parts.push(Part::Split { diagonal: numbers(diagonal) });
            list(part, names, parts);
        }
    }
}
