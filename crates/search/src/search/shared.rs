//! A block in which all subsets try the same draws: scored once, then carried along from swap to swap.

use super::settle::{Settling, Source};
use super::{Search, Sink};
use crate::draw::rng::{Key, Purpose};
use crate::draw::{Deviation, Draws, Group};
use crate::kernel::Proof;
use crate::lanes::{LANES, Lanes, Row, Task};
use crate::score::quadratic::Coefficients;
use crate::score::scalar::Subset;
use crate::score::screen::{Candidate, Margin, ROUNDOFF, Scored, Screen};
use crate::score::swap::{QUAD, STEPS, Swaps};
use crate::subsets::{Step, Walk};
use crate::{Best, Block, Error, Sampling};
use std::ops::Range;

/// The most memory that shared draws may take.
const LIMIT_GIB: u64 = 4;
/// Draws in a quad of groups.
const QUAD_DRAWS: usize = QUAD * LANES;

/// The draws of all subsets, in both precisions.
#[derive(Debug, Clone)]
pub(super) struct SharedDraws {
    k: usize,
    count: u64,
    /// `count` x k.
    weights: Vec<f64>,
    /// Quad after quad, k entries each: asset i of four groups. Past the last draw, the last again: a lane without a draw
    /// would otherwise pass every screen.
    quads: Vec<[Row; QUAD]>,
}

impl SharedDraws {
    /// Draws them.
    pub(super) fn new(draws: &Draws, sampling: &Sampling, proof: Proof) -> Result<Self, Error> {
        let (k, count) = (sampling.pick, sampling.draws);
        let bytes = count as f64 * k as f64 * 12.0;
        let gib = bytes / 2f64.powi(30);
        if gib > LIMIT_GIB as f64 {
            let limit = LIMIT_GIB;
            return Err(Error::TooManySharedDraws { draws: count, pick: k, gib, limit });
        }
        let weights = proof.run(Drawing { draws, sampling })?;
        let mut quads = vec![[Row::ZERO; QUAD]; (count as usize).div_ceil(QUAD_DRAWS) * k];
        let last = &weights[weights.len() - k..];
        for draw in 0..quads.len() / k * QUAD_DRAWS {
            let (quad, group, lane) = place(draw as u64);
            let weights = weights.chunks_exact(k).nth(draw).unwrap_or(last);
            for (entry, &w) in quads[quad * k..].iter_mut().zip(weights) {
                entry[group].0[lane] = w as f32;
            }
        }
        Ok(Self { k, count, weights, quads })
    }

    /// Asset by asset, the weights of one quad.
    #[inline(always)]
    fn quad(&self, quad: usize) -> &[[Row; QUAD]] {
        &self.quads[quad * self.k..][..self.k]
    }

    /// The weights of one draw.
    fn of(&self, draw: u64) -> &[f64] {
        self.of_range(draw..draw + 1)
    }

    /// The weights of some draws, one after the other.
    pub(super) fn of_range(&self, draws: Range<u64>) -> &[f64] {
        &self.weights[draws.start as usize * self.k..draws.end as usize * self.k]
    }
}

impl Source for SharedDraws {
    #[inline(always)]
    fn weights(&self, candidate: &Candidate, weights: &mut [f64]) {
        weights.copy_from_slice(self.of(candidate.draw));
    }
}

/// Drawing the shared draws by the reference.
struct Drawing<'a> {
    draws: &'a Draws,
    sampling: &'a Sampling,
}

impl Task for Drawing<'_> {
    type Output = Result<Vec<f64>, Error>;

    #[inline(always)]
    fn run<L: Lanes>(self, _: L) -> Self::Output {
        let Self { draws, sampling } = self;
        let key = Key::new(sampling.seed, Purpose::Shared);
        let mut weights = Vec::with_capacity(sampling.draws as usize * sampling.pick);
        let mut trial = vec![0.0; sampling.pick];
        let (mut tried, mut accepted) = (0, 0);
        while accepted < sampling.draws {
            if draws.rebuild(key, tried, &mut trial) {
                weights.extend_from_slice(&trial);
                accepted += 1;
            }
            tried += 1;
            draws.check_progress(sampling.sampler, tried, accepted)?;
        }
        Ok(weights)
    }
}

