//! Options of `doctor`.

use super::outputs::{Place, same};
use super::refuse;
use crate::error::Error;
use crate::flags::DoctorFlags;
use sharpest_doctor::{Settings, Target};

/// Everything that the doctor needs to know.
#[derive(Debug)]
pub(crate) struct DoctorOptions {
    pub(crate) target: Target,
    pub(crate) settings: Settings,
    pub(crate) explain: bool,
    pub(crate) outputs: DoctorOutputs,
}

/// Where the report goes.
#[derive(Debug)]
pub(crate) struct DoctorOutputs {
    pub(crate) html: Option<Place>,
    pub(crate) json: Option<Place>,
    pub(crate) quiet: bool,
}

impl DoctorOptions {
    /// Settles what was typed.
    ///
    /// # Errors
    /// A number that no process can have, an output over another.
    pub(crate) fn new(flags: &DoctorFlags) -> Result<Self, Error> {
        let target = match flags.pid {
            Some(pid) if pid <= 0 => {
                return refuse(format!("--pid {pid}: the number of a process is above 0"));
            }
            Some(pid) => Target::Attach(pid),
            None => Target::Start(flags.command.clone()),
        };
        let place = |path: &Option<std::path::PathBuf>| path.as_deref().map(Place::of);
        let outputs = DoctorOutputs {
            html: place(&flags.html),
            json: place(&flags.json),
            quiet: flags.quiet,
        };
        if outputs.html.as_ref().zip(outputs.json.as_ref()).is_some_and(same) {
            return refuse("--html and --json cannot both go to the same place".into());
        }
        let settings = Settings {
            outside_only: flags.outside_only,
            allocations: flags.allocations,
            probe: flags.probe,
        };
        Ok(Self { target, settings, explain: flags.explain, outputs })
    }
}

impl DoctorOutputs {
    /// Whether standard output is free for the text.
    pub(crate) fn shows_text(&self) -> bool {
        self.html != Some(Place::Standard) && self.json != Some(Place::Standard)
    }
}
