//! Flags: what can be typed. Nothing is defaulted or checked against anything else here; that is what options are for.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};
use sharpest_engine::{Date, Draw, Missing, ReturnKind, Sampler, TableKind, input};
use std::path::PathBuf;

/// Finds the portfolio with the highest Sharpe ratio among every subset of the assets.
#[derive(Debug, Parser)]
#[command(name = "sharpest", version, propagate_version = true, arg_required_else_help = true)]
pub(crate) struct Flags {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Sample every subset of the assets and report the best portfolio found
    ///
    /// Tries every subset of K assets with random weightings and reports the portfolio with the highest Sharpe ratio.
    /// Without PRICES the bundled prices are searched: 20 American stocks, 2018 to 2022, the last year held out.
    Search(SearchFlags),
}

/// What `search` can be told.
#[derive(Debug, Args)]
#[command(
    args_override_self = true,
    after_help = "\
Exit status: 0 answered; 1 the data have no answer, because no portfolio beats the rate; \
2 unusable input or flags; 130 stopped by Ctrl-C (once: the best so far and whole files; twice: at once)."
)]
pub(crate) struct SearchFlags {
    /// Table of prices: CSV, plain or gzip, or Parquet; a date column and a column an asset, or the columns date, asset
    /// and price
    pub(crate) prices: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) question: Question,
    #[command(flatten)]
    pub(crate) data: DataFlags,
    #[command(flatten)]
    pub(crate) sampling: SamplingFlags,
    #[command(flatten)]
    pub(crate) output: OutputFlags,
}

/// What a portfolio may hold and has to beat.
#[derive(Debug, Args)]
#[command(next_help_heading = "The question")]
pub(crate) struct Question {
    /// Assets in each subset; needed, except for the bundled prices [10]
    #[arg(long, value_name = "K", allow_negative_numbers = true)]
    pub(crate) pick: Option<usize>,
    /// Largest weight: 0.2 means at most 20 % in one asset [default: 1, no cap; for the bundled prices 0.2]
    #[arg(long, value_name = "FRACTION", allow_negative_numbers = true)]
    pub(crate) cap: Option<f64>,
    /// Smallest weight of each asset in the subset [default: 0]
    #[arg(long, value_name = "FRACTION", allow_negative_numbers = true)]
    pub(crate) floor: Option<f64>,
    /// Rate to beat, a fraction a year: 0.05 means 5 % [default: 0]
    #[arg(long, value_name = "FRACTION", allow_negative_numbers = true)]
    pub(crate) rate: Option<f64>,
}

/// What the numbers are, and which of them count.
#[derive(Debug, Args)]
#[command(next_help_heading = "The data")]
pub(crate) struct DataFlags {
    /// What the table holds [default: prices]
    #[arg(long, value_name = "KIND", value_parser = table_kind())]
    pub(crate) table: Option<TableKind>,
    /// How prices become returns [default: simple]
    #[arg(long, value_name = "KIND", value_parser = return_kind())]
    pub(crate) returns: Option<ReturnKind>,
    /// Periods in a year: 252 for daily prices, 12 for monthly [default: 252]
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    pub(crate) periods: Option<f64>,
    /// First date to train on [default: the table's first]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) from: Option<Date>,
    /// Last date to train on [default: the last before --test-from, or the table's last]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) to: Option<Date>,
    /// First date of the test period, which is held out [default with --test-to: the first after --to]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) test_from: Option<Date>,
    /// Last date of the test period [default: the table's last]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) test_to: Option<Date>,
    /// Choose from these assets only, separated by commas [default: all]
    #[arg(long, value_name = "A,B,...", value_parser = names)]
    pub(crate) assets: Option<Names>,
    /// What to do about missing cells; of prices, drop-days joins the days around a gap [default: refuse]
    #[arg(long, value_name = "WAY", value_parser = missing())]
    pub(crate) missing: Option<Missing>,
    /// Means and covariances per period in place of a table: CSV with the header asset,mean,A,B,...
    #[arg(long, value_name = "FILE")]
    pub(crate) moments: Option<PathBuf>,
}

