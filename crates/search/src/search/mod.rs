//! The search: the one seam between the mathematics and whoever hands out its blocks.

mod batches;
mod fresh;
mod settle;
mod shared;

pub use batches::{Batch, Batches};

use crate::draw::Draws;
use crate::kernel::Proof;
use crate::score::Universe;
use crate::subsets::Order;
use crate::{Best, Block, Blocks, Draw, Error, Kernel, Moments, Rule, Sampling};
use fresh::FreshBlock;
use shared::{SharedBlock, SharedDraws};

/// Everything that a block needs, made once. The same moments, rule and sampling give the same `Search` everywhere.
#[derive(Debug, Clone)]
pub struct Search {
    moments: Moments,
    kernel: Kernel,
    universe: Universe,
    rule: Rule,
    sampling: Sampling,
    order: Order,
    draws: Draws,
    shared: Option<SharedDraws>,
    proof: Proof,
}

/// Who listens to a search.
pub trait Sink {
    /// Takes the line of one subset. They come in the order of their ranks, block by block.
    fn line(&mut self, line: &Line<'_>);

    /// Whether [`Sink::line`] is to be called at all: a search without lines works out exactly only what can still be
    /// among the best.
    fn wants_lines(&self) -> bool {
        true
    }

    /// Hears that one more subset is finished, and of the best of its block so far.
    fn finished(&mut self, best: &Best) {
        let _ = best;
    }

    /// Whether to stop. Asked often; a stopped block answers with the subsets it finished.
    fn stop(&self) -> bool {
        false
    }
}

/// The best portfolio of one subset.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line<'a> {
    /// The position of the subset in the minimal-change order, from 0.
    pub rank: u64,
    /// The subset: columns of the table, ascending.
    pub assets: &'a [usize],
    /// Annual Sharpe ratio.
    pub sharpe: f64,
    /// One weight an asset.
    pub weights: &'a [f64],
}

impl Search {
    /// Checks the question and prepares it.
    ///
    /// # Errors
    /// What [`Rule::admits`] and [`Sampling::check`] refuse; more subsets than a `u64` counts; a kernel that this machine
    /// cannot run; shared draws that do not fit in memory or of which next to none keep to the cap.
    pub fn new(
        moments: &Moments,
        rule: &Rule,
        sampling: &Sampling,
        kernel: Kernel,
    ) -> Result<Self, Error> {
        sampling.check()?;
        rule.admits(sampling.pick, moments.len())?;
        let order = Order::new(moments.len(), sampling.pick)?;
        let proof = kernel.demand()?;
        let draws = Draws::new(sampling.sampler, sampling.pick, rule);
        let shared = match sampling.draw {
            Draw::Fresh => None,
            Draw::Shared => Some(SharedDraws::new(&draws, sampling, proof)?),
        };
        let universe = Universe::new(moments, rule);
        let (moments, rule, sampling) = (moments.clone(), *rule, sampling.clone());
        Ok(Self { moments, kernel, universe, rule, sampling, order, draws, shared, proof })
    }

    /// What it searches: with the rest of what it was made from enough to make it again elsewhere.
    pub fn moments(&self) -> &Moments {
        &self.moments
    }

    /// What a portfolio may hold and has to beat.
    pub fn rule(&self) -> &Rule {
        &self.rule
    }

    /// How it is sampled.
    pub fn sampling(&self) -> &Sampling {
        &self.sampling
    }

    /// What it is scored with.
    pub fn kernel(&self) -> Kernel {
        self.kernel
    }

    /// How the search is cut up: a function of the number of subsets alone.
    pub fn blocks(&self) -> Blocks {
        Blocks::new(self.order.len())
    }

    /// Searches one block: the best portfolios of its subsets.
    ///
    /// # Errors
    /// A sampler of whose candidates next to none keep to the cap.
    pub fn search_block(&self, block: Block, sink: &mut dyn Sink) -> Result<Best, Error> {
        match &self.shared {
            None => self.proof.run(FreshBlock::new(self, block, sink)),
            Some(shared) => self.proof.run(SharedBlock::new(self, shared, block, sink)),
        }
    }
}

#[cfg(test)]
mod tests;
