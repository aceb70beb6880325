//! The commands as functions of Python.
#![allow(clippy::needless_pass_by_value, reason = "the interpreter hands values over")]

use super::carrier::Carrier;
use super::failure::exception;
use super::sheet::Sheet;
use super::watch::{Watch, Watched, watched};
use crate::finance::failure;
use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use sharpest_cli::library::{self, Answer, Failure};
use sharpest_engine::check::Verdict;
use sharpest_engine::executor::Foreign;
use sharpest_engine::{Error, Observer, Status};
use std::borrow::Cow;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

/// JSON of the answer, whether it holds a portfolio, and what is to be said where it does not, or not the best.
type Answered = (String, bool, Option<String>, &'static str);

/// Runs the command that `args` spell, on the numbers of `sheet` if there is one. `worker` is how the same command is started
/// as a process that works for it; `choice` names assets to choose from, and not to choose from, where flags cannot; `others`
/// works in place of threads.
#[pyfunction]
pub(crate) fn answer(
    py: Python<'_>,
    args: Vec<OsString>,
    worker: Vec<OsString>,
    sheet: Option<PyRef<'_, Sheet>>,
    choice: (Option<Vec<String>>, Option<Vec<String>>),
    others: Option<Bound<'_, PyAny>>,
    bar: Option<Bound<'_, PyAny>>,
) -> PyResult<Answered> {
    let given = Sheet::given(sheet.as_deref());
    let carrier = others.as_ref().map(Carrier::new).transpose()?;
    let others = carrier.clone().map(|carrier| carrier as Arc<dyn Foreign>);
    let work = |watch: &Watch| {
        let answer = library::answer(&args, &worker, given, choice, others, watch)?;
        let json = answer.json().map_err(|error| Failure::Write(error.to_string(), None))?;
        Ok((answer, json))
    };
    let Watched { outcome, heard, forgivable } = watched(py, bar.as_ref(), work);
    let answered: Result<(Answer, String), Failure> = outcome;
    let best_so_far =
        |(answer, _): &(Answer, String)| answer.status() == Status::Incomplete && answer.has_best();
    if let Some(error) = heard
        && !(forgivable && answered.as_ref().is_ok_and(best_so_far))
    {
        return Err(error);
    }
    let (answer, json) = answered.map_err(|failure| {
        let error = exception(py, &failure);
        if let Some(cause) = carrier.and_then(|carrier| carrier.failure()) {
            error.set_cause(py, Some(cause));
        }
        error
    })?;
    Ok((json, answer.has_best(), answer.remark(), word(answer.status())))
}

fn word(status: Status) -> &'static str {
    match status {
        Status::Complete => "complete",
        Status::Optimal => "optimal",
        Status::TimeLimit => "time_limit",
        Status::MemoryLimit => "memory_limit",
        Status::PrecisionLimit => "precision_limit",
        Status::Incomplete => "incomplete",
        Status::NoExcess => "no_excess",
        Status::Unbounded => "unbounded",
    }
}

/// What the command prints of a result.
#[pyfunction]
pub(crate) fn text(py: Python<'_>, json: &str) -> PyResult<String> {
    let answer = Answer::parse(json).map_err(|reason| {
        let file = "the text".to_owned();
        failure::engine(py, &Error::NoResult { file, reason })
    })?;
    Ok(answer.text())
}

/// Holds a result against numbers: one word, proven, confirmed or refuted, and a sentence.
#[pyfunction]
pub(crate) fn check(
    py: Python<'_>,
    json: &str,
    sheet: Option<PyRef<'_, Sheet>>,
    prices: Option<Vec<PathBuf>>,
    moments: Option<PathBuf>,
) -> PyResult<(&'static str, String)> {
    let given = Sheet::given(sheet.as_deref());
    let verdict = py.detach(|| {
        let source = library::source(&prices.unwrap_or_default(), moments.as_ref())?;
        library::check(json, given, &source)
    });
    Ok(match verdict.map_err(|failure| exception(py, &failure))? {
        Verdict::Proven(sentence) => ("proven", sentence),
        Verdict::Confirmed(sentence) => ("confirmed", sentence),
        Verdict::Refuted(sentence) => ("refuted", sentence),
    })
}

/// What a chart shows of a result, as JSON.
#[pyfunction]
pub(crate) fn picture(
    py: Python<'_>,
    json: &str,
    sheet: Option<PyRef<'_, Sheet>>,
    prices: Option<Vec<PathBuf>>,
    moments: Option<PathBuf>,
) -> PyResult<String> {
    let given = Sheet::given(sheet.as_deref());
    let picture = py.detach(|| {
        let source = library::source(&prices.unwrap_or_default(), moments.as_ref())?;
        library::picture(json, given, &source)
    });
    picture.map_err(|failure| exception(py, &failure))
}

/// The charts of a result that a notebook shows, as a piece of HTML.
#[pyfunction]
pub(crate) fn charts(
    py: Python<'_>,
    json: &str,
    sheet: Option<PyRef<'_, Sheet>>,
    prices: Option<Vec<PathBuf>>,
    moments: Option<PathBuf>,
) -> PyResult<String> {
    let given = Sheet::given(sheet.as_deref());
    let charts = py.detach(|| {
        let source = library::source(&prices.unwrap_or_default(), moments.as_ref())?;
        library::charts(json, given, &source)
    });
    charts.map_err(|failure| exception(py, &failure))
}

/// Writes the page of a result to a file.
#[pyfunction]
pub(crate) fn report(
    py: Python<'_>,
    json: &str,
    sheet: Option<PyRef<'_, Sheet>>,
    prices: Option<Vec<PathBuf>>,
    moments: Option<PathBuf>,
    path: PathBuf,
) -> PyResult<()> {
    let given = Sheet::given(sheet.as_deref());
    let written = py.detach(|| {
        let source = library::source(&prices.unwrap_or_default(), moments.as_ref())?;
        library::report(json, given, &source, &path)
    });
    written.map_err(|failure| exception(py, &failure))
}

/// The JSON of a result in a text that may be its page.
#[pyfunction]
pub(crate) fn json_in(text: &str) -> Cow<'_, str> {
    library::json_in(text)
}

/// Works on a task of a search that another process hands out: its answer, for that process to read.
#[pyfunction]
pub(crate) fn assist<'py>(py: Python<'py>, task: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
    let work = |watch: &Watch| sharpest_engine::executor::assist(task, &|| watch.stopped());
    let Watched { outcome, heard, .. } = watched(py, None, work);
    match (heard, outcome) {
        (None, Some(answer)) => Ok(PyBytes::new(py, &answer)),
        (heard, _) => Err(heard.unwrap_or_else(|| PyKeyboardInterrupt::new_err("stopped"))),
    }
}

/// The bundled prices, as the bytes of a CSV file.
#[pyfunction]
pub(crate) fn bundled(py: Python<'_>) -> Bound<'_, PyBytes> {
    PyBytes::new(py, sharpest_engine::input::bundled())
}
