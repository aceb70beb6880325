//! The plan: what terms and data together come to, before anything is searched or solved. Contradictions and unusable
//! data are found here; whether the question is too large for sampling, the search itself says.

use crate::Error;
use crate::choice::choose;
use crate::cut::{Cut, Stretch};
use crate::input::{Data, MomentsFile, Table};
use crate::report::Period;
use crate::settings::{Missing, Terms};
use sharpest_search::{Moments, Returns};

/// Data on the terms of a question.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Of the training period, annual.
    pub(crate) moments: Moments,
    /// What the moments were estimated from.
    pub(crate) train: Option<Train>,
    pub(crate) test: Option<Test>,
    pub(crate) warnings: Vec<String>,
}

/// The period that is trained on; there is none where moments were given in place of a table.
#[derive(Debug)]
pub(crate) struct Train {
    pub(crate) period: Period,
    pub(crate) returns: Returns,
}

/// The period that is held out.
#[derive(Debug)]
pub(crate) struct Test {
    pub(crate) period: Period,
    pub(crate) moments: Moments,
}

impl Plan {
    /// Cuts the data to the terms.
    ///
    /// # Errors
    /// Terms that contradict the data; data that cannot be used.
    pub(crate) fn new(data: &Data, terms: &Terms) -> Result<Self, Error> {
        match data {
            Data::Table(table) => Self::from_table(table, terms),
            Data::Moments(moments) => Self::from_moments(moments, terms),
        }
    }

    fn from_table(table: &Table, terms: &Terms) -> Result<Self, Error> {
        let (cut, dropped) = Cut::new(table, terms)?;
        let Stretch { returns, ends } = cut.train(terms)?;
        let moments = returns.moments(terms.periods)?;
        let test = cut.test(terms)?.map(|test| Test::new(&test, terms)).transpose()?;
        let mut warnings = table.warnings.clone();
        warnings.extend(dropped);
        warnings.extend(doubts(&returns));
        let period = Period::of(ends, &returns);
        Ok(Self { moments, train: Some(Train { period, returns }), test, warnings })
    }

    fn from_moments(file: &MomentsFile, terms: &Terms) -> Result<Self, Error> {
        let missing = (terms.missing != Missing::Refuse).then_some("--missing");
        if let Some(flag) = terms.date_flag().or(missing) {
            return Err(Error::NoTable { file: file.name().to_owned(), flag });
        }
        let columns = choose(file.name(), &file.assets, terms.assets.as_deref())?;
        let moments = file.moments(&columns, terms.periods)?;
        Ok(Self { moments, train: None, test: None, warnings: Vec::new() })
    }
}

impl Test {
    fn new(stretch: &Stretch<'_>, terms: &Terms) -> Result<Self, Error> {
        let moments = stretch.returns.moments(terms.periods).map_err(Error::Test)?;
        Ok(Self { period: Period::of(stretch.ends, &stretch.returns), moments })
    }
}

/// What makes an answer doubtful though it can be computed.
fn doubts(returns: &Returns) -> Vec<String> {
    let (rows, names) = (returns.len(), returns.assets());
    let mut doubts = Vec::new();
    if rows <= names.len() {
        doubts.push(format!(
            "{rows} returns are few for {} assets: their covariance is singular, and some portfolios look riskless",
            names.len()
        ));
    }
    doubts.extend(
        twins(returns)
            .into_iter()
            .map(|(a, b)| format!("{} and {} have the same returns", names[a], names[b])),
    );
    doubts
}

/// Pairs of columns that are equal to the last bit, in the order of the table.
fn twins(returns: &Returns) -> Vec<(usize, usize)> {
    let column = |i: usize| returns.rows().map(move |row| row[i].to_bits());
    let mut order: Vec<usize> = (0..returns.assets().len()).collect();
    order.sort_by(|&a, &b| column(a).cmp(column(b))); // stable: the earlier of equals stays first
    let pairs = order.windows(2).filter(|pair| column(pair[0]).eq(column(pair[1])));
    let mut twins: Vec<(usize, usize)> = pairs.map(|pair| (pair[0], pair[1])).collect();
    twins.sort_unstable();
    twins
}
