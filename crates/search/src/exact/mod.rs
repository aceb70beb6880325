//! The exact optimum.

mod answer;
mod bounds;
pub mod certificate;
mod linear;
mod precise;
pub mod qp;
pub mod ranking;
pub mod sparse;

pub use answer::{Answer, solve};
pub use bounds::{Bounds, Infeasible};
pub use certificate::{Certificate, Proof, Refutation, Residuals};
pub use qp::{Outcome, Problem, Solver};
pub use ranking::{Distribution, Group, Overview, Ranking, Subsets};
