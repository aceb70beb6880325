//! Options: what is used. Defaults are filled in and contradictions between flags refused here, before any file is read.

use crate::error::Error;
use crate::flags::SearchFlags;
use sharpest_engine::{Date, Kernel, Settings, Source, TableKind};
use std::path::{Path, PathBuf};

/// Everything that the command `search` needs to know.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) source: Source,
    pub(crate) settings: Settings,
    pub(crate) json: Option<Place>,
    pub(crate) csv: Option<Place>,
    pub(crate) quiet: bool,
}

/// Where output goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    Standard,
    File(PathBuf),
}

/// The question on the bundled prices: pick, cap, and the year that is held out.
const BUNDLED: (usize, f64, Date) = (10, 0.2, Date::constant(2022, 1, 1));

/// Names of standard output; opened as files they would be written from the start, over what is there.
const STANDARD: [&str; 4] = ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];

impl Options {
    /// Settles what was typed.
    ///
    /// # Errors
    /// A flag that is missing; flags that contradict each other.
    pub(crate) fn new(flags: &SearchFlags) -> Result<Self, Error> {
        let source = source(flags)?;
        let settings = settings(flags, &source)?;
        let (json, csv) = (place(flags.output.json.as_deref()), place(flags.output.csv.as_deref()));
        let options = Self { source, settings, json, csv, quiet: flags.output.quiet };
        options.refuse_collisions()?;
        Ok(options)
    }

    /// Whether standard output is free for the text.
    pub(crate) fn shows_text(&self) -> bool {
        self.json != Some(Place::Standard) && self.csv != Some(Place::Standard)
    }

    /// No output over another, or over the input.
    fn refuse_collisions(&self) -> Result<(), Error> {
        if self.json.is_some() && self.json.as_ref().zip(self.csv.as_ref()).is_some_and(same) {
            return refuse("--json and --csv cannot both go to the same place".into());
        }
        let (Source::File(input) | Source::Moments(input)) = &self.source else {
            return Ok(());
        };
        for (flag, output) in [("--json", &self.json), ("--csv", &self.csv)] {
            if output.as_ref().is_some_and(|output| same((output, &Place::File(input.clone())))) {
                return refuse(format!(
                    "{flag} would write over {}, which is read",
                    input.display()
                ));
            }
        }
        Ok(())
    }
}

fn refuse<T>(sentence: String) -> Result<T, Error> {
    Err(Error::Flags(sentence))
}

fn source(flags: &SearchFlags) -> Result<Source, Error> {
    match (&flags.prices, &flags.data.moments) {
        (Some(_), Some(_)) => {
            refuse("--moments takes the place of a table, so give one of the two files".into())
        }
        (Some(prices), None) => Ok(Source::File(prices.clone())),
        (None, Some(moments)) => match table_flag(flags) {
            Some(flag) => {
                refuse(format!("--moments takes the place of a table, so {flag} cannot be used"))
            }
            None => Ok(Source::Moments(moments.clone())),
        },
        (None, None) => Ok(Source::Bundled),
    }
}

/// The first flag that speaks of a table.
fn table_flag(flags: &SearchFlags) -> Option<&'static str> {
    let data = &flags.data;
    let used = [
        ("--table", data.table.is_some()),
        ("--returns", data.returns.is_some()),
        ("--missing", data.missing.is_some()),
        ("--from", data.from.is_some()),
        ("--to", data.to.is_some()),
        ("--test-from", data.test_from.is_some()),
        ("--test-to", data.test_to.is_some()),
    ];
    used.into_iter().find_map(|(flag, used)| used.then_some(flag))
}

fn settings(flags: &SearchFlags, source: &Source) -> Result<Settings, Error> {
    let (question, data, sampling) = (&flags.question, &flags.data, &flags.sampling);
    let bundled = *source == Source::Bundled;
    let Some(pick) = question.pick.or(bundled.then_some(BUNDLED.0)) else {
        return refuse(
            "--pick is needed: how many assets a portfolio holds, as in --pick 25".into(),
        );
    };
    if data.table == Some(TableKind::Returns) && data.returns.is_some() {
        return refuse(
            "--returns says how prices become returns, but --table returns holds them already"
                .into(),
        );
    }
    let mut settings = Settings::new(pick);
    settings.kernel = kernel(sampling.kernel.as_deref())?;
    if bundled {
        settings.cap = BUNDLED.1;
        let dates = [data.from, data.to, data.test_from, data.test_to];
        settings.test_from = dates.iter().all(Option::is_none).then_some(BUNDLED.2);
    }
    set(&mut settings.cap, question.cap);
    set(&mut settings.floor, question.floor);
    set(&mut settings.rate, question.rate);
    set(&mut settings.periods, data.periods);
    set(&mut settings.table, data.table);
    set(&mut settings.returns, data.returns);
    set(&mut settings.missing, data.missing);
    set(&mut settings.draws, sampling.draws);
    set(&mut settings.seed, sampling.seed);
    set(&mut settings.draw, sampling.draw);
    set(&mut settings.sampler, sampling.sampler);
    set(&mut settings.jobs, sampling.jobs);
    set(&mut settings.top, flags.output.top);
    settings.assets = data.assets.as_ref().map(|names| names.0.clone());
    (settings.from, settings.to) = (data.from, data.to);
    (settings.test_from, settings.test_to) = (data.test_from.or(settings.test_from), data.test_to);
    settings.check()?;
    Ok(settings)
}

/// What was typed takes the place of the default.
fn set<T: Copy>(setting: &mut T, typed: Option<T>) {
    if let Some(typed) = typed {
        *setting = typed;
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

fn place(path: Option<&Path>) -> Option<Place> {
    path.map(|path| match path.to_str() {
        Some(name) if STANDARD.contains(&name) => Place::Standard,
        _ => Place::File(path.to_owned()),
    })
}

/// Whether two places are one; a file that does not exist yet is known by its folder.
fn same((a, b): (&Place, &Place)) -> bool {
    let real = |place: &Place| match place {
        Place::Standard => None,
        Place::File(path) => path.canonicalize().ok().or_else(|| {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            Some(folder.unwrap_or(Path::new(".")).canonicalize().ok()?.join(path.file_name()?))
        }),
    };
    // Two writers to one device, such as /dev/null, do not disturb each other.
    a == &Place::Standard && b == &Place::Standard
        || real(a).is_some_and(|path| !path.starts_with("/dev") && Some(path) == real(b))
}
