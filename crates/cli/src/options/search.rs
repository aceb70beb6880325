//! What `search` uses.

use super::{BUNDLED, Options, Outputs, refuse, set, terms};
use crate::error::Error;
use crate::flags::{SearchFlags, WORKER, Way};
use sharpest_engine::{Kernel, Settings, Source, Staff};
use std::ffi::OsString;

impl Options<Settings> {
    /// Settles what was typed.
    ///
    /// # Errors
    /// A flag that is missing; flags that contradict each other.
    pub(crate) fn new(flags: &SearchFlags, worker: &[OsString]) -> Result<Self, Error> {
        let (source, terms) = terms(&flags.prices, &flags.question, &flags.data)?;
        let bundled = (source == Source::Bundled).then_some(BUNDLED.0);
        let Some(pick) = flags.pick.or(bundled) else {
            return refuse(
                "--pick is needed: how many assets a portfolio holds, as in --pick 25".into(),
            );
        };
        let sampling = &flags.sampling;
        let mut settings = Settings { terms, ..Settings::new(pick) };
        settings.staff = staff(flags.work.workers, worker)?;
        settings.kernel = kernel(sampling.kernel.as_deref())?;
        set(&mut settings.draws, sampling.draws);
        set(&mut settings.seed, sampling.seed);
        set(&mut settings.draw, sampling.draw);
        set(&mut settings.sampler, sampling.sampler);
        set(&mut settings.jobs, flags.work.jobs);
        set(&mut settings.top, flags.output.top);
        settings.trials = flags.output.trials;
        settings.check()?;
        let outputs = Outputs::new(&flags.output, ("--csv", flags.csv.as_deref()), &source)?;
        let outputs = outputs.keeping(flags.checkpoint.as_deref(), &source)?;
        Ok(Self { source, settings, outputs })
    }
}

/// What the workers are; `worker` starts a process that is one.
fn staff(typed: Option<Way>, worker: &[OsString]) -> Result<Staff, Error> {
    match (typed, worker) {
        (None | Some(Way::Threads), _) => Ok(Staff::Threads),
        (Some(Way::Processes), []) => refuse(
            "--workers processes: nobody can say which program this is, to start it again; use threads"
                .into(),
        ),
        (Some(Way::Processes), words) => {
            let last = OsString::from(WORKER);
            Ok(Staff::Processes(words.iter().cloned().chain([last]).collect()))
        }
    }
}

/// The kernel of this name, if this machine can run it.
fn kernel(name: Option<&str>) -> Result<Kernel, Error> {
    let Some(name) = name.filter(|&name| name != "auto") else {
        return Ok(Kernel::detect());
    };
    let available = Kernel::available();
    match available.iter().find(|kernel| kernel.to_string() == name) {
        Some(kernel) => Ok(*kernel),
        None => {
            let names: Vec<String> = available.iter().map(Kernel::to_string).collect();
            refuse(format!(
                "this machine cannot run the kernel {name}: it has {}",
                names.join(", ")
            ))
        }
    }
}
