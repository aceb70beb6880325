//! A visit to every subset, in the order of their ranks: each gets its line, and the best are kept. How a subset is
//! answered is the caller's; the blocks are those of a search by sampling, and so are the lines.

use crate::crew::Crew;
use crate::lines::Lines;
use crate::observer::{Observer, Stage};
use sharpest_search::exact::Outcome;
use sharpest_search::subsets::Order;
use sharpest_search::{Best, Blocks, Line, Portfolio};
use std::sync::atomic::{AtomicU64, Ordering};

/// After so many subsets it is asked whether to stop.
const ASKED: u64 = 32;
/// Of so many subsets each one's worth is kept: 64 MiB.
const MOST_KEPT: u64 = 4 << 20;

/// Who visits, who watches, and what becomes of it.
pub(crate) struct Visit<'a, 'w> {
    pub(crate) order: &'a Order,
    pub(crate) crew: &'a Crew,
    pub(crate) observer: &'a dyn Observer,
    pub(crate) lines: Option<&'a Lines<'w>>,
    /// How many of the best subsets are kept.
    pub(crate) top: usize,
}

/// What was seen on a visit.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) best: Best,
    /// What each subset is worth, in no particular order; empty where there are too many to keep.
    pub(crate) outcomes: Vec<Outcome>,
}

impl Visit<'_, '_> {
    /// Visits every subset, or as many as there is patience for. `begin` is called at the start of each block; what it
    /// gives answers one subset after the other: it takes the subset, writes a weight for each of its assets, and says
    /// what they are worth.
    pub(crate) fn run<F>(&self, begin: impl Fn() -> F + Sync) -> Seen
    where
        F: FnMut(&[usize], &mut [f64]) -> Outcome,
    {
        let blocks = Blocks::new(self.order.len());
        self.observer.begin(Stage::Ranking, blocks.subsets());
        let next = AtomicU64::new(0);
        let seen = self.crew.all(|_| {
            let mut seen = self.nothing();
            while !self.halted() {
                let index = next.fetch_add(1, Ordering::Relaxed);
                if index >= blocks.count() {
                    break;
                }
                seen = seen.merge(self.block(index, blocks, begin()));
            }
            seen
        });
        seen.into_iter().fold(self.nothing(), Seen::merge)
    }

    fn block(
        &self,
        index: u64,
        blocks: Blocks,
        mut answer: impl FnMut(&[usize], &mut [f64]) -> Outcome,
    ) -> Seen {
        let mut page = self.lines.map(|lines| lines.page(index));
        let Seen { mut best, mut outcomes } = self.nothing();
        let block = blocks.get(index);
        let mut walk = self.order.walk(block.first);
        let mut weights = vec![0.0; self.order.pick()];
        while best.subsets < block.subsets {
            if best.subsets.is_multiple_of(ASKED) && self.halted() {
                break;
            }
            let (rank, assets) = (walk.rank(), walk.subset());
            let outcome = answer(assets, &mut weights);
            let sharpe = value(outcome);
            if self.order.len() <= MOST_KEPT {
                outcomes.push(outcome);
            }
            if let Some(page) = &mut page {
                let weights = if sharpe.is_nan() { &[][..] } else { &weights };
                page.push(&Line { rank, assets, sharpe, weights });
            }
            if sharpe.is_finite() && best.would_keep(sharpe, rank) {
                let (assets, weights) = (assets.to_vec(), weights.clone());
                best.keep(Portfolio { rank, draw: 0, score: sharpe, assets, weights });
            }
            best.subsets += 1;
            walk.step();
        }
        self.observer.advance(best.subsets, best.first().map_or(f64::NAN, |best| best.score));
        Seen { best, outcomes }
    }

    fn nothing(&self) -> Seen {
        Seen { best: Best::new(self.top), outcomes: Vec::new() }
    }

    fn halted(&self) -> bool {
        self.observer.stopped() || self.lines.is_some_and(Lines::failed)
    }
}

impl Seen {
    fn merge(mut self, other: Self) -> Self {
        self.outcomes.extend(other.outcomes);
        Self { best: self.best.merge(other.best), outcomes: self.outcomes }
    }
}

/// What stands in a line: nothing (NaN) where no portfolio beats the rate.
fn value(outcome: Outcome) -> f64 {
    match outcome {
        Outcome::Optimal { sharpe } => sharpe,
        Outcome::Riskless { .. } => f64::INFINITY,
        Outcome::NoExcess { .. } => f64::NAN,
    }
}
