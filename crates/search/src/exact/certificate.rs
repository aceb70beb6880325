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
//! carried in twice the working precision and rounded against the claim, so that the proof holds as printed. Where the
//! best has so little risk that the rounding of v itself decides, v is published in two parts, whose sum it is.

use super::precise::{Sum, dot, products, support, two_product, two_sum};
use super::scores::Scores;
use super::{Problem, Solver};

/// How far published numbers may lie from those found anew: moments added up in another order differ by less.
const AGREEMENT: f64 = 1e-9;
/// A relative gap above this is worth another dual vector.
const TIGHT: f64 = 1e-14;
/// And one above this a dual vector in two parts.
const CLOSED: f64 = 1e-12;
/// A square below this may come from products that underflowed.
const LEAST: f64 = 1e-200;
/// What is added to v is this share of it at least, or rounding would swallow it.
const VISIBLE: f64 = 2.0 * f64::EPSILON;
/// How many times what is added to v is doubled where h_C stays above 0: until it outweighs the rounding of v, which where the
/// best portfolio has little risk is thousands of times that of the means.
const DOUBLINGS: usize = 16;

/// What is published of an optimum: enough for anyone to check it.
#[derive(Debug, Clone, PartialEq)]
pub struct Certificate {
    /// One weight an asset.
    pub weights: Vec<f64>,
    /// The vector v behind the bound, one number an asset, in annual units.
    pub dual: Vec<f64>,
    /// What is to be added to it, one number an asset; empty if nothing is.
    pub rest: Vec<f64>,
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
    /// The certificate of `weights` that are optimal for `problem`, as a [`Solver`] found them. Where they leave a gap, the
    /// last digits of the weights are sought as well.
    pub fn of(problem: &Problem<'_>, weights: &[f64]) -> Self {
        Self::of_until(problem, weights, &mut || false)
    }

    /// Like [`Certificate::of`], but once `stop` has said true it is what was proven so far. It is asked after some n²
    /// products each time.
    pub(super) fn of_until(
        problem: &Problem<'_>,
        weights: &[f64],
        stop: &mut dyn FnMut() -> bool,
    ) -> Self {
        let short = Self::in_one_part(problem, weights, stop);
        if short.is_closed() {
            return short;
        }
        let Some(rest) = Solver::new(problem.assets()).refine(problem, weights, stop) else {
            return short;
        };
        let long = Self::in_two_parts(problem, weights, &rest);
        long.covered(problem, weights, CLOSED, stop).or(short)
    }

    /// The certificate whose dual vector is one number an asset, however little it proves.
    pub(super) fn in_one_part(
        problem: &Problem<'_>,
        weights: &[f64],
        stop: &mut dyn FnMut() -> bool,
    ) -> Self {
        Self::plain(problem, weights).covered(problem, weights, AGREEMENT, stop)
    }

    /// The same with a little of a portfolio of least variance in the dual vector where h_C is above 0: the one of the face of
    /// `weights`; or, if that leaves a gap above `enough`, the one of all C. A face that holds a mix without risk (short in some
    /// assets, so C need not have it) covers nothing.
    fn covered(
        self,
        problem: &Problem<'_>,
        weights: &[f64],
        enough: f64,
        stop: &mut dyn FnMut() -> bool,
    ) -> Self {
        if self.proof.residuals.dual <= 0.0 || self.proof.gap.is_some_and(|gap| gap <= TIGHT) {
            return self;
        }
        let mut solver = Solver::new(problem.assets());
        let Some(portfolio) = solver.least_variance_of_face(problem, weights, stop) else {
            return self;
        };
        let face = self.lengthened(problem, &portfolio, stop);
        if face.proof.gap.is_some_and(|gap| gap <= enough) {
            return face;
        }
        match solver.least_variance_until(problem, stop) {
            Some(_) => face.or(self.lengthened(problem, solver.weights(), stop)),
            None => face,
        }
    }

    /// What v = w·μ̃ᵀw / wᵀΣw proves, whether or not the weights are optimal.
    pub(super) fn plain(problem: &Problem<'_>, weights: &[f64]) -> Self {
        let scale = excess(problem, weights).value() / variance(problem, weights).value();
        let dual: Vec<f64> = weights.iter().map(|w| w * scale).collect();
        Self::proven(problem, weights, dual, Vec::new())
    }

