//! The check: whether a result tells the truth about some prices. It believes nothing but the settings in the result, for
//! they are the question: moments are estimated anew, every number is held against them, and the certificate is followed
//! step by step. No solver is involved.

mod claim;
mod tree;

pub use claim::Claim;

use crate::Error;
use crate::input::Data;
use crate::plan::Plan;
use crate::question::{Question, Size};
use crate::report::{Certificate, Evidence, Figures, Found, PROVEN, Status};
use sharpest_search::Moments;
use sharpest_search::exact::{self, Problem, Proof, Residuals, sparse};

/// How far published figures may lie from those found anew, relatively: sums in another order differ by less.
const AGREEMENT: f64 = 1e-9;
/// Where a figure should be 0.
const NOTHING: f64 = 1e-12;
/// A variance below this share of what it would be if all assets moved as one is rounding.
const RISKLESS: f64 = 1e-12;

/// What a check comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// What is proven, in a sentence.
    Proven(String),
    /// What is true, in a sentence, though it proves nothing about better portfolios.
    Confirmed(String),
    /// What is wrong, in a sentence.
    Refuted(String),
}

/// Holds `claim` against `data`.
///
/// # Errors
/// A claim that holds nothing that could be checked; settings that contradict the data; data that cannot be used.
pub fn check(data: &Data, claim: &Claim) -> Result<Verdict, Error> {
    let wanted = &claim.settings;
    let rule = wanted.terms.check()?;
    let plan = Plan::new(data, &wanted.terms)?;
    let size = Size::new(wanted.pick, wanted.at_most);
    let question = Question::new(&plan.moments, rule, size)?;
    let hearing = Hearing { claim, plan: &plan, question: &question };
    let verdict = match (claim.status, &claim.best, &claim.riskless) {
        (Status::NoExcess, _, _) => hearing.no_excess().map(Verdict::Proven),
        (Status::Unbounded, _, Some(riskless)) => {
            hearing.riskless(&riskless.weights).map(Verdict::Proven)
        }
        (_, Some(best), _) => hearing.best(best),
        _ => return Err(Error::NothingToCheck { file: claim.file.clone() }),
    };
    Ok(verdict.unwrap_or_else(Verdict::Refuted))
}

/// A claim, and what is found anew.
struct Hearing<'a> {
    claim: &'a Claim,
    plan: &'a Plan,
    question: &'a Question<'a>,
}

