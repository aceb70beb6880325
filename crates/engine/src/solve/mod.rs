//! The exact solution, from data and settings to what is published.
//!
//! 1. `answer`: the best portfolio there is with what proves it, or why there is none.
//! 2. `survey`: all subsets of that size, and the line of each (`visit`).
//! 3. `luck`: whether as much would be found where there is nothing to find, in as many samples as `budget` allows.

mod answer;
pub(crate) mod budget;
mod halt;
mod luck;
mod survey;
mod visit;

pub(crate) use answer::Answer;
pub(crate) use survey::{Placed, Survey};

use crate::crew::Crew;
use crate::input::Data;
use crate::lines::Lines;
use crate::observer::Observer;
use crate::plan::{Plan, Train};
use crate::question::{Question, Size};
use crate::report::{Asked, Findings, LuckReport, Solution, Times};
use crate::settings::SolveSettings;
use crate::{Error, Status};
use halt::Halt;
use sharpest_search::inference::Luck;
use sharpest_search::subsets::Order;
use std::io::Write;
use std::time::Instant;
use visit::Visit;

/// Finds the best portfolio of `data` that `settings` allow, with its proof, and writes the best of every subset to
/// `ranking`.
///
/// # Errors
/// Settings that contradict themselves or the data; data that cannot be used; lines that cannot be written.
pub fn solve(
    data: &Data,
    settings: &SolveSettings,
    observer: &dyn Observer,
    ranking: Option<&mut (dyn Write + Send)>,
) -> Result<Solution, Error> {
    solve_and_show(data, settings, observer, ranking, &mut |_| {})
}

/// Like [`solve`], but hands the solution to `show` as soon as it is known, before the luck test: that may take a thousand
/// times as long.
///
/// # Errors
/// Those of [`solve`].
pub fn solve_and_show(
    data: &Data,
    settings: &SolveSettings,
    observer: &dyn Observer,
    ranking: Option<&mut (dyn Write + Send)>,
    show: &mut dyn FnMut(&Solution),
) -> Result<Solution, Error> {
    let read = Instant::now();
    let rule = settings.check()?;
    let plan = Plan::new(data, &settings.terms)?;
    refuse_luck_without_rows(data, &plan, settings)?;
    let size = Size::new(settings.pick, settings.at_most);
    let question = Question::new(&plan.moments, rule, size)?;
    let order = every_subset(&question, settings, ranking.is_some())?;
    let work = Work { question: &question, settings, crew: &Crew::of(settings.jobs)?, observer };

    let planned = Instant::now();
    let halt = Halt::new(observer, read, settings.time()?);
    let answer = Answer::find(&question, work.crew, observer, &halt)?;
    let answered = Instant::now();
    let survey = work.survey(&answer, order.as_ref(), ranking)?;
    let surveyed = Instant::now();
    let luck = work.luck_test(&answer, &plan);

    let times = Times {
        moments: (planned - read).as_secs_f64(),
        solve: (answered - planned).as_secs_f64(),
        ranking: (surveyed - answered).as_secs_f64(),
        luck: 0.0, // it comes after
    };
    let stopped = survey.stopped || observer.stopped();
    let findings = Findings { answer, times, survey, stopped };
    let asked = Asked::new(data, &settings.paced(&plan), None);
    let mut solution = Solution::new(&plan, &question, findings, asked, work.crew.workers());
    show(&solution);
    solution.luck = luck.filter(|_| !observer.stopped()).map(|luck| work.test_luck(&luck));
    solution.times.luck = solution.luck.as_ref().map_or(0.0, |luck| luck.seconds);
    if observer.stopped() {
        solution.status = Status::Incomplete;
    }
    Ok(solution)
}

/// What all parts of a solution work with.
struct Work<'a> {
    question: &'a Question<'a>,
    settings: &'a SolveSettings,
    crew: &'a Crew,
    observer: &'a dyn Observer,
}

