//! Tiny tasks: shorter than their way, or nothing but messages.

use super::{MB, healthy, kinds, tasks};
use crate::findings::{Kind, findings};
use crate::inside::{Pickles, Unpacked};

#[test]
fn tasks_shorter_than_their_way_are_tiny() {
    let mut recording = healthy();
    recording.inside.tasks = vec![tasks(2, 10_000, 0.02), tasks(3, 10_000, 0.02)];
    assert_eq!(kinds(&recording)[0], Kind::TinyTasks);
    recording.inside.tasks = vec![tasks(2, 150, 0.0003), tasks(3, 150, 0.0003)];
    let few = &findings(&recording)[0];
    assert!(few.advice.contains("chunksize=38 "), "more is no pool any more: {}", few.advice);
    recording.inside.tasks = vec![tasks(2, 10_000, 1.7), tasks(3, 10_000, 1.7)];
    assert_eq!(
        kinds(&recording),
        [Kind::Healthy],
        "short tasks, but the work is above the overhead"
    );
}

#[test]
fn a_hundred_thousand_messages_of_nothing_are_tiny_tasks_and_no_data() {
    let mut recording = healthy();
    recording.inside.tasks = vec![tasks(2, 50_000, 0.25), tasks(3, 50_000, 0.25)];
    for (pid, via) in [(1, "pool task"), (2, "pool result"), (3, "pool result")] {
        let (messages, bytes, seconds) = match pid {
            1 => (100_000, 9 * MB, 0.3),
            _ => (50_000, 3 * MB / 2, 0.1),
        };
        recording.inside.pickles.push(Pickles {
            pid,
            via: via.into(),
            function: "work".into(),
            messages,
            bytes,
            seconds,
            ..Pickles::default()
        });
    }
    assert_eq!(kinds(&recording), [Kind::TinyTasks]);
    recording.inside.tasks = vec![tasks(2, 50_000, 1.5), tasks(3, 50_000, 1.5)];
    assert_eq!(kinds(&recording), [Kind::Healthy]);
    // Nobody knows what tasks are where a program sends its own messages.
    (recording.inside.pickles[0].via, recording.inside.pickles[0].bytes) =
        ("message".into(), 12 * MB);
    let found = &findings(&recording)[0];
    assert_eq!((found.kind, found.advice.contains("many items")), (Kind::Pickles, true));
    // A few large ones among them are data.
    recording.inside.pickles[0].largest = MB;
    let found = &findings(&recording)[0];
    assert_eq!((found.kind, found.advice.contains("many items")), (Kind::Pickles, false));
    // And so are results beside light tasks, for as long as it takes to pack them.
    recording.inside.pickles[0] = Pickles { via: "pool task".into(), ..Pickles::default() };
    recording.inside.pickles[0].messages = 100_000;
    (recording.inside.pickles[1].bytes, recording.inside.pickles[1].seconds) = (300 * MB, 0.2);
    let found = &findings(&recording)[0];
    assert_eq!((found.kind, found.cost_seconds), (Kind::Pickles, 0.2));
    let unpacked = Unpacked { pid: 2, seconds: 0.6, heavy: 0.15, ..Unpacked::default() };
    recording.inside.unpacked.push(unpacked);
    let found = &findings(&recording)[0];
    assert_eq!(found.cost_seconds, 0.2 + 0.15, "to unpack light tasks is no cost of heavy results");
}
