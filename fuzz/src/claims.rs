//! What must hold of the answer to one problem, whatever it is.

use crate::case::Case;
use sharpest_search::Moments;
use sharpest_search::exact::{Answer, Bounds, Certificate, Problem, Solver, solve};

/// How far weights may miss 1 or their bounds.
const FEASIBLE: f64 = 1e-9;
/// A relative gap that is a proof.
const PROVEN: f64 = 1e-9;
/// A portfolio whose variance is a smaller share than this of what it would be if its assets moved as one is as good as
/// riskless: plain sums cannot tell its Sharpe ratio.
const BLURRED: f64 = 1e-9;

/// Solves the problem of `case` and holds the answer against what must be true.
pub fn of_one_problem(case: &Case) {
    let Case { moments, bounds, rate, .. } = case;
    let answer = solve(moments, bounds, *rate);
    let again = solve(moments, bounds, *rate);
    assert_eq!(format!("{answer:?}"), format!("{again:?}"), "the same question, another answer");
    match &answer {
        Answer::Optimal(certificate) => optimal(case, certificate),
        Answer::NoExcess { excess, highest_mean, least_variance } => {
            feasible(bounds, highest_mean);
            feasible(bounds, least_variance);
            if case.tame {
                no_excess(case, *excess);
            }
        }
        Answer::Riskless { excess, weights } => {
            feasible(bounds, weights);
            assert!(*excess > 0.0, "riskless, and below the rate: {excess}");
            assert!(share_of_risk(moments, weights) < BLURRED, "riskless, with risk");
        }
    }
}

/// The certificate holds, and no portfolio that is easily made is better than its bound.
fn optimal(case: &Case, certificate: &Certificate) {
    let Case { moments, bounds, rate, tame, .. } = case;
    let problem = Problem::new(moments, bounds, *rate);
    feasible(bounds, &certificate.weights);
    let proof = certificate.check(&problem).unwrap_or_else(|wrong| panic!("refuted: {wrong}"));
    // Beside a portfolio without risk a bound hangs on the last bits of the dual vector; then it is loose, or none is claimed.
    let clear = *tame && share_of_risk(moments, &calmest(&problem)) > BLURRED;
    let Some(bound) = proof.bound else {
        return assert!(!clear, "no bound: {certificate:?}");
    };
    assert!(bound >= proof.sharpe * (1.0 - 1e-12), "{bound} below {}", proof.sharpe);
    if !tame {
        return;
    }
    // Weights of 53 bits miss 1 by a last bit, which is a share of an excess that is hardly more than rounding.
    let gap = proof.gap.unwrap_or(f64::INFINITY);
    let proven = gap <= PROVEN || bound - proof.sharpe <= noise(case, &certificate.weights);
    assert!(proven || !clear, "gap {gap:e}");
    for weights in portfolios(moments, bounds) {
        if share_of_risk(moments, &weights) > BLURRED {
            let sharpe = moments.performance(&weights, *rate).sharpe;
            let allowed = 1e-5 * bound + noise(case, &weights);
            assert!(sharpe <= bound + allowed, "{sharpe} above the bound {bound}");
        }
    }
}

/// No portfolio of the highest mean beats the rate.
fn no_excess(case: &Case, excess: f64) {
    let Case { moments, bounds, rate, .. } = case;
    let highest = corner(bounds, moments.mean());
    let size: f64 = highest.iter().zip(moments.mean()).map(|(w, m)| (w * m).abs()).sum();
    let rounding = 64.0 * f64::EPSILON * (size + rate.abs());
    let found = moments.performance(&highest, *rate).mean - rate;
    assert!(found <= rounding && excess <= rounding, "{found} or {excess} beats the rate");
}

/// The weights lie within their bounds and add up to 1.
pub fn feasible(bounds: &Bounds, weights: &[f64]) {
    let off = (weights.iter().sum::<f64>() - 1.0).abs();
    assert!(off <= FEASIBLE, "the weights miss 1 by {off:e}: {weights:?}");
    for (i, w) in weights.iter().enumerate() {
        let (lower, upper) = (bounds.lower()[i], bounds.upper()[i]);
        assert!(*w >= lower - FEASIBLE && *w <= upper + FEASIBLE, "{w} outside {lower}..{upper}");
    }
}

/// wᵀΣw as a share of (Σ|w|σ)².
pub fn share_of_risk(moments: &Moments, weights: &[f64]) -> f64 {
    let deviation = |(i, w): (usize, &f64)| w.abs() * moments.covariance_row(i)[i].sqrt();
    let gross: f64 = weights.iter().enumerate().map(deviation).sum();
    let variance = moments.performance(weights, 0.0).volatility.powi(2); // NaN below 0
    if variance.is_nan() { 0.0 } else { variance / (gross * gross) }
}

/// How far a Sharpe ratio from plain sums may be off: a mean that hardly beats the rate loses digits.
pub fn noise(case: &Case, weights: &[f64]) -> f64 {
    let Case { moments, rate, .. } = case;
    let size: f64 = weights.iter().zip(moments.mean()).map(|(w, m)| (w * m).abs()).sum();
    64.0 * f64::EPSILON * (size + rate.abs()) / moments.performance(weights, *rate).volatility
}

/// The portfolio of the least variance.
pub fn calmest(problem: &Problem<'_>) -> Vec<f64> {
    let mut solver = Solver::new(problem.assets());
    solver.least_variance(problem);
    solver.weights().to_vec()
}

/// Corners of the bounds for several scores, and what lies between each two of them.
fn portfolios(moments: &Moments, bounds: &Bounds) -> Vec<Vec<f64>> {
    let n = moments.len();
    let ratio = |i: usize| moments.mean()[i] / moments.covariance_row(i)[i].sqrt();
    let calm = |i: usize| -moments.covariance_row(i)[i];
    let scores: [Vec<f64>; 3] =
        [moments.mean().to_vec(), (0..n).map(ratio).collect(), (0..n).map(calm).collect()];
    let corners: Vec<Vec<f64>> = scores.iter().map(|score| corner(bounds, score)).collect();
    let between = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| 0.5 * (a + b)).collect();
    let pairs = [(0, 1), (0, 2), (1, 2)].map(|(a, b)| between(&corners[a], &corners[b]));
    corners.into_iter().chain(pairs).collect()
}

/// Fills the highest scores first.
fn corner(bounds: &Bounds, score: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..score.len()).collect();
    order.sort_by(|&a, &b| score[b].total_cmp(&score[a]));
    let mut weights = bounds.lower().to_vec();
    let mut left = 1.0 - weights.iter().sum::<f64>();
    for i in order {
        let step = left.min(bounds.upper()[i] - weights[i]).max(0.0);
        weights[i] += step;
        left -= step;
    }
    weights
}
