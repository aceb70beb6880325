//! Flags: what can be typed. Nothing is defaulted or checked against anything else here; that is what options are for.

mod arrays;
mod check;
mod doctor;
mod search;
mod solve;
mod words;

pub(crate) use arrays::{ArraysFlags, ArraysTask};
pub(crate) use check::CheckFlags;
pub(crate) use doctor::DoctorFlags;
pub(crate) use search::SearchFlags;
pub(crate) use solve::SolveFlags;

use clap::{Args, Parser, Subcommand, ValueEnum};
use sharpest_engine::{Date, Missing, ReturnKind, TableKind};
use std::path::PathBuf;
use words::{Names, Periods, date, missing, names, periods, return_kind, table_kind};

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
    /// Find the best portfolio there is, with a proof, and whether it could be luck
    ///
    /// Finds the portfolio with the highest Sharpe ratio exactly, and says what proves it, how many subsets have it, and
    /// how often as much is found where there is nothing to find. Without PRICES the bundled prices are used: 20 American
    /// stocks, 2018 to 2022, the last year held out.
    Solve(SolveFlags),
    /// Recheck a result from the prices alone
    ///
    /// Estimates everything anew from PRICES, on the terms that stand in RESULT, and holds the portfolios and
    /// the certificate against it; the luck test, the ranking and other summaries are taken as they are. No solver is involved, so nothing of how the result was found has to be believed.
    Check(CheckFlags),
    /// List, show and remove arrays that programs have published in shared memory
    Arrays(ArraysFlags),
    /// Say why a program of many processes is slow, and what to change
    ///
    /// Runs a program unchanged, watches its processes from outside and its Python interpreters from inside, and says in plain
    /// words with figures what holds it back: too many threads, data that is pickled, tasks that are too small, a lock, one
    /// slow worker, memory that is fetched again and again, workers that draw the same random numbers; or that it is healthy.
    Doctor(DoctorFlags),
    /// What worker processes of a search run
    #[command(name = WORKER, hide = true)]
    Worker(WorkerFlags),
}

/// The command that worker processes are started with.
pub(crate) const WORKER: &str = "worker";

/// What a worker process is told.
#[derive(Debug, Args)]
pub(crate) struct WorkerFlags {
    /// Where its search is found
    pub(crate) place: String,
}

/// What a portfolio may hold and has to beat.
#[derive(Debug, Args)]
#[command(next_help_heading = "The question")]
pub(crate) struct Question {
    /// Largest weight: 0.2 means at most 20 % in one asset [default: 1, no cap; for the bundled prices 0.2]
    #[arg(long, value_name = "FRACTION", allow_negative_numbers = true, value_parser = words::fraction)]
    pub(crate) cap: Option<f64>,
    /// Smallest weight of each asset that is picked [default: 0]
    #[arg(long, value_name = "FRACTION", allow_negative_numbers = true, value_parser = words::fraction)]
    pub(crate) floor: Option<f64>,
    /// Rate to beat, a fraction a year: 0.05 means 5 % [default: 0]
    #[arg(long, value_name = "FRACTION", allow_negative_numbers = true, value_parser = words::fraction)]
    pub(crate) rate: Option<f64>,
}

/// What the numbers are, and which of them count.
#[derive(Debug, Args)]
#[command(next_help_heading = "The data")]
pub(crate) struct DataFlags {
    /// What the table holds: prices, returns as fractions or in percent, or price relatives [default: prices]
    #[arg(long, value_name = "KIND", value_parser = table_kind())]
    pub(crate) table: Option<TableKind>,
    /// How prices become returns [default: simple]
    #[arg(long, value_name = "KIND", value_parser = return_kind())]
    pub(crate) returns: Option<ReturnKind>,
    /// Periods in a year: 252 for daily prices, 12 for monthly; auto takes what the dates of the whole table show, and 252
    /// where they show nothing [default: auto]
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true, value_parser = periods)]
    pub(crate) periods: Option<Periods>,
    /// How the dates of the table are written, where they leave it open: %d/%m/%Y for 31/12/2024 [default: as they show]
    #[arg(long, value_name = "FORMAT")]
    pub(crate) date_format: Option<String>,
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
    /// Choose from all assets but these, separated by commas [default: none]
    #[arg(long, value_name = "A,B,...", value_parser = names, conflicts_with = "assets")]
    pub(crate) exclude: Option<Names>,
    /// What to do about missing cells; of prices, drop-days joins the days around a gap [default: refuse]
    #[arg(long, value_name = "WAY", value_parser = missing())]
    pub(crate) missing: Option<Missing>,
    /// Means and covariances per period in place of a table: CSV with the header asset,mean,A,B,...
    #[arg(long, value_name = "FILE")]
    pub(crate) moments: Option<PathBuf>,
}

/// A way to work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Way {
    /// Threads of one process
    Threads,
    /// Processes that share one copy of the data; one that dies is replaced
    Processes,
}

/// Who works.
#[derive(Debug, Args)]
#[command(next_help_heading = "The work")]
pub(crate) struct WorkFlags {
    /// Workers [default: one for each core]
    #[arg(long, short, value_name = "N")]
    pub(crate) jobs: Option<usize>,
    /// What the workers of a search are; the answer is the same, and a solution always takes threads [default: threads]
    #[arg(long, value_name = "WAY", value_enum)]
    pub(crate) workers: Option<Way>,
    /// File that holds any of these flags: pick = 25, cap = 0.2, test-from = 2025-01-01; what is typed wins
    #[arg(long, value_name = "FILE.toml")]
    pub(crate) config: Option<PathBuf>,
}

/// Where the answer goes.
#[derive(Debug, Args)]
#[command(next_help_heading = "The answer")]
pub(crate) struct OutputFlags {
    /// Report the N best subsets, a portfolio each [default: 1]
    #[arg(long, value_name = "N")]
    pub(crate) top: Option<usize>,
    /// How many portfolios were tried before this one, each without skill and independent of the others: says how likely the
    /// Sharpe ratio is above what the best of so many shows by luck (the deflated Sharpe ratio). How many that are is for
    /// you to say; 1 means chosen beforehand [default: not computed]
    #[arg(long, value_name = "N", value_parser = words::count)]
    pub(crate) trials: Option<u64>,
    /// Write the answer as JSON; - for standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Write the answer as a page to read, show and keep: one file with its charts, which opens without a network; `check` takes
    /// it, too; - for standard output
    #[arg(long, value_name = "FILE.html")]
    pub(crate) report: Option<PathBuf>,
    /// No progress and no notes
    #[arg(long)]
    pub(crate) quiet: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;
    use sharpest_engine::Door;

    /// A sentence of the engine may name any flag and any of its words: the Python package says keywords in their place.
    #[test]
    fn every_flag_of_a_question_is_a_keyword_in_python() {
        let command = Flags::command();
        for name in ["search", "solve", "check"] {
            let command = command.find_subcommand(name).unwrap();
            let flags = command.get_arguments().filter_map(|arg| Some((arg.get_long()?, arg)));
            for (flag, arg) in flags {
                let keyword = match flag {
                    "from" => "from_".to_owned(),
                    _ => flag.replace('-', "_"),
                };
                assert_eq!(Door::Python.speak(&format!("--{flag}")), format!("{keyword}="));
                if !arg.get_action().takes_values() {
                    continue;
                }
                for value in arg.get_possible_values() {
                    let value = value.get_name();
                    let said = Door::Python.speak(&format!("--{flag} {value}")).into_owned();
                    assert_eq!(said, format!("{keyword}={value:?}"));
                }
            }
        }
    }
}
