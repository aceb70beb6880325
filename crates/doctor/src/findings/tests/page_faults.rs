//! Page faults: memory touched anew again and again, and memory that is filled once.

use super::{MB, healthy, kinds};
use crate::findings::Kind;
use crate::recording::Slice;

#[test]
fn memory_that_is_touched_anew_again_and_again_is_churn() {
    let mut recording = healthy();
    let slice = |index: usize, faults| Slice {
        at: 0.4 + 0.1 * index as f64,
        long: 0.1,
        ran: 0.1,
        system: 0.06,
        faults,
        resident: 40 * MB,
        ..Slice::default()
    };
    recording.processes[1].slices = (0..15).map(|index| slice(index, 8000)).collect();
    assert_eq!(kinds(&recording), [Kind::PageFaults]);
    recording.processes[1].slices = (0..15).map(|index| slice(index, 100)).collect();
    assert_eq!(kinds(&recording), [Kind::Healthy], "kernel time without faults is something else");
}

#[test]
fn memory_that_is_filled_once_is_no_churn() {
    let mut recording = healthy();
    let slice = |index: u64| Slice {
        at: 0.4 + 0.1 * index as f64,
        long: 0.1,
        ran: 0.1,
        system: 0.06,
        faults: 8000,
        resident: index * 8000 * 4096,
        ..Slice::default()
    };
    recording.processes[1].slices = (1..15).map(slice).collect();
    assert_eq!(kinds(&recording), [Kind::Healthy]);
}