/// One block of a search with shared draws.
pub(super) struct SharedBlock<'a> {
    search: &'a Search,
    shared: &'a SharedDraws,
    block: Block,
    sink: &'a mut dyn Sink,
}

impl<'a> SharedBlock<'a> {
    pub(super) fn new(
        search: &'a Search,
        shared: &'a SharedDraws,
        block: Block,
        sink: &'a mut dyn Sink,
    ) -> Self {
        Self { search, shared, block, sink }
    }
}

impl Task for SharedBlock<'_> {
    type Output = Result<Best, Error>;

    #[inline(always)]
    fn run<L: Lanes>(self, l: L) -> Self::Output {
        let Self { search, shared, block, sink } = self;
        let mut best = Best::new(search.sampling.top);
        let mut walk = search.order.walk(block.first);
        let last = block.first + block.subsets - 1;
        let mut carrying = Carrying::new(search, shared, walk.subset(), sink.wants_lines());
        carrying.score_all(l, &best);
        carrying.settle(0, block.first, sink, &mut best);
        while walk.rank() < last && !sink.stop() {
            let first = walk.rank() + 1;
            carrying.plan(&mut walk, last, &best);
            carrying.advance(l);
            for (at, rank) in (first..=walk.rank()).enumerate() {
                carrying.enter(at);
                carrying.settle(at, rank, sink, &mut best);
            }
        }
        Ok(best)
    }
}

/// The scores of all draws in the current subset, carried from step to step.
struct Carrying<'a> {
    search: &'a Search,
    shared: &'a SharedDraws,
    lines: bool,
    means: Vec<[Row; QUAD]>,
    variances: Vec<[Row; QUAD]>,
    /// The margin of those scores, after all steps so far.
    margin: Margin,
    swaps: Swaps,
    steps: Vec<Step>,
    /// What may be best after each of the planned steps.
    screens: [Screen; STEPS],
    settling: Settling,
    /// The draw that was best last: likely good in the next subset too.
    leader: u64,
}

impl<'a> Carrying<'a> {
    fn new(search: &'a Search, shared: &'a SharedDraws, assets: &[usize], lines: bool) -> Self {
        let universe = &search.universe;
        let rounding = Deviation { absolute: 0.0, relative: ROUNDOFF, typical_sum: 1.0 };
        // The sum of the weights is 1 up to their rounding: what depends on it is fixed, with room.
        let fresh = Margin::of_fresh(shared.k, rounding, universe.typical_volatility);
        let margin = Margin {
            mean: [1.01 * (fresh.mean[0] + fresh.mean[1]), 0.0],
            variance: [1.01 * (fresh.variance[0] + fresh.variance[2]), 0.0, 0.0],
        };
        let quads = shared.quads.len() / shared.k;
        Self {
            search,
            shared,
            lines,
            means: vec![[Row::ZERO; QUAD]; quads],
            variances: vec![[Row::ZERO; QUAD]; quads],
            margin,
            swaps: Swaps::new(shared.k),
            steps: Vec::with_capacity(STEPS),
            screens: std::array::from_fn(|_| Screen::new(margin)),
            settling: Settling::new(Subset::new(universe, assets)),
            leader: 0,
        }
    }

    /// Scores every draw in the current subset from scratch.
    #[inline(always)]
    fn score_all<L: Lanes>(&mut self, l: L, best: &Best) {
        let subset = self.settling.subset.assets();
        let coefficients = Coefficients::new(&self.search.universe, subset);
        self.screens[0].clear(self.search.wanted(best, self.lines));
        for quad in 0..self.means.len() {
            let scored = coefficients.score(l, self.shared.quad(quad));
            for (g, scored) in scored.iter().enumerate() {
                l.store(scored.mean, &mut self.means[quad][g]);
                l.store(scored.variance, &mut self.variances[quad][g]);
                self.screen(l, 0, quad * QUAD + g, scored);
            }
        }
    }

