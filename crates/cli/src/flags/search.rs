//! What can be typed after `sharpest search`.

use super::words::{count, draw, size};
use super::{DataFlags, OutputFlags, Question, WorkFlags};
use clap::Args;
use sharpest_engine::{Draw, Sampler};
use std::path::PathBuf;

/// What `search` can be told.
#[derive(Debug, Args)]
#[command(
    args_override_self = true,
    after_help = "\
Exit status: 0 answered; 1 the data have no answer, because no portfolio beats the rate; \
2 unusable input or flags; 130 stopped by Ctrl-C (once: the best so far and whole files; twice: at once)."
)]
pub(crate) struct SearchFlags {
    /// Table of prices: CSV, plain or gzip (Parquet if built with it); a date column and a column an asset, or the columns date, asset
    /// and price; - for standard input
    pub(crate) prices: Option<PathBuf>,
    /// Assets in each subset; needed [default for the bundled prices: 10]
    #[arg(long, value_name = "K", allow_negative_numbers = true, value_parser = size, help_heading = "The question")]
    pub(crate) pick: Option<usize>,
    #[command(flatten)]
    pub(crate) question: Question,
    #[command(flatten)]
    pub(crate) data: DataFlags,
    #[command(flatten)]
    pub(crate) sampling: SamplingFlags,
    #[command(flatten)]
    pub(crate) work: WorkFlags,
    /// Record what is done in this file, about once a second. When the search was killed or stopped, the same command goes on
    /// from there and ends with the same answer; the file is removed when that is where it should be. Lines for --csv are
    /// kept in FILE.lines until all are there
    #[arg(long, value_name = "FILE", help_heading = "The work")]
    pub(crate) checkpoint: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) output: OutputFlags,
    /// Write a line for each subset, in order of rank: its assets, best Sharpe ratio and weights; - for standard output
    #[arg(long, value_name = "FILE", help_heading = "The answer")]
    pub(crate) csv: Option<PathBuf>,
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
    /// For checking: every kernel gives the same bits [default: auto]
    #[arg(long, value_name = "NAME", value_parser = ["auto", "avx512", "avx2", "neon", "portable"])]
    pub(crate) kernel: Option<String>,
}
