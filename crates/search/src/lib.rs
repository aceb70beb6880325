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
//!
//! ```
//! use sharpest_search::*;
//!
//! /// Counts the lines; an empty `Sink` would do.
//! struct Counter(u64);
//! impl Sink for Counter {
//!     fn line(&mut self, _: &Line<'_>) {
//!         self.0 += 1;
//!     }
//! }
//!
//! let names = ["A", "B", "C"].map(String::from).to_vec();
//! let prices = Prices::new(names, vec![
//!     10.0, 50.0, 20.0, // one row a day
//!     10.2, 50.5, 19.8,
//!     10.1, 51.0, 20.2,
//!     10.4, 50.8, 20.1,
//! ])?;
//! let moments = prices.returns(ReturnKind::Simple)?.moments(252.0)?;
//! let rule = Rule::new(0.7, 0.0, 0.0)?; // at most 70 % in one, against a rate of 0
//! let sampling = Sampling {
//!     pick: 2,
//!     draws: 1000,
//!     seed: 1,
//!     draw: Draw::Fresh,
//!     sampler: Sampler::Uniform,
//!     top: 1,
//! };
//! let search = Search::new(&moments, &rule, &sampling, Kernel::detect())?;
//! let (blocks, mut counter) = (search.blocks(), Counter(0));
//! let mut best = Best::new(1);
//! for index in 0..blocks.count() {
//!     best = best.merge(search.search_block(blocks.get(index), &mut counter)?);
//! }
//! assert_eq!((counter.0, best.tried), (3, 3000)); // three pairs
//! let portfolio = best.first().expect("three subsets were tried");
//! assert!(portfolio.weights.iter().all(|&weight| weight <= 0.7));
//! # Ok::<(), Error>(())
//! ```

pub mod best;
mod blocked;
mod condition;
mod covariance;
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
mod semidefinite;
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
pub use search::{Batch, Batches, Line, Search, Sink};
pub use subsets::{Block, Blocks};
