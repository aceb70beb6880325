//! Findings on recordings that are written out by hand: each fault alone, and what looks like it but is none.

mod bandwidth;
mod healthy;
mod imbalance;
mod lock;
mod oversubscription;
mod page_faults;
mod pickles;
mod same_random;
mod shared_memory;
mod startup;
mod tiny_tasks;

use super::{Finding, Kind, findings};
use crate::inside::{Lock, Tasks, Worker};
use crate::recording::{Left, Machine, Process, Recording, Thread};

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

/// The first words of a finding.
#[track_caller]
fn begins(finding: &Finding, words: &str) {
    assert!(finding.sentence.starts_with(words), "{}", finding.sentence);
}

#[test]
fn findings_are_ranked_by_what_they_cost() {
    let mut recording = healthy();
    recording.inside.workers.iter_mut().for_each(|worker| worker.start_cpu = 0.5);
    recording.inside.locks.push(Lock { pid: 2, seconds: 3.0, waits: 9, ..Lock::default() });
    recording.left = vec![Left { name: "psm_1".into(), bytes: MB, certain: true }];
    assert_eq!(kinds(&recording), [Kind::Lock, Kind::Startup, Kind::Leftovers]);
}
