//! Settling a subset: the reference decides among what screening left.

use super::{Line, Search, Sink};
use crate::score::scalar::Subset;
use crate::score::screen::{Candidate, Screen};
use crate::{Best, Portfolio};

/// What is within this of the worst that is kept is settled, not skipped: no rounding can make it better by as much.
const KEEP_SLACK: f64 = 1e-9;

/// Where the weights of a candidate come from. (No closure, which would not be inlined into the function that is compiled
/// for the instruction set: without it each fused multiply-add is a call, and a search with lines takes 7 % longer.)
pub(super) trait Source {
    /// Must be `#[inline(always)]`.
    fn weights(&self, candidate: &Candidate, weights: &mut [f64]);
}

/// The best draw of the current subset by the reference, and all that is needed to find it.
pub(super) struct Settling {
    /// The subset's moments.
    pub(super) subset: Subset,
    /// Sharpe ratio and draw.
    found: Option<(f64, u64)>,
    weights: Vec<f64>,
    trial: Vec<f64>,
}

impl Search {
    /// The Sharpe ratio (scaled) below which a draw is of no interest. Without lines, only what can still be among the
    /// best is.
    pub(super) fn wanted(&self, best: &Best, lines: bool) -> f64 {
        match best.threshold() {
            Some(worst) if !lines => {
                let wanted = worst / self.universe.scale;
                wanted - KEEP_SLACK * wanted.abs()
            }
            _ => f64::NEG_INFINITY,
        }
    }
}

impl Settling {
    pub(super) fn new(subset: Subset) -> Self {
        let k = subset.assets().len();
        Self { subset, found: None, weights: vec![0.0; k], trial: vec![0.0; k] }
    }

    /// Starts over for the next subset.
    pub(super) fn begin(&mut self) {
        self.found = None;
    }

    /// The best draw, if the reference was asked at all.
    pub(super) fn draw(&self) -> Option<u64> {
        self.found.map(|(_, draw)| draw)
    }

    /// Scores what waits by the reference and keeps the best: of equals, the lower draw.
    #[inline(always)]
    pub(super) fn settle(&mut self, screen: &mut Screen, source: &impl Source) {
        for candidate in screen.drain() {
            source.weights(&candidate, &mut self.trial);
            let sharpe = self.subset.sharpe(&self.trial);
            let better = self.found.is_none_or(|(found, draw)| {
                sharpe > found || (sharpe == found && candidate.draw < draw)
            });
            if better {
                self.found = Some((sharpe, candidate.draw));
                std::mem::swap(&mut self.trial, &mut self.weights);
            }
        }
    }

    /// Tells the sink and keeps the best of a subset, if the reference was asked at all.
    pub(super) fn report(&mut self, rank: u64, lines: bool, sink: &mut dyn Sink, best: &mut Best) {
        let Some((sharpe, draw)) = self.found else { return };
        let (assets, weights) = (self.subset.assets(), &self.weights[..]);
        if lines {
            sink.line(&Line { rank, assets, sharpe, weights });
        }
        if best.would_keep(sharpe, rank) {
            let (assets, weights) = (assets.to_vec(), weights.to_vec());
            best.keep(Portfolio { rank, draw, score: sharpe, assets, weights });
        }
    }
}
