//! What the page says of either kind of answer, under one name each.

use crate::Terms;
use crate::report::{
    Answered, Figures, Found, Inference, LuckReport, Period, Status, Tested, words,
};

/// The parts that a search and a solution have in common.
pub(super) struct Facts<'a> {
    pub(super) answer: Answered<'a>,
    pub(super) status: Status,
    pub(super) best: Option<&'a Found>,
    pub(super) top: &'a [Found],
    pub(super) period: Option<&'a Period>,
    pub(super) test: Option<&'a Tested>,
    pub(super) equal_weight: &'a Figures,
    pub(super) luck: Option<&'a LuckReport>,
    pub(super) inference: Option<&'a Inference>,
    pub(super) warnings: &'a [String],
    pub(super) universe: &'a [String],
    pub(super) terms: &'a Terms,
    pub(super) source: &'a str,
    pub(super) version: &'a str,
}

impl<'a> Facts<'a> {
    pub(super) fn of(answer: Answered<'a>) -> Self {
        match answer {
            Answered::Search(report) => Self {
                answer,
                status: report.status,
                best: report.best.as_ref(),
                top: &report.top,
                period: report.period.as_ref(),
                test: report.test.as_ref(),
                equal_weight: &report.equal_weight,
                luck: None,
                inference: report.inference.as_ref(),
                warnings: &report.warnings,
                universe: &report.universe,
                terms: &report.settings.settings.terms,
                source: &report.settings.source,
                version: &report.version,
            },
            Answered::Solve(solution) => Self {
                answer,
                status: solution.status,
                best: solution.best.as_ref(),
                top: &solution.top,
                period: solution.period.as_ref(),
                test: solution.test.as_ref(),
                equal_weight: &solution.equal_weight,
                luck: solution.luck.as_ref(),
                inference: solution.inference.as_ref(),
                warnings: &solution.warnings,
                universe: &solution.universe,
                terms: &solution.settings.settings.terms,
                source: &solution.settings.source,
                version: &solution.version,
            },
        }
    }

    /// What was looked for.
    pub(super) fn what(&self) -> String {
        match self.answer {
            Answered::Search(report) => words::search::what(report),
            Answered::Solve(solution) => words::solve::what(solution),
        }
    }

    /// What the best portfolio is called.
    pub(super) fn name(&self) -> &'static str {
        match (self.answer, self.status) {
            (Answered::Search(_), _) => "best found",
            (Answered::Solve(_), Status::Optimal) => "optimum",
            (Answered::Solve(_), Status::PrecisionLimit) => "best known",
            (Answered::Solve(_), _) => "best so far",
        }
    }

    /// What is to be said of an answer that is none, or not all of one.
    pub(super) fn remark(&self) -> Option<String> {
        match (self.answer, self.status) {
            (Answered::Search(report), Status::Complete) if self.best.is_none() => {
                Some(words::search::no_score(report))
            }
            (_, Status::Complete | Status::Optimal) => None,
            (Answered::Search(report), Status::NoExcess) => Some(words::search::no_excess(report)),
            (Answered::Search(report), _) => Some(words::search::stopped(report)),
            (Answered::Solve(solution), Status::NoExcess) => {
                Some(words::solve::no_excess(solution))
            }
            (Answered::Solve(solution), Status::Unbounded) => {
                Some(words::solve::unbounded(solution))
            }
            (Answered::Solve(solution), _) => Some(words::solve::unproven(solution)),
        }
    }

    /// How long it took, and who worked.
    pub(super) fn effort(&self) -> String {
        match self.answer {
            Answered::Search(report) => words::search::effort(report),
            Answered::Solve(solution) => words::solve::effort(solution),
        }
    }
}
