//! The plan: what terms and data together come to, before anything is searched or solved. Contradictions and unusable
//! data are found here; whether the question is too large for sampling, the search itself says.

use crate::Error;
use crate::choice::choose;
use crate::cut::{Cut, Stretch};
use crate::input::{Data, MomentsFile, Table};
use crate::report::Period;
use crate::settings::{Date, Missing, TableKind, Terms};
use sharpest_search::{Moments, Returns};

/// Above this condition number an error in the ninth digit of the moments changes weights in their first: half of the digits
/// of a double are gone.
const CONDITIONED: f64 = 1e8;
/// Among more assets the condition number takes longer than the answer.
const MOST_CONDITIONED: usize = 1500;

/// A table whose returns are all above this holds none.
const PRICE: f64 = 0.5;

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

    fn from_table(table: &Table, terms: &Terms) -> Result<Self, Error> {
        let (cut, dropped) = Cut::new(table, terms)?;
        let Stretch { returns, ends, dates } = cut.train(terms)?;
        let moments = returns.moments(terms.periods)?;
        let test = cut.test(terms)?.map(|test| Test::new(test, terms)).transpose()?;
        let mut warnings = table.warnings.clone();
        warnings.extend(dropped);
        warnings.extend(look_like_prices(&returns).filter(|_| terms.table == TableKind::Returns));
        warnings.extend(another_pace(&dates, terms.periods));
        warnings.extend(doubts(&returns, &moments));
        let period = Period::of(ends, &returns);
        Ok(Self { moments, train: Some(Train { period, returns, dates }), test, warnings })
    }

    fn from_moments(file: &MomentsFile, terms: &Terms) -> Result<Self, Error> {
        let missing = (terms.missing != Missing::Refuse).then_some("--missing");
        if let Some(flag) = terms.date_flag().or(missing) {
            return Err(Error::NoTable { file: file.name().to_owned(), flag });
        }
        let columns = choose(file.name(), &file.assets, terms)?;
        let moments = file.moments(&columns, terms.periods)?;
        let warnings = near_singular(&moments).into_iter().collect();
        Ok(Self { moments, train: None, test: None, warnings })
    }
}

impl Test {
    fn new(stretch: Stretch<'_>, terms: &Terms) -> Result<Self, Error> {
        let Stretch { returns, ends, dates } = stretch;
        let moments = returns.moments(terms.periods).map_err(Error::Test)?;
        Ok(Self { period: Period::of(ends, &returns), moments, returns, dates })
    }
}

/// What makes an answer doubtful though it can be computed.
fn doubts(returns: &Returns, moments: &Moments) -> Vec<String> {
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
    if doubts.is_empty() {
        doubts.extend(near_singular(moments)); // else what was said is the reason
    }
    doubts
}

/// Returns of many hundred percent in every cell are most likely prices.
fn look_like_prices(returns: &Returns) -> Option<String> {
    let all = returns.rows().flatten().all(|value| *value > PRICE);
    all.then(|| {
        format!(
            "every return is above {:.0} %: if these are prices, leave out --table returns",
            PRICE * 100.0
        )
    })
}

/// Days, weeks, months, quarters and years: how many of them a year has in tables.
const PACES: [(f64, &str); 5] =
    [(252.0, "day"), (52.0, "week"), (12.0, "month"), (4.0, "quarter"), (1.0, "year")];
/// Fewer rows tell no pace.
const PACED: usize = 8;

/// Rows a month apart that are taken for days make a Sharpe ratio of more than four times what it is. Days with gaps stay days.
fn another_pace(dates: &[Date], periods: f64) -> Option<String> {
    let (from, to) = (dates.iter().min()?, dates.iter().max()?);
    let years = to.duration_since(*from).as_secs() as f64 / (365.25 * 86_400.0);
    let pace = (dates.len() - 1) as f64 / years;
    if dates.len() < PACED || periods != PACES[0].0 || pace > PACES[0].0 / 3.0 {
        return None;
    }
    let far = |(paces, _): &(f64, &str)| (paces / pace).ln().abs();
    let (nearest, name) = PACES.into_iter().min_by(|a, b| far(a).total_cmp(&far(b)))?;
    Some(format!(
        "the rows are about a {name} apart and are taken for days, 252 a year: --periods {nearest} says that they are not"
    ))
}

/// Assets that are nearly sums of others: what decides between them is hardly in the data.
fn near_singular(moments: &Moments) -> Option<String> {
    if moments.len() > MOST_CONDITIONED {
        return None;
    }
    match moments.condition() {
        ..=CONDITIONED => None,
        f64::INFINITY => Some(
            "the covariance is singular: some assets are sums of others, so other weights may do as well, and some portfolios look riskless"
                .into(),
        ),
        condition => Some(format!(
            "the covariance is nearly singular (condition number of the correlations {condition:.0e}, above {CONDITIONED:.0e}): some assets are nearly sums of others, and which of them are held hangs on the ninth digit of the data; the Sharpe ratio itself hardly does"
        )),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_are_no_days_are_noticed() {
        let every = |days: i64, rows: i64| -> Vec<Date> {
            let start: Date = "2020-01-01".parse().unwrap();
            (0..rows)
                .map(|row| start.checked_add(jiff::Span::new().days(days * row)).unwrap())
                .collect()
        };
        for (days, named) in [
            (7, "a week apart and are taken for days, 252 a year: --periods 52"),
            (30, "--periods 12"),
            (91, "--periods 4"),
            (365, "--periods 1 "),
        ] {
            let said = another_pace(&every(days, 20), 252.0).unwrap();
            assert!(said.contains(named), "{said}");
            assert_eq!(another_pace(&every(days, 20), 12.0), None, "it was thought of");
            assert_eq!(another_pace(&every(days, 7), 252.0), None, "too few to tell");
        }
        assert_eq!(another_pace(&every(1, 20), 252.0), None);
        assert_eq!(another_pace(&every(3, 20), 252.0), None, "days with gaps");
        assert_eq!(another_pace(&[], 252.0), None);
    }
}
