//! Segments with a name in /dev/shm, such as other programs make and open with `shm_open`.
//!
//! Nothing else in this crate has a name. What has one stays behind when everybody who used it is killed; so each user
//! holds a lock on the file that the kernel takes back when it dies, and whoever makes the next segment removes those that
//! nobody holds a lock on. What programs made that know nothing of this is left alone.

use crate::error::{Error, Result};
use crate::os;
use crate::process::PerProcess;
use crate::view::View;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long after a search for segments that nobody uses the next one is made: it looks at every file of /dev/shm.
const PERIOD: Duration = Duration::from_secs(1);

static SEARCHED: PerProcess<Option<Instant>> = PerProcess::new();

/// A segment with a name that this crate made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// Its name in /dev/shm.
    pub name: String,
    /// Its length in bytes.
    pub len: u64,
    /// Whether a process that uses it lives. One of a program that knows nothing of locks does not show.
    pub in_use: bool,
}

/// A new segment of `len` bytes, all zeros, and in use as long as the view lives. Segments that nobody uses any more are
/// removed first.
///
/// # Errors
/// [`Error::OutOfMemory`] where /dev/shm or the machine is full; [`Error::System`] with `EEXIST` for a name that is in use.
pub fn create(name: &str, len: usize) -> Result<View> {
    {
        let mut searched = SEARCHED.lock();
        if searched.is_none_or(|last| last.elapsed() > PERIOD) {
            *searched = Some(Instant::now());
            reap();
        }
    }
    let map = match os::create_named(name, len) {
        Err(Error::System { source, .. })
            if source.kind() == std::io::ErrorKind::AlreadyExists && os::reap_named(name) =>
        {
            os::create_named(name, len)
        }
        Err(Error::OutOfMemory { .. }) if !reap().is_empty() => os::create_named(name, len),
        made => made,
    }?;
    Ok(View::of_map(Arc::new(map), true))
}

/// The segment of this name, whoever made it, in use as long as the view lives.
///
/// # Errors
/// [`Error::System`] with `ENOENT` where there is none; [`Error::Damaged`] for one without length.
pub fn attach(name: &str) -> Result<View> {
    Ok(View::of_map(Arc::new(os::attach_named(name)?), true))
}

/// Takes a segment's name away. The memory is freed when the last view of it dies.
///
/// # Errors
/// [`Error::System`] with `ENOENT` where there is none.
pub fn remove(name: &str) -> Result<()> {
    os::remove_named(name)
}

/// The segments of this user that have a name, of those that this crate made.
#[must_use]
pub fn list() -> Vec<Entry> {
    let entry =
        |entry: os::NamedEntry| Entry { name: entry.name, len: entry.len, in_use: entry.in_use };
    let mut entries: Vec<_> = os::list_named().into_iter().map(entry).collect();
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    entries
}

/// Removes the segments whose users are all gone, and says which.
pub fn reap() -> Vec<String> {
    let left = list().into_iter().filter(|entry| !entry.in_use).map(|entry| entry.name);
    left.filter(|name| os::reap_named(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(of: &str) -> String {
        format!("sharpest-test-{of}-{}", std::process::id())
    }

    fn kind(result: Result<View>) -> std::io::ErrorKind {
        match result {
            Err(Error::System { source, .. }) => source.kind(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_has_a_name_can_be_opened_until_it_is_removed() {
        let name = name("life");
        let made = create(&name, 100).unwrap();
        assert_eq!((made.len(), attach(&name).unwrap().len()), (100, 100));
        assert_eq!(kind(create(&name, 100)), std::io::ErrorKind::AlreadyExists);
        assert!(list().contains(&Entry { name: name.clone(), len: 100, in_use: true }));
        assert!(!reap().contains(&name));
        remove(&name).unwrap();
        assert_eq!(kind(attach(&name)), std::io::ErrorKind::NotFound);
    }

    #[test]
    fn what_nobody_uses_gives_its_name_away() {
        let name = name("left");
        drop(create(&name, 100).unwrap());
        let again = create(&name, 200).unwrap();
        assert_eq!(attach(&name).unwrap().len(), 200);
        drop(again);
        reap();
        assert_eq!(kind(attach(&name)), std::io::ErrorKind::NotFound);
    }

    #[test]
    fn files_of_others_are_left_alone() {
        let name = name("other");
        let path = format!("/dev/shm/{name}");
        std::fs::write(&path, [7; 10]).unwrap();
        assert!(!reap().contains(&name) && list().iter().all(|entry| entry.name != name));
        assert_eq!(attach(&name).unwrap().len(), 10);
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn more_than_there_is_is_refused() {
        let vast = usize::try_from(isize::MAX).unwrap() / 2;
        assert!(matches!(create(&name("vast"), vast), Err(Error::OutOfMemory { .. })));
        assert_eq!(kind(create("a/b", 1)), std::io::ErrorKind::InvalidInput);
    }
}
