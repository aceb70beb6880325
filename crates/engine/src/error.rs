//! What can be wrong with files, dates and settings: what was found, where, and what would be right, one sentence each.

use crate::input::{Fault, Place};
use crate::settings::Date;
use std::io;

/// Every way in which a search stops without an answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the message says what each field is")]
pub enum Error {
    /// A file that cannot be opened or read.
    #[error("cannot read {file}: {reason}")]
    Read { file: String, reason: io::Error },
    /// A folder where a file should be.
    #[error("cannot read {file}: it is a folder, and holds no table")]
    Folder { file: String },
    /// No bytes.
    #[error("{file} is empty: a header and rows of numbers are needed")]
    Empty { file: String },
    /// A header and nothing below.
    #[error("{file} has a header and no rows")]
    HeaderOnly { file: String },
    /// Columns in memory that make no table.
    #[error(
        "{file}: column {} has {}, column {} {}", columns.0, plural(rows.0, "row"), columns.1, rows.1
    )]
    Lengths { file: String, columns: (String, String), rows: (usize, usize) },
    /// Numbers or a date where names should be.
    #[error("{file} has no header: its first line begins with {found} and should name the columns")]
    NoHeader { file: String, found: String },
    /// Bytes of another format.
    #[error("{file} is {advice}")]
    NotCsv { file: String, advice: &'static str },
    /// A Parquet file, and a program built without the reader.
    #[error(
        "{file} is a Parquet file, and this program was built without: build it with `cargo build --release --features parquet`, or save the table as CSV"
    )]
    NoParquet { file: String },
    /// A Parquet file that the reader refuses.
    #[error("cannot read {file}: {reason}")]
    Parquet { file: String, reason: String },
    /// Bytes that are no text.
    #[error("{file}, line {line}: not UTF-8; save the file as UTF-8")]
    NotUtf8 { file: String, line: u64 },
    /// A line of text between rows.
    #[error(
        "{file}, line {line}: {found:?} stands between rows, as where a second table begins: give each table a file"
    )]
    SecondTable { file: String, line: u64, found: String },
    /// A row with too many or too few cells.
    #[error("{file}, line {line}: {} under a header of {columns}", plural(*found as usize, "cell"))]
    Uneven { file: String, line: u64, found: u64, columns: u64 },
    /// A cell that is used and is no number, or none that its column may hold.
    #[error("{0}")]
    Cell(Box<Fault>),
    /// A cell that should be a date.
    #[error("{place}: {found} is not a date: write 2024-08-01")]
    NotADate { place: Box<Place>, found: String },
    /// A date that is not written as `--date-format` says.
    #[error(
        "{place}: {found} is not a date of the format {format:?}, which --date-format asks for"
    )]
    NotOfFormat { place: Box<Place>, found: String, format: String },
    /// A column of dates, each of which may be two.
    #[error(
        "{place}: {found} is {} or {}, and no row of the column tells which: {advice}",
        readings[0], readings[1]
    )]
    TwoDates { place: Box<Place>, found: String, readings: [String; 2], advice: &'static str },
    /// A date that is written in another way than those above it.
    #[error("{place}: {found:?} is written in another way than {above:?}: write all dates alike")]
    MixedDates { place: Box<Place>, found: String, above: String },
    /// Numbers that cannot be written in one way.
    #[error(
        "{place}: {} and {} (line {line}) are not written in one way: write all numbers alike", found[1], found[0]
    )]
    MixedNumbers { place: Box<Place>, found: [String; 2], line: u64 },
    /// A number that may be two.
    #[error(
        "{place}: {found} is {} or {}, and no number of the table tells which: write numbers without marks between thousands",
        values[0], values[1]
    )]
    OpenNumber { place: Box<Place>, found: String, values: [f64; 2] },
    /// The history of one asset, where a table of several should be.
    #[error(
        "{file} is the price history of one asset (its columns are {columns}): give the histories of several assets together, or one table with a column an asset"
    )]
    History { file: String, columns: String },
    /// The history of one asset that nothing names.
    #[error(
        "{file} is the price history of an asset without a name: name it, as in {{\"AAPL\": frame}}"
    )]
    NamelessHistory { file: String },
    /// Histories without a price to hold an asset at.
    #[error("{file}: {}", match asset.as_str() {
        "" => format!("its columns {columns} move as open, high, low and close of one asset, and none is called Close or Adj Close: call its price so, or, if they are assets, name them with --assets"),
        asset => format!("{asset} has no column Close or Adj Close"),
    })]
    NoClose { file: String, asset: String, columns: String },
    /// Histories of which all prices are missing.
    #[error(
        "{file}: no ticker has a price; yfinance leaves its columns empty where a download failed"
    )]
    NoPrices { file: String },
    /// Columns that are no history's among those of histories.
    #[error(
        "{file}: the column {} is the history of an asset, and the column {} is not: give a table of one kind", columns.0, columns.1
    )]
    AmongHistories { file: String, columns: (String, String) },
    /// A header of several lines that names no assets.
    #[error(
        "{file} has a header of {lines} lines, and none of them alone names the assets: give one line of names"
    )]
    Levels { file: String, lines: usize },
    /// Dates in place of assets.
    #[error(
        "{file} has a column a date ({found}): give a row a date and a column an asset, as its transpose has them"
    )]
    Transposed { file: String, found: String },
    /// A column a month.
    #[error(
        "{file} has a row a year and a column a month: give a row a month and a column an asset"
    )]
    Months { file: String },
    /// Prices that have dates of their own each.
    #[error(
        "{file} has several columns of dates ({columns}) that differ, one for each asset: give each asset a table of its own, together, or one column of dates"
    )]
    Pairs { file: String, columns: String },
    /// A column that counts, and is named as an asset may be.
    #[error(
        "{file}: the column {asset} begins at {first} and {course} from row to row, as no price does: leave it out with --exclude, or name the assets with --assets, this one too if it is one"
    )]
    Counter { file: String, asset: String, first: f64, course: String },
    /// Dates that repeat beside text.
    #[error(
        "{file}: the date {date} occurs twice, in {unit}s {} and {}, beside the column {column}: if that names the assets, call it asset; if not, leave one of the two out",
        lines.0, lines.1
    )]
    BesideText { file: String, unit: &'static str, lines: (u64, u64), date: Date, column: String },
    /// A long table with no column of values, or several.
    #[error(
        "{file} has a row for each date and {asset}, and no column says by its name that it holds what is asked for: call it price or return (there {})",
        match columns.as_str() { "" => "is none".into(), columns => format!("are {columns}") }
    )]
    NoValues { file: String, asset: String, columns: String },
    /// A table among several that has no dates.
    #[error("{file} has no dates, so it cannot be joined with other tables")]
    JoinWithoutDates { file: String },
    /// An asset in two of several tables.
    #[error("the asset {asset:?} occurs twice, in {} and in {}: leave one of them out", files.0, files.1)]
    AssetInTwo { asset: String, files: (String, String) },
    /// One name for several assets.
    #[error(
        "{name:?} is the name of one asset, and {file} holds {count}: give a list of tables, whose names are kept"
    )]
    OneName { name: String, file: String, count: usize },
    /// Several tables inside of several.
    #[error("{file} holds several tables, and one is wanted")]
    Nested { file: String },
    /// A long table's row without an asset.
    #[error("{place}: the asset has no name")]
    NoName { place: Box<Place> },
    /// A header with dates and nothing else.
    #[error("{file} has no column of numbers")]
    NoAssets { file: String },
    /// A column of numbers without a name.
    #[error("{file}: column {column} begins with {first}: name it, or take it out")]
    Unnamed { file: String, column: String, first: String },
    /// An asset named twice.
    #[error("{file}: the asset {asset:?} occurs twice")]
    DuplicateAsset { file: String, asset: String },
    /// A date that occurs twice.
    #[error("{file}: the date {date} occurs twice, in {unit}s {} and {}: leave one out", lines.0, lines.1)]
    DuplicateDate { file: String, unit: &'static str, lines: (u64, u64), date: Date },
    /// An asset twice on a date.
    #[error("{file}: {asset} on {date} occurs twice, in {unit}s {} and {}: leave one out", lines.0, lines.1)]
    DuplicateCell { file: String, unit: &'static str, lines: (u64, u64), date: Date, asset: String },
    /// Assets and values without dates.
    #[error(
        "{file} has the columns {asset} and {value} of a long table and no column date: each row needs all three"
    )]
    LongWithoutDates { file: String, asset: String, value: String },
    /// Another header than that of moments.
    #[error("{file} is not a file of moments: its header should be asset,mean and then the assets")]
    MomentsHeader { file: String },
    /// A row of moments whose asset is not in the header.
    #[error("{file}, line {line}: the asset {asset:?} has a row and no column")]
    RowWithoutColumn { file: String, line: u64, asset: String },
    /// An asset of the header that has no row.
    #[error("{file}: the asset {asset:?} has a column and no row")]
    ColumnWithoutRow { file: String, asset: String },
    /// An asset that is not in the table.
    #[error("{file} has no asset {asset:?}: {hint}")]
    UnknownAsset { file: String, asset: String, hint: String },
    /// Nothing left to choose from.
    #[error("--exclude leaves out every asset of {file}")]
    AllExcluded { file: String },
    /// A file of moments where a table should be.
    #[error(
        "{file} holds means and covariances (its header begins with asset,mean): give it as --moments {file}"
    )]
    MomentsAsTable { file: String },
    /// Dates asked of a table that has none.
    #[error("{file} has no dates, so {flag} cannot be used")]
    NoDates { file: String, flag: &'static str },
    /// What only a table can be asked.
    #[error("{file} holds moments and no table, so {flag} cannot be used")]
    NoTable { file: String, flag: &'static str },
    /// A window that ends before it begins.
    #[error("the {what} period ends on {to}, before it begins on {from}")]
    Backwards { what: &'static str, from: Date, to: Date },
    /// A test period without a beginning.
    #[error("--test-to needs a beginning: give --test-from, or --to, after which the test begins")]
    TestWithoutStart,
    /// What was trained on is no test.
    #[error(
        "the test period overlaps the training period on {on}: end training with --to before the test begins"
    )]
    Overlap { on: Date },
    /// A window with hardly anything in it.
    #[error(
        "{file}: {}{window} {} {}: at least {needed} are needed{span}",
        plural(*rows, "row"), if *rows == 1 { "makes" } else { "make" }, plural(*returns, "return")
    )]
    TooFewReturns {
        file: String,
        window: String,
        rows: usize,
        returns: usize,
        needed: usize,
        span: String,
    },
    /// Gaps, refused.
    #[error(
        "{file}: {} missing, the first {asset} {at}: choose --missing drop-assets (leaves out {}) or --missing drop-days (leaves out {})",
        are(*cells, "cell"), plural(*assets, "asset"), plural(*days, "row")
    )]
    Missing {
        file: String,
        cells: usize,
        asset: String,
        at: String,
        date: Option<Date>,
        assets: usize,
        days: usize,
    },
    /// Gaps in every asset.
    #[error("{file}: every asset misses a cell, so --missing drop-assets leaves none")]
    AllMissing { file: String },
    /// Periods that are no number of periods.
    #[error("{periods} periods a year are not above 0 and finite: 252 means daily, 12 monthly")]
    Periods { periods: f64 },
    /// No subset asked for.
    #[error("the top 0 subsets are none: ask for at least 1")]
    NoTop,
    /// No trials at all.
    #[error("0 trials found nothing: the portfolio itself is one, chosen beforehand")]
    NoTrials,
    /// A number of workers that is none, or no machine's.
    #[error("{}: at least 1 and at most {most} are started", plural(*jobs, "worker"))]
    Jobs { jobs: usize, most: usize },
    /// Two numbers of assets.
    #[error("--pick takes exactly so many assets and --at-most up to so many: give one of the two")]
    PickAndAtMost,
    /// Lines of a search that has none.
    #[error(
        "--csv writes the highest Sharpe ratio of each subset, which a search by a score of your own does not look for: leave it out; --top lists the best subsets"
    )]
    LinesOfScore,
    /// Many answers of a question that has one.
    #[error("--top ranks subsets of --pick assets, so it needs --pick")]
    TopWithoutPick,
    /// Lines of subsets where there is one.
    #[error("--ranking writes a line for each subset of --pick assets, so it needs --pick")]
    RankingWithoutPick,
    /// More subsets than can be listed.
    #[error(
        "{pick} of {assets} assets is more than {} subsets: nobody lists them all; leave out --ranking and --top",
        u64::MAX
    )]
    TooManyToList { pick: usize, assets: usize },
    /// A time that is none.
    #[error("a time limit of {seconds} seconds is not above 0 and finite")]
    TimeLimit { seconds: f64 },
    /// Samples too few to tell anything from luck.
    #[error(
        "{} can never tell luck from skill at 5 %: --luck-draws takes {least} or more, 4000 for a steady figure, or 0 for none",
        plural(*draws as usize, "sample")
    )]
    LuckDraws { draws: u64, least: u64 },
    /// Runs of rows that are no runs.
    #[error(
        "a luck block of {block} is not 1 or more and finite: it is the mean length of a run of returns"
    )]
    LuckBlock { block: f64 },
    /// A proof that what was found is wrong. Nobody should ever read this.
    #[error(
        "the sampled Sharpe ratio {sampled} is above {bound}, which is proven to be the highest there is: this is a bug of sharpest; please report it with the command and the data"
    )]
    AboveBound { sampled: f64, bound: f64 },
    /// A result that is no result.
    #[error("{file} is no result of sharpest: {reason}")]
    NoResult { file: String, reason: String },
    /// A result without anything that could be checked.
    #[error("{file} holds no portfolio that could be checked")]
    NothingToCheck { file: String },
    /// Threads that the system refuses.
    #[error("cannot start {threads} threads: {reason}")]
    Threads { threads: usize, reason: String },
    /// Worker processes that cannot be had, or cannot go on.
    #[error(transparent)]
    Workers(#[from] sharpest_workers::Error),
    /// Workers of somebody else that are lost, or cannot work.
    #[error("the executor failed: {what}; {}", match checkpoint {
        Some(file) => format!("{file} holds what was done, and the same call goes on from there"),
        None => "with checkpoint=FILE the same call would go on where it was".into(),
    })]
    Foreign { what: String, checkpoint: Option<String> },
    /// A checkpoint that cannot be gone on from.
    #[error("cannot go on from {file}: {reason}")]
    Checkpoint { file: String, reason: String },
    /// A checkpoint of a search that runs.
    #[error("{file} is in use: another search records what it does there")]
    CheckpointBusy { file: String },
    /// A checkpoint that cannot be begun.
    #[error("cannot write {file}: {reason}")]
    Keep { file: String, reason: io::Error },
    /// A checkpoint that cannot be gone on with.
    #[error(
        "cannot write {file}: {reason}; {checkpoint} holds what was done before, and the same question goes on from there"
    )]
    KeepMore { file: String, reason: io::Error, checkpoint: String },
    /// The lines of the subsets cannot be written.
    #[error("{0}")]
    Lines(io::Error),
    /// The mathematics refuses the question or its numbers.
    #[error(transparent)]
    Search(#[from] sharpest_search::Error),
    /// The same, in the test period.
    #[error("in the test period: {0}")]
    Test(sharpest_search::Error),
}

/// "1 cell", "2 cells".
fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// "1 cell is", "2 cells are".
fn are(count: usize, noun: &str) -> String {
    format!("{} {}", plural(count, noun), if count == 1 { "is" } else { "are" })
}
