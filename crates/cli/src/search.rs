//! The command `search`: from options to an exit status. Outputs are opened before anything is read, so that a path that
//! cannot be written costs no search.

use crate::Ending;
use crate::error::Error;
use crate::flags::SearchFlags;
use crate::interrupt::Interrupt;
use crate::options::Options;
use crate::output::file::Output;
use crate::output::progress::Progress;
use crate::output::{self, json, text};
use sharpest_engine::{Report, Status};
use std::io::Write;

/// Searches as `flags` say and shows the answer.
pub(crate) fn search(flags: &SearchFlags) -> Result<Ending, Error> {
    let options = Options::new(flags)?;
    let interrupt = Interrupt::listen();
    let open =
        |place: &Option<_>| place.as_ref().map(|place| Output::open(place, &interrupt)).transpose();
    let (json, mut csv) = (open(&options.json)?, open(&options.csv)?);

    let data = sharpest_engine::read(&options.source, options.settings.table)?;
    let progress = Progress::new(&interrupt, options.quiet);
    let lines = csv.as_mut().map(|csv| csv as &mut (dyn Write + Send));
    let report = sharpest_engine::run(&data, &options.settings, &progress, lines);
    progress.end();
    let report = report.map_err(|error| name_output(error, csv.as_ref()))?;

    csv.map_or(Ok(()), Output::finish)?;
    json.map_or(Ok(()), |json| json::write(&report, json))?;
    talk(&report, &options);
    if options.shows_text() && report.best.is_some() {
        output::print(&text::render(&report))?;
    }
    Ok(match report.status {
        Status::Complete => Ending::Answered,
        Status::Incomplete => Ending::Interrupted,
        Status::NoExcess => Ending::NoAnswer,
    })
}

/// The engine does not know where its lines go.
fn name_output(error: sharpest_engine::Error, csv: Option<&Output>) -> Error {
    match (error, csv) {
        (sharpest_engine::Error::Lines(reason), Some(csv)) => Error::write(csv.name(), reason),
        (error, _) => Error::Engine(error),
    }
}

/// Says on standard error what the answer is not.
fn talk(report: &Report, options: &Options) {
    if !options.quiet {
        report.warnings.iter().for_each(|warning| output::note("note", warning));
    }
    match report.status {
        Status::Complete => {}
        Status::NoExcess => output::note("no answer", &text::no_excess(report)),
        Status::Incomplete => output::note("stopped", &text::stopped(report, options)),
    }
}
