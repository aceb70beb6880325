//! What can be typed after `sharpest check`.

use clap::Args;
use std::path::PathBuf;

/// What `check` can be told.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit status: 0 the result is true of these prices; 1 refuted: says what is wrong; 2 unusable input or flags.")]
pub(crate) struct CheckFlags {
    /// Result that `solve` or `search` wrote with --json
    pub(crate) result: PathBuf,
    /// Table that it is about, or the files and folders of which it was found; without any the bundled prices
    pub(crate) prices: Vec<PathBuf>,
    /// Means and covariances in place of a table, for a result that was found from these
    #[arg(long, value_name = "FILE")]
    pub(crate) moments: Option<PathBuf>,
}
