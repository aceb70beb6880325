//! Options: what is used. Defaults are filled in and contradictions between flags refused here, before any file is read.

mod doctor;
mod outputs;
mod search;
mod solve;

pub(crate) use doctor::{DoctorOptions, DoctorOutputs};
pub(crate) use outputs::{Outputs, Place};

use crate::error::Error;
use crate::flags::{DataFlags, Question};
use sharpest_engine::{Date, Source, TableKind, Terms};
use std::path::PathBuf;

/// Everything that a command with these settings needs to know.
#[derive(Debug)]
pub(crate) struct Options<S> {
    pub(crate) source: Source,
    pub(crate) settings: S,
    pub(crate) outputs: Outputs,
}

/// The question on the bundled prices: pick, cap, and the year that is held out.
const BUNDLED: (usize, f64, Date) = (10, 0.2, Date::constant(2022, 1, 1));

fn refuse<T>(sentence: String) -> Result<T, Error> {
    Err(Error::Flags(sentence))
}

/// Where the numbers come from.
pub(crate) fn source(prices: &[PathBuf], moments: Option<&PathBuf>) -> Result<Source, Error> {
    match (prices, moments) {
        ([_, ..], Some(_)) => {
            refuse("--moments takes the place of a table, so give one of the two files".into())
        }
        ([], Some(moments)) => Ok(Source::Moments(moments.clone())),
        (prices, None) => Ok(Source::of_files(prices)?),
    }
}

/// The source, and the terms on which it is looked at.
fn terms(
    prices: &[PathBuf],
    question: &Question,
    data: &DataFlags,
) -> Result<(Source, Terms), Error> {
    let source = source(prices, data.moments.as_ref())?;
    if let (Source::Moments(_), Some(flag)) = (&source, table_flag(data)) {
        return refuse(format!("--moments takes the place of a table, so {flag} cannot be used"));
    }
    if matches!(data.table, Some(TableKind::Returns | TableKind::Percent)) && data.returns.is_some()
    {
        return refuse(
            "--returns says how prices become returns, but the table holds returns already".into(),
        );
    }
    let mut terms = Terms::default();
    if source == Source::Bundled {
        terms.cap = BUNDLED.1;
        let dates = [data.from, data.to, data.test_from, data.test_to];
        terms.test_from = dates.iter().all(Option::is_none).then_some(BUNDLED.2);
    }
    set(&mut terms.cap, question.cap);
    set(&mut terms.floor, question.floor);
    set(&mut terms.rate, question.rate);
    set(&mut terms.periods, data.periods.map(|periods| periods.0));
    set(&mut terms.table, data.table);
    set(&mut terms.returns, data.returns);
    set(&mut terms.missing, data.missing);
    terms.date_format = data.date_format.clone();
    terms.assets = data.assets.as_ref().map(|names| names.0.clone());
    terms.exclude = data.exclude.as_ref().map(|names| names.0.clone());
    (terms.from, terms.to) = (data.from, data.to);
    (terms.test_from, terms.test_to) = (data.test_from.or(terms.test_from), data.test_to);
    Ok((source, terms))
}

/// The first flag that speaks of a table.
fn table_flag(data: &DataFlags) -> Option<&'static str> {
    let used = [
        ("--table", data.table.is_some()),
        ("--returns", data.returns.is_some()),
        ("--missing", data.missing.is_some()),
        ("--date-format", data.date_format.is_some()),
        ("--from", data.from.is_some()),
        ("--to", data.to.is_some()),
        ("--test-from", data.test_from.is_some()),
        ("--test-to", data.test_to.is_some()),
    ];
    used.into_iter().find_map(|(flag, used)| used.then_some(flag))
}

/// What was typed takes the place of the default.
fn set<T: Copy>(setting: &mut T, typed: Option<T>) {
    if let Some(typed) = typed {
        *setting = typed;
    }
}
