//! Arrays in shared memory: one copy of the data for as many processes as you like, read-only by order of the kernel, and
//! nothing left behind whoever dies.
//!
//! A segment is a memory file without a name (`memfd`). There are three kinds, each a type:
//!
//! | kind | who writes | sealed | made by |
//! |---|---|---|---|
//! | [`Frozen`] | nobody, ever again | content and length | [`Block`], [`Working::freeze`] |
//! | [`Working`] | its holder and forked children | – | [`Working::zeros`], [`Working::empty`] |
//! | [`Control`] | everybody with a token | length | [`Control::new`] |
//!
//! What passes from process to process is a [`Token`] of some fifty bytes, which [`open`] turns into the segment. The
//! kernel frees a segment when the last process that has it open or mapped lets go or dies; nothing has a name in the file
//! system, unless it was published.
//!
//! This crate knows no finance and no tasks. It needs Linux; elsewhere it compiles, and every function that would make
//! shared memory says that it cannot.

mod array;
mod bin;
mod control;
mod element;
mod error;
mod frozen;
mod layout;
pub mod named;
mod open;
mod os;
mod pins;
mod process;
mod publish;
mod slab;
pub mod sync;
mod token;
mod view;
mod working;

/// Lets go of what this process's copy of its parent's memory still holds: to be called in a child after a fork, where
/// segments that the parent frees should not live on until the child ends.
pub fn forked() {
    pins::forked();
    bin::trim();
}

pub use array::{Block, Builder, WorkingArray};
pub use bin::trim;
pub use control::Control;
pub use element::Element;
pub use error::{Bytes, Error, Limit, Result};
pub use frozen::Frozen;
pub use layout::{ALIGNMENT, Field, Id, Layout};
pub use open::{Opened, open};
pub use pins::{PATIENCE, linger};
pub use publish::{Publication, Published, attach, list, publish, remove};
pub use token::Token;
pub use view::View;
pub use working::Working;
#[cfg(all(target_os = "linux", not(sharpest_unsupported)))]
pub use working::{Filled, Loan, spare, stock};
