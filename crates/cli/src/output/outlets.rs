//! Outlets: the outputs of a command, opened before anything is read, so that a path that cannot be written costs no work.

use super::file::Output;
use super::json;
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::options::Outputs;
use sharpest_engine::report::{Answered, html};
use sharpest_engine::{Checkpoint, Data, Observer, Report, Settings, Status};
use std::io::Write;

/// What is being written beside the text.
pub(crate) struct Outlets {
    json: Option<Output>,
    lines: Option<Output>,
    report: Option<Output>,
    checkpoint: Option<Checkpoint>,
}

impl Outlets {
    /// Opens all of `outputs`.
    ///
    /// # Errors
    /// A place that cannot be written; a checkpoint that cannot be used.
    pub(crate) fn open(outputs: &Outputs, interrupt: &Interrupt) -> Result<Self, Error> {
        // A search with a checkpoint may be killed, so it has no files open that would stay behind.
        let open_one = if outputs.checkpoint.is_some() { Output::later } else { Output::open };
        let open =
            |place: &Option<_>| place.as_ref().map(|place| open_one(place, interrupt)).transpose();
        let (json, lines) = (open(&outputs.json)?, open(&outputs.lines)?);
        let report = open(&outputs.report)?;
        let checkpoint = outputs.checkpoint.as_ref();
        let checkpoint = checkpoint.map(|path| Checkpoint::open(path, lines.is_some()));
        Ok(Self { json, lines, report, checkpoint: checkpoint.transpose()? })
    }

    /// Where lines go, if anywhere.
    pub(crate) fn lines(&mut self) -> Option<&mut (dyn Write + Send)> {
        self.lines.as_mut().map(|lines| lines as &mut (dyn Write + Send))
    }

    /// Searches, or goes on with a search.
    ///
    /// # Errors
    /// Those of the engine.
    pub(crate) fn search(
        &mut self,
        data: &Data,
        settings: &Settings,
        observer: &dyn Observer,
    ) -> Result<Report, Error> {
        let report = match &mut self.checkpoint {
            Some(checkpoint) => sharpest_engine::resume(data, settings, observer, checkpoint),
            None => sharpest_engine::run(data, settings, observer, self.lines()),
        };
        report.map_err(|error| self.name(error))
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

    /// Puts whole files in their places: the lines, and the answer to a question about `data` as JSON and as a page.
    ///
    /// # Errors
    /// A place that has become unwritable.
    pub(crate) fn finish(self, data: &Data, answer: Answered<'_>) -> Result<(), Error> {
        self.lines.map_or(Ok(()), Output::finish)?;
        self.json.map_or(Ok(()), |json| json::write(&answer, json))?;
        self.report.map_or(Ok(()), |report| page(data, answer, report))
    }

    /// The same after a search. What a checkpoint holds goes where it should be, and then the checkpoint itself; of a search
    /// that was stopped all of it stays.
    ///
    /// # Errors
    /// A place that has become unwritable.
    pub(crate) fn finish_search(mut self, data: &Data, report: &Report) -> Result<(), Error> {
        let answer = Answered::Search(report);
        let Some(checkpoint) = self.checkpoint.take() else { return self.finish(data, answer) };
        let lines = self.lines.take();
        if report.status == Status::Incomplete {
            return self.finish(data, answer);
        }
        if let (Some(output), Some(journal)) = (lines, checkpoint.lines()) {
            output.adopt(journal)?;
        }
        self.finish(data, answer)?;
        Ok(checkpoint.remove()?)
    }
}

/// Writes the page of an answer and finishes the file.
pub(crate) fn page(data: &Data, answer: Answered<'_>, mut output: Output) -> Result<(), Error> {
    let page = html::page(data, answer)?;
    output.write_all(page.as_bytes()).map_err(|reason| Error::write(output.name(), reason))?;
    output.finish()
}
