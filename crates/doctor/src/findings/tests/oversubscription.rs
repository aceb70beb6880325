//! Oversubscription: threads that fight for cores, and threads that only take turns.

use super::{begins, healthy, kinds, process};
use crate::findings::{Confidence, Kind, findings};
use crate::inside::Blas;
use crate::recording::{Recording, Thread};

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
    begins(&found[0], "8 workers × 2 OpenBLAS threads fight for 2 cores: 84 %");
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
