//! The report of an exact solution.

use super::{
    Asked, Certificate, Figures, Found, Histogram, Inference, Informal, Period, Status, Tested,
};
use super::{equal_weight, period};
use crate::executor::Workers;
use crate::plan::Plan;
use crate::question::{Question, Size};
use crate::settings::SolveSettings;
use crate::solve::{Answer, Placed, Survey, budget};
use serde::{Deserialize, Serialize};
use sharpest_search::exact::ranking::Overview;
use sharpest_search::inference::{Luck, Tally};
use sharpest_search::subsets::Order;

/// Everything a solution found, and what it was asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Solution {
    /// How it ended.
    pub status: Status,
    /// The best portfolio there is, or the best found so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best: Option<Found>,
    /// The best distinct portfolios, the best first.
    pub top: Vec<Found>,
    /// What proves it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Certificate>,
    /// How many subsets have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ties: Option<Ties>,
    /// What all subsets look like; absent where that takes long and was not asked for, or was stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ranking: Option<RankingReport>,
    /// Whether luck would find as much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub luck: Option<LuckReport>,
    /// What the returns of the best say about its Sharpe ratio, as if it had been chosen before they were known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inference: Option<Inference>,
    /// Where nothing beats the rate: the portfolio of the highest mean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub highest_return: Option<Informal>,
    /// Where nothing beats the rate: the portfolio of the least variance; absent where it takes a search of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lowest_volatility: Option<Informal>,
    /// A portfolio that beats the rate without risk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub riskless: Option<Informal>,
    /// How long the best and its proof took, reading and writing of files and everything else apart.
    pub seconds: f64,
    /// Where the time went, once the data were read.
    #[serde(default)]
    pub times: Times,
    /// The names of all assets, in the order that ranks refer to.
    pub universe: Vec<String>,
    /// What was trained on; absent where moments were given in place of a table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    /// How the best did in the period held out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<Tested>,
    /// The same amount in each of all assets: what needs no solver.
    pub equal_weight: Figures,
    /// What the reader should know about data and answer.
    pub warnings: Vec<String>,
    /// What was asked.
    pub settings: Asked<SolveSettings>,
    /// Who worked.
    pub workers: Workers,
    /// The version of this program.
    pub version: String,
}

/// How long each part of a solution took, in seconds; 0 where there was none.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Times {
    /// Returns, means, covariances and the checks of all of them.
    pub moments: f64,
    /// The best and its proof.
    pub solve: f64,
    /// What all subsets look like, and the line of each.
    pub ranking: f64,
    /// The luck test.
    pub luck: f64,
}

/// Subsets that share the best portfolio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ties {
    /// Subsets whose best has this Sharpe ratio; at least so many, where nobody counted those of other portfolios.
    pub subsets: u64,
    /// Those of them that contain all that the best portfolio holds.
    pub containing: u64,
    /// How many assets that are.
    pub held: usize,
}

/// What all subsets look like.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RankingReport {
    /// Distinct problems among them.
    pub problems: usize,
    /// Subsets in which no portfolio beats the rate: they have no Sharpe ratio.
    pub no_excess: u64,
    /// Subsets in which some portfolio beats the rate without risk: theirs is unbounded.
    pub riskless: u64,
    /// The highest Sharpe ratios of all others: how many, and five numbers that stand for them.
    #[serde(flatten)]
    pub distribution: Option<Spread>,
    /// How long it took.
    pub seconds: f64,
}

/// Five numbers that stand for many.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Spread {
    pub count: u64,
    pub minimum: f64,
    pub lower_quartile: f64,
    pub median: f64,
    pub upper_quartile: f64,
    pub maximum: f64,
}

/// Whether luck would find as much.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LuckReport {
    /// The chance of it: (1 + samples that reach the best) / (1 + samples); absent if the test was stopped before 99 samples.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p: Option<f64>,
    /// Samples in which there is nothing to find.
    pub draws: u64,
    /// How many were to be taken; absent if all of them were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<u64>,
    /// The mean length of the runs that they are made of.
    pub block: f64,
    /// What they were drawn with.
    pub seed: u64,
    /// The mean of the highest Sharpe ratios found in them, annual; absent where one has no end or none was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean: Option<f64>,
    /// Samples in which no portfolio beats the rate.
    pub nothing: u64,
    /// The highest Sharpe ratios found in all others, annual; absent where one has no end, or all are the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub histogram: Option<Histogram>,
    /// How long it took.
    pub seconds: f64,
}

/// What was found, and how long each part took.
pub(crate) struct Findings {
    pub(crate) answer: Answer,
    pub(crate) times: Times,
    pub(crate) survey: Survey,
    /// Whether it was to end with what there was.
    pub(crate) stopped: bool,
}

impl Solution {
    /// Puts together what was planned, found and asked; there is no luck test yet.
    pub(crate) fn new(
        plan: &Plan,
        question: &Question<'_>,
        findings: Findings,
        asked: Asked<SolveSettings>,
        workers: Workers,
    ) -> Self {
        let Findings { answer, times, survey, stopped } = findings;
        let rate = question.rule.rate();
        let show = Show { plan, question };
        let best = answer.best().map(|(weights, sharpe)| show.best(weights, sharpe, &survey));
        let warnings = plan.warnings(best.as_ref().map(|best| &best.figures));
        let [highest_return, lowest_volatility, riskless] = show.informal(&answer);
        Self {
            status: if stopped { Status::Incomplete } else { answer.status() },
            test: Tested::new(plan, best.as_ref(), rate),
            top: show.top(best.as_ref(), &survey),
            certificate: show.certificate(&answer),
            ties: show.ties(&answer, &survey),
            ranking: survey.overview.map(|all| RankingReport::new(&all, &survey, times.ranking)),
            luck: None,
            inference: answer.best().and_then(|(weights, _)| {
                Inference::of(plan, weights, &asked.settings.terms, asked.settings.trials)
            }),
            best,
            highest_return,
            lowest_volatility,
            riskless,
            seconds: times.solve,
            times,
            universe: plan.moments.assets().to_vec(),
            period: period(plan),
            equal_weight: equal_weight(&plan.moments, rate),
            warnings,
            settings: asked,
            workers,
            version: env!("CARGO_PKG_VERSION").into(),
        }
    }
}

