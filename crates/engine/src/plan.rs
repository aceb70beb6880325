//! The plan: what terms and data together come to, before anything is searched or solved. Contradictions and unusable
//! data are found here; whether the question is too large for sampling, the search itself says.

use crate::Error;
use crate::choice::choose;
use crate::cut::{Cut, Stretch};
use crate::doubts;
use crate::input::{Data, MomentsFile, Table};
use crate::report::{Figures, Period};
use crate::settings::{Date, Missing, TableKind, Terms};
use sharpest_search::{Moments, Returns};

/// Data on the terms of a question.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Of the training period, annual.
    pub(crate) moments: Moments,
    /// What the moments were estimated from.
    pub(crate) train: Option<Train>,
    pub(crate) test: Option<Test>,
    /// Periods in a year.
    pub(crate) periods: f64,
    /// What the numbers were; none where moments were given.
    pub(crate) kind: Option<TableKind>,
    pub(crate) warnings: Vec<String>,
}

/// The period that is trained on; there is none where moments were given in place of a table.
#[derive(Debug)]
pub(crate) struct Train {
    pub(crate) period: Period,
    pub(crate) returns: Returns,
    /// The dates of all rows; of prices one more than there are returns.
    pub(crate) dates: Vec<Date>,
}

/// The period that is held out.
#[derive(Debug)]
pub(crate) struct Test {
    pub(crate) period: Period,
    pub(crate) moments: Moments,
    pub(crate) returns: Returns,
    /// The dates of all rows; of prices one more than there are returns.
    pub(crate) dates: Vec<Date>,
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

    /// The returns of the training period, which `flag` is about: moments have none.
    ///
    /// # Errors
    /// Moments.
    pub(crate) fn returns(&self, data: &Data, flag: &'static str) -> Result<&Returns, Error> {
        let no_table = || Error::NoTable { file: data.name().to_owned(), flag };
        self.train.as_ref().map(|train| &train.returns).ok_or_else(no_table)
    }

    /// What is to be said of the data, and of a portfolio with these figures.
    pub(crate) fn warnings(&self, best: Option<&Figures>) -> Vec<String> {
        let doubt = best.and_then(|best| {
            let returns = self.train.as_ref().map(|train| train.period.returns);
            doubts::of_figures(best, self.kind, returns, self.periods)
        });
        self.warnings.iter().cloned().chain(doubt).collect()
    }

    fn from_table(table: &Table, terms: &Terms) -> Result<Self, Error> {
        let (cut, dropped) = Cut::new(table, terms)?;
        let pace = cut.pace(terms);
        let periods = terms.periods.unwrap_or(pace.periods);
        let train = cut.train(terms)?;
        let moments = train.returns.moments(periods)?;
        let test = cut.test(terms, terms.rate / periods)?;
        let mut warnings = table.warnings.clone();
        warnings.extend(pace.note().filter(|_| terms.periods.is_none()));
        warnings.extend(dropped);
        let stretches = std::iter::once(&train).chain(&test);
        warnings.extend(stretches.flat_map(|stretch| doubts::of_returns(stretch, table.kind)));
        warnings.extend(doubts::of_sample(&train.returns, &moments));
        warnings.extend(test.iter().flat_map(|test| test.notes.clone()));
        let test = test.map(|test| Test::new(test, periods)).transpose()?;
        let Stretch { returns, ends, dates, .. } = train;
        let train = Some(Train { period: Period::of(ends, &returns), returns, dates });
        Ok(Self { moments, train, test, periods, kind: Some(table.kind), warnings })
    }

    fn from_moments(file: &MomentsFile, terms: &Terms) -> Result<Self, Error> {
        let missing = (terms.missing != Missing::Refuse).then_some("--missing");
        if let Some(flag) = terms.date_flag().or(missing) {
            return Err(Error::NoTable { file: file.name().to_owned(), flag });
        }
        let columns = choose(file.name(), &file.assets, terms)?;
        let periods = terms.periods();
        let moments = file.moments(&columns, periods)?;
        let warnings = doubts::near_singular(&moments).into_iter().collect();
        Ok(Self { moments, train: None, test: None, periods, kind: None, warnings })
    }
}

impl Test {
    fn new(stretch: Stretch<'_>, periods: f64) -> Result<Self, Error> {
        let Stretch { returns, ends, dates, .. } = stretch;
        let moments = Moments::realized(&returns, periods).map_err(Error::Test)?;
        Ok(Self { period: Period::of(ends, &returns), moments, returns, dates })
    }
}
