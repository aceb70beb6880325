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
    Whole {
        file: NamedTempFile,
        place: PathBuf,
    },
    /// Could be written when it was tried, and is opened again when it is.
    Later(PathBuf),
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

    /// The same, tried now and opened when something is written: if this program is killed until then, nothing stays behind.
    ///
    /// # Errors
    /// A place that cannot be written.
    pub(crate) fn later(place: &Place, interrupt: &Interrupt) -> Result<Self, Error> {
        let Place::File(path) = place else { return Self::open(place, interrupt) };
        let name = path.display().to_string();
        let tried = try_out(path).and_then(|(place, direct)| match direct {
            Some(file) => Ok(Sink::Direct(file)),
            None => {
                name_of(&place)?;
                drop(tempfile::tempfile_in(folder_of(&place)?).map_err(|error| error.kind())?); // it has no name
                Ok(Sink::Later(place))
            }
        });
        let sink = tried.map_err(|reason| Error::Write { file: name.clone(), reason })?;
        Ok(Self { name, sink })
    }

    /// Puts a finished file in its place: the same file where that can be, else a copy. The other name of it stays.
    ///
    /// # Errors
    /// A place that has become unwritable.
    pub(crate) fn adopt(mut self, file: &Path) -> Result<(), Error> {
        let refuse = |reason| Error::write(&self.name, reason);
        match &self.sink {
            Sink::Later(place) if is_one(file, place) => Ok(()),
            Sink::Later(place) => link(file, place).map_err(refuse),
            _ => {
                let copied = File::open(file).and_then(|mut file| io::copy(&mut file, &mut self));
                copied.map_err(|reason| Error::write(&self.name, reason))?;
                self.finish()
            }
        }
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
            Sink::Later(_) => Ok(()),
            Sink::Whole { file, place } => {
                file.persist(place).map(drop).map_err(|refused| refused.error)
            }
        };
        done.map_err(|reason| Error::write(&self.name, reason))
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Sink::Later(place) = &self.sink {
            self.sink = Sink::Whole { file: beside(place, Name::Fixed)?, place: place.clone() };
        }
        match &mut self.sink {
            Sink::Later(_) => Ok(0),
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
            Sink::Later(_) => Ok(()),
        }
    }
}

fn open(path: &Path) -> io::Result<Sink> {
    let (place, direct) = try_out(path)?;
    match direct {
        Some(file) => Ok(Sink::Direct(file)),
        None => Ok(Sink::Whole { file: beside(&place, Name::Own)?, place }),
    }
}

/// Where the bytes for `path` go: to a file that is put in this place when it is whole, or directly to something that is no
/// regular file.
fn try_out(path: &Path) -> io::Result<(PathBuf, Option<File>)> {
    let place = path.canonicalize().unwrap_or_else(|_| path.to_owned()); // a link stays, what it leads to is replaced
    match place.metadata() {
        Ok(about) => {
            let file = OpenOptions::new().write(true).open(&place)?;
            Ok((place, (!about.is_file()).then_some(file)))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok((place, None)),
        Err(error) => Err(error),
    }
}

/// Gives `file` a second name at `place`, in one step; where that cannot be, copies it.
fn link(file: &Path, place: &Path) -> io::Result<()> {
    let beside = beside(place, Name::Fixed)?.into_temp_path();
    let permissions = beside.metadata()?.permissions();
    std::fs::remove_file(&beside)?;
    if std::fs::hard_link(file, &beside).is_err() {
        std::fs::copy(file, &beside)?;
    }
    std::fs::set_permissions(&beside, permissions)?;
    beside.persist(place).map_err(|refused| refused.error)
}

/// Whether two names are those of one file; the system would leave both of them as they are.
fn is_one(a: &Path, b: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let place = |path: &Path| path.metadata().map(|about| (about.dev(), about.ino()));
        place(a).is_ok_and(|a| place(b).is_ok_and(|b| a == b))
    }
    #[cfg(not(unix))]
    {
        a == b
    }
}

/// How a file is called that is not yet in its place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Name {
    /// Like no other.
    Own,
    /// The same each time, so that the next run takes the place of what a killed one left.
    Fixed,
}

/// An empty file in the folder of `place`, which is removed when dropped.
fn beside(place: &Path, named: Name) -> io::Result<NamedTempFile> {
    let (name, folder) = (name_of(place)?, folder_of(place)?);
    let prefix = format!(".{name}.");
    let mut builder = Builder::new();
    builder.prefix(&prefix).suffix(".unfinished");
    if named == Name::Fixed {
        builder.prefix(&prefix).rand_bytes(0).suffix("unfinished");
        drop(std::fs::remove_file(folder.join(format!("{prefix}unfinished"))));
    }
    #[cfg(unix)] // as the umask has it; a temporary file would be its owner's alone
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    #[cfg(unix)]
    builder.permissions(permissions);
    // The random name that tempfile adds to its message would tell the user nothing.
    let file = builder.tempfile_in(folder).map_err(|error| io::Error::from(error.kind()))?;
    if let Ok(about) = place.metadata() {
        file.as_file().set_permissions(about.permissions())?;
    }
    Ok(file)
}

fn name_of(place: &Path) -> io::Result<String> {
    Ok(place.file_name().ok_or(io::ErrorKind::IsADirectory)?.to_string_lossy().into_owned())
}

/// The folder of `place`; one that is not there in the system's words, not tempfile's.
fn folder_of(place: &Path) -> io::Result<&Path> {
    let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    folder.metadata()?;
    Ok(folder)
}
