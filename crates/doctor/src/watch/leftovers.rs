//! What a program leaves in /dev/shm: names that were not there before and are there after, and whether it was seen to make
//! or hold them.

use crate::recording::{Left, Recording};
use crate::sample::{Text, memory};
use std::collections::HashSet;
use std::fs;

/// The names in /dev/shm.
pub(super) fn listed() -> HashSet<String> {
    let Ok(entries) = fs::read_dir("/dev/shm") else {
        return HashSet::new();
    };
    entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect()
}

/// What a program that goes on has left: what a process of it still has mapped, it may still remove.
pub(super) fn abandoned(before: &HashSet<String>, recording: &Recording) -> Vec<Left> {
    let mut text = Text::default();
    let names = |pid| memory::mapped(pid, &mut text).1;
    let held: HashSet<String> =
        recording.processes.iter().map(|one| one.pid).flat_map(names).collect();
    left(before, recording).into_iter().filter(|left| !held.contains(&left.name)).collect()
}

/// What is there now and was not before, and belongs to this user.
pub(super) fn left(before: &HashSet<String>, recording: &Recording) -> Vec<Left> {
    let mut left: Vec<Left> = listed()
        .into_iter()
        .filter(|name| !before.contains(name))
        .filter_map(|name| {
            let about = fs::symlink_metadata(format!("/dev/shm/{name}")).ok()?;
            let made = recording.inside.segments.iter().any(|segment| segment.0 == name);
            let held = recording.mapped.contains(&name);
            Some(Left { name, bytes: about.len(), certain: made || held })
        })
        .collect();
    left.sort_by(|a, b| a.name.cmp(&b.name));
    left
}
