//! How much a Sharpe ratio is worth: its standard error, the chance that it beats another, how long a record it takes, and
//! whether luck alone would find as much. Who asks and how it is printed is for others.

mod luck;
mod normal;
mod record;
mod trials;

pub use luck::{Luck, Resampler, Tally};
pub use record::Record;
pub use trials::{deflated, expected_maximum, luck_alone};
