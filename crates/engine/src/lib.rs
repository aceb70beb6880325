//! The engine: from files and settings to a report. Here, and only here, the mathematics meets files, clocks and cores.
//!
//! A search runs in five steps, each a module:
//!
//! 1. [`input`]: a file becomes a table in time order.
//! 2. [`settings`]: what is asked; with the data it becomes the plan, and every mistake in either is found.
//! 3. [`executor`]: ways to hand out the blocks of a [`job`] and merge what comes back.
//! 4. [`lines`]: the line of each subset, written as CSV while the search runs.
//! 5. [`report`]: what was found, in the shape of its JSON.
//!
//! A [`checkpoint`] records what is done, so that a search that was killed goes on where it was ([`resume`]).
//! [`solve()`] finds the exact optimum in place of the third step, [`check()`] rechecks a result from the prices alone, and
//! [`picture()`](picture::picture) computes what a chart shows of it.

mod beside;
mod blame;
pub mod check;
pub mod checkpoint;
mod choice;
mod crew;
mod cut;
mod door;
mod doubts;
mod error;
pub mod executor;
mod gaps;
mod held_out;
pub mod input;
pub mod job;
pub mod lines;
mod median;
mod observer;
mod period;
pub mod picture;
mod plan;
mod question;
pub mod report;
pub mod settings;
mod solve;
mod window;

pub use blame::Blame;
pub use check::check;
pub use checkpoint::Checkpoint;
pub use door::Door;
pub use error::Error;
pub use input::{Data, Reading, Sheet, Source, read};
pub use observer::{Climb, Observer, Stage};
pub use report::{Report, Solution, Status};
pub use settings::{Date, Missing, Settings, SolveSettings, Staff, TableKind, Terms};
pub use sharpest_search::{Draw, Kernel, ReturnKind, Sampler};
pub use solve::{solve, solve_and_show};

use checkpoint::Keeper;
use job::Job;
use lines::Lines;
use plan::Plan;
use question::{Question, Size};
use report::{Asked, Course};
use sharpest_search::{Best, Returns, Search};
use std::io::Write;
use std::time::Instant;

/// Samples every subset of `data` as `settings` ask, and writes the line of each to `lines`.
///
/// # Errors
/// Settings that contradict themselves or the data; data that cannot be used; lines that cannot be written.
pub fn run(
    data: &Data,
    settings: &Settings,
    observer: &dyn Observer,
    lines: Option<&mut (dyn Write + Send)>,
) -> Result<Report, Error> {
    sample(data, settings, observer, lines, None)
}

/// The same, recorded in `checkpoint`, or gone on with from what it says: with the same answer. The lines, if it was opened
/// with them, are in a file beside it. Whoever asks removes it when the answer is where it should be.
///
/// # Errors
/// Those of [`run`]; a checkpoint of another question; one that cannot be written, which then says what was done before.
pub fn resume(
    data: &Data,
    settings: &Settings,
    observer: &dyn Observer,
    checkpoint: &mut Checkpoint,
) -> Result<Report, Error> {
    let mut journal = checkpoint.journal()?;
    let lines = journal.as_mut().map(|file| file as &mut (dyn Write + Send));
    let report = sample(data, settings, observer, lines, Some(checkpoint));
    report.map_err(|error| checkpoint.name(error))
}

fn sample(
    data: &Data,
    settings: &Settings,
    observer: &dyn Observer,
    lines: Option<&mut (dyn Write + Send)>,
    checkpoint: Option<&mut Checkpoint>,
) -> Result<Report, Error> {
    let rule = settings.check()?;
    let plan = Plan::new(data, &settings.terms)?;
    settings.trials.map(|_| plan.returns(data, "--trials")).transpose()?;
    let score = settings.score();
    let returns = score.map(|_| plan.returns(data, "score=")).transpose()?;
    if score.is_some() && lines.is_some() {
        return Err(Error::LinesOfScore);
    }
    let question = Question::new(&plan.moments, rule, Size::Pick(settings.pick))?;
    let asked = Asked::new(data, &settings.paced(&plan), score);
    let mark = checkpoint.as_deref().and_then(Checkpoint::mark);
    let lines = lines.map(|writer| Lines::new(plan.moments.assets(), writer, mark));
    let (excess, _) = question.highest_excess();
    if score.is_none() && !question.beats_rate(excess) {
        checkpoint.map_or(Ok(()), |checkpoint| checkpoint.refuse_begun())?;
        lines.map_or(Ok(()), Lines::finish).map_err(Error::Lines)?;
        return Ok(Report::new(&plan, &Best::new(0), Course::needless(), asked, excess));
    }
    let search = Search::new(&plan.moments, &rule, &settings.sampling(), settings.kernel)?;
    let keeper =
        checkpoint.map(|checkpoint| Keeper::new(checkpoint, &search, score)).transpose()?;
    let (best, mut course) = visit(&search, returns, settings, observer, lines, keeper.as_ref())?;
    if score.is_none() {
        course.exact = beside::exact(&question, best.first().map(|best| best.score))?;
    }
    Ok(Report::new(&plan, &best, course, asked, excess))
}

/// Visits every subset: what was found, and how it went.
fn visit<'w>(
    search: &Search,
    returns: Option<&Returns>,
    settings: &Settings,
    observer: &dyn Observer,
    lines: Option<Lines<'w>>,
    keeper: Option<&Keeper<'w>>,
) -> Result<(Best, Course), Error> {
    let settle = || keeper.map_or(Ok(()), |keeper| keeper.settle(lines.as_ref()));
    settle()?; // so that a disk that takes no record is known before there is anything to lose
    let executor = executor::choose(settings, search.blocks().count());
    let job = Job::new(search, settings.top, observer, lines.as_ref()).kept(keeper).scored(returns);
    let started = Instant::now();
    let best = executor.run(&job);
    let (time, settled) = (started.elapsed(), settle());
    let best = best?;
    lines.map_or(Ok(()), Lines::finish).map_err(Error::Lines)?;
    settled?;
    let (best, time) = match keeper {
        Some(keeper) => keeper.with_before(best, time),
        None => (best, time),
    };
    let course = Course::of(&best, search.blocks().subsets(), executor.workers(), time);
    Ok((best, course))
}
