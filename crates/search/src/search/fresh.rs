//! A block in which every subset has draws of its own.

use super::settle::{Settling, Source};
use super::{Search, Sink};
use crate::draw::rng::{Key, Purpose};
use crate::draw::{Draws, Group};
use crate::lanes::{LANES, Lanes, Row, Task};
use crate::score::quadratic::Coefficients;
use crate::score::scalar::Subset;
use crate::score::screen::{Candidate, Margin, Screen};
use crate::{Best, Block, Error};

/// Groups that are scored together where there are registers for it.
const WIDE: usize = 4;
/// Groups between two looks at the stop callback.
const LOOK: u64 = 64;

/// How many candidates may wait for the reference: more than a handful means that `f32` cannot tell them apart.
const MOST_WAITING: usize = 1024;

/// One block of a search with fresh draws.
pub(super) struct FreshBlock<'a> {
    search: &'a Search,
    block: Block,
    sink: &'a mut dyn Sink,
}

/// What one subset's draws are scored with.
struct Scoring<'a> {
    search: &'a Search,
    coefficients: Coefficients,
    screen: Screen,
    settling: Settling,
    rows: Vec<Row>,
    key: Key,
    /// Groups drawn and draws accepted, of the current subset.
    groups: u64,
    accepted: u64,
}

impl<'a> FreshBlock<'a> {
    pub(super) fn new(search: &'a Search, block: Block, sink: &'a mut dyn Sink) -> Self {
        Self { search, block, sink }
    }
}

impl Task for FreshBlock<'_> {
    type Output = Result<Best, Error>;

    #[inline(always)]
    fn run<L: Lanes>(self, l: L) -> Self::Output {
        let Self { search, block, sink } = self;
        let (mut best, lines) = (Best::new(search.sampling.top), sink.wants_lines());
        let mut walk = search.order.walk(block.first);
        let mut scoring = Scoring::new(search, walk.subset());
        for rank in block.first..block.first + block.subsets {
            scoring.begin(rank, &best, lines);
            if !scoring.draw_all(l, sink)? {
                break;
            }
            scoring.settle();
            scoring.settling.report(rank, lines, sink, &mut best);
            best.subsets += 1;
            best.tried = best.tried.saturating_add(search.sampling.draws);
            sink.finished(&best);
            if let Some(step) = walk.step() {
                scoring.settling.subset.put(&search.universe, step.slot, step.enters);
                scoring.coefficients.put(&search.universe, walk.subset(), step.slot);
            }
        }
        Ok(best)
    }
}

impl<'a> Scoring<'a> {
    fn new(search: &'a Search, assets: &[usize]) -> Self {
        let (universe, k) = (&search.universe, assets.len());
        let margin = Margin::of_fresh(k, search.draws.deviation(), universe.typical_volatility);
        Self {
            search,
            coefficients: Coefficients::new(universe, assets),
            screen: Screen::new(margin),
            settling: Settling::new(Subset::new(universe, assets)),
            rows: vec![Row::ZERO; k * WIDE],
            key: Key::new(0, Purpose::Shared),
            groups: 0,
            accepted: 0,
        }
    }

    fn begin(&mut self, rank: u64, best: &Best, lines: bool) {
        self.key = Key::new(self.search.sampling.seed, Purpose::Fresh { rank });
        (self.groups, self.accepted) = (0, 0);
        self.settling.begin();
        self.screen.clear(self.search.wanted(best, lines));
    }

    /// Draws and screens all of a subset's draws, unless stopped: then the answer is no.
    #[inline(always)]
    fn draw_all<L: Lanes>(&mut self, l: L, sink: &mut dyn Sink) -> Result<bool, Error> {
        let Search { sampling, draws, .. } = self.search;
        if matches!(draws, Draws::Single { .. }) {
            self.screen.see(0, 0, 0.0, 0.0, 0.0);
            return Ok(!sink.stop());
        }
        let mut next_look = 0;
        while self.accepted < sampling.draws {
            if self.groups >= next_look {
                if sink.stop() {
                    return Ok(false);
                }
                next_look = self.groups + LOOK;
                draws.check_progress(
                    sampling.sampler,
                    self.groups * LANES as u64,
                    self.accepted,
                )?;
                if self.screen.waiting() > MOST_WAITING {
                    self.settle();
                }
            }
            if L::WIDE && sampling.draws - self.accepted > ((WIDE - 1) * LANES) as u64 {
                self.batch::<L, WIDE>(l);
            } else {
                self.batch::<L, 1>(l);
            }
        }
        Ok(true)
    }

    /// Draws, scores and screens the next `G` groups.
    #[inline(always)]
    fn batch<L: Lanes, const G: usize>(&mut self, l: L) {
        let draws = &self.search.draws;
        let rows = &mut self.rows.as_chunks_mut::<G>().0[..self.search.sampling.pick];
        let none = Group { sum: l.splat(0.0), accepted: 0, unsure: 0 };
        let mut groups = [none; G];
        for (g, group) in groups.iter_mut().enumerate() {
            *group = draws.group(l, self.key, self.groups + g as u64, rows, g);
        }
        let scored = self.coefficients.score(l, rows);
        for (group, scored) in groups.iter().zip(&scored) {
            let left = self.search.sampling.draws - self.accepted;
            let accepted = lowest(group.accepted | self.check(group.unsure), left);
            let screen = &mut self.screen;
            let lanes = screen.pass(l, group, scored) & accepted;
            if lanes != 0 {
                screen.take(l, (self.groups, group), scored, lanes, accepted, self.accepted);
            }
            self.accepted += u64::from(accepted.count_ones());
            self.groups += 1;
        }
    }

    /// Those of the lanes of the next group that the reference accepts.
    #[inline(always)]
    fn check(&self, mut unsure: u16) -> u16 {
        let mut accepted = 0;
        while unsure != 0 {
            let lane = unsure.trailing_zeros();
            unsure &= unsure - 1;
            let mut weights = vec![0.0; self.search.sampling.pick];
            let number = self.groups * LANES as u64 + u64::from(lane);
            accepted |=
                u16::from(self.search.draws.rebuild(self.key, number, &mut weights)) << lane;
        }
        accepted
    }

    #[inline(always)]
    fn settle(&mut self) {
        let source = Rebuilding { draws: &self.search.draws, key: self.key };
        self.settling.settle(&mut self.screen, &source);
    }
}

/// Draws made again.
struct Rebuilding<'a> {
    draws: &'a Draws,
    key: Key,
}

impl Source for Rebuilding<'_> {
    #[inline(always)]
    fn weights(&self, candidate: &Candidate, weights: &mut [f64]) {
        self.draws.rebuild(self.key, candidate.number, weights);
    }
}

/// The lowest `count` of the lanes.
#[inline(always)]
fn lowest(lanes: u16, count: u64) -> u16 {
    let mut kept = lanes;
    while u64::from(kept.count_ones()) > count {
        kept &= !(1 << (15 - kept.leading_zeros()));
    }
    kept
}
