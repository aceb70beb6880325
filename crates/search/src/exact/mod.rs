//! The exact answer: the portfolio with the highest Sharpe ratio there is, and what proves it.
//!
//! Each question has a room, and each answer can be checked without the solver that found it:
//!
//! 1. [`qp`]: one problem, what each asset may hold given: the [`Solver`], a finite method warm from any start.
//! 2. [`certificate`]: a vector that proves the answer, and the check of it.
//! 3. [`ranking`]: the optimum of every k-asset subset, through the few distinct problems among them.
//! 4. [`sparse`]: the optimum with few assets, or none below its floor, and the tree that proves it.
//!
//! [`solve`] is the short way through the first two. Everything is annual and pure: the same moments give the same
//! bits, and whoever wants a time limit or threads hands in a `stop` or takes the tasks elsewhere.

mod answer;
mod bounds;
pub mod certificate;
pub(crate) mod linear;
mod precise;
pub mod qp;
pub mod ranking;
mod scores;
pub mod sparse;

pub use answer::{Answer, solve, solve_until};
pub use bounds::{Bounds, Infeasible};
pub use certificate::{Certificate, Proof, Refutation, Residuals};
pub use qp::{Outcome, Problem, Solver};
pub use ranking::{Distribution, Group, Overview, Ranking, Subsets};
