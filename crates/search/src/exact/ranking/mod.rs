//! The exact optimum of every k-asset subset, through the few distinct problems among them. In which order subsets are
//! visited, and what is printed of them, is for others.
//!
//! Removing an asset that an optimum does not hold changes nothing. So the optimum of all assets answers every subset
//! that contains what it holds; the others lack some held asset, and fall apart by the first one that they lack: they
//! lack h_j and contain h_1 … h_{j−1}. Each part is the same question with one asset fewer (`tree`), and each node
//! of that tree answers C(what is left) subsets at once, as in the ranking of assignments (Murty, 1968; Lawler, 1972).
//! It needs a floor of 0: with a floor on every *picked* asset each subset is a problem of its own ([`Subsets`]).

mod distribution;
mod subsets;
mod tree;

use super::{Bounds, Outcome, Problem};
use crate::{Error, Moments, Rule};
pub use distribution::Distribution;
pub use subsets::Subsets;
use tree::{Node, Tree};

/// Sharpe ratios closer than this share are a tie: two optima of equal value found on two ways differ by rounding.
const TIE: f64 = 1e-12;

/// The exact optimum of every subset of one size.
#[derive(Debug, Clone)]
pub struct Ranking {
    nodes: Vec<Node>,
    branches: Vec<tree::Branch>,
}

/// Some subsets that share one optimum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Group {
    /// Which of the ranking's problems: an index below [`Ranking::problems`].
    pub problem: usize,
    /// How many subsets share the answer.
    pub subsets: u64,
    /// Their answer.
    pub outcome: Outcome,
}

/// What all subsets together look like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Overview {
    /// Subsets whose optimum equals the best, 1e-12 apart at most.
    pub attaining: u64,
    /// Subsets in which no portfolio beats the rate: they have no Sharpe ratio.
    pub no_excess: u64,
    /// Subsets in which some portfolio beats the rate without risk: theirs is unbounded.
    pub riskless: u64,
    /// The Sharpe ratios of all other subsets; `None` if there are none.
    pub distribution: Option<Distribution>,
}

impl Ranking {
    /// Ranks every subset of `pick` assets, each of which holds from nothing to `cap`, against a yearly `rate`; with a
    /// floor see [`Subsets`]. `stop` is asked before each distinct problem; if it says true, there is no ranking.
    ///
    /// # Errors
    /// A `pick` or a cap that admits no portfolio, a rate that is no number.
    pub fn of(
        moments: &Moments,
        pick: usize,
        cap: f64,
        rate: f64,
        stop: &mut dyn FnMut() -> bool,
    ) -> Result<Option<Self>, Error> {
        let n = moments.len();
        Rule::new(cap, 0.0, rate)?.admits(pick, n)?;
        let cap = cap.max(1.0 / pick as f64); // below it by rounding alone
        let bounds =
            Bounds::new(vec![0.0; n], vec![cap; n]).map_err(|_| Error::CapTooLow { pick, cap })?;
        let problem = Problem::new(moments, &bounds, rate);
        let tree = Tree::grow(&problem, pick, stop);
        Ok(tree.map(|Tree { nodes, branches, .. }| Self { nodes, branches }))
    }

    /// The number of distinct problems: every subset's answer is that of one of them.
    pub fn problems(&self) -> usize {
        self.nodes.len()
    }

    /// The group of one problem.
    pub fn group(&self, problem: usize) -> Group {
        let Node { subsets, outcome, .. } = self.nodes[problem];
        Group { problem, subsets, outcome }
    }

    /// The assets that a problem does without; its answer is that of any subset that contains what it holds and none
    /// of these.
    pub fn without(&self, problem: usize) -> Vec<usize> {
        let mut assets = Vec::new();
        let mut node = &self.nodes[problem];
        while let Some((parent, asset)) = node.parent {
            assets.push(asset as usize);
            node = &self.nodes[parent as usize];
        }
        assets.sort_unstable();
        assets
    }

    /// The group of the subset that contains the assets for which `contains` says true; it must have as many as were
    /// picked.
    pub fn find(&self, contains: impl Fn(usize) -> bool) -> Group {
        let mut at = 0;
        loop {
            let node = &self.nodes[at];
            let branches = &self.branches[node.branches.clone()];
            match branches.iter().find(|branch| !contains(branch.asset as usize)) {
                Some(branch) => at = branch.child as usize,
                None => return self.group(at),
            }
        }
    }

    /// The groups in descending order of their Sharpe ratio (those without risk first, those without excess last), of
    /// equals in the order in which they were found.
    pub fn groups(&self) -> Vec<Group> {
        let mut groups: Vec<Group> = (0..self.problems()).map(|p| self.group(p)).collect();
        groups.retain(|group| group.subsets > 0);
        groups.sort_by(|a, b| value(b.outcome).total_cmp(&value(a.outcome)));
        groups
    }

    /// What all subsets together look like.
    pub fn overview(&self) -> Overview {
        Overview::of(self.nodes.iter().map(|node| (node.outcome, node.subsets)))
    }
}

impl Overview {
    /// Of outcomes, each as often as it counts.
    pub fn of(outcomes: impl IntoIterator<Item = (Outcome, u64)>) -> Self {
        let mut values = Vec::new();
        let (mut no_excess, mut riskless) = (0, 0);
        for (outcome, subsets) in outcomes {
            match outcome {
                Outcome::Optimal { sharpe } => values.push((sharpe, subsets)),
                Outcome::NoExcess { .. } => no_excess += subsets,
                Outcome::Riskless { .. } => riskless += subsets,
            }
        }
        let distribution = Distribution::of(&mut values);
        let best = distribution.map_or(f64::INFINITY, |distribution| distribution.maximum);
        let tied = values.iter().filter(|(sharpe, _)| *sharpe >= best * (1.0 - TIE));
        let attaining = if riskless > 0 { riskless } else { tied.map(|(_, count)| count).sum() };
        Self { attaining, no_excess, riskless, distribution }
    }
}

/// What groups are sorted by.
fn value(outcome: Outcome) -> f64 {
    match outcome {
        Outcome::Optimal { sharpe } => sharpe,
        Outcome::NoExcess { .. } => f64::NEG_INFINITY,
        Outcome::Riskless { .. } => f64::INFINITY,
    }
}
