//! The command `solve`: from options to an exit status.

use crate::Ending;
use crate::error::Error;
use crate::flags::SolveFlags;
use crate::interrupt::Interrupt;
use crate::options::{Options, Outputs};
use crate::output::outlets::Outlets;
use crate::output::progress::Progress;
use crate::output::{self, text};
use sharpest_engine::{Solution, SolveSettings, Status};

/// Solves as `flags` say and shows the answer.
pub(crate) fn solve(flags: &SolveFlags) -> Result<Ending, Error> {
    let options = Options::<SolveSettings>::new(flags)?;
    let interrupt = Interrupt::listen();
    let mut outlets = Outlets::open(&options.outputs, &interrupt)?;

    let data = sharpest_engine::read(&options.source, options.settings.terms.table)?;
    let progress = Progress::new(&interrupt, options.outputs.quiet);
    let solution = sharpest_engine::solve(&data, &options.settings, &progress, outlets.lines());
    progress.end();
    let solution = solution.map_err(|error| outlets.name(error))?;

    outlets.finish(&solution)?;
    talk(&solution, &options.outputs);
    if options.outputs.shows_text() && solution.best.is_some() {
        output::print(&text::solve::render(&solution, &options))?;
    }
    Ok(solution.status.into())
}

/// Says on standard error what the answer is not.
fn talk(solution: &Solution, outputs: &Outputs) {
    if !outputs.quiet {
        solution.warnings.iter().for_each(|warning| output::note("note", warning));
    }
    match solution.status {
        Status::NoExcess => output::note("no answer", &text::solve::no_excess(solution)),
        Status::Unbounded => output::note("no answer", &text::solve::unbounded(solution)),
        Status::TimeLimit => output::note("time limit", &text::solve::unproven(solution)),
        Status::Incomplete => output::note("stopped", &text::solve::unproven(solution)),
        Status::Complete | Status::Optimal => {}
    }
}
