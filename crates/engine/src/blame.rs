//! Blame: what an error speaks of, for programs that catch it. Its sentence is for people, this is for `except` and
//! `match`.

use crate::Error;
use crate::settings::Date;
use sharpest_search::Error as Refusal;

/// What has to change before the same call can succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blame<'a> {
    /// The numbers: where they are, as far as one place is to blame.
    Data {
        /// The name of the asset.
        asset: Option<&'a str>,
        /// The date of the row.
        date: Option<Date>,
    },
    /// The question: no portfolio has so many assets within such bounds.
    Question,
    /// A setting that is no such setting, or contradicts another.
    Settings,
    /// Files and threads.
    System,
    /// This program.
    Bug,
}

impl Error {
    /// What this error speaks of.
    pub fn blame(&self) -> Blame<'_> {
        match self {
            Self::Cell(fault) => data(Some(&fault.place.column), fault.date),
            Self::DuplicateAsset { asset, .. }
            | Self::RowWithoutColumn { asset, .. }
            | Self::ColumnWithoutRow { asset, .. }
            | Self::UnknownAsset { asset, .. } => data(Some(asset), None),
            Self::DuplicateDate { date, .. } => data(None, Some(*date)),
            Self::DuplicateCell { asset, date, .. } => data(Some(asset), Some(*date)),
            Self::Missing { asset, date, .. } => data(Some(asset), *date),
            Self::Counter { asset, .. } | Self::AssetInTwo { asset, .. } => data(Some(asset), None),
            Self::BesideText { date, .. } => data(None, Some(*date)),
            Self::Backwards { .. }
            | Self::TestWithoutStart
            | Self::Overlap { .. }
            | Self::Periods { .. }
            | Self::NoTop
            | Self::Jobs { .. }
            | Self::PickAndAtMost
            | Self::TopWithoutPick
            | Self::RankingWithoutPick
            | Self::TooManyToList { .. }
            | Self::TimeLimit { .. }
            | Self::LuckBlock { .. }
            | Self::NoDates { .. }
            | Self::NoTable { .. }
            | Self::AllExcluded { .. }
            | Self::NoTrials
            | Self::LinesOfScore
            | Self::LuckDraws { .. }
            | Self::Checkpoint { .. }
            | Self::NoParquet { .. } => Blame::Settings,
            Self::Read { .. }
            | Self::Folder { .. }
            | Self::Threads { .. }
            | Self::Lines(_)
            | Self::Foreign { .. }
            | Self::CheckpointBusy { .. }
            | Self::Keep { .. }
            | Self::KeepMore { .. }
            | Self::Workers(_) => Blame::System,
            Self::AboveBound { .. } => Blame::Bug,
            Self::Search(refusal) | Self::Test(refusal) => of_refusal(refusal),
            _ => data(None, None), // a file or a result that is none
        }
    }
}

fn data(asset: Option<&str>, date: Option<Date>) -> Blame<'_> {
    Blame::Data { asset, date }
}

fn of_refusal(refusal: &Refusal) -> Blame<'_> {
    match refusal {
        Refusal::DuplicateAsset { asset }
        | Refusal::NotPositive { asset, .. }
        | Refusal::NotFinite { asset, .. }
        | Refusal::NotSemidefinite { asset }
        | Refusal::OutOfProportion { asset, .. } => data(Some(asset), None),
        Refusal::Constant { assets } => data(assets.first().map(String::as_str), None),
        Refusal::NotSymmetric { a, .. } => data(Some(a), None),
        Refusal::TooFewRows { .. } | Refusal::Ragged { .. } => data(None, None),
        Refusal::Pick { .. }
        | Refusal::FloorAboveCap { .. }
        | Refusal::CapTooLow { .. }
        | Refusal::FloorTooHigh { .. } => Blame::Question,
        _ => Blame::Settings,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Sheet;
    use crate::input::memory::{Column, DAY};
    use crate::{Reading, SolveSettings, solve};

    fn refused(price: f64, settings: &SolveSettings) -> Error {
        let days = Column::Times((0..6).map(|day| day * DAY).collect());
        let prices = |last| Column::Numbers(vec![1.0, 2.0, 3.0, 2.0, 5.0, last]);
        let columns =
            vec![("date".into(), days), ("A".into(), prices(6.0)), ("B".into(), prices(price))];
        let sheet = Sheet::new("the table", columns, Vec::new()).unwrap();
        let data = sheet.table(&Reading::default()).unwrap();
        solve(&data, settings, &(), None).unwrap_err()
    }

    #[test]
    fn a_cell_is_blamed_with_asset_and_date() {
        let date = "1970-01-06".parse().ok();
        for price in [-1.0, f64::NAN] {
            let error = refused(price, &SolveSettings::default());
            assert_eq!(error.blame(), Blame::Data { asset: Some("B"), date }, "{error}");
        }
    }

    #[test]
    fn a_question_without_portfolios_is_blamed_for_it() {
        let mut settings = SolveSettings { pick: Some(2), ..SolveSettings::default() };
        settings.terms.cap = 0.4;
        assert_eq!(refused(7.0, &settings).blame(), Blame::Question);
        settings.terms.periods = Some(0.0);
        settings.terms.cap = 0.6;
        assert_eq!(refused(7.0, &settings).blame(), Blame::Settings);
    }
}
