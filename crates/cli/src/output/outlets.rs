//! Outlets: the outputs of a command, opened before anything is read, so that a path that cannot be written costs no work.

use super::file::Output;
use super::json;
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::options::Outputs;
use serde::Serialize;
use std::io::Write;

/// What is being written beside the text.
pub(crate) struct Outlets {
    json: Option<Output>,
    lines: Option<Output>,
}

impl Outlets {
    /// Opens all of `outputs`.
    ///
    /// # Errors
    /// A place that cannot be written.
    pub(crate) fn open(outputs: &Outputs, interrupt: &Interrupt) -> Result<Self, Error> {
        let open = |place: &Option<_>| {
            place.as_ref().map(|place| Output::open(place, interrupt)).transpose()
        };
        Ok(Self { json: open(&outputs.json)?, lines: open(&outputs.lines)? })
    }

    /// Where lines go, if anywhere.
    pub(crate) fn lines(&mut self) -> Option<&mut (dyn Write + Send)> {
        self.lines.as_mut().map(|lines| lines as &mut (dyn Write + Send))
    }

    /// The engine's failure, with the name of the output that it cannot know.
    pub(crate) fn name(&self, error: sharpest_engine::Error) -> Error {
        match (error, &self.lines) {
            (sharpest_engine::Error::Lines(reason), Some(lines)) => {
                Error::write(lines.name(), reason)
            }
            (error, _) => Error::Engine(error),
        }
    }

    /// Puts whole files in their places, with `report` as JSON.
    ///
    /// # Errors
    /// A place that has become unwritable.
    pub(crate) fn finish(self, report: &impl Serialize) -> Result<(), Error> {
        self.lines.map_or(Ok(()), Output::finish)?;
        self.json.map_or(Ok(()), |json| json::write(report, json))
    }
}
