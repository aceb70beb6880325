//! One question, one answer: the best portfolio with its proof, or why there is none. Sentences are for those who
//! print.

use super::{Bounds, Certificate, Outcome, Problem, Solver};
use crate::Moments;

/// What a question about the highest Sharpe ratio comes to.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// The best portfolio, and what proves it.
    Optimal(Certificate),
    /// No portfolio beats the rate, so no Sharpe ratio is worth the name.
    NoExcess {
        /// The highest mean less the rate, h_C(μ̃), a fraction a year: at most 0 but for rounding.
        excess: f64,
        /// The weights with the highest mean.
        highest_mean: Vec<f64>,
        /// The weights with the least variance.
        least_variance: Vec<f64>,
    },
    /// Some portfolio beats the rate without risk, so no Sharpe ratio is the highest.
    Riskless {
        /// Its mean less the rate, a fraction a year.
        excess: f64,
        /// Its weights.
        weights: Vec<f64>,
    },
}

impl Answer {
    /// The highest Sharpe ratio, if there is one.
    pub fn sharpe(&self) -> Option<f64> {
        match self {
            Self::Optimal(certificate) => Some(certificate.proof.sharpe),
            Self::NoExcess { .. } | Self::Riskless { .. } => None,
        }
    }
}

/// The highest Sharpe ratio of portfolios of all assets in `moments` within `bounds`, at a yearly `rate`.
pub fn solve(moments: &Moments, bounds: &Bounds, rate: f64) -> Answer {
    let answer = solve_until(moments, bounds, rate, &mut || false);
    answer.unwrap_or_else(|stopped| Answer::Optimal(*stopped))
}

/// Like [`solve`], but asks `stop` after a few n² multiply-adds each time.
///
/// # Errors
/// Once `stop` has said true before the best was found: the portfolio that it had come to, and what that proves.
pub fn solve_until(
    moments: &Moments,
    bounds: &Bounds,
    rate: f64,
    stop: &mut dyn FnMut() -> bool,
) -> Result<Answer, Box<Certificate>> {
    let problem = Problem::new(moments, bounds, rate);
    let mut solver = Solver::new(problem.assets());
    let Some(outcome) = solver.solve_until(&problem, stop) else {
        return Err(Box::new(Certificate::plain(&problem, solver.weights())));
    };
    Ok(match outcome {
        Outcome::Optimal { .. } => {
            solver.polish(&problem);
            let mut certificate = Certificate::of_until(&problem, solver.weights(), stop);
            if !certificate.is_closed() {
                solver.walk_on(&problem, stop);
                let more = Certificate::of_until(&problem, solver.weights(), stop);
                certificate = certificate.or(more);
            }
            if certificate.proof.sharpe.is_finite() {
                return Ok(Answer::Optimal(certificate));
            }
            // In twice the precision nothing is left of a variance that was hardly more than rounding.
            let Certificate { weights, .. } = certificate;
            Answer::Riskless { excess: moments.performance(&weights, rate).mean - rate, weights }
        }
        Outcome::Riskless { excess } => {
            Answer::Riskless { excess, weights: solver.weights().to_vec() }
        }
        Outcome::NoExcess { excess } => {
            let highest_mean = solver.weights().to_vec();
            solver.least_variance_until(&problem, stop);
            Answer::NoExcess { excess, highest_mean, least_variance: solver.weights().to_vec() }
        }
    })
}