    /// The same of weights that are `weights` and `rest` together, which are published if they fit.
    fn in_two_parts(problem: &Problem<'_>, weights: &[f64], rest: &[f64]) -> Self {
        let pairs = weights.iter().zip(rest);
        let (whole, left): (Vec<f64>, Vec<f64>) = pairs.map(|(w, r)| two_sum(*w, *r)).unzip();
        let better = sharpe(problem, &whole) > sharpe(problem, weights);
        let (weights, rest) = match better && outside(problem, &whole) == 0.0 {
            true => (&whole[..], &left[..]),
            false => (weights, rest),
        };
        let scale = scale(problem, weights, rest);
        let part = |(&w, &r)| {
            let (high, low) = two_product(scale, w);
            two_sum(high, low + scale * r)
        };
        let (dual, rest) = weights.iter().zip(rest).map(part).unzip();
        Self::proven(problem, weights, dual, rest)
    }

    fn proven(problem: &Problem<'_>, weights: &[f64], dual: Vec<f64>, rest: Vec<f64>) -> Self {
        let proof = prove(problem, weights, &dual, &rest);
        Self { weights: weights.to_vec(), dual, rest, proof }
    }

    /// The one that leaves less of a gap.
    pub(super) fn or(&self, other: Self) -> Self {
        if other.gap() < self.gap() { other } else { self.clone() }
    }

    /// Whether it leaves no gap to speak of.
    pub(super) fn is_closed(&self) -> bool {
        self.gap() <= CLOSED
    }

    fn gap(&self) -> f64 {
        self.proof.gap.unwrap_or(f64::INFINITY)
    }

