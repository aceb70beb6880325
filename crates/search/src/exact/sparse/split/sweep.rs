//! The search for a diagonal D ≥ 0 that leaves Σ − D positive semidefinite, and the relaxation a low bound. It proves
//! nothing.
//!
//! The bound is convex in D, and falls by aᵢ = yᵢ²(1/zᵢ − 1) per unit of dᵢ, y and z being the relaxation's portfolio
//! and parts. A sweep goes through all assets and sets each dᵢ to the maximizer of aᵀd + τ·log det(Σ − D), which needs
//! one entry of (Σ − D)⁻¹ and changes it by rank one; then it relaxes anew and moves a. τ falls from sweep to sweep.

use super::Splitting;
use super::definite::Inversion;
use super::relax::{Query, Relaxation};
use crate::Moments;
use crate::blocked::cholesky::{Factoring, Pace};
use crate::exact::linear::add_scaled;
use crate::exact::sparse::node::Held;

/// Sweeps made.
const SWEEPS: usize = 10;
/// τ of the first sweep and of the last, each half the one before.
const FIRST: f64 = 0.5;
const LAST: f64 = 1e-3;
/// How much of the new a is taken.
const MOVED: f64 = 0.4;
/// The least aᵢ, in units of the variance of asset i that no others explain.
const CALM: f64 = 0.05;
/// The least dᵢ, as a share of that variance.
const LEAST: f64 = 1e-3;
/// What is taken from the diagonal until it is proven to leave something semidefinite.
const RETREATS: [f64; 4] = [1e-9, 1e-6, 1e-3, 1e-1];

/// So many multiply-adds are done before somebody may look whether to go on: a tenth of a second, where each of them waits
/// for memory.
pub(in crate::exact::sparse) const SLICE: usize = 1 << 25;

/// A diagonal, and what is needed to better it.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::exact::sparse) struct Sweep {
    diagonal: Vec<f64>,
    /// The variance of each asset that no others explain.
    own: Vec<f64>,
    wanted: Vec<f64>,
    /// The lower triangle of (Σ − D)⁻¹.
    inverse: Vec<f64>,
    slack: f64,
    left: usize,
    held: Option<Held>,
    bound: f64,
    /// What is to be beaten: the bound without a split.
    whole: f64,
    /// About so many multiply-adds are done at a time.
    slice: usize,
    stage: Stage,
}

/// What comes next.
#[derive(Debug, Clone, PartialEq)]
enum Stage {
    /// D = 0, and an inverse on its way.
    Invert(Inversion),
    /// The entry of this asset is set.
    Set(usize),
    /// A diagonal is being proven, with so many retreats before it.
    Prove { retreats: usize, diagonal: Vec<f64>, factoring: Factoring },
    /// It is worth no more; what came of it.
    Done(Option<Splitting>),
}

impl Sweep {
    /// Nothing yet of these moments, whose bound without a split is `whole`; it will be worked on in pieces of about
    /// `slice` multiply-adds.
    pub(in crate::exact::sparse) fn new(moments: &Moments, whole: f64, slice: usize) -> Self {
        let n = moments.len();
        let diagonal: Vec<f64> = (0..n).map(|i| moments.covariance_row(i)[i]).collect();
        let inversion = Inversion::new(moments.covariance(), &diagonal);
        Self {
            diagonal: vec![0.0; n],
            own: Vec::new(),
            wanted: Vec::new(),
            inverse: Vec::new(),
            slack: FIRST,
            left: SWEEPS,
            held: None,
            bound: f64::INFINITY,
            whole,
            slice,
            stage: Stage::Invert(inversion),
        }
    }

    /// What came of it, once it is worth no more: a diagonal that is proven to leave Σ − D semidefinite and has a bound
    /// below that without a split, if there is one.
    pub(in crate::exact::sparse) fn outcome(&mut self) -> Option<Option<Splitting>> {
        match &mut self.stage {
            Stage::Done(splitting) => Some(splitting.take()),
            Stage::Invert(_) | Stage::Set(_) | Stage::Prove { .. } => None,
        }
    }

    /// One slice more, which ends with a sweep; less if it is stopped.
    pub(in crate::exact::sparse) fn step(
        mut self,
        moments: &Moments,
        relaxation: &mut Relaxation<'_>,
        stop: &mut dyn FnMut() -> bool,
    ) -> Self {
        let mut done = 0;
        while done < self.slice {
            let work = match &mut self.stage {
                Stage::Invert(_) => self.invert(),
                Stage::Set(asset) if *asset < self.diagonal.len() => {
                    let asset = *asset;
                    self.set(asset);
                    self.stage = Stage::Set(asset + 1);
                    self.inverse.len() / 2
                }
                Stage::Set(_) => {
                    self.relax(moments, relaxation, stop);
                    break;
                }
                Stage::Prove { .. } => self.prove(moments),
                Stage::Done(_) => break,
            };
            done += work;
        }
        self
    }

