//! The proof that no portfolio is better, and the check that believes none of its numbers. The check needs the
//! moments, the bounds, the rate and what was published: no solver, and O(n²) work. How the weights were found is
//! [`qp`](super::qp)'s.
//!
//! For any v with h_C(μ̃ − Σv) ≤ 0, where h_C(g) = max {gᵀw : w ∈ C}, every w ∈ C has μ̃ᵀw ≤ vᵀΣw ≤ √(vᵀΣv)·√(wᵀΣw)
//! (Cauchy & Schwarz), so no Sharpe ratio exceeds √(vᵀΣv). At the optimum w*, v = w*·μ̃ᵀw* / w*ᵀΣw* makes that an
//! equality. Rounding may leave h_C = ε > 0; with d = min {vᵀΣw : w ∈ C} > 0 the vector (1 + ε/d)·v does, and the
//! bound grows by as much. If d ≤ 0 (an asset that falls when v rises), a little of a portfolio of least variance is
//! added to v instead: the one of the answer's own face, which covers every portfolio of that face alike, or the one
//! of all C. h_C is greedy: the lower bounds, then what is left of 1 in descending order of g. Every sum here is
//! carried in twice the working precision and rounded against the claim, so that the proof holds as printed.

use super::precise::{Sum, dot, support};
use super::{Bounds, Problem, Solver};

/// How far published numbers may lie from those found anew: moments added up in another order differ by less.
const AGREEMENT: f64 = 1e-9;
/// A relative gap above this is worth another dual vector.
const TIGHT: f64 = 1e-14;
/// How many times what is added to v is doubled where h_C stays above 0.
const DOUBLINGS: usize = 4;

/// What is published of an optimum: enough for anyone to check it.
#[derive(Debug, Clone, PartialEq)]
pub struct Certificate {
    /// One weight an asset.
    pub weights: Vec<f64>,
    /// The vector v behind the bound, one number an asset, in annual units.
    pub dual: Vec<f64>,
    /// What they prove.
    pub proof: Proof,
}

/// What weights and a dual vector prove.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Proof {
    /// The annual Sharpe ratio of the weights.
    pub sharpe: f64,
    /// No portfolio has a higher ratio than this one; `None` if the vector proves no bound.
    pub bound: Option<f64>,
    /// (bound − sharpe) / sharpe.
    pub gap: Option<f64>,
    /// How far the numbers are from exact.
    pub residuals: Residuals,
}

/// How far weights and dual vector are from satisfying their conditions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Residuals {
    /// |Σw − 1|.
    pub sum: f64,
    /// The largest excursion of a weight out of its bounds.
    pub bounds: f64,
    /// h_C(μ̃ − Σv), which is at most 0 but for rounding: a fraction a year.
    pub dual: f64,
}

/// Why published numbers are not what they claim to be.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum Refutation {
    /// Vectors of the wrong length.
    #[error("{weights} weights and {dual} dual numbers for {assets} assets")]
    Lengths {
        /// Weights published.
        weights: usize,
        /// Dual numbers published.
        dual: usize,
        /// Assets in the data.
        assets: usize,
    },
    /// Weights that do not add up to 1.
    #[error("the weights miss 1 by {by:e}")]
    Sum {
        /// |Σw − 1|.
        by: f64,
    },
    /// A weight outside its bounds.
    #[error("a weight lies {by:e} outside its bounds")]
    Bounds {
        /// By how much.
        by: f64,
    },
    /// Weights with another Sharpe ratio.
    #[error("the weights have a Sharpe ratio of {found}, not {claimed}")]
    Sharpe {
        /// As published.
        claimed: f64,
        /// As found.
        found: f64,
    },
    /// A dual vector that proves less.
    #[error("the dual vector does not prove the bound {claimed}: {}", match found {
        Some(found) => format!("it proves {found}"),
        None => "it proves none".into(),
    })]
    Bound {
        /// As published.
        claimed: f64,
        /// As found.
        found: Option<f64>,
    },
}

