//! Imbalance: one worker with most of the work, and what chance and queues do.

use super::{healthy, kinds, process, tasks};
use crate::findings::Kind;
use crate::inside::{Inside, Tasks};
use crate::recording::{Slice, Thread};

#[test]
fn one_worker_with_most_of_the_work_is_imbalance() {
    let mut recording = healthy();
    recording.inside.tasks = vec![tasks(2, 1, 1.8), Tasks { span: (0.1, 0.5), ..tasks(3, 1, 0.4) }];
    assert_eq!(kinds(&recording), [Kind::Imbalance]);
    (recording.processes[1].waited, recording.inside.tasks[0].cpu) = (1.4, 0.4);
    assert_eq!(kinds(&recording), [Kind::Healthy], "it only stood in the queue");
}

#[test]
fn chance_in_a_crowded_queue_is_no_imbalance() {
    let mut recording = healthy();
    recording.machine.others = 1.6;
    for (worker, waited) in recording.processes[1..].iter_mut().zip([1.3, 1.79]) {
        (worker.user, worker.waited) = (0.33, waited);
        worker.by_thread[0] = Thread { id: worker.pid, ran: 0.33, waited };
    }
    let short = |pid, end| Tasks { cpu: 0.33, span: (0.1, end), ..tasks(pid, 20, 1.8) };
    recording.inside.tasks = vec![short(2, 1.95), short(3, 1.6)];
    assert_eq!(kinds(&recording), [Kind::Healthy]);
}

#[test]
fn what_nobody_saw_of_the_queue_is_no_imbalance() {
    let mut recording = healthy();
    recording.machine.others = 1.6;
    for (worker, waited) in recording.processes[1..].iter_mut().zip([0.5, 0.85]) {
        (worker.user, worker.waited, worker.ended) = (0.1, waited, 0.9); // the last look, long before the last task ended
        worker.by_thread[0] = Thread { id: worker.pid, ran: 0.1, waited };
    }
    let one = |pid, wall, end| Tasks { cpu: 0.35, span: (0.1, end), ..tasks(pid, 1, wall) };
    recording.inside.tasks = vec![one(2, 1.8, 1.95), one(3, 1.2, 1.3)];
    assert_eq!(kinds(&recording), [Kind::Healthy]);
}

#[test]
fn from_outside_what_nobody_saw_of_the_work_is_no_imbalance() {
    let mut recording = healthy();
    recording.inside = Inside::default();
    recording.processes =
        vec![process(1, 0, 0.1, 0.0), process(2, 1, 1.8, 0.0), process(3, 1, 0.3, 0.0)];
    recording.processes[2].ended = 1.0;
    let one = |at| Slice { at, long: 0.9, ran: 0.5, ..Slice::default() };
    recording.processes[1].slices = vec![one(1.0), one(2.0)];
    recording.processes[2].slices = vec![one(1.0)];
    assert_eq!(kinds(&recording), [Kind::Imbalance]);
    recording.processes[2].tail = 1.0;
    assert_eq!(kinds(&recording), [Kind::Healthy]);
}

#[test]
fn whoever_is_free_taking_the_next_task_is_no_imbalance() {
    let mut recording = healthy();
    recording.inside.tasks = vec![tasks(2, 30, 1.8), tasks(3, 8, 0.6)];
    assert_eq!(kinds(&recording), [Kind::Healthy], "both ended together");
}
