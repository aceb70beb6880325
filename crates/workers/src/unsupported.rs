//! Systems without the means: a pool says that it cannot be had.

use crate::error::{Error, Result};
use std::ffi::OsString;

/// A command line that would become a worker.
#[derive(Debug, Clone)]
pub struct Launch(());

/// What a pool would be told.
#[derive(Debug, Clone, Default)]
pub struct Settings {}

/// A pool that nobody can have: nothing here makes one.
#[derive(Debug)]
pub struct Pool(std::convert::Infallible);

impl Launch {
    /// This program, without arguments.
    pub fn new(_: impl Into<OsString>) -> Launch {
        Launch(())
    }

    /// One more argument.
    #[must_use]
    pub fn arg(self, _: impl Into<OsString>) -> Launch {
        self
    }

    /// One more variable of its environment.
    #[must_use]
    pub fn env(self, _: impl Into<OsString>, _: impl Into<OsString>) -> Launch {
        self
    }
}

impl Pool {
    /// Says that there are no worker processes here.
    ///
    /// # Errors
    /// [`Error::Unsupported`].
    pub fn start(_: Launch, _: Settings) -> Result<Pool> {
        Err(Error::Unsupported)
    }
}
