//! The survey: what all subsets of the picked size look like, how many attain the best, and the best few of them. Without
//! a floor few problems answer all subsets; with one, each subset is solved, if that is asked for.

use super::visit::{Seen, Visit};
use crate::Error;
use crate::question::{Question, Size};
use sharpest_search::Moments;
use sharpest_search::exact::ranking::{Group, Overview, Ranking, Subsets};
use sharpest_search::exact::{Bounds, Outcome, Problem, Solver};

/// Unasked, so much work is put into a ranking: problems times n², well under a second.
const CHEAP: usize = 30_000_000;
/// Unasked, so much work is put into solving every subset by itself: subsets times n², about a second.
pub(super) const AFFORDABLE: usize = 150_000_000;
/// Weights closer than this are the same portfolio, found on two ways.
const SAME: f64 = 1e-9;
/// Sharpe ratios closer than this share are a tie.
const TIE: f64 = 1e-12;

/// What is known of all subsets.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    pub(crate) overview: Option<Overview>,
    /// Distinct problems among the subsets.
    pub(crate) problems: usize,
    /// Distinct portfolios, the best first.
    pub(crate) top: Vec<Placed>,
    /// Whether it was ended before it was done.
    pub(crate) stopped: bool,
}

/// One of the best portfolios.
#[derive(Debug, Clone)]
pub(crate) struct Placed {
    pub(crate) sharpe: f64,
    /// One an asset.
    pub(crate) weights: Vec<f64>,
    /// How many subsets have it for their best.
    pub(crate) subsets: u64,
}

/// The exact ranking of all subsets of `pick` assets; if it is to be `cheap`, only where it is. None if `stop` says so.
///
/// # Errors
/// A size or cap that admits no portfolio.
fn rank(
    question: &Question<'_>,
    pick: usize,
    cheap: bool,
    stop: &dyn Fn() -> bool,
) -> Result<Option<Ranking>, Error> {
    let (moments, rule) = (question.moments, question.rule);
    let most = if cheap { CHEAP / moments.len().pow(2).max(1) } else { usize::MAX };
    let mut problems = 0;
    let mut stop = || {
        problems += 1;
        problems > most || stop()
    };
    Ok(Ranking::of(moments, pick, rule.cap(), rule.rate(), &mut stop)?)
}

impl Survey {
    /// Surveys a question: what is cheap in any case, and whatever it takes for the `top` best and for what `visit`
    /// does.
    ///
    /// # Errors
    /// A size or cap that admits no portfolio.
    pub(crate) fn of(
        question: &Question<'_>,
        visit: Option<&Visit<'_, '_>>,
        top: usize,
        stop: &dyn Fn() -> bool,
    ) -> Result<Self, Error> {
        let Size::Pick(pick) = question.size else {
            return Ok(Self::default());
        };
        if question.rule.floor() > 0.0 {
            let one_by_one = visit.map(|visit| Self::one_by_one(question, visit));
            return one_by_one.unwrap_or_else(|| Ok(Self::default()));
        }
        let cheap = visit.is_none() && top < 2;
        let Some(ranking) = rank(question, pick, cheap, stop)? else {
            return Ok(Self { stopped: stop(), ..Self::default() });
        };
        let mut answers = Answers::new(question);
        if let Some(visit) = visit {
            stream(&ranking, &mut answers, visit);
        }
        Ok(Self {
            overview: Some(ranking.overview()),
            problems: ranking.problems(),
            top: best(&ranking, &mut answers, top),
            stopped: stop(),
        })
    }