impl Certificate {
    /// The certificate of `weights` that are optimal for `problem`, as a [`Solver`] found them.
    pub fn of(problem: &Problem<'_>, weights: &[f64]) -> Self {
        let plain = Self::plain(problem, weights);
        let proof = plain.proof;
        if proof.residuals.dual <= 0.0 || proof.gap.is_some_and(|gap| gap <= TIGHT) {
            return plain;
        }
        let mut solver = Solver::new(problem.assets());
        let face = plain.lengthened(problem, &solver.least_variance_of_face(problem, weights));
        if face.proof.gap.is_some() {
            return plain.or(face);
        }
        solver.least_variance(problem);
        plain.or(face).or(plain.lengthened(problem, solver.weights()))
    }

    /// What v = w·μ̃ᵀw / wᵀΣw proves, whether or not the weights are optimal.
    pub(super) fn plain(problem: &Problem<'_>, weights: &[f64]) -> Self {
        let scale = excess(problem, weights).value() / variance(problem, weights).value();
        let dual: Vec<f64> = weights.iter().map(|w| w * scale).collect();
        let proof = prove(problem, weights, &dual);
        Self { weights: weights.to_vec(), dual, proof }
    }

    /// The one that proves more.
    fn or(&self, other: Self) -> Self {
        let bound = |certificate: &Self| certificate.proof.bound.unwrap_or(f64::INFINITY);
        if bound(&other) < bound(self) { other } else { self.clone() }
    }

    /// Checks every number against `problem`, and says what they prove.
    ///
    /// # Errors
    /// The first number that is not what it claims to be.
    pub fn check(&self, problem: &Problem<'_>) -> Result<Proof, Refutation> {
        let (weights, dual, assets) = (self.weights.len(), self.dual.len(), problem.assets());
        if weights != assets || dual != assets {
            return Err(Refutation::Lengths { weights, dual, assets });
        }
        let found = prove(problem, &self.weights, &self.dual);
        let Residuals { sum, bounds, .. } = found.residuals;
        let agrees = |a: f64, b: f64| (a - b).abs() <= AGREEMENT * b.abs();
        let small = |residual: f64| residual <= AGREEMENT; // which NaN is not
        if !small(sum) {
            Err(Refutation::Sum { by: sum })
        } else if !small(bounds) {
            Err(Refutation::Bounds { by: bounds })
        } else if !agrees(self.proof.sharpe, found.sharpe) {
            Err(Refutation::Sharpe { claimed: self.proof.sharpe, found: found.sharpe })
        } else {
            match (self.proof.bound, found.bound) {
                (None, _) => Ok(found),
                (Some(claimed), Some(bound)) if agrees(claimed, bound) => Ok(found),
                (Some(claimed), found) => Err(Refutation::Bound { claimed, found }),
            }
        }
    }

    /// The same with so much of `portfolio` in the dual vector that h_C is at most 0, if a little does.
    fn lengthened(&self, problem: &Problem<'_>, portfolio: &[f64]) -> Self {
        let mut step = self.proof.residuals.dual / variance(problem, portfolio).value();
        let mut longer = self.clone();
        for _ in 0..DOUBLINGS {
            step *= 2.0;
            let parts = self.dual.iter().zip(portfolio);
            longer.dual = parts.map(|(v, u)| v + step * u).collect();
            longer.proof = prove(problem, &self.weights, &longer.dual);
            if longer.proof.residuals.dual <= 0.0 {
                break;
            }
        }
        longer
    }
}

/// What `weights` and the vector `dual`, one number an asset each, prove about `problem`.
pub fn prove(problem: &Problem<'_>, weights: &[f64], dual: &[f64]) -> Proof {
    let (mean, variance) = (excess(problem, weights), variance(problem, weights));
    let sharpe = mean.value() / variance.value().sqrt();
    let (bound, residual) = bound(problem, dual);
    let gap = bound.map(|bound| ((bound - sharpe) / sharpe).max(0.0));
    let mut sum = Sum::default();
    weights.iter().for_each(|&w| sum.add(w));
    sum.add(-1.0);
    let outside =
        |(i, w): (usize, &f64)| (problem.bounds.lower()[i] - w).max(w - problem.bounds.upper()[i]);
    let bounds = weights.iter().enumerate().map(outside).fold(0.0, f64::max);
    Proof {
        sharpe,
        bound,
        gap,
        residuals: Residuals { sum: sum.value().abs(), bounds, dual: residual },
    }
}

