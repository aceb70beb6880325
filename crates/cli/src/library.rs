//! The commands as functions, for a program that has its numbers at hand: the Python package. It hands over flags as they
//! would be typed, so that defaults, contradictions, outputs and sentences are those of the command, and there is one
//! place where they are settled.

use crate::error::Error;
use crate::flags::{Command, Flags};
use crate::interrupt::Interrupt;
use crate::options::{Options, Place};
use crate::output::file::Output;
use crate::output::outlets::{Outlets, page};
use crate::output::text;
use crate::{config, options};
use anstyle::Style;
use clap::Parser;
use serde::{Deserialize, Serialize};
use sharpest_engine::check::{Claim, Verdict};
use sharpest_engine::executor::Foreign;
use sharpest_engine::report::{Answered, html, words};
use sharpest_engine::{
    Data, Door, Observer, Reading, Report, Settings, Sheet, Solution, SolveSettings, Source, Staff,
    Status, Terms,
};
use std::borrow::Cow;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Numbers at hand, in place of a file that the flags name.
#[derive(Debug, Clone, Copy)]
pub enum Given<'a> {
    /// None: the flags name a file, or nothing, which means the bundled prices.
    Nothing,
    /// A table.
    Table(&'a Sheet),
    /// Means and covariances.
    Moments(&'a Sheet),
}

/// What a command answers.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// That of `search`.
    Search(Box<Report>),
    /// That of `solve`.
    Solve(Box<Solution>),
}

/// Why there is no answer.
#[derive(Debug)]
pub enum Failure {
    /// The engine's sentence, and what it speaks of.
    Engine(sharpest_engine::Error),
    /// Flags that are wrong, or contradict each other.
    Flags(String),
    /// An output that cannot be written, and the system's number for the reason.
    Write(String, Option<i32>),
}

/// Whoever calls these functions is no one who types flags.
const DOOR: Door = Door::Python;

/// How a result is rechecked from Python.
const RECHECK: &str = "result.check(prices)";

/// Assets to choose from, and assets not to choose from. As flags, their names could hold no commas.
pub type Choice = (Option<Vec<String>>, Option<Vec<String>>);

/// Runs the command that `args` spell, the program's name first: `search` or `solve`. `worker` is how the same command is
/// started as a process that works for it. What `choice` names takes the place of the flags, and whoever `others` carries tasks
/// to that of threads.
///
/// # Errors
/// Whatever makes the command end with an error.
pub fn answer(
    args: &[OsString],
    worker: &[OsString],
    given: Given<'_>,
    choice: Choice,
    others: Option<Arc<dyn Foreign>>,
    observer: &dyn Observer,
) -> Result<Answer, Failure> {
    let typed = Flags::try_parse_from(args).map_err(Error::from)?;
    match config::fill(typed, args)?.command {
        Command::Search(flags) => {
            let mut options = Options::<Settings>::new(&flags, worker)?;
            choose(&mut options.settings.terms, choice);
            if let Some(others) = others {
                options.settings.staff = Staff::Foreign(others);
            }
            search(&options, given, observer)
        }
        Command::Solve(flags) => {
            let mut options = Options::<SolveSettings>::new(&flags)?;
            choose(&mut options.settings.terms, choice);
            solve(&options, given, observer)
        }
        _ => Err(Failure::Flags("only search and solve answer questions".into())),
    }
}

fn choose(terms: &mut Terms, (assets, exclude): Choice) {
    terms.assets = assets.or(terms.assets.take());
    terms.exclude = exclude.or(terms.exclude.take());
}

fn search(
    options: &Options<Settings>,
    given: Given<'_>,
    observer: &dyn Observer,
) -> Result<Answer, Failure> {
    let mut outlets = Outlets::open(&options.outputs, &Interrupt::default())?;
    let data = read(given, &options.source, &Reading::from(&options.settings.terms))?;
    let mut report = outlets.search(&data, &options.settings, observer)?;
    DOOR.speak_all(&mut report.warnings);
    outlets.finish_search(&data, &report)?;
    Ok(Answer::Search(Box::new(report)))
}

