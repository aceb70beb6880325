//! What can be typed after `sharpest solve`.

use super::words::{count, size};
use super::{DataFlags, OutputFlags, Question, WorkFlags};
use clap::Args;
use std::path::PathBuf;

/// What `solve` can be told.
#[derive(Debug, Args)]
#[command(
    args_override_self = true,
    after_help = "\
Examples:
  sharpest solve prices.csv --cap 0.2                              all assets, at most 20 % in each
  sharpest solve prices.csv --pick 25 --cap 0.2 --ranking all.csv  the best of every 25, and a line for each
  sharpest solve prices.csv --at-most 5 --floor 0.02 -j 4          five at most, each 2 % or more or not at all
  sharpest solve prices.csv --pick 25 --json best.json             and then: sharpest check best.json prices.csv

Exit status: 0 answered, if only up to the time limit; 1 the data have no answer, because no portfolio beats the rate \
or one beats it without risk; 2 unusable input or flags; 130 stopped by Ctrl-C (once: the best so far and whole files; \
twice: at once)."
)]
pub(crate) struct SolveFlags {
    /// Table of prices: CSV, plain or gzip (Parquet if built with it); a date column and a column an asset, or the columns date, asset
    /// and price. Several files, or a folder of them, are the price histories of an asset each; - is standard input
    pub(crate) prices: Vec<PathBuf>,
    /// Assets in each subset; some of them may get a weight of 0: for exactly K holdings give a --floor, too [default: all
    /// there are; for the bundled prices 10]
    #[arg(long, value_name = "K", allow_negative_numbers = true, value_parser = size, help_heading = "The question")]
    pub(crate) pick: Option<usize>,
    /// Most assets that are held, each at the floor or more or not at all
    #[arg(long, value_name = "K", allow_negative_numbers = true, value_parser = size, help_heading = "The question")]
    pub(crate) at_most: Option<usize>,
    #[command(flatten)]
    pub(crate) question: Question,
    #[command(flatten)]
    pub(crate) data: DataFlags,
    #[command(flatten)]
    pub(crate) luck: LuckFlags,
    #[command(flatten)]
    pub(crate) work: WorkFlags,
    /// End a branch and bound after so many seconds with the best so far and how far from the optimum it may be
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true, help_heading = "The work")]
    pub(crate) time_limit: Option<f64>,
    #[command(flatten)]
    pub(crate) output: OutputFlags,
    /// Write the exact best of every subset, in order of rank: its assets, Sharpe ratio and weights; - for standard output
    #[arg(long, value_name = "FILE", help_heading = "The answer")]
    pub(crate) ranking: Option<PathBuf>,
}

/// How it is tested whether luck would find as much.
#[derive(Debug, Args)]
#[command(next_help_heading = "The luck test")]
pub(crate) struct LuckFlags {
    /// Samples with nothing to find that are solved the same way, 0 for none; the answer is shown first [default: as many of
    /// 4000 as take about 2 seconds of one core, by count of operations; none where fewer than 99 do, with --at-most, and
    /// with --floor on some of the assets]
    #[arg(long, value_name = "N", value_parser = count)]
    pub(crate) luck_draws: Option<u64>,
    /// Mean length of the runs of returns that a sample is made of; 1 draws each by itself [default: 5]
    #[arg(long, value_name = "LENGTH", allow_negative_numbers = true)]
    pub(crate) luck_block: Option<f64>,
    /// Another seed draws other samples [default: 1]
    #[arg(long, value_name = "N")]
    pub(crate) luck_seed: Option<u64>,
}
