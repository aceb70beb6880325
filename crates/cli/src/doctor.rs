//! The command `doctor`: from flags to the program's own exit status. Outputs are opened before the program starts, so that
//! a path that cannot be written costs no run.

use crate::Ending;
use crate::error::Error;
use crate::flags::DoctorFlags;
use crate::interrupt::{Interrupt, Presses};
use crate::options::{DoctorOptions, DoctorOutputs};
use crate::output::{self, file::Output};
use sharpest_doctor::{Diagnosis, Ending as Ended, Target};
use std::io::Write;

/// Columns where nobody says how wide the page is.
const WIDTH: usize = 100;

/// Watches a program as `flags` say and reports.
pub(crate) fn doctor(flags: &DoctorFlags) -> Result<Ending, Error> {
    let options = DoctorOptions::new(flags)?;
    let presses = Presses::count();
    let unfinished = Interrupt::default();
    let outputs = Outputs::open(&options.outputs, &unfinished)?;

    let recording =
        sharpest_doctor::watch(&options.target, &options.settings, &|| presses.pressed())?;
    let diagnosis = Diagnosis::new(recording);

    outputs.finish(&diagnosis)?;
    if !options.outputs.quiet {
        show(&diagnosis, &options)?;
    }
    Ok(status(diagnosis.recording.ending, &options.target))
}

/// The files that are written.
struct Outputs {
    html: Option<Output>,
    json: Option<Output>,
}

impl Outputs {
    fn open(outputs: &DoctorOutputs, unfinished: &Interrupt) -> Result<Self, Error> {
        let open =
            |place: &Option<_>| place.as_ref().map(|p| Output::open(p, unfinished)).transpose();
        Ok(Self { html: open(&outputs.html)?, json: open(&outputs.json)? })
    }

    fn finish(self, diagnosis: &Diagnosis) -> Result<(), Error> {
        if let Some(mut html) = self.html {
            let page = sharpest_doctor::html(diagnosis);
            let written = html.write_all(page.as_bytes());
            written.map_err(|reason| Error::write(html.name(), reason))?;
            html.finish()?;
        }
        self.json.map_or(Ok(()), |json| output::json::write(diagnosis, json))
    }
}

/// The report: beside a program that was started standard output is the program's, so the report goes to standard error.
fn show(diagnosis: &Diagnosis, options: &DoctorOptions) -> Result<(), Error> {
    let page = match options.explain {
        true => sharpest_doctor::explain(diagnosis),
        false => sharpest_doctor::text(diagnosis, output::width().unwrap_or(WIDTH)),
    };
    match (&options.target, options.outputs.shows_text()) {
        (Target::Attach(_), true) => output::print(&page),
        _ => {
            output::talk(&format!("\n{page}"));
            Ok(())
        }
    }
}

/// The program's own status. Who attached has an answer, however it ended.
fn status(ending: Ended, target: &Target) -> Ending {
    match (ending, target) {
        (_, Target::Attach(_)) => Ending::Answered,
        (Ended::Exited(status), _) => Ending::Passed(u8::try_from(status & 0xff).unwrap_or(1)),
        (Ended::Killed(signal), _) => Ending::Passed(u8::try_from(128 + signal).unwrap_or(255)),
        (Ended::Stopped | Ended::Gone, _) => Ending::Interrupted,
    }
}
