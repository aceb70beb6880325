//! Findings on recordings that are written out by hand: each fault alone, and what looks like it but is none.

use super::{Confidence, Kind, findings};
use crate::inside::{
    Array, Attach, Blas, Inside, Lock, Part, Pickles, Random, Tasks, Unpacked, Worker,
};
use crate::recording::{Left, Machine, Probe, Process, Recording, Slept, Slice, Thread};

const MB: u64 = 1_000_000;

fn process(pid: i32, parent: i32, ran: f64, waited: f64) -> Process {
    Process {
        pid,
        parent,
        started: 0.1,
        ended: 2.0,
        user: ran,
        waited,
        threads: 1,
        by_thread: vec![Thread { id: pid, ran, waited }],
        resident: 50 * MB,
        ..Process::default()
    }
}

/// Two workers that keep two cores busy for two seconds.
fn healthy() -> Recording {
    let mut recording = Recording {
        wall: 2.0,
        machine: Machine { cores: 2, usable: 2.0, others: 0.0, memory: 8 << 30 },
        processes: vec![process(1, 0, 0.1, 0.0), process(2, 1, 1.9, 0.1), process(3, 1, 1.8, 0.1)],
        ..Recording::default()
    };
    recording.processes[0].started = 0.0;
    for pid in [2, 3] {
        recording.inside.workers.push(Worker {
            pid,
            at: 0.1,
            ready: Some(0.1),
            start_cpu: 0.002,
            ..Worker::default()
        });
        recording.inside.tasks.push(tasks(pid, 20, 1.8));
    }
    recording
}

fn tasks(pid: i32, messages: u64, wall: f64) -> Tasks {
    Tasks {
        pid,
        pooled: true,
        function: "work".into(),
        messages,
        items: messages,
        wall,
        cpu: wall,
        longest: wall / messages as f64,
        span: (0.1, 1.95),
        ..Tasks::default()
    }
}

fn kinds(recording: &Recording) -> Vec<Kind> {
    findings(recording).into_iter().map(|finding| finding.kind).collect()
}

