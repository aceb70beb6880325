//! Arrays that any process of the same user finds by a name.
//!
//! A name is a file of some fifty bytes in /dev/shm: the token of a frozen segment, which the publisher keeps open. The
//! arrays themselves have no name, so they are gone with the last process that uses them. The file is locked
//! (`flock`) as long as the publisher lives; whoever can take the lock removes what a killed one has left, and so does
//! whoever finds that the token's owner is gone.

use crate::error::{Error, Result};
use crate::frozen::Frozen;
use crate::open::{Opened, open};
use crate::os::{self, NameFile};
use crate::token::Token;
use std::sync::Arc;

/// A name that this process has given. It is taken back when the value dies.
#[derive(Debug)]
pub struct Publication {
    name: String,
    file: NameFile,
    segment: Arc<Frozen>,
    pid: u32,
}

/// What is found under a name.
#[derive(Debug, Clone)]
pub struct Published {
    /// The name.
    pub name: String,
    /// Who published it.
    pub pid: u32,
    /// Its arrays.
    pub segment: Arc<Frozen>,
}

/// Gives a segment a name, under which [`attach`] finds it as long as the publication lives.
///
/// # Errors
/// [`Error::BadName`]; [`Error::NameTaken`] where a living process has given the name.
pub fn publish(name: &str, segment: &Arc<Frozen>) -> Result<Publication> {
    check(name)?;
    let token = segment.lasting_token()?.to_bytes();
    let file = match os::create_name(name, &token)? {
        Some(file) => file,
        None => {
            if let Ok(found) = attach(name) {
                return Err(Error::NameTaken { name: name.into(), pid: found.pid });
            }
            let file = os::create_name(name, &token)?;
            file.ok_or_else(|| Error::NameTaken { name: name.into(), pid: 0 })?
        }
    };
    Ok(Publication { name: name.into(), file, segment: segment.clone(), pid: os::own_pid() })
}

/// Opens what was published under a name.
///
/// # Errors
/// [`Error::BadName`]; [`Error::NoSuchName`], also where the publisher is gone.
pub fn attach(name: &str) -> Result<Published> {
    check(name)?;
    let Some(bytes) = os::read_name(name, Token::LEN)? else {
        return Err(Error::NoSuchName(name.into()));
    };
    let found = Token::from_bytes(&bytes).and_then(|token| Ok((token.pid, open(&token)?)));
    match found {
        Ok((pid, Opened::Frozen(segment))) => Ok(Published { name: name.into(), pid, segment }),
        Ok((_, Opened::Control(_))) => {
            Err(Error::Damaged("what is published is a writable segment"))
        }
        Err(Error::OwnerGone { .. }) => {
            os::remove_name(name, None)?;
            Err(Error::NoSuchName(name.into()))
        }
        Err(error) => Err(error),
    }
}

/// Everything that is published by this user, by name. What killed publishers have left is removed on the way.
///
/// # Errors
/// [`Error::System`] where /dev/shm cannot be read.
pub fn list() -> Result<Vec<Published>> {
    let mut names = os::names()?;
    names.sort_unstable();
    Ok(names.iter().filter_map(|name| attach(name).ok()).collect())
}

/// Takes a name back, whoever has given it. The arrays stay with those who have them open. Says whether there was one.
///
/// # Errors
/// [`Error::BadName`] and [`Error::System`].
pub fn remove(name: &str) -> Result<bool> {
    check(name)?;
    os::remove_name(name, None)
}

impl Publication {
    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What was published.
    #[must_use]
    pub fn segment(&self) -> &Arc<Frozen> {
        &self.segment
    }
}

impl Drop for Publication {
    fn drop(&mut self) {
        // A forked child has a copy of its parent's publication; the name is the parent's to take back. Somebody may have
        // removed it and another have given it anew: only this very file goes.
        if self.pid == os::own_pid() {
            let _ = os::remove_name(&self.name, Some(&self.file));
        }
    }
}

fn check(name: &str) -> Result<()> {
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    let good =
        (1..=100).contains(&name.len()) && !name.starts_with('.') && name.chars().all(allowed);
    if good { Ok(()) } else { Err(Error::BadName(name.into())) }
}