/// h_C(μ̃), rounded up: the highest mean less the rate that any portfolio has. If it is not above 0, none beats the
/// rate.
pub fn highest_excess(problem: &Problem<'_>) -> f64 {
    bound(problem, &vec![0.0; problem.assets()]).1
}

/// The bound that a dual vector proves, if it proves one, and h_C(μ̃ − Σv).
fn bound(problem: &Problem<'_>, dual: &[f64]) -> (Option<f64>, f64) {
    bound_over(problem, dual, |scores| scores.highest(problem.bounds))
}

/// The bound that a dual vector proves of the portfolios over which `highest` says what scores earn at most, if it
/// proves one, and what μ̃ − Σv earns.
pub(super) fn bound_over(
    problem: &Problem<'_>,
    dual: &[f64],
    highest: impl Fn(&Scores) -> f64,
) -> (Option<f64>, f64) {
    let n = problem.assets();
    let (mut slack, mut cover, mut norm) = (Scores::new(n), Scores::new(n), Sum::default());
    let (held, mut rounding) = (support(dual), 0.0);
    for (i, &v) in dual.iter().enumerate() {
        let covered = dot(&held, problem.row(i));
        let mut left = covered.negated();
        left.add(problem.mean[i]);
        left.add(-problem.rate);
        slack.push(left);
        cover.push(covered.negated());
        norm.add_product(v, covered.value());
        rounding += v.abs() * covered.error();
    }
    let excess = highest(&slack);
    let growth = if excess <= 0.0 {
        Some(0.0)
    } else {
        let least = -highest(&cover);
        (least > 0.0).then(|| excess / least * (1.0 + 4.0 * f64::EPSILON))
    };
    let norm = (norm.above() + rounding).sqrt() * (1.0 + 4.0 * f64::EPSILON);
    let bound = growth.map(|growth| (1.0 + growth) * norm).filter(|bound| bound.is_finite());
    (bound, excess)
}

/// One score an asset, and how far any of them may be off.
pub(super) struct Scores {
    pub(super) values: Vec<f64>,
    pub(super) error: f64,
}

impl Scores {
    fn new(assets: usize) -> Self {
        Self { values: Vec::with_capacity(assets), error: 0.0 }
    }

    fn push(&mut self, score: Sum) {
        self.values.push(score.value());
        self.error = score.error().max(self.error);
    }

    /// h_C of the scores, rounded up: what the best corner of C earns at most.
    fn highest(&self, bounds: &Bounds) -> f64 {
        let (lower, upper) = (bounds.lower(), bounds.upper());
        let mut order: Vec<usize> = (0..self.values.len()).collect();
        order.sort_unstable_by(|&a, &b| self.values[b].total_cmp(&self.values[a]).then(a.cmp(&b)));
        let (mut left, mut total, mut held) =
            (Sum::default(), dot(&support(lower), &self.values), 1.0);
        left.add(1.0);
        lower.iter().for_each(|&l| left.add(-l));
        for asset in order {
            let room = upper[asset] - lower[asset];
            if room >= left.value() {
                let last = left.value().max(0.0) * self.values[asset];
                total.add(last);
                total.add(2.0 * f64::EPSILON * last.abs());
                break;
            }
            // upper − lower is rounded, so the two are added apart.
            total.add_product(upper[asset], self.values[asset]);
            total.add_product(-lower[asset], self.values[asset]);
            left.add(-upper[asset]);
            left.add(lower[asset]);
        }
        held += 2.0 * lower.iter().map(|l| (-l).max(0.0)).sum::<f64>(); // Σ|w| at most
        total.above() + held * self.error
    }
}

/// μ̃ᵀw.
fn excess(problem: &Problem<'_>, weights: &[f64]) -> Sum {
    let held = support(weights);
    let mut sum = dot(&held, problem.mean);
    held.iter().for_each(|&(_, w)| sum.add_product(-w, problem.rate));
    sum
}

/// wᵀΣw.
fn variance(problem: &Problem<'_>, weights: &[f64]) -> Sum {
    let held = support(weights);
    let mut sum = Sum::default();
    for &(i, w) in &held {
        sum.add_product(w, dot(&held, problem.row(i)).value());
    }
    sum
}
