//! The pool of worker processes, as Python drives it: bytes and segments out, bytes and segments in. What a task means, and
//! how a worker is started, is Python's business: see `sharpest/pool`.
//!
//! - `crew`: the pool's side, with the future of each task and what each function's tasks took.
//! - `ticket`: in place of a future, for `map`.
//! - `seat`: the worker's side.
//! - `parcel`: segments that go, and bytes that arrived, where they lie.
//! - `queue`: messages between processes that have no pool.
//! - `failure`: errors of the pool as exceptions.
#![allow(clippy::needless_pass_by_value, reason = "the interpreter hands values over")]

mod crew;
mod failure;
mod parcel;
mod queue;
mod seat;
mod ticket;

pub(crate) use crew::{Crew, ledger_cost, usable_cores};
pub(crate) use parcel::{Filled, Loan, Parcel, filled};
pub(crate) use queue::{Post, Queue};
pub(crate) use seat::Seat;
pub(crate) use ticket::Ticket;
