//! Healthy: said of what only looks held back, and of what was too short to tell.

use super::{begins, healthy, kinds};
use crate::findings::{Confidence, Kind, findings};
use crate::recording::{Recording, Thread};

#[test]
fn two_busy_workers_are_healthy() {
    let found = findings(&healthy());
    assert_eq!(kinds(&healthy()), [Kind::Healthy]);
    begins(&found[0], "Healthy: the work itself is the cost. 2 workers kept 1.9 of 2 cores busy");
}

#[test]
fn a_task_that_was_not_over_counts_as_far_as_it_got() {
    let mut recording = healthy();
    for tasks in &mut recording.inside.tasks {
        (tasks.messages, tasks.wall, tasks.unfinished) = (0, 0.0, Some(0.5));
    }
    let found = findings(&recording);
    assert!(found[0].evidence.iter().any(|one| one.starts_with("3.0 s in tasks")), "{found:?}");
}

#[test]
fn of_what_is_over_at_once_nothing_is_said() {
    let found = findings(&Recording::default());
    assert_eq!(kinds(&Recording::default()), [Kind::Healthy]);
    assert!(found[0].sentence.contains("too soon to tell"), "{}", found[0].sentence);
    assert_eq!(found[0].confidence, Confidence::Low);
}

#[test]
fn a_machine_that_is_busy_with_others_is_said_and_not_blamed() {
    let mut recording = healthy();
    recording.machine.others = 1.5;
    for worker in &mut recording.processes[1..] {
        (worker.user, worker.waited) = (0.4, 1.4);
        worker.by_thread[0] = Thread { id: worker.pid, ran: 0.4, waited: 1.4 };
    }
    let found = findings(&recording);
    assert_eq!(kinds(&recording), [Kind::Healthy]);
    assert!(found[0].sentence.contains("the machine is busy with others"), "{}", found[0].sentence);
}
