//! What can be wrong with a question or its numbers, one sentence each.

/// Every way in which the mathematics refuses its input. A message says what was found and what would be right.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the message says what each field is")]
pub enum Error {
    /// Fewer rows than an estimate needs.
    #[error("{found} {what} are too few: at least {needed} are needed")]
    TooFewRows { what: &'static str, found: usize, needed: usize },
    /// A table whose length is not a whole number of rows.
    #[error("{values} values do not fill rows of {assets} assets")]
    Ragged { values: usize, assets: usize },
    /// An asset named twice.
    #[error("the asset {asset:?} occurs twice")]
    DuplicateAsset { asset: String },
    /// A number that cannot be a price or a price relative.
    #[error("{asset}: {value} in row {row} is not a {what}: every {what} is finite and above zero")]
    NotPositive { asset: String, row: usize, value: f64, what: &'static str },
    /// NaN or an infinity where a return or a moment should be.
    #[error("{asset}: {value} in row {row} is not a finite number")]
    NotFinite { asset: String, row: usize, value: f64 },
    /// An asset whose returns are all the same: a price that stands still, or a money market that earns the same every day.
    #[error(
        "{}: {}; leave {} out with --exclude, and if {} for cash, give what it earns in a year as --rate",
        assets.join(", "),
        if assets.len() == 1 {
            "its returns are all the same, so it has no risk and no Sharpe ratio"
        } else {
            "the returns of each are all the same, so they have no risk and no Sharpe ratio"
        },
        if assets.len() == 1 { "it" } else { "them" },
        if assets.len() == 1 { "it stands" } else { "one stands" }
    )]
    Constant { assets: Vec<String> },
    /// A mean or a variance whose square, or inverse, no longer fits a double.
    #[error("{asset}: a {what} of {value:e} a year is out of all proportion: {}", if *what == "mean" {
        "it is at most 1e60"
    } else {
        "it lies between 1e-60 and 1e60"
    })]
    OutOfProportion { asset: String, what: &'static str, value: f64 },
    /// A covariance whose two halves differ.
    #[error(
        "the covariance of {a} with {b} is {ab}, that of {b} with {a} is {ba}: a covariance matrix is symmetric; if only rounding parts the two, take the mean of the matrix and its transpose"
    )]
    NotSymmetric { a: String, b: String, ab: f64, ba: f64 },
    /// A covariance that gives some portfolio a negative variance.
    #[error(
        "the covariance matrix is not positive semidefinite: some portfolio with {asset} would have a negative variance; estimate it from rows that are complete, or shrink it toward its diagonal, as in 90 % of the matrix and 10 % of its diagonal"
    )]
    NotSemidefinite { asset: String },
    /// A subset size outside 1..=n.
    #[error("cannot pick {pick} of {}: pick at least 1 and at most {assets}", counted(*assets, "asset"))]
    Pick { pick: usize, assets: usize },
    /// A cap that is no fraction.
    #[error("a cap of {cap} is not in (0, 1]: 0.2 means at most 20 % in one asset")]
    Cap { cap: f64 },
    /// A floor that is no fraction.
    #[error(
        "a floor of {floor} is not in [0, 1]: 0.01 means at least 1 % in each asset{}",
        if *floor < 0.0 { "; short positions, weights below 0, are not supported" } else { "" }
    )]
    Floor { floor: f64 },
    /// A rate that is no number.
    #[error("a rate of {rate} is not a finite number: 0.05 means 5 % a year")]
    Rate { rate: f64 },
    /// The floor above the cap.
    #[error("the floor {} is above the cap {}: no weight is both", percent(*floor), percent(*cap))]
    FloorAboveCap { floor: f64, cap: f64 },
    /// k·cap < 1.
    #[error("{} at no more than {} {} at most {}: raise the cap to {} or pick more", counted(*pick, "asset"), percent(*cap), if *pick == 1 { "holds" } else { "hold" }, percent(*pick as f64 * cap), percent((1e6 / *pick as f64).ceil() / 1e6))]
    CapTooLow { pick: usize, cap: f64 },
    /// k·floor > 1.
    #[error("{} at no less than {} {} at least {}: lower the floor to {} or pick fewer", counted(*pick, "asset"), percent(*floor), if *pick == 1 { "takes" } else { "take" }, percent(*pick as f64 * floor), percent((1e6 / *pick as f64).floor() / 1e6))]
    FloorTooHigh { pick: usize, floor: f64 },
    /// No draws asked for.
    #[error("0 draws find nothing: ask for at least 1 for each subset")]
    NoDraws,
    /// A Dirichlet parameter that is no positive number.
    #[error(
        "a Dirichlet parameter of {alpha} is not between 1e-100 and 1e100: 1 is uniform, below it a few assets hold most"
    )]
    Alpha { alpha: f64 },
    /// More subsets than can be counted, let alone visited.
    #[error(
        "{pick} of {assets} assets is more than {} subsets: no sampler visits them all; `sharpest solve` finds the exact best without",
        u64::MAX
    )]
    TooManySubsets { pick: usize, assets: usize },
    /// A candidate stream in which (almost) nothing is feasible.
    #[error(
        "of {tried} {sampler} candidates for one subset only {accepted} kept to the cap: --sampler uniform draws at any cap"
    )]
    Rejected { sampler: String, tried: u64, accepted: u64 },
    /// An instruction set that this machine lacks.
    #[error("this machine cannot run the {kernel} kernel: leave the choice to --kernel auto")]
    Kernel { kernel: crate::Kernel },
    /// Shared draws that would not fit in memory.
    #[error(
        "{draws} shared draws of {} take {gib:.1} GiB: at most {limit} GiB are kept; use fewer draws or --draw fresh",
        counted(*pick, "weight")
    )]
    TooManySharedDraws { draws: u64, pick: usize, gib: f64, limit: u64 },
}

/// "1 asset", "25 assets".
fn counted(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// A fraction as a person reads it: 0.03 is "3 %".
fn percent(fraction: f64) -> String {
    let text = format!("{:.4}", fraction * 100.0);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}
