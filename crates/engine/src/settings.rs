//! Settings: everything that a search can be told, each with its default. What the user typed becomes these in `cli`
//! or `python`; what follows from them and the data together is the plan.

use serde::{Serialize, Serializer};
use sharpest_search::{Draw, Kernel, ReturnKind, Sampler};
use std::fmt::Display;
use std::thread::available_parallelism;

pub use jiff::civil::Date;

/// A search, as asked for. Everything that is needed to ask again is in it, and it goes into the report as it is.
#[derive(Debug, Clone, Serialize)]
pub struct Settings {
    /// Assets in each subset.
    pub pick: usize,
    /// The largest weight, a fraction. Default: 1, no cap.
    pub cap: f64,
    /// The smallest weight of a picked asset, a fraction. Default: 0.
    pub floor: f64,
    /// The rate to beat, a fraction a year. Default: 0.
    pub rate: f64,
    /// Periods in a year. Default: 252, trading days.
    pub periods: f64,
    /// What the table holds. Default: prices.
    pub table: TableKind,
    /// How two prices become a return. Default: simple.
    #[serde(serialize_with = "return_kind")]
    pub returns: ReturnKind,
    /// What to do about missing cells. Default: refuse them.
    pub missing: Missing,
    /// The assets to choose from; none means all. Default: all.
    pub assets: Option<Vec<String>>,
    /// The first date of training, itself included. Default: the table's first.
    #[serde(serialize_with = "date")]
    pub from: Option<Date>,
    /// The last date of training. Default: the table's last, or the last before a test period that follows.
    #[serde(serialize_with = "date")]
    pub to: Option<Date>,
    /// The first date of the test period. Default: the first after `to`, if `test_to` is given; else there is no test.
    #[serde(serialize_with = "date")]
    pub test_from: Option<Date>,
    /// The last date of the test period. Default: the table's last.
    #[serde(serialize_with = "date")]
    pub test_to: Option<Date>,
    /// Random weightings of each subset. Default: 1,000.
    pub draws: u64,
    /// Another seed draws other weightings. Default: 1.
    pub seed: u64,
    /// Whether each subset has weightings of its own. Default: fresh.
    #[serde(serialize_with = "text")]
    pub draw: Draw,
    /// The distribution of the weightings. Default: uniform.
    #[serde(serialize_with = "text")]
    pub sampler: Sampler,
    /// How many of the best subsets are reported. Default: 1.
    pub top: usize,
    /// How many workers search. Default: one for each core.
    pub jobs: usize,
    /// The instructions that score. Default: the best of this machine; all give the same bits.
    #[serde(skip)] // the report says which was used
    pub kernel: Kernel,
}

/// What the numbers of a table are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TableKind {
    /// Prices, one row a date: each return needs two of them.
    #[default]
    Prices,
    /// Returns, as fractions.
    Returns,
    /// Price relatives: today's price over yesterday's.
    Relatives,
}

/// What to do about cells without a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
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

impl Settings {
    /// The defaults, for picking `pick` assets.
    pub fn new(pick: usize) -> Self {
        Self {
            pick,
            cap: 1.0,
            floor: 0.0,
            rate: 0.0,
            periods: 252.0,
            table: TableKind::default(),
            returns: ReturnKind::default(),
            missing: Missing::default(),
            assets: None,
            from: None,
            to: None,
            test_from: None,
            test_to: None,
            draws: 1_000,
            seed: 1,
            draw: Draw::default(),
            sampler: Sampler::default(),
            top: 1,
            jobs: available_parallelism().map_or(1, usize::from),
            kernel: Kernel::detect(),
        }
    }
}

impl TableKind {
    /// Whether a table of this kind may hold `value`.
    pub(crate) fn admits(self, value: f64) -> bool {
        value.is_finite() && (self == TableKind::Returns || value > 0.0)
    }

    /// What a number that is refused is not.
    pub(crate) fn wanted(self) -> &'static str {
        match self {
            TableKind::Prices => "a price: every price is finite and above zero",
            TableKind::Returns => "a return: every return is finite",
            TableKind::Relatives => {
                "a price relative: every price relative is finite and above zero"
            }
        }
    }
}

fn text<S: Serializer>(value: &impl Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

fn date<S: Serializer>(date: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
    match date {
        Some(date) => serializer.collect_str(date),
        None => serializer.serialize_none(),
    }
}

fn return_kind<S: Serializer>(kind: &ReturnKind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match kind {
        ReturnKind::Simple => "simple",
        ReturnKind::Log => "log",
    })
}
