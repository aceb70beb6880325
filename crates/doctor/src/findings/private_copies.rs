//! Private copies: the same data in the memory of every worker. An address tells nothing, since each process has its own;
//! what tells is the content, and whether the pages belong to the process alone.

use super::case::{Case, bytes, plural};
use super::{Confidence, Finding, Kind};
use crate::inside::Array;
use std::collections::BTreeMap;

/// Bytes that must be to gain.
const LEAST: u64 = 30_000_000;
/// Of an array, the share in private pages.
const PRIVATE: f64 = 0.8;
/// Bytes a second at which fresh memory is filled.
const FILL: f64 = 1e9;

pub(super) fn find(case: &Case<'_>) -> Option<Finding> {
    let mut same: BTreeMap<(&str, &str, &str), Vec<&Array>> = BTreeMap::new();
    for array in &case.recording.inside.arrays {
        let known = same.entry((&array.content, &array.shape, &array.dtype)).or_default();
        let private = array.private as f64 > PRIVATE * array.bytes as f64;
        if private && !known.iter().any(|other| other.pid == array.pid) {
            known.push(array);
        }
    }
    same.retain(|_, arrays| arrays.len() >= 2);
    let spare = |arrays: &Vec<&Array>| arrays[0].bytes * (arrays.len() as u64 - 1);
    let wasted: u64 = same.values().map(spare).sum();
    let largest = same.values().max_by_key(|arrays| spare(arrays))?;
    if wasted < LEAST {
        return None;
    }
    let first = largest[0];
    let said = same.values().take(5).map(|arrays| {
        format!(
            "`{}` ({} {}, {}) with the same content in {}, in pages of their own",
            arrays[0].name,
            arrays[0].shape,
            arrays[0].dtype,
            bytes(arrays[0].bytes),
            plural(arrays.len(), "worker")
        )
    });
    let private = case.workers.iter().map(|one| one.private).max().unwrap_or_default();
    Some(Finding {
        kind: Kind::PrivateCopies,
        sentence: format!(
            "{} hold a copy of `{}` each ({} {}): {} of memory for data of which one copy is enough.",
            plural(largest.len(), "worker"),
            first.name,
            first.shape,
            first.dtype,
            bytes(wasted + first.bytes)
        ),
        evidence: said
            .chain([
                "the same content: 64 elements of each were compared".to_owned(),
                format!("a worker has up to {} for itself", bytes(private)),
            ])
            .collect(),
        cost_seconds: wasted as f64 / FILL / case.parallel(largest.len()),
        cost_bytes: Some(wasted),
        confidence: Confidence::High,
        advice: "Make the array once, in shared memory or in the parent before a fork, and let every worker look at that one; \
                 a file can be mapped with np.load(..., mmap_mode=\"r\"). A worker that writes to it needs its own copy."
            .into(),
    })
}
