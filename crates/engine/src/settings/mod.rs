//! Settings: everything that a search or a solution can be told, each with its default. What the user typed becomes
//! these in `cli` or `python`; what follows from them and the data together is the plan.

mod sample;
mod solve;

pub use jiff::civil::Date;
pub use sample::{Settings, Staff};
pub use solve::SolveSettings;

use crate::Error;
use crate::window::Windows;
use serde::{Deserialize, Serialize};
use sharpest_search::{ReturnKind, Rule};

/// Days on which markets are open, in a year.
const TRADING_DAYS: f64 = 252.0;
/// The most workers that are started.
const MOST_JOBS: usize = 1024;

/// The terms on which data are looked at, whoever looks: what a portfolio may hold and has to beat, what the numbers are,
/// and which of them count.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Terms {
    /// The largest weight, a fraction. Default: 1, no cap.
    pub cap: f64,
    /// The smallest weight of a picked asset, a fraction. Default: 0.
    pub floor: f64,
    /// The rate to beat, a fraction a year. Default: 0.
    pub rate: f64,
    /// Periods in a year. Default: what the dates of the whole table show. In a result it is the number that was used.
    #[serde(default)]
    pub periods: Option<f64>,
    /// What the table holds. Default: prices.
    pub table: TableKind,
    /// How two prices become a return. Default: simple.
    #[serde(with = "return_kind")]
    pub returns: ReturnKind,
    /// What to do about missing cells. Default: refuse them.
    pub missing: Missing,
    /// How the dates of the table are written, as `strftime` has it. Default: as they show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_format: Option<String>,
    /// The assets to choose from; none means all. Default: all.
    pub assets: Option<Vec<String>>,
    /// Assets not to choose from. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exclude: Option<Vec<String>>,
    /// The first date of training, itself included. Default: the table's first.
    pub from: Option<Date>,
    /// The last date of training. Default: the table's last, or the last before a test period that follows.
    pub to: Option<Date>,
    /// The first date of the test period. Default: the first after `to`, if `test_to` is given; else there is no test.
    pub test_from: Option<Date>,
    /// The last date of the test period. Default: the table's last.
    pub test_to: Option<Date>,
}

/// What the numbers of a table are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TableKind {
    /// Prices, one row a date: each return needs two of them.
    #[default]
    Prices,
    /// Returns, as fractions.
    Returns,
    /// Returns in percent.
    Percent,
    /// Price relatives: today's price over yesterday's.
    Relatives,
}

/// What to do about cells without a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// Say where they are and stop.
    #[default]
    Refuse,
    /// Leave out every asset that misses one.
    DropAssets,
    /// Leave out every row that misses one.
    DropDays,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            cap: 1.0,
            floor: 0.0,
            rate: 0.0,
            periods: None,
            table: TableKind::default(),
            returns: ReturnKind::default(),
            missing: Missing::default(),
            date_format: None,
            assets: None,
            exclude: None,
            from: None,
            to: None,
            test_from: None,
            test_to: None,
        }
    }
}

impl Terms {
    /// Checks what can be checked without the data.
    ///
    /// # Errors
    /// Terms that contradict themselves.
    pub fn check(&self) -> Result<Rule, Error> {
        let rule = Rule::new(self.cap, self.floor, self.rate)?;
        if let Some(periods) =
            self.periods.filter(|periods| !(periods.is_finite() && *periods > 0.0))
        {
            return Err(Error::Periods { periods });
        }
        Windows::new(self)?;
        Ok(rule)
    }

    /// Periods in a year: those asked for, and for data without a pace those of trading days.
    pub(crate) fn periods(&self) -> f64 {
        self.periods.unwrap_or(TRADING_DAYS)
    }

    /// The first flag in use that needs dates.
    pub(crate) fn date_flag(&self) -> Option<&'static str> {
        let flags = [
            ("--from", self.from),
            ("--to", self.to),
            ("--test-from", self.test_from),
            ("--test-to", self.test_to),
        ];
        flags.into_iter().find_map(|(flag, date)| date.map(|_| flag))
    }
}

impl TableKind {
    /// Whether a table of this kind may hold `value`, which of percent is a fraction here.
    pub(crate) fn admits(self, value: f64) -> bool {
        match self {
            TableKind::Returns | TableKind::Percent => value.is_finite() && value >= -1.0,
            TableKind::Prices | TableKind::Relatives => value.is_finite() && value > 0.0,
        }
    }

    /// What a number that is refused is not.
    pub(crate) fn wanted(self, value: f64) -> &'static str {
        match self {
            TableKind::Prices => "a price: every price is finite and above zero",
            TableKind::Returns | TableKind::Percent if value.is_finite() => {
                "a return: nothing loses more than 100 %"
            }
            TableKind::Returns | TableKind::Percent => "a return: every return is finite",
            TableKind::Relatives => {
                "a price relative: every price relative is finite and above zero"
            }
        }
    }

    /// What a table that holds such a number may be instead.
    pub(crate) fn advice(self, value: f64) -> Option<String> {
        let below = self == TableKind::Returns && value < -1.0 && value.is_finite();
        below.then(|| "if the table holds returns in percent, say --table percent".into())
    }
}

/// A number of answers and of workers that can be had.
fn check_effort(top: usize, jobs: usize) -> Result<(), Error> {
    if top == 0 {
        return Err(Error::NoTop);
    }
    if !(1..=MOST_JOBS).contains(&jobs) {
        return Err(Error::Jobs { jobs, most: MOST_JOBS });
    }
    Ok(())
}

/// A number of trials that can have been made.
fn check_trials(trials: Option<u64>) -> Result<(), Error> {
    if trials == Some(0) { Err(Error::NoTrials) } else { Ok(()) }
}

/// The kind of a return as a word; `search` knows no formats.
mod return_kind {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};
    use sharpest_search::ReturnKind;

    pub(super) fn serialize<S: Serializer>(
        kind: &ReturnKind,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match kind {
            ReturnKind::Simple => "simple",
            ReturnKind::Log => "log",
        })
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<ReturnKind, D::Error> {
        let word = String::deserialize(deserializer)?;
        match word.as_str() {
            "simple" => Ok(ReturnKind::Simple),
            "log" => Ok(ReturnKind::Log),
            _ => Err(D::Error::unknown_variant(&word, &["simple", "log"])),
        }
    }
}