fn solve(
    options: &Options<SolveSettings>,
    given: Given<'_>,
    observer: &dyn Observer,
) -> Result<Answer, Failure> {
    let mut outlets = Outlets::open(&options.outputs, &Interrupt::default())?;
    let data = read(given, &options.source, &Reading::from(&options.settings.terms))?;
    let solution = sharpest_engine::solve(&data, &options.settings, observer, outlets.lines());
    let mut solution = solution.map_err(|error| outlets.name(error))?;
    DOOR.speak_all(&mut solution.warnings);
    outlets.finish(&data, Answered::Solve(&solution))?;
    Ok(Answer::Solve(Box::new(solution)))
}

/// Holds the JSON of a result against numbers, given or in a file.
///
/// # Errors
/// JSON that is no result; data that cannot be used.
pub fn check(json: &str, given: Given<'_>, source: &Source) -> Result<Verdict, Failure> {
    let (claim, data) = hearing(json, given, source)?;
    let verdict = sharpest_engine::check(&data, &claim).map_err(Failure::Engine)?;
    let speak = |sentence: String| DOOR.speak(&sentence).into_owned();
    Ok(match verdict {
        Verdict::Proven(sentence) => Verdict::Proven(speak(sentence)),
        Verdict::Confirmed(sentence) => Verdict::Confirmed(speak(sentence)),
        Verdict::Refuted(sentence) => Verdict::Refuted(speak(sentence)),
    })
}

/// What a chart shows of the result in `json`, as JSON.
///
/// # Errors
/// JSON that is no result; data that cannot be used.
pub fn picture(json: &str, given: Given<'_>, source: &Source) -> Result<String, Failure> {
    let (claim, data) = hearing(json, given, source)?;
    let picture = sharpest_engine::picture::picture(&data, &claim).map_err(Failure::Engine)?;
    serde_json::to_string(&picture).map_err(|error| Failure::Write(error.to_string(), None))
}

/// Writes the page of the result in `json` to `path`, whole or not at all.
///
/// # Errors
/// JSON that is no result; data that cannot be used; a place that cannot be written.
pub fn report(json: &str, given: Given<'_>, source: &Source, path: &Path) -> Result<(), Failure> {
    let (answer, data) = answered(json, given, source)?;
    let output = Output::open(&Place::File(path.to_owned()), &Interrupt::default())?;
    Ok(page(&data, answer.answered(), output)?)
}

/// The charts of the result in `json` that a notebook shows, as a piece of HTML.
///
/// # Errors
/// JSON that is no result; data that cannot be used.
pub fn charts(json: &str, given: Given<'_>, source: &Source) -> Result<String, Failure> {
    let (answer, data) = answered(json, given, source)?;
    html::charts(&data, answer.answered()).map_err(Failure::Engine)
}

/// The JSON of a result in a text that may be a page.
pub fn json_in(text: &str) -> Cow<'_, str> {
    String::from_utf8_lossy(html::json_in(text.as_bytes()))
}

/// A result, and the numbers that it is about; what was found from others is not held against the bundled prices.
fn hearing(json: &str, given: Given<'_>, source: &Source) -> Result<(Claim, Data), Failure> {
    let claim = Claim::parse("the result", json.as_bytes()).map_err(Failure::Engine)?;
    if let (Given::Nothing, Source::Bundled, false) = (given, source, claim.is_bundled()) {
        return Err(Failure::Flags(format!(
            "the result was found from {}, so it cannot be held against the bundled prices: give those it was found from",
            claim.source()
        )));
    }
    let data = read(given, source, &claim.reading())?;
    Ok((claim, data))
}

/// The same with the whole of the result.
fn answered(json: &str, given: Given<'_>, source: &Source) -> Result<(Answer, Data), Failure> {
    let (claim, data) = hearing(json, given, source)?;
    let answer = Answer::parse(json).map_err(|reason| {
        Failure::Engine(sharpest_engine::Error::NoResult { file: claim.name().to_owned(), reason })
    })?;
    Ok((answer, data))
}

