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
//! [`solve()`] finds the exact optimum in place of the third step, and [`check()`] rechecks a result from the prices alone.

mod beside;
pub mod check;
mod choice;
mod crew;
mod cut;
mod error;
pub mod executor;
mod gaps;
pub mod input;
pub mod job;
pub mod lines;
mod observer;
mod plan;
mod question;
pub mod report;
pub mod settings;
mod solve;
mod window;

pub use check::check;
pub use error::Error;
pub use input::{Data, Source, read};
pub use observer::{Climb, Observer, Stage};
pub use report::{Report, Solution, Status};
pub use settings::{Date, Missing, Settings, SolveSettings, TableKind, Terms};
pub use sharpest_search::{Draw, Kernel, ReturnKind, Sampler};
pub use solve::solve;

use job::Job;
use lines::Lines;
use plan::Plan;
use question::{Question, Size};
use report::{Asked, Course};
use sharpest_search::{Best, Search};
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
    let rule = settings.check()?;
    let plan = Plan::new(data, &settings.terms)?;
    let question = Question::new(&plan.moments, rule, Size::Pick(settings.pick))?;
    let asked = Asked { source: data.name().to_owned(), settings: settings.clone() };
    let lines = lines.map(|writer| Lines::new(plan.moments.assets(), writer));
    let (excess, _) = question.highest_excess();
    if !question.beats_rate(excess) {
        lines.map_or(Ok(()), Lines::finish).map_err(Error::Lines)?;
        return Ok(Report::new(&plan, &Best::new(0), Course::needless(), asked, excess));
    }
    let search = Search::new(&plan.moments, &rule, &settings.sampling(), settings.kernel)?;
    let executor = executor::choose(settings, search.blocks().count());
    let job = Job::new(&search, settings.top, observer, lines.as_ref());
    let started = Instant::now();
    let best = executor.run(&job)?;
    let mut course =
        Course::of(&best, search.blocks().subsets(), executor.workers(), started.elapsed());
    lines.map_or(Ok(()), Lines::finish).map_err(Error::Lines)?;
    course.exact = beside::exact(&question, best.first().map(|best| best.sharpe))?;
    Ok(Report::new(&plan, &best, course, asked, excess))
}