/// Turns weights into what is read.
struct Show<'a> {
    plan: &'a Plan,
    question: &'a Question<'a>,
}

impl Show<'_> {
    /// The best portfolio, and how many subsets have it.
    fn best(&self, weights: &[f64], sharpe: f64, survey: &Survey) -> Found {
        let same = survey.top.first().filter(|first| first.is(sharpe, weights));
        Found { subsets: same.map(|first| first.subsets), ..self.found(weights, sharpe) }
    }

    /// The best portfolios of the survey, of which the first is the answer's own.
    fn top(&self, best: Option<&Found>, survey: &Survey) -> Vec<Found> {
        let others = survey.top.iter().skip(1).map(|Placed { sharpe, weights, subsets }| Found {
            subsets: Some(*subsets),
            ..self.found(weights, *sharpe)
        });
        best.cloned().into_iter().chain(others).collect()
    }

    /// A portfolio; its rank where its subset is the only one that has it.
    fn found(&self, weights: &[f64], sharpe: f64) -> Found {
        let held: Vec<usize> = (0..weights.len()).filter(|&i| weights[i] != 0.0).collect();
        let of_held: Vec<f64> = held.iter().map(|&i| weights[i]).collect();
        let rank = match self.question.size {
            Size::Pick(pick) if pick == held.len() => {
                Order::new(weights.len(), pick).ok().map(|order| order.rank(&held))
            }
            Size::Pick(_) | Size::All | Size::AtMost(_) => None,
        };
        let rate = self.question.rule.rate();
        Found { rank, ..Found::new(&held, &of_held, sharpe, self.plan, rate) }
    }

    /// The portfolios of the highest return, of the lowest volatility, and without risk.
    fn informal(&self, answer: &Answer) -> [Option<Informal>; 3] {
        let show = |weights: &[f64]| Some(Informal::new(weights, self.question.moments));
        match answer {
            Answer::NoExcess { highest_return, lowest_volatility } => {
                [show(highest_return), lowest_volatility.as_deref().and_then(show), None]
            }
            Answer::Riskless { weights } => [None, None, show(weights)],
            Answer::Whole(_)
            | Answer::Stopped { .. }
            | Answer::Tree { .. }
            | Answer::Nothing { .. } => [None, None, None],
        }
    }

    fn certificate(&self, answer: &Answer) -> Option<Certificate> {
        let names = self.question.moments.assets();
        match answer {
            Answer::Whole(certificate) => Some(Certificate::of_whole(certificate, names)),
            Answer::Stopped { certificate, .. } => Some(Certificate::of_whole(certificate, names)),
            Answer::Tree { evidence, nodes, .. } => {
                Some(Certificate::of_tree(evidence, *nodes, names))
            }
            Answer::Nothing { .. } | Answer::NoExcess { .. } | Answer::Riskless { .. } => None,
        }
    }

    /// The subsets that share a proven best. Where every picked asset is held, each subset has one of its own.
    fn ties(&self, answer: &Answer, survey: &Survey) -> Option<Ties> {
        let (Size::Pick(pick), (weights, _)) = (self.question.size, answer.best()?) else {
            return None;
        };
        if answer.status() != Status::Optimal || self.question.rule.floor() > 0.0 {
            return None;
        }
        let held = weights.iter().filter(|weight| **weight != 0.0).count();
        let containing = match pick - held {
            0 => 1,
            more => Order::new(weights.len() - held, more).ok()?.len(),
        };
        let counted = survey.overview.map_or(0, |overview| overview.attaining);
        Some(Ties { subsets: counted.max(containing), containing, held })
    }
}

impl RankingReport {
    fn new(overview: &Overview, survey: &Survey, seconds: f64) -> Self {
        let distribution = overview.distribution.map(|all| Spread {
            count: all.count,
            minimum: all.minimum,
            lower_quartile: all.lower_quartile,
            median: all.median,
            upper_quartile: all.upper_quartile,
            maximum: all.maximum,
        });
        let Overview { no_excess, riskless, .. } = *overview;
        Self { problems: survey.problems, no_excess, riskless, distribution, seconds }
    }
}

impl LuckReport {
    pub(crate) fn new(tally: &Tally, luck: Luck, seconds: f64) -> Self {
        let draws = tally.replicates();
        let asked = (draws < luck.draws).then_some(luck.draws);
        Self {
            p: (asked.is_none() || draws >= budget::FEWEST).then(|| tally.p_value()),
            draws,
            asked,
            block: luck.block,
            seed: luck.seed,
            mean: tally.mean().filter(|mean| mean.is_finite()),
            nothing: tally.nothing(),
            histogram: Histogram::of(tally.found().iter().map(|&sharpe| (sharpe, 1))),
            seconds,
        }
    }
}
