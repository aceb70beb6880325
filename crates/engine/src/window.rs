//! Windows: which dates are trained on and which are held out. Both ends of a window belong to it.

use crate::Error;
use crate::settings::{Date, Terms};
use std::fmt;

/// The dates from one to another, both included; an open end reaches as far as the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Window {
    pub(crate) from: Option<Date>,
    pub(crate) to: Option<Date>,
}

/// The two windows of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Windows {
    pub(crate) train: Window,
    pub(crate) test: Option<Window>,
}

impl Windows {
    /// The windows that `terms` ask for. Without `to`, training ends where a test that follows it begins; without
    /// `test_from`, the test begins where training ends.
    ///
    /// # Errors
    /// A window that ends before it begins, a test without a beginning, windows that overlap.
    pub(crate) fn new(terms: &Terms) -> Result<Self, Error> {
        let Terms { from, to, test_from, test_to, .. } = *terms;
        if test_from.is_none() && test_to.is_none() {
            let train = Window { from, to };
            return Ok(Self { train: train.forward("training")?, test: None });
        }
        let after = |date: Date| date.tomorrow().ok();
        let Some(test_from) = test_from.or(to.and_then(after)) else {
            return Err(Error::TestWithoutStart);
        };
        let test = Window { from: Some(test_from), to: test_to }.forward("test")?;
        let test_comes_first = from.is_some_and(|from| test_from <= from);
        let train = match to {
            None if !test_comes_first => Window { from, to: test_from.yesterday().ok() },
            _ => Window { from, to },
        };
        let train = train.forward("training")?;
        match train.common(test) {
            Some(on) => Err(Error::Overlap { on }),
            None => Ok(Self { train, test: Some(test) }),
        }
    }
}

impl Window {
    /// Whether a date is in the window; a row without a date is in an open one only.
    pub(crate) fn contains(self, date: Option<Date>) -> bool {
        match date {
            Some(date) => {
                self.from.is_none_or(|from| from <= date) && self.to.is_none_or(|to| date <= to)
            }
            None => self.from.is_none() && self.to.is_none(),
        }
    }

    fn forward(self, what: &'static str) -> Result<Self, Error> {
        match (self.from, self.to) {
            (Some(from), Some(to)) if to < from => Err(Error::Backwards { what, from, to }),
            _ => Ok(self),
        }
    }

    /// The first date that both windows may hold.
    fn common(self, other: Self) -> Option<Date> {
        let first = self.from.max(other.from)?; // a test has a beginning, so there is one
        (self.contains(Some(first)) && other.contains(Some(first))).then_some(first)
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.from, self.to) {
            (None, None) => Ok(()),
            (Some(from), None) => write!(f, " from {from}"),
            (None, Some(to)) => write!(f, " up to {to}"),
            (Some(from), Some(to)) => write!(f, " from {from} to {to}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn windows(dates: [&str; 4]) -> Result<(String, Option<String>), String> {
        let [from, to, test_from, test_to] = dates.map(|text| text.parse().ok());
        let terms = Terms { from, to, test_from, test_to, ..Terms::default() };
        match Windows::new(&terms) {
            Ok(Windows { train, test }) => {
                Ok((train.to_string(), test.map(|test| test.to_string())))
            }
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn without_dates_everything_is_trained_on() {
        assert_eq!(windows(["", "", "", ""]), Ok((String::new(), None)));
    }

    #[test]
    fn training_ends_where_the_test_begins_and_the_other_way_round() {
        let expected = Ok((" up to 2021-12-31".into(), Some(" from 2022-01-01".into())));
        assert_eq!(windows(["", "", "2022-01-01", ""]), expected);
        let expected =
            Ok((" up to 2021-12-31".into(), Some(" from 2022-01-01 to 2022-06-30".into())));
        assert_eq!(windows(["", "2021-12-31", "", "2022-06-30"]), expected);
    }

    #[test]
    fn a_test_may_come_first() {
        let expected =
            Ok((" from 2020-01-01".into(), Some(" from 2018-01-01 to 2019-12-31".into())));
        assert_eq!(windows(["2020-01-01", "", "2018-01-01", "2019-12-31"]), expected);
    }

    #[test]
    fn contradictions_are_said() {
        let refused = |dates, sentence: &str| assert_eq!(windows(dates), Err(sentence.into()));
        refused(
            ["2022-01-01", "2021-01-01", "", ""],
            "the training period ends on 2021-01-01, before it begins on 2022-01-01",
        );
        refused(
            ["", "", "", "2022-01-01"],
            "--test-to needs a beginning: give --test-from, or --to, after which the test begins",
        );
        let overlap = "the test period overlaps the training period on 2022-01-01: end training with --to before the test begins";
        refused(["", "2022-06-30", "2022-01-01", ""], overlap);
        refused(["2022-01-01", "", "2021-01-01", ""], overlap);
        refused(["2022-01-01", "", "2021-01-01", "2022-01-01"], overlap);
    }
}