/// The numbers as data of the engine.
///
/// # Errors
/// Numbers that make no table.
pub fn read(given: Given<'_>, source: &Source, reading: &Reading) -> Result<Data, Failure> {
    match given {
        Given::Nothing => sharpest_engine::read(source, reading),
        Given::Table(sheet) => sheet.table(reading),
        Given::Moments(sheet) => sheet.moments(),
    }
    .map_err(Failure::Engine)
}

/// The files that a table is in, or that of moments; neither means the bundled prices.
///
/// # Errors
/// Both of them.
pub fn source(prices: &[PathBuf], moments: Option<&PathBuf>) -> Result<Source, Failure> {
    Ok(options::source(prices, moments)?)
}

impl Answer {
    /// Reads the JSON of a result.
    ///
    /// # Errors
    /// JSON that is no result, in a sentence.
    pub fn parse(json: &str) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Kind {
            kernel: Option<String>, // only a search has one
        }
        let answer = serde_json::from_str(json).and_then(|Kind { kernel }| match kernel {
            Some(_) => serde_json::from_str(json).map(Self::Search),
            None => serde_json::from_str(json).map(Self::Solve),
        });
        answer.map_err(|error| error.to_string())
    }

    fn answered(&self) -> Answered<'_> {
        match self {
            Self::Search(report) => Answered::Search(report),
            Self::Solve(solution) => Answered::Solve(solution),
        }
    }

    /// How the work ended.
    pub fn status(&self) -> Status {
        match self {
            Self::Search(report) => report.status,
            Self::Solve(solution) => solution.status,
        }
    }

    /// Whether it holds a portfolio.
    pub fn has_best(&self) -> bool {
        match self {
            Self::Search(report) => report.best.is_some(),
            Self::Solve(solution) => solution.best.is_some(),
        }
    }

    /// What the command writes with `--json`.
    ///
    /// # Errors
    /// None that is known of: every report is made of names and numbers.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// What the command says of an answer that is none, or not all of one.
    pub fn remark(&self) -> Option<String> {
        let remark = match (self, self.status()) {
            (Self::Search(report), Status::Complete) if report.best.is_none() => {
                Some(words::search::no_score(report))
            }
            (_, Status::Complete | Status::Optimal) => None,
            (Self::Search(report), Status::NoExcess) => Some(words::search::no_excess(report)),
            (Self::Search(report), _) => Some(text::search::stopped(report, None)),
            (Self::Solve(solution), Status::NoExcess) => Some(words::solve::no_excess(solution)),
            (Self::Solve(solution), Status::Unbounded) => Some(words::solve::unbounded(solution)),
            (Self::Solve(solution), _) => Some(words::solve::unproven(solution)),
        };
        remark.map(|remark| DOOR.speak(&remark).into_owned())
    }

    /// What the command prints, without colors, and below it what it says beside.
    pub fn text(&self) -> String {
        let (colored, warnings) = match self {
            Self::Search(report) => (text::search::render(report, DOOR), &report.warnings),
            Self::Solve(solution) => {
                let answer = text::solve::render(solution, RECHECK, DOOR);
                (answer + &text::solve::luck(solution, DOOR), &solution.warnings)
            }
        };
        let mut text = anstream::adapter::strip_str(&colored).to_string();
        for note in warnings.iter().chain(&self.remark()) {
            let note = format!("note: {}", DOOR.speak(note));
            text += &text::wrap::styled(&note, Style::new(), 2, 4);
        }
        text
    }
}

impl Failure {
    /// What went wrong, as a Python programmer reads it.
    pub fn sentence(&self) -> String {
        match self {
            Self::Engine(error) => sentence(error),
            Self::Flags(sentence) => DOOR.speak(sentence).into_owned(),
            Self::Write(sentence, _) => sentence.clone(),
        }
    }
}

/// What the engine refuses, as a Python programmer reads it.
pub fn sentence(error: &sharpest_engine::Error) -> String {
    DOOR.speak(&error.to_string()).into_owned()
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Engine(error) => Self::Engine(error),
            Error::Write { ref reason, .. } => {
                Self::Write(error.to_string(), reason.raw_os_error())
            }
            Error::Closed => Self::Write(error.to_string(), None),
            _ => Self::Flags(error.to_string()),
        }
    }
}
