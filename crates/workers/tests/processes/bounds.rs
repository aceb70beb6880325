//! Time, number and patience are bounded.

use crate::desk::{ask, launch, number, order, pool, settings, submit};
use sharpest_workers::{Error, Pool, Settings, Terms};
use std::collections::HashSet;
use std::time::Duration;

pub(crate) fn a_task_that_takes_too_long() {
    let settings = Settings { retries: 5, ..settings(2) };
    let pool = Pool::start(launch(), settings).unwrap();
    let terms = Terms { deadline: Some(Duration::from_millis(100)), ..Terms::default() };
    let task = pool.submit(order(b'z', u64::MAX), terms).unwrap();
    let outcome = pool.wait(task, None).unwrap().outcome;
    assert!(matches!(outcome, Err(Error::Deadline { seconds: 0.1, .. })), "{outcome:?}");
    let quick = pool.submit(order(b's', 3), terms).unwrap();
    assert_eq!(number(&pool.wait(quick, None).unwrap().outcome), 9);
}

pub(crate) fn a_task_is_taken_back() {
    let pool = pool(1);
    let slow = submit(&pool, b'z', 200_000);
    while !pool.is_running(slow) {
        drop(pool.next(None, Some(Duration::from_millis(1))));
    }
    let waits = submit(&pool, b's', 1);
    assert!(!pool.cancel(slow), "it is running");
    assert!(pool.cancel(waits) && !pool.cancel(waits));
    let outcome = pool.wait(waits, None).unwrap().outcome;
    assert!(matches!(outcome, Err(Error::Cancelled { task }) if task == waits));
    let last = submit(&pool, b's', 2);
    pool.close(true);
    assert!(matches!(pool.wait(last, None).unwrap().outcome, Err(Error::Cancelled { .. })));
    assert_eq!(number(&pool.wait(slow, None).unwrap().outcome), 200_000);
    assert!(pool.join(None));
}

pub(crate) fn who_submits_too_much_waits() {
    let settings = Settings { queue: Some(4), ..settings(2) };
    let pool = Pool::start(launch(), settings).unwrap();
    let tasks: Vec<u64> = (0..2_000).map(|n| submit(&pool, b's', n)).collect();
    // What is not answered waits in the queue, or at the two workers, where up to 64 brief tasks stand in line.
    assert!(pool.ledger().answered >= 2_000 - 4 - 2 * 64, "it received meanwhile");
    for task in tasks {
        assert_eq!(number(&pool.wait(task, None).unwrap().outcome), task * task);
    }
}

pub(crate) fn workers_wear_out() {
    let settings = Settings { tasks_per_worker: Some(3), ..settings(2) };
    let pool = Pool::start(launch(), settings).unwrap();
    let mut workers = HashSet::new();
    for n in 0..60 {
        let task = submit(&pool, b's', n);
        let finished = pool.wait(task, None).unwrap();
        assert_eq!(number(&finished.outcome), n * n);
        workers.insert(finished.worker.unwrap());
    }
    assert!(workers.len() >= 20, "{} workers", workers.len());
    let ledger = pool.ledger();
    assert!(ledger.workers.values().all(|share| share.tasks <= 3));
    assert_eq!(ledger.deaths, 0, "they went when they were told");
    assert_eq!(number(&ask(&pool, order(b's', 5))), 25);
}
