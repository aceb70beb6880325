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
        let (json, lines) = (flags.json.as_deref().map(Place::of), lines.map(Place::of));
        if json.as_ref().zip(lines.as_ref()).is_some_and(same) {
            return refuse(format!("--json and {flag} cannot both go to the same place"));
        }
        let outputs = Self { json, lines, quiet: flags.quiet };
        match source {
            Source::File(input) | Source::Moments(input) => outputs.spare(input, flag)?,
            Source::Bundled => {}
        }
        Ok(outputs)
    }

    /// Whether standard output is free for the text.
    pub(crate) fn shows_text(&self) -> bool {
        self.json != Some(Place::Standard) && self.lines != Some(Place::Standard)
    }

    /// No output over the input.
    fn spare(&self, input: &Path, lines: &str) -> Result<(), Error> {
        let input = Place::File(input.to_owned());
        for (flag, output) in [("--json", &self.json), (lines, &self.lines)] {
            if let (Some(output), Place::File(read)) = (output, &input)
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
    fn of(path: &Path) -> Self {
        match path.to_str() {
            Some(name) if STANDARD.contains(&name) => Self::Standard,
            _ => Self::File(path.to_owned()),
        }
    }
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