    /// Plans the next few steps, up to rank `last`, and what their subsets have to beat.
    fn plan(&mut self, walk: &mut Walk<'_>, last: u64, best: &Best) {
        self.steps.clear();
        let wanted = self.search.wanted(best, self.lines);
        let (universe, cap) = (&self.search.universe, self.search.rule.cap());
        while self.steps.len() < STEPS && walk.rank() < last {
            let (at, Some(step)) = (self.steps.len(), walk.step()) else { break };
            self.swaps.set(universe, at, step, walk.subset());
            self.steps.push(step);
            self.margin = self.swaps.grow(at, self.margin, cap);
            self.screens[at].set_margin(self.margin);
            self.screens[at].clear(wanted);
        }
        (self.steps.len()..STEPS).for_each(|at| self.swaps.skip(at));
        let (quad, group, lane) = place(self.leader);
        let mean = f64::from(self.means[quad][group].0[lane]);
        let variance = f64::from(self.variances[quad][group].0[lane]);
        let followed = self.swaps.follow(self.shared.of(self.leader), mean, variance);
        for (screen, [mean, variance]) in self.screens.iter_mut().zip(followed) {
            screen.raise(mean, variance);
        }
    }

    /// Takes the planned steps with every draw.
    #[inline(always)]
    fn advance<L: Lanes>(&mut self, l: L) {
        for quad in 0..self.means.len() {
            if L::WIDE {
                self.advance_groups::<L, QUAD>(l, quad, 0);
            } else {
                (0..QUAD).for_each(|first| self.advance_groups::<L, 1>(l, quad, first));
            }
        }
    }

    #[inline(always)]
    fn advance_groups<L: Lanes, const G: usize>(&mut self, l: L, quad: usize, first: usize) {
        let (means, variances) = (&mut self.means[quad], &mut self.variances[quad]);
        let weights = self.shared.quad(quad);
        let scored = self.swaps.advance::<L, STEPS, G>(l, weights, first, means, variances);
        for (at, scored) in scored.iter().enumerate().take(self.steps.len()) {
            for (g, scored) in scored.iter().enumerate() {
                self.screen(l, at, quad * QUAD + first + g, scored);
            }
        }
    }

    /// Screens one group after planned step `at`.
    #[inline(always)]
    fn screen<L: Lanes>(&mut self, l: L, at: usize, group: usize, scored: &Scored<L>) {
        let lanes = self.screens[at].pass_fixed(l, scored);
        if lanes != 0 {
            self.take(l, at, group, scored, lanes);
        }
    }

    /// Takes in those of `lanes` that hold a draw.
    #[inline(always)]
    fn take<L: Lanes>(&mut self, l: L, at: usize, group: usize, scored: &Scored<L>, lanes: u16) {
        let first = (group * LANES) as u64;
        let real = self.shared.count.saturating_sub(first);
        let accepted = if real >= LANES as u64 { u16::MAX } else { (1 << real) - 1 };
        let draws = Group { sum: l.splat(1.0), accepted, unsure: 0 };
        let (screen, group) = (&mut self.screens[at], (group as u64, &draws));
        screen.take(l, group, scored, lanes & accepted, u16::MAX, first);
    }

    /// Makes the subset after planned step `at` the current one.
    fn enter(&mut self, at: usize) {
        let Step { slot, enters, .. } = self.steps[at];
        self.settling.subset.put(&self.search.universe, slot, enters);
    }

    /// Lets the reference decide among what passed screen `at`, in the current subset.
    #[inline(always)]
    fn settle(&mut self, at: usize, rank: u64, sink: &mut dyn Sink, best: &mut Best) {
        self.settling.begin();
        self.settling.settle(&mut self.screens[at], self.shared);
        self.leader = self.settling.draw().unwrap_or(self.leader);
        self.settling.report(rank, self.lines, sink, best);
        best.subsets += 1;
        best.tried = best.tried.saturating_add(self.shared.count);
        sink.finished(best);
    }
}

/// Quad, group in it and lane of a draw.
fn place(draw: u64) -> (usize, usize, usize) {
    let draw = draw as usize;
    (draw / QUAD_DRAWS, draw % QUAD_DRAWS / LANES, draw % LANES)
}
