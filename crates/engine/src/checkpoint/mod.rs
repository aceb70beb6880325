//! Checkpoints: what is done of a search is recorded in a file while it runs, so that a search that was killed, at any moment,
//! goes on where it was and ends with the same bits.
//!
//! - `asked`: what was asked, so that it goes on with nothing else.
//! - `runs`: which blocks are done.
//! - `record`: the two of them and what was found, as bytes.
//! - `file`: a file that is always whole, and that one run has at a time.
//! - `keeper`: takes what workers finish, and writes it down about once a second.
//!
//! Lines are kept in a second file beside it, `FILE.lines`, in order; the record says how many of its bytes count. It becomes
//! the user's CSV file when all is done.

mod asked;
mod file;
mod keeper;
mod record;
mod runs;

pub(crate) use keeper::Keeper;

use crate::Error;
use file::Locked;
use record::Record;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// The file of a search that can go on, and what it said when it was opened.
#[derive(Debug)]
pub struct Checkpoint {
    file: Locked,
    /// As the user calls it.
    name: String,
    record: Option<Record>,
    /// Where lines are kept, if they are wanted.
    lines: Option<PathBuf>,
    journal: Option<File>,
    /// Whether the file holds a record by now.
    written: bool,
}

impl Checkpoint {
    /// Opens the file at `path`, or makes it; nobody else can until this is dropped. With `lines`, the line of each subset is
    /// kept beside it.
    ///
    /// # Errors
    /// A file that is something else, damaged, begun with lines and opened without, or the other way round, or in use; one that
    /// cannot be read or made.
    pub fn open(path: &Path, lines: bool) -> Result<Self, Error> {
        let name = path.display().to_string();
        let mut file = Locked::take(path)?;
        let bytes = file.read();
        let bytes = bytes.map_err(|reason| Error::Read { file: name.clone(), reason })?;
        let lines = lines.then(|| lines_of(path));
        let mut checkpoint =
            Self { file, name, record: None, lines, journal: None, written: !bytes.is_empty() };
        if checkpoint.written {
            let record = Record::from_bytes(&bytes);
            checkpoint.record = Some(record.map_err(|reason| checkpoint.refusal(reason))?);
        }
        checkpoint.check_lines()?;
        Ok(checkpoint)
    }

    /// Where the lines are that were found so far.
    pub fn lines(&self) -> Option<&Path> {
        self.lines.as_deref()
    }

    /// Removes what was kept: the search is over, and its answer is where it should be.
    ///
    /// # Errors
    /// A file that cannot be removed.
    pub fn remove(self) -> Result<(), Error> {
        let removed = self.file.remove();
        if let Some(lines) = &self.lines {
            drop(fs::remove_file(lines)); // without the record it is nothing
        }
        removed.map_err(|reason| self.unwritable(self.name.clone(), reason))
    }

    /// The file of lines, at the place where the next one goes, if lines are wanted.
    ///
    /// # Errors
    /// A file that cannot be opened; one that lacks what the record says it has.
    pub(crate) fn journal(&mut self) -> Result<Option<File>, Error> {
        let Some(path) = &self.lines else { return Ok(None) };
        let file = self.open_journal(path)?;
        let again = file.try_clone();
        self.journal =
            Some(again.map_err(|reason| self.unwritable(path.display().to_string(), reason))?);
        Ok(Some(file))
    }

    fn open_journal(&self, path: &Path) -> Result<File, Error> {
        let unwritable = |reason| self.unwritable(path.display().to_string(), reason);
        let Some(length) = self.record.as_ref().and_then(|record| record.lines) else {
            // What a run without a record left may by now be somebody's file under another name: it is not written over.
            drop(fs::remove_file(path));
            return File::create_new(path).map_err(unwritable);
        };
        let shorter = |found: u64| {
            let file = path.display();
            self.refusal(format!(
                "{file} has {found} bytes of its {length}; remove both to begin anew"
            ))
        };
        let mut file = match OpenOptions::new().write(true).open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(shorter(0)),
            Err(error) => return Err(unwritable(error)),
        };
        let found = file.metadata().map_err(unwritable)?.len();
        if found < length {
            return Err(shorter(found));
        }
        let ready = file.set_len(length).and_then(|()| file.seek(SeekFrom::End(0)));
        ready.map(|_| file).map_err(unwritable)
    }

    /// The first block without lines, and the bytes of those before it; none in a search that begins.
    pub(crate) fn mark(&self) -> Option<(u64, u64)> {
        let record = self.record.as_ref()?;
        Some((record.done.after(0), record.lines?))
    }

    /// Refuses a question whose answer needs no search: the one that was begun needed one.
    pub(crate) fn refuse_begun(&self) -> Result<(), Error> {
        match &self.record {
            Some(_) => Err(self.refusal(
                "it belongs to another question: none of the portfolios asked about beats the rate"
                    .into(),
            )),
            None => Ok(()),
        }
    }

    /// The failure of a search, with what only this knows of it.
    pub(crate) fn name(&self, error: Error) -> Error {
        match (error, &self.lines) {
            (Error::Lines(reason), Some(lines)) => {
                self.unwritable(lines.display().to_string(), reason)
            }
            (Error::Foreign { what, .. }, _) => {
                Error::Foreign { what, checkpoint: Some(self.name.clone()) }
            }
            (error, _) => error,
        }
    }

    fn check_lines(&self) -> Result<(), Error> {
        let begun = self.record.as_ref().map(|record| record.lines.is_some());
        match (begun, self.lines.is_some()) {
            (Some(true), false) => Err(self.refusal("it was begun with --csv; give that again".into())),
            (Some(false), true) => Err(self.refusal(
                "it was begun without --csv, so the lines of what is done are not there; leave out --csv, or remove the file to begin anew"
                    .into(),
            )),
            _ => Ok(()),
        }
    }

    fn refusal(&self, reason: String) -> Error {
        Error::Checkpoint { file: self.name.clone(), reason }
    }

    fn unwritable(&self, file: String, reason: io::Error) -> Error {
        match self.written {
            true => Error::KeepMore { file, reason, checkpoint: self.name.clone() },
            false => Error::Keep { file, reason },
        }
    }
}

impl Drop for Checkpoint {
    /// A file in which nothing was recorded is not left behind.
    fn drop(&mut self) {
        if !self.written {
            drop(self.file.remove());
            self.lines.iter().for_each(|lines| drop(fs::remove_file(lines)));
        }
    }
}

/// Where the lines of a checkpoint are kept.
fn lines_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".lines");
    name.into()
}
