//! The command `solve`: from options to an exit status.

use crate::Ending;
use crate::error::Error;
use crate::flags::SolveFlags;
use crate::interrupt::Interrupt;
use crate::options::{Options, Place};
use crate::output::outlets::Outlets;
use crate::output::progress::Progress;
use crate::output::{self, text};
use sharpest_engine::report::Answered;
use sharpest_engine::report::words::solve as words;
use sharpest_engine::{Door, Reading, Solution, SolveSettings, Source, Status};
use std::path::PathBuf;

/// Solves as `flags` say and shows the answer.
pub(crate) fn solve(flags: &SolveFlags) -> Result<Ending, Error> {
    let options = Options::<SolveSettings>::new(flags)?;
    let interrupt = Interrupt::listen();
    let mut outlets = Outlets::open(&options.outputs, &interrupt)?;

    let data = sharpest_engine::read(&options.source, &Reading::from(&options.settings.terms))?;
    let progress = Progress::new(&interrupt, options.outputs.quiet, options.settings.jobs);
    let mut shown = None;
    let mut show = |solution: &Solution| {
        progress.end();
        shown = Some((solution.status, show(solution, &options)));
    };
    let (settings, lines) = (&options.settings, outlets.lines());
    let solution = sharpest_engine::solve_and_show(&data, settings, &progress, lines, &mut show);
    progress.end();
    let solution = solution.map_err(|error| outlets.name(error))?;

    outlets.finish(&data, Answered::Solve(&solution))?;
    if let Some((status, shown)) = shown {
        shown?;
        if status != solution.status {
            conclude(&solution); // the luck test was stopped
        }
    }
    if options.outputs.shows_text() {
        output::print(&text::solve::luck(&solution, Door::Command))?;
    }
    Ok(solution.status.into())
}

/// Shows the answer while the luck test is still to come.
fn show(solution: &Solution, options: &Options<SolveSettings>) -> Result<(), Error> {
    if !options.outputs.quiet {
        solution.warnings.iter().for_each(|warning| output::note("note", warning));
    }
    conclude(solution);
    if options.outputs.shows_text() {
        output::print(&text::solve::render(solution, &recheck(options), Door::Command))?;
    }
    Ok(())
}

/// What would be typed to recheck the answer.
fn recheck(options: &Options<SolveSettings>) -> String {
    let result = match &options.outputs.json {
        Some(Place::File(path)) => path.display().to_string(),
        _ => "RESULT.json".into(),
    };
    let source = match &options.source {
        Source::File(path) => format!(" {}", path.display()),
        Source::Files(paths) => named(paths),
        Source::Moments(path) => format!(" --moments {}", path.display()),
        Source::Bundled => String::new(),
    };
    format!("sharpest check {result}{source}")
}

/// A few files as they are typed; of many the first, and that there are more.
fn named(paths: &[PathBuf]) -> String {
    const NAMED: usize = 3;
    let names: Vec<String> =
        paths.iter().take(NAMED).map(|path| format!(" {}", path.display())).collect();
    names.concat() + if paths.len() > NAMED { " ..." } else { "" }
}

/// Says on standard error what the answer is not.
fn conclude(solution: &Solution) {
    match solution.status {
        Status::NoExcess => output::note("no answer", &words::no_excess(solution)),
        Status::Unbounded => output::note("no answer", &words::unbounded(solution)),
        Status::TimeLimit => output::note("time limit", &words::unproven(solution)),
        Status::MemoryLimit => output::note("memory limit", &words::unproven(solution)),
        Status::PrecisionLimit => output::note("precision limit", &words::unproven(solution)),
        Status::Incomplete => output::note("stopped", &words::unproven(solution)),
        Status::Complete | Status::Optimal => {}
    }
}
