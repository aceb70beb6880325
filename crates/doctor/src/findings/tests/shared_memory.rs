//! What crosses in shared memory, or should: attaching in a loop, private copies, segments left behind.

use super::{MB, healthy, kinds};
use crate::findings::Kind;
use crate::inside::{Array, Attach};
use crate::recording::Left;

#[test]
fn attaching_in_a_loop_explains_the_faults() {
    let mut recording = healthy();
    recording.inside.attaches.push(Attach {
        pid: 2,
        function: "row".into(),
        times: 12_000,
        seconds: 0.6,
        segments: 1,
        ..Attach::default()
    });
    assert_eq!(kinds(&recording), [Kind::Reattach]);
    recording.inside.attaches[0].times = 1;
    assert_eq!(kinds(&recording), [Kind::Healthy]);
}

#[test]
fn the_same_array_in_private_pages_is_a_copy() {
    let mut recording = healthy();
    let array = |pid, private| Array {
        pid,
        name: "table".into(),
        bytes: 64 * MB,
        private,
        content: "aa".into(),
        ..Array::default()
    };
    recording.inside.arrays = vec![array(2, 64 * MB), array(3, 64 * MB)];
    assert_eq!(kinds(&recording), [Kind::PrivateCopies]);
    recording.inside.arrays = vec![array(2, 0), array(3, 0)];
    assert_eq!(kinds(&recording), [Kind::Healthy], "shared pages after a fork");
    recording.inside.arrays =
        vec![array(2, 64 * MB), Array { content: "bb".into(), ..array(3, 64 * MB) }];
    assert_eq!(kinds(&recording), [Kind::Healthy], "other content");
}

#[test]
fn only_what_the_program_was_seen_to_make_is_left_by_it() {
    let mut recording = healthy();
    recording.left = vec![Left { name: "psm_1".into(), bytes: 8 * MB, certain: false }];
    assert_eq!(kinds(&recording), [Kind::Healthy]);
    recording.left[0].certain = true;
    assert_eq!(kinds(&recording), [Kind::Leftovers]);
    recording.left.clear();
    recording.survivors = vec![3];
    assert_eq!(kinds(&recording), [Kind::Leftovers]);
}
