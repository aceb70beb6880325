//! Memory bandwidth: work that takes longer side by side, where arithmetic does not.

use super::{healthy, kinds};
use crate::findings::{Kind, findings};
use crate::recording::Probe;

#[test]
fn work_that_takes_longer_side_by_side_waits_for_memory() {
    let mut recording = healthy();
    let probe = |together| Some(Probe { alone: 2.0, together, workers: 2, ..Probe::default() });
    recording.probe = probe(3.7);
    assert_eq!(kinds(&recording), [Kind::Bandwidth]);
    for (together, said) in [(2.1, "does not hold it back"), (2.4, "unsure whether")] {
        recording.probe = probe(together);
        let found = findings(&recording).swap_remove(0);
        assert_eq!(found.kind, Kind::Healthy);
        assert!(found.evidence.iter().any(|line| line.contains(said)), "{:?}", found.evidence);
    }
}

#[test]
fn what_arithmetic_takes_longer_as_well_is_not_the_memorys() {
    let mut recording = healthy();
    let probe = |crowding| {
        Some(Probe { alone: 2.0, together: 4.0, again: Some(3.2), crowding, workers: 2 })
    };
    for (crowding, said) in [(1.55, "so does arithmetic"), (1.3, "unsure whether")] {
        recording.probe = probe(crowding);
        let found = findings(&recording).swap_remove(0);
        assert_eq!(found.kind, Kind::Healthy);
        assert!(found.evidence.iter().any(|line| line.contains(said)), "{:?}", found.evidence);
    }
    recording.probe = probe(1.2);
    assert_eq!(kinds(&recording), [Kind::Bandwidth]);
    recording.probe.as_mut().unwrap().together = 2.5;
    assert_eq!(kinds(&recording), [Kind::Healthy], "the memory is as slow each time");
}