impl Hearing<'_> {
    fn rate(&self) -> f64 {
        self.question.rule.rate()
    }

    fn no_excess(&self) -> Result<String, String> {
        let (excess, _) = self.question.highest_excess();
        match self.question.beats_rate(excess) {
            true => Err(format!("some portfolio beats the rate: by {excess} a year")),
            false => Ok("no portfolio beats the rate".into()),
        }
    }

    fn riskless(&self, named: &[(String, f64)]) -> Result<String, String> {
        let weights = self.weights(named)?;
        self.admit(&weights)?;
        let moments = self.question.moments;
        let performance = moments.performance(&weights, self.rate());
        let deviation = |(i, w): (usize, &f64)| w * moments.covariance_row(i)[i].sqrt();
        let gross: f64 = weights.iter().enumerate().map(deviation).sum();
        // NaN, the root of a variance that rounding put below 0, is no risk either.
        if performance.volatility.powi(2) > RISKLESS * gross.powi(2) {
            Err(format!("the portfolio has a volatility of {}", performance.volatility))
        } else if performance.mean <= self.rate() {
            Err(format!("the portfolio has a mean return of {}", performance.mean))
        } else {
            Ok("the portfolio beats the rate without risk".into())
        }
    }

    fn best(&self, best: &Found) -> Result<Verdict, String> {
        let weights = self.portfolio(best)?;
        for (i, found) in self.claim.top.iter().enumerate() {
            self.portfolio(found).map_err(|wrong| format!("number {}: {wrong}", i + 1))?;
        }
        let sharpe = best.figures.sharpe;
        let holds = format!("the portfolio is allowed and has a Sharpe ratio of {sharpe}");
        let optimal = self.claim.status == Status::Optimal;
        let Some(certificate) = &self.claim.certificate else {
            return match optimal {
                true => {
                    Err("it says that the portfolio is optimal, and holds no certificate".into())
                }
                false => Ok(Verdict::Confirmed(match &self.claim.settings.score {
                    None => format!("{holds}; a sample proves nothing about better ones"),
                    Some(score) => format!("{holds}; what {score} says of it is not rechecked"),
                })),
            };
        };
        agree("Sharpe ratio of the certificate", certificate.sharpe, sharpe)?;
        let Some(bound) = self.bound(certificate, weights)? else {
            return match optimal {
                true => Err("it says that the portfolio is optimal, and claims no bound".into()),
                false => {
                    Ok(Verdict::Confirmed(format!("{holds}; nothing is proven about better ones")))
                }
            };
        };
        let gap = ((bound - sharpe) / sharpe).max(0.0);
        if optimal && gap > PROVEN {
            return Err(format!(
                "the certificate leaves a gap of {gap:.1e}, so it does not prove the portfolio optimal"
            ));
        }
        Ok(Verdict::Proven(format!("{holds}, and none has more than {bound} (gap {gap:.0e})")))
    }

    /// The bound that the certificate proves, if it claims to prove one.
    fn bound(&self, certificate: &Certificate, weights: Vec<f64>) -> Result<Option<f64>, String> {
        let Some(bound) = certificate.bound else {
            return Ok(None);
        };
        let (moments, sharpe, rate) = (self.question.moments, certificate.sharpe, self.rate());
        agree("gap", certificate.gap.unwrap_or(f64::NAN), (bound - sharpe) / sharpe)?;
        match &certificate.evidence {
            Evidence::Dual { dual, rest, .. } => {
                let residuals = Residuals { sum: 0.0, bounds: 0.0, dual: 0.0 }; // are found anew
                let proof = Proof { sharpe, bound: Some(bound), gap: None, residuals };
                let (dual, rest) = (self.weights(dual)?, self.weights(rest)?);
                let certificate = exact::Certificate { weights, dual, rest, proof };
                let problem = Problem::new(moments, self.question.bounds(), rate);
                certificate
                    .check(&problem)
                    .map(|found| found.bound)
                    .map_err(|wrong| wrong.to_string())
            }
            Evidence::Tree { tree, .. } => {
                let tree = tree::read(tree, moments.assets())?;
                let evidence = sparse::Evidence { weights, sharpe, bound, tree };
                let found = evidence.check(moments, self.question.limits(), rate);
                found.map(Some).map_err(|wrong| wrong.to_string())
            }
        }
    }

    /// Holds a portfolio against rule and data; its weights, one an asset.
    fn portfolio(&self, found: &Found) -> Result<Vec<f64>, String> {
        let weights = self.weights(&found.weights)?;
        self.admit(&weights)?;
        let held: Vec<usize> = (0..weights.len()).filter(|&i| weights[i] != 0.0).collect();
        let of_held: Vec<f64> = held.iter().map(|&i| weights[i]).collect();
        let (moments, rate) = (self.question.moments, self.rate());
        let problem = Problem::new(moments, self.question.bounds(), rate);
        let sharpe = exact::certificate::sharpe(&problem, &weights);
        let anew = Found::new(&held, &of_held, sharpe, self.plan, rate);
        compare("", found.figures, anew.figures, blur(moments, &weights))?;
        match (found.test, anew.test) {
            (Some(claimed), Some(test)) => compare(" in the test period", claimed, test, 0.0)?,
            (None, None) => {}
            _ => {
                return Err(
                    "one of result and settings has a test period, the other has none".into()
                );
            }
        }
        Ok(weights)
    }

    /// One number for each asset of the data.
    fn weights(&self, named: &[(String, f64)]) -> Result<Vec<f64>, String> {
        by_asset(named, self.question.moments.assets())
    }

    /// Whether weights are a portfolio of the question.
    fn admit(&self, weights: &[f64]) -> Result<(), String> {
        let sum: f64 = weights.iter().sum();
        let off = (sum - 1.0).abs();
        if off.is_nan() || off > AGREEMENT {
            return Err(format!("the weights add up to {sum}, not to 1"));
        }
        let bounds = self.question.bounds();
        let outside = |&i: &usize| {
            weights[i] < bounds.lower()[i] - AGREEMENT || weights[i] > bounds.upper()[i] + AGREEMENT
        };
        if let Some(i) = (0..weights.len()).find(outside) {
            let name = &self.question.moments.assets()[i];
            return Err(format!(
                "the weight of {name} is {}, outside of {} to {}",
                weights[i],
                bounds.lower()[i],
                bounds.upper()[i]
            ));
        }
        match self.question.admits(weights) {
            true => Ok(()),
            false => {
                Err("the portfolio holds too many assets, too few, or too little of one".into())
            }
        }
    }
}

/// Numbers by name as one for each asset, 0 where none is given.
pub(crate) fn by_asset(named: &[(String, f64)], assets: &[String]) -> Result<Vec<f64>, String> {
    let mut numbers = vec![0.0; assets.len()];
    for (name, number) in named {
        let at = assets.iter().position(|asset| asset == name);
        numbers[at.ok_or_else(|| format!("there is no asset {name:?}"))?] = *number;
    }
    Ok(numbers)
}

/// How far a volatility may be off relatively if it was summed plainly: the squares of portfolios with little risk are small
/// differences of large numbers.
fn blur(moments: &Moments, weights: &[f64]) -> f64 {
    let deviation = |(i, w): (usize, &f64)| w.abs() * moments.covariance_row(i)[i].sqrt();
    let gross: f64 = weights.iter().enumerate().map(deviation).sum();
    let share = gross / moments.performance(weights, 0.0).volatility;
    64.0 * f64::EPSILON * share * share
}

/// Whether figures are those found anew, given how far a volatility may be off.
fn compare(place: &str, claimed: Figures, found: Figures, blur: f64) -> Result<(), String> {
    let near = |what: &str, claimed, found, blur| {
        agree_within(AGREEMENT + blur, &format!("{what}{place}"), claimed, found)
    };
    near("Sharpe ratio", claimed.sharpe, found.sharpe, blur)?;
    near("return", claimed.mean, found.mean, 0.0)?;
    near("volatility", claimed.volatility, found.volatility, blur)
}

/// Whether a number is the one found anew, but for rounding.
fn agree(what: &str, claimed: f64, found: f64) -> Result<(), String> {
    agree_within(AGREEMENT, what, claimed, found)
}

/// Whether a number is the one found anew, but for a share of it that may be rounding.
fn agree_within(share: f64, what: &str, claimed: f64, found: f64) -> Result<(), String> {
    let off = (claimed - found).abs();
    match off <= share * found.abs().max(claimed.abs()) || off <= NOTHING {
        true => Ok(()),
        false => Err(format!("the {what} is {found}, not {claimed}")),
    }
}
