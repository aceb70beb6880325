//! Locks: named from inside with their line, told from other sleep from outside.

use super::healthy;
use crate::findings::{Confidence, Kind, findings};
use crate::inside::Lock;
use crate::recording::{Recording, Slept};

#[test]
fn a_lock_is_named_with_its_line() {
    let mut recording = healthy();
    for pid in [2, 3] {
        recording.inside.locks.push(Lock {
            pid,
            function: "work".into(),
            place: "/home/u/sim.py:31".into(),
            waits: 900,
            seconds: 0.8,
            longest: 0.01,
        });
    }
    let found = findings(&recording);
    assert_eq!(found[0].kind, Kind::Lock);
    assert!(found[0].sentence.ends_with("`work` takes it at sim.py:31."), "{}", found[0].sentence);
}

/// Two workers that sleep most of the time and wake often, seen from outside.
fn sleepers(slept: [Slept; 2]) -> Recording {
    let mut recording = healthy();
    recording.inside = crate::inside::Inside::default();
    for (worker, slept) in recording.processes[1..].iter_mut().zip(slept) {
        (worker.user, worker.waited, worker.voluntary, worker.slept) = (0.3, 0.0, 400, slept);
    }
    recording
}

#[test]
fn from_outside_a_lock_is_told_from_an_idle_pool_and_from_a_clock() {
    let lock = Slept { lock: 1.6, ..Slept::default() };
    let message = Slept { message: 1.6, ..Slept::default() };
    let clock = Slept { clock: 1.6, ..Slept::default() };
    let found = |slept| findings(&sleepers(slept)).swap_remove(0);
    let finding = found([lock, lock]);
    assert_eq!((finding.kind, finding.confidence), (Kind::Lock, Confidence::Medium));
    assert!(finding.evidence[2].contains("3.2 s for a lock"), "{:?}", finding.evidence);
    for idle in [[lock, message], [message, message], [clock, clock]] {
        assert_eq!(found(idle).kind, Kind::Healthy);
    }
    assert_eq!(found([Slept::default(); 2]).confidence, Confidence::Low);
}
