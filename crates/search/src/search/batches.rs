//! A block whose portfolios somebody else scores. They are drawn by the reference, so they are those of a search, bit by bit;
//! which of them is kept is decided here, by the rules of a search.

use super::Search;
use crate::draw::Draws;
use crate::draw::rng::{Key, Purpose};
use crate::lanes::{Lanes, Task};
use crate::{Best, Block, Error, Portfolio};

/// A batch has so many weights: enough that a call for each is cheap, few enough that all returns of its portfolios fit in
/// memory. Never of the machine, since what somebody computes may depend on how much comes together.
const WEIGHTS: usize = 1 << 15;

/// Portfolios to score: all draws of subsets that follow on each other, or some draws of one.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Batch {
    /// The rank of the first subset.
    pub first: u64,
    /// Draws of each subset.
    pub draws: usize,
    /// Subset after subset, its assets: columns of the table, ascending.
    pub assets: Vec<usize>,
    /// Subset after subset, draw after draw, a weight an asset.
    pub weights: Vec<f64>,
}

/// The portfolios of a block, batch after batch, and the best of those that are scored.
#[derive(Debug)]
pub struct Batches {
    /// What is left.
    block: Block,
    /// Draws of the first subset of it that are scored, and candidates tried for them.
    scored: u64,
    tried: u64,
    /// What is being scored, and the candidates tried after it.
    batch: Option<(Batch, u64)>,
    /// The best of the first subset so far.
    found: Option<Portfolio>,
    best: Best,
}

impl Batches {
    /// The portfolios of one block of `search`, which all calls must be given.
    pub fn new(search: &Search, block: Block) -> Self {
        let best = Best::new(search.sampling.top);
        Self { block, scored: 0, tried: 0, batch: None, found: None, best }
    }

    /// The next portfolios, or again those that were not scored; none when all were.
    ///
    /// # Errors
    /// A sampler of whose candidates next to none keep to the cap.
    pub fn draw(&mut self, search: &Search) -> Result<Option<&Batch>, Error> {
        if self.block.subsets == 0 {
            return Ok(None);
        }
        self.batch = Some(search.proof.run(Drawing { batches: self, search })?);
        Ok(self.batch())
    }

    /// The portfolios that are being scored.
    pub fn batch(&self) -> Option<&Batch> {
        self.batch.as_ref().map(|(batch, _)| batch)
    }

    /// Takes the scores of the last batch, one a portfolio in its order. The highest wins; of equals the lower draw, and then the lower
    /// rank. What is not a number, or as low as can be, never does.
    pub fn take(&mut self, search: &Search, scores: &[f64]) {
        let Some((batch, tried)) = self.batch.take() else { return };
        let (pick, draws) = (search.sampling.pick, batch.draws);
        let weights = batch.weights.chunks_exact(pick * draws);
        let subsets = batch.assets.chunks_exact(pick).zip(weights);
        for ((assets, weights), scores) in subsets.zip(scores.chunks_exact(draws)) {
            for (at, &score) in scores.iter().enumerate() {
                let lead = self.found.as_ref().map_or(f64::NEG_INFINITY, |found| found.score);
                if score > lead {
                    self.found = Some(Portfolio {
                        rank: self.block.first,
                        draw: self.scored + at as u64,
                        score: score + 0.0, // of -0 and 0 neither is higher
                        assets: assets.to_vec(),
                        weights: weights[at * pick..][..pick].to_vec(),
                    });
                }
            }
            self.scored += draws as u64;
            if self.scored == search.draws_each() {
                self.end_subset(search.sampling.draws);
            }
        }
        self.tried = if self.scored == 0 { 0 } else { tried };
    }

    fn end_subset(&mut self, draws: u64) {
        self.found.take().into_iter().for_each(|found| self.best.keep(found));
        self.best.subsets += 1;
        self.best.tried = self.best.tried.saturating_add(draws);
        self.block.first += 1;
        self.block.subsets -= 1;
        self.scored = 0;
    }

    /// The best of what was scored, of whole subsets.
    pub fn best(self) -> Best {
        self.best
    }
}

impl Search {
    /// Draws of a subset that may differ.
    fn draws_each(&self) -> u64 {
        if matches!(self.draws, Draws::Single { .. }) { 1 } else { self.sampling.draws }
    }
}

/// Drawing the next batch; answers with the candidates tried after it, too.
struct Drawing<'a> {
    batches: &'a Batches,
    search: &'a Search,
}

impl Task for Drawing<'_> {
    type Output = Result<(Batch, u64), Error>;

    #[inline(always)]
    fn run<L: Lanes>(self, _: L) -> Self::Output {
        let Self { batches: &Batches { block, scored, mut tried, .. }, search } = self;
        let all = search.draws_each();
        let room = (WEIGHTS / search.sampling.pick).max(1) as u64;
        let draws = room.min(all - scored);
        let subsets = if draws == all { (room / all).min(block.subsets) } else { 1 };
        let mut batch = Batch { first: block.first, draws: draws as usize, ..Batch::default() };
        let mut walk = search.order.walk(block.first);
        for _ in 0..subsets {
            batch.assets.extend_from_slice(walk.subset());
            let (rank, from) = (walk.rank(), (scored, tried));
            let weights = &mut batch.weights;
            let after = search.draw_some(rank, from, scored + draws, weights)?;
            tried = if subsets == 1 { after } else { 0 };
            walk.step();
        }
        Ok((batch, tried))
    }
}

impl Search {
    /// Adds the weights of some draws of a subset: `from` how many draws and the candidates that were tried for them, `to`
    /// how many. Answers how many candidates were tried then.
    #[inline(always)]
    fn draw_some(
        &self,
        rank: u64,
        (mut accepted, mut tried): (u64, u64),
        to: u64,
        weights: &mut Vec<f64>,
    ) -> Result<u64, Error> {
        if let Some(shared) = &self.shared {
            weights.extend_from_slice(shared.of_range(accepted..to));
            return Ok(tried);
        }
        let key = Key::new(self.sampling.seed, Purpose::Fresh { rank });
        let mut trial = vec![0.0; self.sampling.pick];
        while accepted < to {
            if self.draws.rebuild(key, tried, &mut trial) {
                weights.extend_from_slice(&trial);
                accepted += 1;
            }
            tried += 1;
            self.draws.check_progress(self.sampling.sampler, tried, accepted)?;
        }
        Ok(tried)
    }
}
