//! The exact optimum against an independent solver, brute force, and itself.

mod brute;
mod certificate;
mod instances;
mod oracle;
mod properties;
mod qp;
mod ranking;
mod sparse;
mod split;