impl Work<'_> {
    /// Surveys the subsets: all in `order`, if something was asked of each.
    fn survey(
        &self,
        answer: &Answer,
        order: Option<&Order>,
        ranking: Option<&mut (dyn Write + Send)>,
    ) -> Result<Survey, Error> {
        let &Self { question, crew, observer, .. } = self;
        let top = self.settings.top;
        let lines = ranking.map(|writer| Lines::new(question.moments.assets(), writer, None));
        let visits = lines.is_some() || question.rule.floor() > 0.0;
        let affordable = affordable(question, answer);
        let visit = order.filter(|_| visits).or(affordable.as_ref());
        let lines_of = lines.as_ref();
        let visit = visit.map(|order| Visit { order, crew, observer, lines: lines_of, top });
        // Of a question without an answer nothing is said that was not asked for.
        let survey = if visit.is_some() || order.is_some() || answer.status() == Status::Optimal {
            Survey::of(question, visit.as_ref(), top, &|| observer.stopped())?
        } else {
            Survey::default()
        };
        lines.map_or(Ok(()), Lines::finish).map_err(Error::Lines)?;
        Ok(survey)
    }

    /// The luck test, where that was asked for or is cheap.
    fn luck_test<'b>(&'b self, answer: &Answer, plan: &'b Plan) -> Option<luck::Test<'b>> {
        let Self { question, settings, .. } = self;
        let (Train { returns, .. }, (_, observed)) = (plan.train.as_ref()?, answer.best()?);
        let few = matches!(question.size, Size::AtMost(_)) || !question.floor_is_kept();
        let cheap = matches!(answer, Answer::Whole(_)) && !few;
        let (assets, rows) = (question.moments.len(), returns.len());
        let unasked = if cheap { budget::unasked(assets, rows) } else { 0 };
        let draws = settings.luck_draws.unwrap_or(unasked);
        let luck = Luck { draws, block: settings.luck_block, seed: settings.luck_seed };
        let (periods, asked) = (plan.periods, settings.luck_draws.is_some());
        let rounds = (!asked).then(|| budget::rounds(assets, rows));
        (draws > 0).then_some(luck::Test { question, returns, periods, luck, observed, rounds })
    }

    /// Makes the test.
    fn test_luck(&self, test: &luck::Test<'_>) -> LuckReport {
        let started = Instant::now();
        let tally = test.run(self.crew, self.observer);
        LuckReport::new(&tally, test.luck, started.elapsed().as_secs_f64())
    }
}

/// All subsets, if a floor makes each a problem of its own and so few are still quickly solved.
fn affordable(question: &Question<'_>, answer: &Answer) -> Option<Order> {
    let Size::Pick(pick) = question.size else { return None };
    let assets = question.moments.len();
    let order = Order::new(assets, pick).ok()?;
    let work = order.len().saturating_mul((assets * assets) as u64);
    let wanted = question.rule.floor() > 0.0 && answer.status() == Status::Optimal;
    (wanted && work <= survey::AFFORDABLE as u64).then_some(order)
}

/// All subsets, if something was asked of each.
fn every_subset(
    question: &Question<'_>,
    settings: &SolveSettings,
    lines: bool,
) -> Result<Option<Order>, Error> {
    let assets = question.moments.len();
    match question.size {
        Size::Pick(pick) if lines || settings.top > 1 => {
            Order::new(assets, pick).map(Some).map_err(|_| Error::TooManyToList { pick, assets })
        }
        Size::All | Size::AtMost(_) if lines => Err(Error::RankingWithoutPick),
        Size::All | Size::AtMost(_) | Size::Pick(_) => Ok(None),
    }
}

/// What resamples rows cannot be asked of moments.
fn refuse_luck_without_rows(
    data: &Data,
    plan: &Plan,
    settings: &SolveSettings,
) -> Result<(), Error> {
    match (settings.luck_draws, &plan.train) {
        (Some(1..), None) => {
            Err(Error::NoTable { file: data.name().to_owned(), flag: "--luck-draws" })
        }
        _ => settings.trials.map_or(Ok(()), |_| plan.returns(data, "--trials").map(drop)),
    }
}
