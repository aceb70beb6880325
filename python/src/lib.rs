//! What the Python package needs from Rust: bytes, tokens and the command. How it looks to a user is `python/sharpest`.

mod arrays;
mod command;
mod doctor;
mod errors;
mod finance;
mod named;
mod names;
mod pool;
mod sync;
mod waiting;

use pyo3::prelude::*;

#[pymodule]
mod _native {
    #[pymodule_export]
    use crate::arrays::{
        Exporter, Frozen, Mapping, Working, forked, linger, open, share, trim, working,
    };
    #[pymodule_export]
    use crate::command::command;
    #[pymodule_export]
    use crate::doctor::watch;
    #[pymodule_export]
    use crate::errors::{OwnerDied, OwnerGone};
    #[pymodule_export]
    use crate::finance::{
        Inbox, Scoring, Sheet, answer, assist, bundled, charts, check, json_in, picture, report,
        text,
    };
    #[pymodule_export]
    use crate::named::{attach_named, create_named, list_named, reap_named, remove_named};
    #[pymodule_export]
    use crate::names::{Publication, attach, publish};
    #[pymodule_export]
    use crate::pool::{
        Crew, Filled, Loan, Parcel, Post, Queue, Seat, Ticket, filled, ledger_cost, usable_cores,
    };
    #[pymodule_export]
    use crate::sync::{Barrier, Condition, Event, Lock, Semaphore, Slot};

    use pyo3::prelude::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