/// How it is searched.
#[derive(Debug, Args)]
#[command(next_help_heading = "The search")]
pub(crate) struct SamplingFlags {
    /// Random weightings of each subset [default: 1000]
    #[arg(long, value_name = "N", value_parser = count)]
    pub(crate) draws: Option<u64>,
    /// Another seed draws other weightings; the same seed gives the same answer on any machine [default: 1]
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Weightings of its own for each subset, or one set shared by all (faster) [default: fresh]
    #[arg(long, value_name = "WAY", value_parser = draw())]
    pub(crate) draw: Option<Draw>,
    /// Distribution of the weightings: uniform, or dirichlet:ALPHA [default: uniform]
    #[arg(long, value_name = "NAME")]
    pub(crate) sampler: Option<Sampler>,
    /// Threads [default: one for each core]
    #[arg(long, short, value_name = "N")]
    pub(crate) jobs: Option<usize>,
    /// Who searches [default: threads]
    #[arg(long, value_name = "WAY", value_parser = ["threads"])]
    pub(crate) workers: Option<String>,
    /// For checking: every kernel gives the same bits [default: auto]
    #[arg(long, value_name = "NAME", value_parser = ["auto", "avx512", "avx2", "neon", "portable"])]
    pub(crate) kernel: Option<String>,
    /// File that holds any of these flags: pick = 25, cap = 0.2, test-from = 2025-01-01; what is typed wins
    #[arg(long, value_name = "FILE.toml")]
    pub(crate) config: Option<PathBuf>,
}

/// Where the answer goes.
#[derive(Debug, Args)]
#[command(next_help_heading = "The answer")]
pub(crate) struct OutputFlags {
    /// Report the best portfolio of each of the N best subsets [default: 1]
    #[arg(long, value_name = "N")]
    pub(crate) top: Option<usize>,
    /// Write the answer as JSON; - for standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Write a line for each subset, in order of rank: its assets, best Sharpe ratio and weights; - for standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) csv: Option<PathBuf>,
    /// No progress and no notes
    #[arg(long)]
    pub(crate) quiet: bool,
}

/// Names that were separated by commas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Names(pub(crate) Vec<String>);

fn names(text: &str) -> Result<Names, String> {
    let names: Vec<String> = text.split(',').map(|name| name.trim().to_owned()).collect();
    match names.iter().any(String::is_empty) {
        true => Err("a name is empty".into()),
        false => Ok(Names(names)),
    }
}

fn date(text: &str) -> Result<Date, String> {
    input::parse_date(text).ok_or_else(|| "not a date: write 2024-08-01".into())
}

/// 1000000, 1_000_000 or 1e6.
fn count(text: &str) -> Result<u64, String> {
    let plain = text.replace('_', "");
    let whole = |value: f64| (0.0..=1e15).contains(&value) && value.fract() == 0.0;
    match (plain.parse::<u64>(), plain.parse::<f64>()) {
        (Ok(count), _) => Ok(count),
        (_, Ok(value)) if whole(value) => Ok(value as u64),
        _ => Err("not a whole number".into()),
    }
}

fn table_kind() -> impl TypedValueParser<Value = TableKind> {
    PossibleValuesParser::new(["prices", "returns", "relatives"]).map(|word| match word.as_str() {
        "returns" => TableKind::Returns,
        "relatives" => TableKind::Relatives,
        _ => TableKind::Prices,
    })
}

fn return_kind() -> impl TypedValueParser<Value = ReturnKind> {
    PossibleValuesParser::new(["simple", "log"]).map(|word| match word.as_str() {
        "log" => ReturnKind::Log,
        _ => ReturnKind::Simple,
    })
}

fn missing() -> impl TypedValueParser<Value = Missing> {
    let words = ["refuse", "drop-assets", "drop-days"];
    PossibleValuesParser::new(words).map(|word| match word.as_str() {
        "drop-assets" => Missing::DropAssets,
        "drop-days" => Missing::DropDays,
        _ => Missing::Refuse,
    })
}

fn draw() -> impl TypedValueParser<Value = Draw> {
    PossibleValuesParser::new(["fresh", "shared"]).map(|word| match word.as_str() {
        "shared" => Draw::Shared,
        _ => Draw::Fresh,
    })
}
