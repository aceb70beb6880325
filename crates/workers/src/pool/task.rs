//! A task, from its submission to its delivery.

use crate::arena::Parcel;
use crate::error::Error;
use crate::ledger::Entry;
use crate::message::{Body, Message};
use sharpest_arrays::Working;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

/// The number of a task in its pool, from 0 in the order of submission.
pub type TaskId = u64;

/// What may be said of one task; what is not said is as the pool's [`crate::Settings`] say.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Terms {
    /// How often it is tried again.
    pub retries: Option<u32>,
    /// After so long its worker is killed.
    pub deadline: Option<Duration>,
}

/// A task that is not finished.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) parcel: Parcel,
    pub(crate) terms: Terms,
    /// How often a worker died on it.
    pub(crate) tried: u32,
    /// How often one died that had not read it yet.
    pub(crate) spared: u32,
    /// A worker died that could look into its segments.
    pub(crate) tainted: bool,
    pub(crate) submitted: Instant,
    pub(crate) sent: Option<Instant>,
}

/// A task that is finished.
#[derive(Debug)]
pub struct Finished {
    /// Which.
    pub task: TaskId,
    /// The process that answered it, if one did.
    pub worker: Option<u32>,
    /// How often workers died while they ran it.
    pub deaths: u32,
    /// What crossed, and where its time went.
    pub entry: Entry,
    /// The answer, or why there is none.
    pub outcome: Result<Answer, Error>,
}

/// What a worker answered.
#[derive(Debug)]
pub struct Answer {
    /// It is a failure of the task's own.
    pub failed: bool,
    /// Its bytes.
    pub body: Body,
    /// Its segments: this process's own, and writable.
    pub segments: Vec<Working>,
    /// Its descriptors.
    pub files: Vec<OwnedFd>,
}

impl Pending {
    pub(crate) fn new(message: Message, terms: Terms) -> Pending {
        Pending {
            parcel: message.into(),
            terms,
            tried: 0,
            spared: 0,
            tainted: false,
            submitted: Instant::now(),
            sent: None,
        }
    }
}