    /// Solves every subset by itself.
    fn one_by_one(question: &Question<'_>, visit: &Visit<'_, '_>) -> Result<Self, Error> {
        let moments = question.moments;
        let subsets = Subsets::new(moments, question.rule, visit.order.pick())?;
        let Seen { best: found, outcomes } = visit.run(|| {
            let mut subsets = subsets.clone(); // nothing of the block before may be left in it
            move |subset: &[usize], weights: &mut [f64]| {
                let outcome = subsets.solve(subset);
                let all = subsets.weights();
                weights.iter_mut().zip(subset).for_each(|(weight, &asset)| *weight = all[asset]);
                outcome
            }
        });
        let placed = found.portfolios().iter().map(|portfolio| {
            let mut weights = vec![0.0; moments.len()];
            for (&asset, &weight) in portfolio.assets.iter().zip(&portfolio.weights) {
                weights[asset] = weight;
            }
            Placed { sharpe: portfolio.score, weights, subsets: 1 }
        });
        let problems = usize::try_from(found.subsets).unwrap_or(usize::MAX);
        let stopped = found.subsets < visit.order.len();
        let whole = !stopped && outcomes.len() == problems;
        let overview =
            whole.then(|| Overview::of(outcomes.into_iter().map(|outcome| (outcome, 1))));
        Ok(Self { overview, problems, top: placed.collect(), stopped })
    }
}

/// Writes the line of every subset from the few distinct answers.
fn stream(ranking: &Ranking, answers: &mut Answers<'_>, visit: &Visit<'_, '_>) {
    let n = answers.moments.len();
    let all: Vec<Vec<(usize, f64)>> =
        (0..ranking.problems()).map(|problem| answers.held(ranking, problem)).collect();
    visit.run(|| {
        let (mut member, all) = (vec![false; n], &all);
        move |subset: &[usize], weights: &mut [f64]| {
            subset.iter().for_each(|&asset| member[asset] = true);
            let Group { problem, outcome, .. } = ranking.find(|asset| member[asset]);
            subset.iter().for_each(|&asset| member[asset] = false);
            weights.fill(0.0);
            for &(asset, weight) in &all[problem] {
                if let Ok(at) = subset.binary_search(&asset) {
                    weights[at] = weight;
                }
            }
            outcome
        }
    });
}

/// The best distinct portfolios, `top` of them; each counts the subsets that have it for their best.
fn best(ranking: &Ranking, answers: &mut Answers<'_>, top: usize) -> Vec<Placed> {
    let mut placed: Vec<Placed> = Vec::new();
    for Group { problem, subsets, outcome } in ranking.groups() {
        let Outcome::Optimal { sharpe } = outcome else { continue };
        let last = placed.last().map_or(f64::INFINITY, |last| last.sharpe);
        if placed.len() >= top && sharpe < last * (1.0 - TIE) {
            break;
        }
        let weights = answers.weights(ranking, problem).to_vec();
        match placed.iter_mut().find(|other| other.is(sharpe, &weights)) {
            Some(other) => other.subsets += subsets,
            None => placed.push(Placed { sharpe, weights, subsets }),
        }
    }
    placed.truncate(top);
    placed
}

impl Placed {
    /// Whether it is the portfolio of these weights.
    pub(crate) fn is(&self, sharpe: f64, weights: &[f64]) -> bool {
        let near = |(a, b): (&f64, &f64)| (a - b).abs() <= SAME;
        (self.sharpe - sharpe).abs() <= SAME * sharpe && self.weights.iter().zip(weights).all(near)
    }
}

/// Finds the weights of a ranking's problems again: the ranking keeps their worth alone.
struct Answers<'a> {
    moments: &'a Moments,
    rate: f64,
    cap: f64,
    solver: Solver,
}

impl<'a> Answers<'a> {
    fn new(question: &Question<'a>) -> Self {
        let (moments, rule) = (question.moments, question.rule);
        let solver = Solver::new(moments.len());
        Self { moments, rate: rule.rate(), cap: rule.cap(), solver }
    }

    /// One weight an asset.
    fn weights(&mut self, ranking: &Ranking, problem: usize) -> &[f64] {
        let mut upper = vec![self.cap; self.moments.len()];
        ranking.without(problem).into_iter().for_each(|asset| upper[asset] = 0.0);
        if let Ok(bounds) = Bounds::new(vec![0.0; upper.len()], upper) {
            self.solver.solve(&Problem::new(self.moments, &bounds, self.rate));
        }
        self.solver.weights()
    }

    /// Those that are not 0, each with its asset.
    fn held(&mut self, ranking: &Ranking, problem: usize) -> Vec<(usize, f64)> {
        let weights = self.weights(ranking, problem).iter().copied().enumerate();
        weights.filter(|(_, weight)| *weight != 0.0).collect()
    }
}
