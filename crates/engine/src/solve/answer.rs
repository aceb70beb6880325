//! The answer to a question: the best portfolio with what proves it, or why there is none. One convex problem often
//! suffices; where its optimum holds too many assets, or too little of one, a branch and bound decides.

use super::halt::Halt;
use crate::crew::Crew;
use crate::observer::Observer;
use crate::question::Question;
use crate::report::PROVEN;
use crate::{Error, Status};
use sharpest_search::exact::sparse::{Answered, Evidence, Search, Task, Workspace};
use sharpest_search::exact::{self, Bounds, Certificate, Problem, Solver};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// So long the leaves of a search that was stopped are sharpened.
const GRACE: Duration = Duration::from_millis(100);

/// What a question comes to.
#[derive(Debug)]
pub(crate) enum Answer {
    /// The optimum of the convex set, which belongs to the question.
    Whole(Certificate),
    /// The best of a branch and bound, which came to its end or not, and how many nodes it made.
    Tree { status: Status, evidence: Evidence, nodes: usize },
    /// What the convex set had come to when it was ended, which belongs to the question.
    Stopped { status: Status, certificate: Box<Certificate> },
    /// A branch and bound that was ended before it had found anything.
    Nothing { status: Status },
    /// No portfolio beats the rate.
    NoExcess { highest_return: Vec<f64>, lowest_volatility: Option<Vec<f64>> },
    /// Some portfolio beats the rate without risk.
    Riskless { weights: Vec<f64> },
}

impl Answer {
    /// Answers `question`; what is not done when `halt` says so ends with what it has.
    ///
    /// # Errors
    /// Limits that admit no portfolio.
    pub(crate) fn find(
        question: &Question<'_>,
        crew: &Crew,
        observer: &dyn Observer,
        halt: &Halt<'_>,
    ) -> Result<Self, Error> {
        let (excess, corner) = question.highest_excess();
        if !question.beats_rate(excess) {
            return Ok(Self::no_excess(question, &corner));
        }
        let (moments, rate) = (question.moments, question.rule.rate());
        let mut stop = || halt.status().is_some();
        let weights = match exact::solve_until(moments, question.bounds(), rate, &mut stop) {
            Ok(exact::Answer::Optimal(certificate)) if question.admits(&certificate.weights) => {
                return Ok(Self::Whole(certificate));
            }
            Ok(exact::Answer::Riskless { weights, .. }) if question.admits(&weights) => {
                return Ok(Self::Riskless { weights });
            }
            Ok(exact::Answer::NoExcess { .. }) => return Ok(Self::no_excess(question, &corner)),
            Ok(exact::Answer::Optimal(Certificate { weights, .. })) => weights,
            Ok(exact::Answer::Riskless { weights, .. }) => weights,
            Err(certificate) if question.admits(&certificate.weights) => {
                let status = halt.status().unwrap_or(Status::Incomplete);
                return Ok(Self::Stopped { status, certificate });
            }
            Err(certificate) => certificate.weights,
        };
        let mut search = Search::new(moments, question.limits(), rate)?;
        let status = climb(&mut search, crew, observer, halt);
        if search.weights().is_none() && status != Status::Optimal {
            search.seed(&weights); // however short the time, there is something to show
        }
        Ok(Self::of_tree(&search, status, question, &corner))
    }

    /// The weights, one an asset, and their Sharpe ratio, if there are any.
    pub(crate) fn best(&self) -> Option<(&[f64], f64)> {
        match self {
            Self::Whole(certificate) => Some((&certificate.weights, certificate.proof.sharpe)),
            Self::Stopped { certificate, .. } => {
                Some((&certificate.weights, certificate.proof.sharpe))
            }
            Self::Tree { evidence, .. } => Some((&evidence.weights, evidence.sharpe)),
            Self::Nothing { .. } | Self::NoExcess { .. } | Self::Riskless { .. } => None,
        }
    }

    /// How it ended.
    pub(crate) fn status(&self) -> Status {
        match self {
            Self::Whole(certificate) => ended(Status::Optimal, certificate.proof.gap),
            Self::Tree { status, evidence: Evidence { sharpe, bound, .. }, .. } => {
                ended(*status, Some((bound - sharpe) / sharpe))
            }
            Self::Nothing { status } | Self::Stopped { status, .. } => *status,
            Self::NoExcess { .. } => Status::NoExcess,
            Self::Riskless { .. } => Status::Unbounded,
        }
    }

    fn of_tree(
        search: &Search<'_>,
        status: Status,
        question: &Question<'_>,
        corner: &Bounds,
    ) -> Self {
        let progress = search.progress();
        if progress.sharpe == Some(f64::INFINITY) {
            return Self::Riskless { weights: search.weights().unwrap_or_default() };
        }
        let begun = Instant::now();
        let mut stop = || status != Status::Optimal && begun.elapsed() >= GRACE;
        match search.evidence_until(&mut stop) {
            Some(evidence) => Self::Tree { status, evidence, nodes: progress.nodes },
            None if status == Status::Optimal => Self::no_excess(question, corner),
            None => Self::Nothing { status },
        }
    }

    /// What is still to be said where nothing beats the rate. `corner` contains the portfolio of the highest mean.
    fn no_excess(question: &Question<'_>, corner: &Bounds) -> Self {
        let (moments, rate) = (question.moments, question.rule.rate());
        let mut solver = Solver::new(moments.len());
        solver.solve(&Problem::new(moments, corner, rate));
        let highest_return = solver.weights().to_vec();
        solver.least_variance(&Problem::new(moments, question.bounds(), rate));
        let weights = solver.weights().to_vec();
        let lowest_volatility = question.admits(&weights).then_some(weights);
        Self::NoExcess { highest_return, lowest_volatility }
    }
}

/// How work that came to `status` ended, given the gap that it left: what came to its end may still prove too little.
fn ended(status: Status, gap: Option<f64>) -> Status {
    let proven = gap.is_some_and(|gap| gap <= PROVEN);
    if status == Status::Optimal && !proven { Status::PrecisionLimit } else { status }
}

/// Runs a branch and bound, a round of nodes at a time, each shared out among the crew.
fn climb(search: &mut Search<'_>, crew: &Crew, observer: &dyn Observer, halt: &Halt<'_>) -> Status {
    let workspaces: Vec<Mutex<Workspace<'_>>> =
        (0..crew.workers().count).map(|_| Mutex::new(search.workspace())).collect();
    loop {
        if let Some(status) = halt.status() {
            return status;
        }
        let tasks = search.tasks();
        if tasks.is_empty() {
            let full = search.progress().open > 0;
            return if full { Status::MemoryLimit } else { Status::Optimal };
        }
        search.absorb_until(round(tasks, crew, &workspaces, halt), &mut || halt.status().is_some());
        observer.climbed(search.progress().into());
    }
}

/// Solves the nodes of one round, in any order: the search puts the answers in theirs.
fn round(
    tasks: Vec<Task>,
    crew: &Crew,
    workspaces: &[Mutex<Workspace<'_>>],
    halt: &Halt<'_>,
) -> Vec<Answered> {
    let tasks = Mutex::new(tasks);
    let next = || tasks.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let mut answers = crew.all(|worker| {
        let mut workspace = workspaces[worker].lock().unwrap_or_else(PoisonError::into_inner);
        let mut stop = || halt.status().is_some();
        let answer = |task| workspace.solve_until(task, &mut stop);
        std::iter::from_fn(next).map(answer).collect::<Vec<_>>()
    });
    answers.iter_mut().flat_map(std::mem::take).collect()
}
