//! Output files: checked before the search, and in their place only when whole. A regular file is written beside its
//! place and renamed; a device or a pipe is written directly; standard output is locked only while it is written.

use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::options::Place;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tempfile::{Builder, NamedTempFile};

/// Something that is being written.
#[derive(Debug)]
pub(crate) struct Output {
    name: String,
    sink: Sink,
}

#[derive(Debug)]
enum Sink {
    Standard,
    Direct(File),
    Whole { file: NamedTempFile, place: PathBuf },
}

impl Output {
    /// Opens `place`; what is there already is untouched until [`Output::finish`].
    ///
    /// # Errors
    /// A place that cannot be written.
    pub(crate) fn open(place: &Place, interrupt: &Interrupt) -> Result<Self, Error> {
        let path = match place {
            Place::Standard => {
                return Ok(Self { name: "standard output".into(), sink: Sink::Standard });
            }
            Place::File(path) => path,
        };
        let name = path.display().to_string();
        let sink = open(path).map_err(|reason| Error::Write { file: name.clone(), reason })?;
        if let Sink::Whole { file, .. } = &sink {
            interrupt.remove_on_exit(file.path().to_owned());
        }
        Ok(Self { name, sink })
    }

    /// What messages call it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Puts the whole file in its place.
    ///
    /// # Errors
    /// A place that has become unwritable; then nothing is left beside it.
    pub(crate) fn finish(self) -> Result<(), Error> {
        let done = match self.sink {
            Sink::Standard => io::stdout().flush(),
            Sink::Direct(mut file) => file.flush(),
            Sink::Whole { file, place } => {
                file.persist(place).map(drop).map_err(|refused| refused.error)
            }
        };
        done.map_err(|reason| Error::write(&self.name, reason))
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.sink {
            Sink::Standard => io::stdout().write(bytes),
            Sink::Direct(file) => file.write(bytes),
            Sink::Whole { file, .. } => file.as_file().write(bytes), // its own would add the random name to errors
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.sink {
            Sink::Standard => io::stdout().flush(),
            Sink::Direct(file) => file.flush(),
            Sink::Whole { file, .. } => file.as_file().flush(),
        }
    }
}

fn open(path: &Path) -> io::Result<Sink> {
    let place = path.canonicalize().unwrap_or_else(|_| path.to_owned()); // a link stays, what it leads to is replaced
    let present = match place.metadata() {
        Ok(about) => Some((about, OpenOptions::new().write(true).open(&place)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    match present {
        Some((about, file)) if !about.is_file() => Ok(Sink::Direct(file)),
        Some((about, _)) => {
            let file = beside(&place)?;
            file.as_file().set_permissions(about.permissions())?;
            Ok(Sink::Whole { file, place })
        }
        None => Ok(Sink::Whole { file: beside(&place)?, place }),
    }
}

/// An empty file in the folder of `place`, which is removed when dropped.
fn beside(place: &Path) -> io::Result<NamedTempFile> {
    let name = place.file_name().ok_or(io::ErrorKind::IsADirectory)?.to_string_lossy();
    let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    folder.metadata()?; // a folder that is not there in the system's words, not tempfile's
    let prefix = format!(".{name}.");
    let mut builder = Builder::new();
    builder.prefix(&prefix).suffix(".unfinished");
    #[cfg(unix)] // as the umask has it; a temporary file would be its owner's alone
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    #[cfg(unix)]
    builder.permissions(permissions);
    // The random name that tempfile adds to its message would tell the user nothing.
    builder.tempfile_in(folder).map_err(|error| error.kind().into())
}
