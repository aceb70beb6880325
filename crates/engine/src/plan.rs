//! The plan: what settings and data together come to, before anything is searched. Contradictions and unusable data are
//! found here; whether the question is too large for sampling, the search itself says.

use crate::choice::choose;
use crate::cut::{Cut, Stretch};
use crate::input::{Data, MomentsFile, Table};
use crate::report::Period;
use crate::{Error, Missing, Settings};
use sharpest_search::{Moments, Returns, Rule, Sampling};

/// The most workers that are started.
const MOST_JOBS: usize = 1024;

/// A search, ready to begin.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) rule: Rule,
    pub(crate) sampling: Sampling,
    /// Of the training period, annual.
    pub(crate) moments: Moments,
    /// None for moments that were given in place of a table.
    pub(crate) period: Option<Period>,
    pub(crate) test: Option<Test>,
    pub(crate) warnings: Vec<String>,
}

/// The period that is held out.
#[derive(Debug)]
pub(crate) struct Test {
    pub(crate) period: Period,
    pub(crate) moments: Moments,
}

impl Plan {
    /// Checks the question against the data.
    ///
    /// # Errors
    /// Settings that contradict themselves or the data; data that cannot be used.
    pub(crate) fn new(data: &Data, settings: &Settings) -> Result<Self, Error> {
        let rule = settings.check()?;
        let plan = match data {
            Data::Table(table) => Self::from_table(table, settings, rule)?,
            Data::Moments(moments) => Self::from_moments(moments, settings, rule)?,
        };
        rule.admits(settings.pick, plan.moments.len())?;
        Ok(plan)
    }

    fn from_table(table: &Table, settings: &Settings, rule: Rule) -> Result<Self, Error> {
        let (cut, dropped) = Cut::new(table, settings)?;
        let train = cut.train(settings)?;
        let moments = train.returns.moments(settings.periods)?;
        let test = cut.test(settings)?.map(|test| Test::new(&test, settings)).transpose()?;
        let mut warnings = table.warnings.clone();
        warnings.extend(dropped);
        warnings.extend(doubts(&train.returns));
        Ok(Self {
            rule,
            sampling: settings.sampling(),
            moments,
            period: Some(Period::of(&train)),
            test,
            warnings,
        })
    }

    fn from_moments(file: &MomentsFile, settings: &Settings, rule: Rule) -> Result<Self, Error> {
        let missing = (settings.missing != Missing::Refuse).then_some("--missing");
        if let Some(flag) = settings.date_flag().or(missing) {
            return Err(Error::NoTable { file: file.name().to_owned(), flag });
        }
        let columns = choose(file.name(), &file.assets, settings.assets.as_deref())?;
        let moments = file.moments(&columns, settings.periods)?;
        let sampling = settings.sampling();
        Ok(Self { rule, sampling, moments, period: None, test: None, warnings: Vec::new() })
    }

    /// The highest mean return above the rate, a fraction a year, that the rule allows: the best means at the floor,
    /// then filled up to the cap from the best down. If it is not above 0, no portfolio beats the rate.
    pub(crate) fn highest_excess(&self) -> f64 {
        let mut means = self.moments.mean().to_vec();
        means.sort_by(|a, b| b.total_cmp(a));
        means.truncate(self.sampling.pick);
        let (cap, floor) = (self.rule.cap(), self.rule.floor());
        let mut left = 1.0 - floor * means.len() as f64;
        let fill = |mean: &f64| {
            let more = left.min(cap - floor).max(0.0);
            left -= more;
            (mean - self.rule.rate()) * (floor + more)
        };
        means.iter().map(fill).sum()
    }
}

impl Test {
    fn new(stretch: &Stretch<'_>, settings: &Settings) -> Result<Self, Error> {
        let moments = stretch.returns.moments(settings.periods).map_err(Error::Test)?;
        Ok(Self { period: Period::of(stretch), moments })
    }
}

impl Settings {
    /// Checks what can be checked without the data.
    ///
    /// # Errors
    /// Settings that contradict themselves.
    pub fn check(&self) -> Result<Rule, Error> {
        let rule = Rule::new(self.cap, self.floor, self.rate)?;
        self.sampling().check()?;
        if self.pick > 0 {
            rule.admits(self.pick, self.pick)?; // how many assets there are is not known yet
        }
        if !(self.periods.is_finite() && self.periods > 0.0) {
            return Err(Error::Periods { periods: self.periods });
        }
        if self.top == 0 {
            return Err(Error::NoTop);
        }
        if !(1..=MOST_JOBS).contains(&self.jobs) {
            return Err(Error::Jobs { jobs: self.jobs, most: MOST_JOBS });
        }
        crate::window::Windows::new(self)?;
        Ok(rule)
    }

    fn sampling(&self) -> Sampling {
        Sampling {
            pick: self.pick,
            draws: self.draws,
            seed: self.seed,
            draw: self.draw,
            sampler: self.sampler,
            top: self.top,
        }
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