    /// Checks every number against `problem`, and says what they prove.
    ///
    /// # Errors
    /// The first number that is not what it claims to be.
    pub fn check(&self, problem: &Problem<'_>) -> Result<Proof, Refutation> {
        let (weights, dual, assets) = (self.weights.len(), self.dual.len(), problem.assets());
        if weights != assets || dual != assets || ![0, assets].contains(&self.rest.len()) {
            return Err(Refutation::Lengths { weights, dual, assets });
        }
        let found = prove(problem, &self.weights, &self.dual, &self.rest);
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

    /// The same with `step` times `portfolio` in the dual vector, nothing of it lost if that has two parts.
    fn sum(&self, problem: &Problem<'_>, step: f64, portfolio: &[f64]) -> Self {
        let pairs = self.dual.iter().zip(portfolio);
        let (dual, lost): (Vec<f64>, Vec<f64>) = pairs.map(|(v, u)| two_sum(*v, step * u)).unzip();
        let rest = self.rest.iter().zip(lost).map(|(r, lost)| r + lost).collect();
        Self::proven(problem, &self.weights, dual, rest)
    }

    /// The same with so much of `portfolio` in the dual vector that h_C is at most 0, if a little does, or that the bound is lowest.
    fn lengthened(
        &self,
        problem: &Problem<'_>,
        portfolio: &[f64],
        stop: &mut dyn FnMut() -> bool,
    ) -> Self {
        let visible = VISIBLE * self.dual.iter().map(|v| v.abs()).sum::<f64>();
        let step = self.proof.residuals.dual / variance(problem, portfolio).value();
        let mut step = step.max(visible);
        let mut best = self.clone();
        for _ in 0..DOUBLINGS {
            step *= 2.0;
            let longer = self.sum(problem, step, portfolio);
            let done = longer.proof.residuals.dual <= 0.0;
            best = best.or(longer);
            if done || stop() {
                break;
            }
        }
        best
    }
}

/// What `weights` and the vector v, one number an asset each, prove about `problem`. v is `dual`, or the sum of `dual` and
/// `rest` if that is not empty.
pub fn prove(problem: &Problem<'_>, weights: &[f64], dual: &[f64], rest: &[f64]) -> Proof {
    let sharpe = sharpe(problem, weights);
    let (bound, residual) = bound(problem, dual, rest);
    let gap = bound.map(|bound| ((bound - sharpe) / sharpe).max(0.0));
    let mut sum = Sum::default();
    weights.iter().for_each(|&w| sum.add(w));
    sum.add(-1.0);
    let bounds = outside(problem, weights);
    Proof {
        sharpe,
        bound,
        gap,
        residuals: Residuals { sum: sum.value().abs(), bounds, dual: residual },
    }
}

/// μ̃ᵀw / wᵀΣw of weights in two parts. Of a portfolio of hardly any risk, the second part decides it.
fn scale(problem: &Problem<'_>, weights: &[f64], rest: &[f64]) -> f64 {
    let parts = [support(weights), support(rest)];
    let (mut excess, mut variance) = (Sum::default(), Sum::default());
    for &(i, x) in parts.iter().flatten() {
        excess.add_product(x, problem.mean[i]);
        excess.add_product(-x, problem.rate);
        let mut product = Sum::default();
        parts.iter().flatten().for_each(|&(j, y)| product.add_product(y, problem.row(i)[j]));
        let (high, low) = product.parts();
        variance.add_product(x, high);
        variance.add_product(x, low);
    }
    excess.value() / variance.value()
}

/// The largest excursion of a weight out of its bounds; 0 if there is none.
fn outside(problem: &Problem<'_>, weights: &[f64]) -> f64 {
    let (lower, upper) = (problem.bounds.lower(), problem.bounds.upper());
    let outside = |(i, w): (usize, &f64)| (lower[i] - w).max(w - upper[i]);
    weights.iter().enumerate().map(outside).fold(0.0, f64::max)
}

/// The annual Sharpe ratio of weights, one an asset, from sums in twice the working precision.
pub fn sharpe(problem: &Problem<'_>, weights: &[f64]) -> f64 {
    excess(problem, weights).value() / variance(problem, weights).value().sqrt()
}

/// h_C(μ̃), rounded up: the highest mean less the rate that any portfolio has. If it is not above 0, none beats the
/// rate.
pub fn highest_excess(problem: &Problem<'_>) -> f64 {
    bound(problem, &vec![0.0; problem.assets()], &[]).1
}

/// The bound that a dual vector proves, if it proves one, and h_C(μ̃ − Σv).
fn bound(problem: &Problem<'_>, dual: &[f64], rest: &[f64]) -> (Option<f64>, f64) {
    bound_over(problem, [dual, rest], |scores| scores.highest(problem.bounds))
}

/// The bound that a dual vector, the sum of two, proves of the portfolios over which `highest` says what scores earn at most, if it
/// proves one, and what μ̃ − Σv earns.
pub(super) fn bound_over(
    problem: &Problem<'_>,
    [dual, rest]: [&[f64]; 2],
    highest: impl Fn(&Scores) -> f64,
) -> (Option<f64>, f64) {
    let n = problem.assets();
    let (mut slack, mut cover, mut norm) = (Scores::new(n), Scores::new(n), Sum::default());
    let (held, mut rounding) = ([support(dual), support(rest)].concat(), 0.0);
    let all = products(&held, |i| problem.row(i), n);
    for (i, (&v, covered)) in dual.iter().zip(all).enumerate() {
        let v = [v, rest.get(i).copied().unwrap_or(0.0)];
        let mut left = covered.negated();
        left.add(problem.mean[i]);
        left.add(-problem.rate);
        slack.push(left);
        cover.push(covered.negated());
        v.iter().for_each(|&v| norm.add_product(v, covered.value()));
        rounding += (v[0].abs() + v[1].abs()) * covered.error();
    }
    let excess = highest(&slack);
    let growth = if excess <= 0.0 {
        Some(0.0)
    } else {
        let least = -highest(&cover);
        (least > 0.0).then(|| excess / least * (1.0 + 4.0 * f64::EPSILON))
    };
    // Below that, products have lost digits that no bound on rounding counts.
    let whole = norm.value() > LEAST || held.is_empty();
    let norm = (norm.above() + rounding).sqrt() * (1.0 + 4.0 * f64::EPSILON);
    let bound = growth.map(|growth| (1.0 + growth) * norm);
    let bound = bound.filter(|bound| bound.is_finite() && whole);
    (bound, excess)
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
