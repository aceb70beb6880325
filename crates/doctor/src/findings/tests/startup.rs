//! Start-up: workers that are dear to start, processes of a moment.

use super::{begins, healthy, kinds, process};
use crate::findings::{Confidence, Kind, findings};

#[test]
fn dear_starts_are_said() {
    let mut recording = healthy();
    recording.inside.workers.iter_mut().for_each(|worker| worker.start_cpu = 0.8);
    assert_eq!(kinds(&recording), [Kind::Startup]);
}

#[test]
fn a_thousand_short_processes_are_said_from_outside() {
    let mut recording = healthy();
    recording.inside = Default::default();
    recording.processes = vec![process(1, 0, 0.6, 0.0)];
    (recording.unseen_cpu, recording.forks) = (1.2, 1010);
    let found = findings(&recording);
    assert_eq!((found[0].kind, found[0].confidence), (Kind::Startup, Confidence::Medium));
    begins(&found[0], "Up to 1,010 processes");
}