    /// A piece of the inverse at D = 0, with which the sweeps begin; they do not if Σ is singular.
    fn invert(&mut self) -> usize {
        let Stage::Invert(inversion) = &mut self.stage else { return 0 };
        match inversion.step() {
            Some(Pace::More(work)) => return work,
            Some(Pace::Done) => self.inverse = inversion.take(),
            None => {
                self.stage = Stage::Done(None);
                return 0;
            }
        }
        let n = self.diagonal.len();
        self.own = (0..n).map(|i| 1.0 / self.inverse[i * n + i]).collect();
        self.wanted = self.own.iter().map(|own| 1.0 / own).collect();
        let good = self.own.iter().all(|own| own.is_finite() && *own > 0.0);
        self.stage = if good { Stage::Set(0) } else { Stage::Done(None) };
        n * n
    }

    /// The relaxation of the diagonal as it is after a sweep, and what it wants of the next; still to be done if it was
    /// stopped.
    fn relax(
        &mut self,
        moments: &Moments,
        relaxation: &mut Relaxation<'_>,
        stop: &mut dyn FnMut() -> bool,
    ) {
        let splitting = Splitting { diagonal: self.diagonal.clone() };
        let query = Query { forced: &[], excluded: &[], start: self.held.as_ref(), target: 0.0 };
        let relaxed = relaxation.solve(&splitting, query, stop);
        if stop() {
            return;
        }
        self.slack = (0.5 * self.slack).max(LAST);
        self.want(&relaxation.wants(&splitting, &relaxed.held));
        (self.held, self.bound) = (Some(relaxed.held), relaxed.bound);
        self.left -= 1;
        self.stage = if self.left > 0 { Stage::Set(0) } else { self.retreat(moments, 0) };
    }

    /// The proof of the diagonal less a share of it; nothing if all shares were tried or it is worth nothing.
    fn retreat(&self, moments: &Moments, retreats: usize) -> Stage {
        let worth = !self.bound.is_nan() && self.bound < self.whole;
        let Some(retreat) = RETREATS.get(retreats).filter(|_| worth) else {
            return Stage::Done(None);
        };
        let diagonal: Vec<f64> = self.diagonal.iter().map(|d| d * (1.0 - retreat)).collect();
        match Splitting::proof(moments, &diagonal) {
            Some(factoring) => Stage::Prove { retreats, diagonal, factoring },
            None => self.retreat(moments, retreats + 1),
        }
    }

    /// A piece of a proof.
    fn prove(&mut self, moments: &Moments) -> usize {
        let Stage::Prove { retreats, diagonal, factoring } = &mut self.stage else { return 0 };
        match factoring.step(0.0) {
            Some(Pace::More(work)) => return work,
            Some(Pace::Done) => {
                let diagonal = std::mem::take(diagonal);
                self.stage = Stage::Done(Some(Splitting { diagonal }));
            }
            None => {
                let retreats = *retreats + 1;
                self.stage = self.retreat(moments, retreats);
            }
        }
        self.inverse.len()
    }

    /// Sets one entry of the diagonal to the best.
    fn set(&mut self, asset: usize) {
        let n = self.diagonal.len();
        let own = self.inverse[asset * n + asset];
        let least = LEAST * self.own[asset] - self.diagonal[asset];
        let more = (1.0 / own - self.slack / self.wanted[asset]).max(least);
        let mut column = self.inverse[asset * n..][..n].to_vec();
        (asset + 1..n).for_each(|other| column[other] = self.inverse[other * n + asset]);
        let factor = more / (1.0 - more * own);
        for (other, row) in self.inverse.chunks_exact_mut(n).enumerate() {
            add_scaled(&mut row[..=other], factor * column[other], &column[..=other]);
        }
        self.diagonal[asset] += more;
    }

    /// Moves a towards what the relaxation wants.
    fn want(&mut self, wants: &[f64]) {
        let all: f64 = wants.iter().zip(&self.diagonal).map(|(want, d)| want * d).sum();
        let scale = if all > 0.0 { wants.len() as f64 / all } else { 0.0 };
        for ((wanted, want), own) in self.wanted.iter_mut().zip(wants).zip(&self.own) {
            *wanted += MOVED * ((scale * want).max(CALM / own) - *wanted);
        }
    }
}
