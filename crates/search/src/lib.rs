//! The mathematics of Sharpest, pure: no files, no clock, no threads. Same input, same bits, on any machine.
//!
//! A search runs in eight steps, each a module:
//!
//! 1. [`prices`]: a table of prices, checked.
//! 2. [`returns`]: what each asset earned in each period.
//! 3. [`moments`]: annual mean and covariance, estimated once for the whole universe.

pub mod best;
mod draw;
pub mod error;
pub mod exact;
mod kernel;
mod lanes;
mod math;
pub mod moments;
pub mod prices;
pub mod returns;
pub mod rule;
pub mod sampling;
mod score;
pub mod search;
pub mod subsets;
mod table;

pub use best::{Best, Portfolio};
pub use error::Error;
pub use kernel::Kernel;
pub use moments::{Moments, Performance};
pub use prices::Prices;
pub use returns::{ReturnKind, Returns};
pub use rule::Rule;
pub use sampling::{Draw, Sampler, Sampling};
pub use search::{Line, Search, Sink};
pub use subsets::{Block, Blocks};