#[test]
fn two_busy_workers_are_healthy() {
    let found = findings(&healthy());
    assert_eq!(kinds(&healthy()), [Kind::Healthy]);
    assert!(
        found[0].sentence.starts_with(
            "Healthy: the work itself is the cost. 2 workers kept 1.9 of 2 cores busy"
        ),
        "{}",
        found[0].sentence
    );
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

#[test]
fn eight_workers_with_two_threads_each_fight_for_two_cores() {
    let mut recording = healthy();
    recording.inside = Default::default();
    recording.processes = (2..10).map(|pid| process(pid, 1, 0.5, 2.6)).collect();
    recording.processes.push(process(1, 0, 0.1, 0.0));
    for worker in &mut recording.processes[..8] {
        worker.blas = vec!["OpenBLAS".into()];
        worker.by_thread = vec![
            Thread { id: 1, ran: 0.25, waited: 1.3 },
            Thread { id: 2, ran: 0.25, waited: 1.3 },
        ];
    }
    let found = findings(&recording);
    assert_eq!(found[0].kind, Kind::Oversubscription);
    assert_eq!(found[0].confidence, Confidence::High);
    assert!(
        found[0].sentence.starts_with("8 workers × 2 OpenBLAS threads fight for 2 cores: 84 %"),
        "{}",
        found[0].sentence
    );
    assert!(found[0].advice.contains("OPENBLAS_NUM_THREADS=1"));
}

#[test]
fn threads_that_are_not_of_blas_are_not_said_to_be() {
    let mut recording = healthy();
    for worker in &mut recording.processes[1..] {
        worker.blas = vec!["OpenBLAS".into()];
        worker.user = 1.0;
        worker.waited = 2.6;
        worker.by_thread =
            vec![Thread { id: 1, ran: 0.5, waited: 1.3 }, Thread { id: 2, ran: 0.5, waited: 1.3 }];
    }
    let said = |recording: &Recording| {
        let found = findings(recording);
        assert_eq!(found[0].kind, Kind::Oversubscription);
        (found[0].sentence.contains("OpenBLAS"), found[0].advice.contains("OPENBLAS_NUM_THREADS"))
    };
    assert_eq!(said(&recording), (true, true));
    let blas = Blas { library: "openblas".into(), threads: 1, ..Blas::default() };
    recording.inside.blas = vec![blas];
    assert_eq!(said(&recording), (false, false), "it has one thread");
}

#[test]
fn threads_that_take_turns_are_no_oversubscription() {
    let mut recording = healthy();
    for worker in &mut recording.processes[1..] {
        worker.by_thread =
            vec![Thread { id: 1, ran: 0.9, waited: 0.1 }, Thread { id: 2, ran: 0.9, waited: 0.1 }];
    }
    assert_eq!(kinds(&recording), [Kind::Healthy]);
}

#[test]
fn a_large_argument_is_named() {
    let mut recording = healthy();
    let way = |part: Pickles| Pickles {
        pid: 1,
        via: "pool task".into(),
        function: "maximize".into(),
        ..part
    };
    recording.inside.pickles.push(way(Pickles {
        messages: 1000,
        bytes: 1200 * MB,
        seconds: 0.9,
        largest: 2 * MB,
        described: (500, 600 * MB),
        ..Pickles::default()
    }));
    recording.inside.parts.push(Part {
        pid: 1,
        via: "pool task".into(),
        function: "maximize".into(),
        path: "argument 3 `data`".into(),
        what: "ndarray, 104×30 float64".into(),
        count: 71_253,
        bytes: 598 * MB,
        shared: 0,
    });
    recording.inside.unpacked.push(Unpacked {
        pid: 2,
        messages: 1000,
        bytes: 600 * MB,
        seconds: 0.2,
        heavy: 0.2,
        receiving: 0.3,
    });
    let found = findings(&recording);
    assert_eq!(found[0].kind, Kind::Pickles);
    assert!(
        found[0].sentence.starts_with(
            "The pool pickled 1.2 GB: argument 3 `data` of `maximize` (ndarray, 104×30 float64), 142,506 times."
        ),
        "{}",
        found[0].sentence
    );
}

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

#[test]
fn dear_starts_are_said() {
    let mut recording = healthy();
    recording.inside.workers.iter_mut().for_each(|worker| worker.start_cpu = 0.8);
    assert_eq!(kinds(&recording), [Kind::Startup]);
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

#[test]
fn a_thousand_short_processes_are_said_from_outside() {
    let mut recording = healthy();
    recording.inside = Default::default();
    recording.processes = vec![process(1, 0, 0.6, 0.0)];
    (recording.unseen_cpu, recording.forks) = (1.2, 1010);
    let found = findings(&recording);
    assert_eq!((found[0].kind, found[0].confidence), (Kind::Startup, Confidence::Medium));
    assert!(found[0].sentence.starts_with("Up to 1,010 processes"));
}

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

fn generator(pid: i32, when: &str, state: &str, stream: &str) -> Random {
    Random {
        pid,
        when: when.into(),
        generator: "rng".into(),
        state: state.into(),
        stream: stream.into(),
        position: None,
    }
}

#[test]
fn one_state_in_two_workers_is_the_same_random_numbers_if_they_drew() {
    let mut recording = healthy();
    let begin = [generator(2, "before", "a", "s"), generator(3, "before", "a", "s")];
    recording.inside.random = begin.to_vec();
    assert_eq!(kinds(&recording), [Kind::Healthy], "nobody drew");
    recording
        .inside
        .random
        .extend([generator(2, "after", "b", "s"), generator(3, "after", "c", "s")]);
    assert_eq!(kinds(&recording), [Kind::SameRandom]);
    recording.inside.random[3] = generator(3, "after", "c", "other");
    assert_eq!(kinds(&recording), [Kind::Healthy], "one seeded itself anew before it drew");
}

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

#[test]
fn what_sharpests_own_pool_shares_is_no_pickle() {
    let mut recording = healthy();
    let part = |path: &str, bytes, shared| Part {
        pid: 1,
        via: "sharpest.Pool task".into(),
        function: "work".into(),
        path: path.into(),
        what: "ndarray 1000 object".into(),
        count: 1,
        bytes,
        shared,
    };
    recording.inside.parts =
        vec![part("argument 1 `x`", 0, 90 * MB), part("argument 2 `y`", 2 * MB, 0)];
    recording.inside.pickles.push(Pickles {
        pid: 1,
        via: "sharpest.Pool task".into(),
        function: "work".into(),
        messages: 100,
        bytes: 200 * MB,
        seconds: 0.9,
        described: (1, 2 * MB),
        ..Pickles::default()
    });
    let found = findings(&recording).swap_remove(0);
    let sentence =
        "sharpest.Pool pickled 200 MB: argument 2 `y` of `work` (ndarray 1000 object), 100 times.";
    assert!(found.sentence.starts_with(sentence), "{}", found.sentence);
    assert!(found.advice.contains("numeric dtype"), "{}", found.advice);
}

#[test]
fn findings_are_ranked_by_what_they_cost() {
    let mut recording = healthy();
    recording.inside.workers.iter_mut().for_each(|worker| worker.start_cpu = 0.5);
    recording.inside.locks.push(Lock { pid: 2, seconds: 3.0, waits: 9, ..Lock::default() });
    recording.left = vec![Left { name: "psm_1".into(), bytes: MB, certain: true }];
    assert_eq!(kinds(&recording), [Kind::Lock, Kind::Startup, Kind::Leftovers]);
}
