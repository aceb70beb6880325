//! The tree of distinct problems. A node lacks the assets on its path; its subsets lack them too, contain those that
//! its elder siblings branched on, and are free in the others. The paths are all different, so nothing is solved twice
//! and nothing has to be remembered to see to it.

use crate::exact::{Bounds, Outcome, Problem, Solver};
use std::ops::Range;

/// One distinct problem.
#[derive(Debug, Clone)]
pub(super) struct Node {
    /// The node that has one asset more, and that asset; `None` at the root, which has all.
    pub(super) parent: Option<(u32, u32)>,
    /// The subsets that contain all that the answer holds.
    pub(super) subsets: u64,
    pub(super) outcome: Outcome,
    /// The others, by the first held asset that they lack.
    pub(super) branches: Range<usize>,
}

/// The subsets that lack `asset`, and contain those of the branches before.
#[derive(Debug, Clone, Copy)]
pub(super) struct Branch {
    pub(super) asset: u32,
    pub(super) child: u32,
}

/// The tree, and what it takes to grow it.
pub(super) struct Tree<'a> {
    pub(super) nodes: Vec<Node>,
    pub(super) branches: Vec<Branch>,
    mean: &'a [f64],
    covariance: &'a [f64],
    rate: f64,
    bounds: Bounds,
    solver: Solver,
    /// Assets that the subsets of the node at hand contain for sure.
    kept: Vec<bool>,
    binomials: Binomials,
    stop: &'a mut dyn FnMut() -> bool,
}

/// What is left to choose below a node.
#[derive(Debug, Clone, Copy)]
struct Choice {
    /// Assets that may be lacked or not.
    open: usize,
    /// How many of them are lacked.
    lacked: usize,
}

impl<'a> Tree<'a> {
    /// Solves every distinct problem among the subsets of `pick` assets; `None` if `stop` said true.
    pub(super) fn grow(
        problem: &Problem<'a>,
        pick: usize,
        stop: &'a mut dyn FnMut() -> bool,
    ) -> Option<Self> {
        let n = problem.assets();
        let mut tree = Self {
            nodes: Vec::new(),
            branches: Vec::new(),
            mean: problem.mean,
            covariance: problem.covariance,
            rate: problem.rate,
            bounds: problem.bounds.clone(),
            solver: Solver::new(n),
            kept: vec![false; n],
            binomials: Binomials::new(n, n - pick),
            stop,
        };
        let all = Choice { open: n, lacked: n - pick };
        tree.node(None, &[], all).map(|_| tree)
    }

    /// Solves a node and all below it, starting from the weights of its parent.
    fn node(&mut self, parent: Option<(u32, u32)>, start: &[f64], choice: Choice) -> Option<u32> {
        if (self.stop)() {
            return None;
        }
        let outcome = self.solve(start);
        let weights = self.solver.weights().to_vec();
        let held = match outcome {
            Outcome::NoExcess { .. } => Vec::new(), // nor does any part of it beat the rate
            Outcome::Optimal { .. } | Outcome::Riskless { .. } => self.open_and_held(&weights),
        };
        let subsets = self.binomials.of(choice.open - held.len(), choice.lacked);
        let me = self.nodes.len() as u32;
        self.nodes.push(Node { parent, subsets, outcome, branches: 0..0 });
        self.branch(me, &weights, &held[..choice.branches(held.len())], choice)?;
        Some(me)
    }

    /// Solves the children of a node, which lack one of `assets` each.
    fn branch(&mut self, me: u32, weights: &[f64], assets: &[u32], choice: Choice) -> Option<()> {
        // A node's branches lie side by side, so their places are taken before any of their own.
        let first = self.branches.len();
        self.nodes[me as usize].branches = first..first + assets.len();
        self.branches.extend(assets.iter().map(|&asset| Branch { asset, child: 0 }));
        for (elder, &asset) in assets.iter().enumerate() {
            let at = asset as usize;
            let below = Choice { open: choice.open - elder - 1, lacked: choice.lacked - 1 };
            let cap = self.bounds.upper()[at];
            self.bounds.set(at, 0.0, 0.0);
            self.branches[first + elder].child = self.node(Some((me, asset)), weights, below)?;
            self.bounds.set(at, 0.0, cap);
            self.kept[at] = true;
        }
        assets.iter().for_each(|&asset| self.kept[asset as usize] = false);
        Some(())
    }

    fn solve(&mut self, start: &[f64]) -> Outcome {
        let (mean, covariance) = (self.mean, self.covariance);
        let problem = Problem { mean, covariance, bounds: &self.bounds, rate: self.rate };
        if start.is_empty() {
            self.solver.solve(&problem)
        } else {
            self.solver.solve_from(&problem, start)
        }
    }

    /// The held assets that a subset may lack, the heaviest first: without those the fewest problems are left to
    /// solve.
    fn open_and_held(&self, weights: &[f64]) -> Vec<u32> {
        let held = |&asset: &usize| weights[asset] > 0.0 && !self.kept[asset];
        let mut held: Vec<usize> = (0..weights.len()).filter(held).collect();
        held.sort_unstable_by(|&a, &b| weights[b].total_cmp(&weights[a]).then(a.cmp(&b)));
        held.into_iter().map(|asset| asset as u32).collect()
    }
}

impl Choice {
    /// How many of `held` assets a subset may lack: none if it lacks enough, and none after which too few are open.
    fn branches(self, held: usize) -> usize {
        if self.lacked == 0 { 0 } else { held.min(self.open + 1 - self.lacked) }
    }
}

/// Pascal's triangle, as far as it is needed.
struct Binomials {
    /// Row m holds C(m, 0) … C(m, width − 1).
    table: Vec<u64>,
    width: usize,
}

impl Binomials {
    fn new(most: usize, lacked: usize) -> Self {
        let width = lacked + 1;
        let mut table = vec![0u64; (most + 1) * width];
        for m in 0..=most {
            table[m * width] = 1;
            for j in 1..width.min(m + 1) {
                let (left, above) = (table[(m - 1) * width + j - 1], table[(m - 1) * width + j]);
                // What overflows is larger than the number of subsets, and so never asked for.
                table[m * width + j] = left.saturating_add(above);
            }
        }
        Self { table, width }
    }

    fn of(&self, m: usize, j: usize) -> u64 {
        self.table[m * self.width + j]
    }
}
