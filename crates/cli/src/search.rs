//! The command `search`: from options to an exit status. Outputs are opened before anything is read, so that a path that
//! cannot be written costs no search.

use crate::Ending;
use crate::error::Error;
use crate::flags::SearchFlags;
use crate::interrupt::Interrupt;
use crate::options::{Options, Outputs};
use crate::output::outlets::Outlets;
use crate::output::progress::Progress;
use crate::output::{self, text};
use sharpest_engine::report::words;
use sharpest_engine::{Door, Reading, Report, Settings, Status};
use std::ffi::OsString;

/// Searches as `flags` say and shows the answer.
pub(crate) fn search(flags: &SearchFlags, worker: &[OsString]) -> Result<Ending, Error> {
    let options = Options::<Settings>::new(flags, worker)?;
    let interrupt = Interrupt::listen();
    let mut outlets = Outlets::open(&options.outputs, &interrupt)?;

    let data = sharpest_engine::read(&options.source, &Reading::from(&options.settings.terms))?;
    let progress = Progress::new(&interrupt, options.outputs.quiet, options.settings.jobs);
    let report = outlets.search(&data, &options.settings, &progress);
    progress.end();
    let report = report?;

    outlets.finish_search(&data, &report)?;
    talk(&report, &options.outputs);
    if options.outputs.shows_text() && report.best.is_some() {
        output::print(&text::search::render(&report, Door::Command))?;
    }
    Ok(report.status.into())
}

/// Says on standard error what the answer is not.
fn talk(report: &Report, outputs: &Outputs) {
    if !outputs.quiet {
        report.warnings.iter().for_each(|warning| output::note("note", warning));
    }
    match report.status {
        Status::NoExcess => output::note("no answer", &words::search::no_excess(report)),
        Status::Incomplete => {
            output::note("stopped", &text::search::stopped(report, Some(outputs)));
        }
        Status::Complete
        | Status::Optimal
        | Status::TimeLimit
        | Status::MemoryLimit
        | Status::PrecisionLimit
        | Status::Unbounded => {}
    }
}
