//! Systems without /proc.

use crate::{Error, Recording, Settings, Target};
use std::path::Path;

/// Nothing can be watched here.
///
/// # Errors
/// Always.
pub fn watch(_: &Target, _: &Settings, _: &dyn Fn() -> usize) -> Result<Recording, Error> {
    Err(Error::Unsupported)
}

/// Nothing can be watched here.
///
/// # Errors
/// Always.
pub fn watch_willing(_: i32, _: &dyn Fn(&Path), _: &dyn Fn() -> bool) -> Result<Recording, Error> {
    Err(Error::Unsupported)
}
