//! All k-asset subsets of n assets, in an order in which neighbors differ by one swap.

mod blocks;
mod rank;
mod walk;

pub use blocks::{Block, Blocks};
pub use rank::Order;
pub use walk::{Step, Walk};
