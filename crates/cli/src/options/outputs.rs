//! Where the answer goes, and that nothing is written over anything.

use super::refuse;
use crate::error::Error;
use crate::flags::OutputFlags;
use sharpest_engine::Source;
use std::path::{Path, PathBuf};

/// Everything that is written.
#[derive(Debug)]
pub(crate) struct Outputs {
    pub(crate) json: Option<Place>,
    /// A line for each subset.
    pub(crate) lines: Option<Place>,
    /// The page.
    pub(crate) report: Option<Place>,
    /// Where a search records what is done.
    pub(crate) checkpoint: Option<PathBuf>,
    pub(crate) quiet: bool,
}

/// Where output goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    Standard,
    File(PathBuf),
}

/// Names of standard output; opened as files they would be written from the start, over what is there.
const STANDARD: [&str; 4] = ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];

impl Outputs {
    /// Settles what was typed; `lines` is the flag that asks for lines, and what it says.
    ///
    /// # Errors
    /// An output over another, or over the input.
    pub(super) fn new(
        flags: &OutputFlags,
        (flag, lines): (&str, Option<&Path>),
        source: &Source,
    ) -> Result<Self, Error> {
        let outputs = Self {
            json: flags.json.as_deref().map(Place::of),
            lines: lines.map(Place::of),
            report: flags.report.as_deref().map(Place::of),
            checkpoint: None,
            quiet: flags.quiet,
        };
        outputs.spare_each_other(flag)?;
        for input in source.paths() {
            outputs.spare(input, flag)?;
        }
        Ok(outputs)
    }

    /// Everything that is written, by its flag; `lines` is that of the lines.
    fn places<'a>(&'a self, lines: &'a str) -> impl Iterator<Item = (&'a str, &'a Place)> + Clone {
        let all = [("--json", &self.json), (lines, &self.lines), ("--report", &self.report)];
        all.into_iter().filter_map(|(flag, place)| Some((flag, place.as_ref()?)))
    }

    /// No output over another.
    fn spare_each_other(&self, lines: &str) -> Result<(), Error> {
        for (i, (flag, place)) in self.places(lines).enumerate() {
            if let Some((other, _)) =
                self.places(lines).skip(i + 1).find(|(_, other)| same((place, other)))
            {
                return refuse(format!("{flag} and {other} cannot both go to the same place"));
            }
        }
        Ok(())
    }

    /// With a checkpoint.
    ///
    /// # Errors
    /// One that is no file; one over an output, or over the input.
    pub(super) fn keeping(self, file: Option<&Path>, source: &Source) -> Result<Self, Error> {
        let Some(file) = file else { return Ok(self) };
        let Place::File(path) = Place::of(file) else {
            return refuse(
                "--checkpoint is read again when the search goes on: give it a file".into(),
            );
        };
        let mut beside = path.clone().into_os_string();
        beside.push(".lines");
        let inputs: Vec<Place> = source.paths().iter().cloned().map(Place::File).collect();
        let (kept, beside) = (Place::File(path.clone()), Place::File(beside.into()));
        let others = self.places("--csv").chain(inputs.iter().map(|input| ("the table", input)));
        for (name, other) in others {
            if same((other, &kept)) || same((other, &beside)) {
                return refuse(format!(
                    "--checkpoint would write over {name}: give it another file"
                ));
            }
        }
        Ok(Self { checkpoint: Some(path), ..self })
    }

    /// Whether standard output is free for the text.
    pub(crate) fn shows_text(&self) -> bool {
        self.places("").all(|(_, place)| *place != Place::Standard)
    }

    /// No output over the input.
    fn spare(&self, input: &Path, lines: &str) -> Result<(), Error> {
        let input = Place::File(input.to_owned());
        for (flag, output) in self.places(lines) {
            if let Place::File(read) = &input
                && same((output, &input))
            {
                return refuse(format!(
                    "{flag} would write over {}, which is read",
                    read.display()
                ));
            }
        }
        Ok(())
    }
}

impl Place {
    pub(super) fn of(path: &Path) -> Self {
        match path.to_str() {
            Some(name) if STANDARD.contains(&name) => Self::Standard,
            _ => Self::File(path.to_owned()),
        }
    }
}

/// Whether two places are one; a file that does not exist yet is known by its folder.
pub(super) fn same((a, b): (&Place, &Place)) -> bool {
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
