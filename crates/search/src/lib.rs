//! The mathematics of Sharpest, pure: no files, no clock, no threads. Same input, same bits, on any machine.
//!
//! A search runs in seven steps, each a module of that name:
//!
//! 1. [`prices`]: a table of prices, checked.
//! 2. [`returns`]: what each asset earned in each period.
//! 3. [`moments`]: annual mean and covariance, estimated once for the whole universe.
//! 4. [`subsets`]: every k of n assets, in an order in which neighbors differ by one swap, cut into blocks.
//! 5. `draw`: random weightings of a subset, uniform on what the [`rule`] allows.
//! 6. `score`: their Sharpe ratios; vector kernels screen, a plain `f64` reference decides.
//! 7. [`best`]: the best portfolios so far, merged from block to block in any order.
//!
//! [`search`] ties them together and is the one seam to whoever hands out the blocks. [`exact`] needs no draws: it finds
//! the optimum itself, with a proof. [`inference`] says what a Sharpe ratio is worth.

pub mod best;
mod draw;
pub mod error;
pub mod exact;
pub mod inference;
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
pub use kernel::{Kernel, PEAK_ROUND};
pub use moments::{Moments, Performance};
pub use prices::Prices;
pub use returns::{ReturnKind, Returns};
pub use rule::Rule;
pub use sampling::{Draw, Sampler, Sampling};
pub use search::{Line, Search, Sink};
pub use subsets::{Block, Blocks};
