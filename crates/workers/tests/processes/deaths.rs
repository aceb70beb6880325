//! Workers die.

use crate::desk::{Dice, ask, launch, next, number, order, pool, settings};
use sharpest_workers::{Ending, Error, Launch, Next, Pool, Settings, Terms};
use std::collections::HashMap;
use std::time::Duration;

pub(crate) fn a_death_has_a_name() {
    let pool = pool(2);
    let ends = [(b'x', Ending::Status(3)), (b'a', Ending::Signal(6)), (b'v', Ending::Signal(11))];
    for (word, expected) in ends {
        let outcome = ask(&pool, order(word, 0));
        let Err(Error::WorkerDied { ending, tried: 1, .. }) = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!(ending, expected);
        assert_eq!(number(&ask(&pool, order(b's', 5))), 25, "the pool goes on");
    }
    assert_eq!(pool.ledger().deaths, 3);
}

pub(crate) fn retries_are_bounded() {
    let pool = pool(1);
    let terms = Terms { retries: Some(2), ..Terms::default() };
    let task = pool.submit(order(b'a', 0), terms).unwrap();
    let finished = pool.wait(task, None).unwrap();
    assert_eq!(finished.deaths, 3);
    let sentence = finished.outcome.unwrap_err().to_string();
    assert!(sentence.ends_with("was killed by SIGABRT while it ran task 0; it was tried 3 times"));
}

pub(crate) fn only_the_running_task_counts_as_tried() {
    let pool = pool(1);
    assert_eq!(number(&ask(&pool, order(b's', 2))), 4); // brief: others stand behind what comes next
    let submit = |word, n| pool.submit(order(word, n), Terms::default()).unwrap();
    let deadly = submit(b'a', 0);
    let others: Vec<u64> = (2..20).map(|n| submit(b's', n)).collect();
    assert!(pool.wait(deadly, None).unwrap().outcome.is_err());
    for task in others {
        let finished = pool.wait(task, None).unwrap();
        assert_eq!((number(&finished.outcome), finished.deaths), (task * task, 0));
    }
}

pub(crate) fn a_worker_killed_before_it_read_its_task_is_no_try() {
    let pool = pool(1);
    assert_eq!(number(&ask(&pool, order(b's', 2))), 4);
    let worker = pool.workers()[0];
    let signal = |signal| {
        let worker = rustix::process::Pid::from_raw(worker as i32).unwrap();
        rustix::process::kill_process(worker, signal).unwrap();
    };
    signal(rustix::process::Signal::STOP);
    while !std::fs::read_to_string(format!("/proc/{worker}/stat")).unwrap().contains(") T ") {
        std::thread::sleep(Duration::from_millis(1));
    }
    let task = pool.submit(order(b's', 3), Terms::default()).unwrap();
    signal(rustix::process::Signal::KILL);
    let finished = pool.wait(task, None).unwrap();
    assert_eq!((number(&finished.outcome), finished.deaths), (9, 0));
    let ledger = pool.ledger();
    assert_eq!((ledger.deaths, ledger.again), (1, 1));
}

pub(crate) fn workers_killed_at_random() {
    const TASKS: u64 = 10_000;
    let settings = Settings { retries: 100, ..settings(3) };
    let pool = Pool::start(launch(), settings).unwrap();
    let mut dice = Dice(11);
    let mut left = HashMap::new();
    for n in 0..TASKS {
        left.insert(pool.submit(order(b's', n), Terms::default()).unwrap(), n);
    }
    let mut kills = 0;
    while !left.is_empty() {
        let finished = next(&pool);
        let n = left.remove(&finished.task).expect("each comes once");
        assert_eq!(number(&finished.outcome), n * n);
        if dice.roll(40) == 0 {
            let workers = pool.workers();
            let Some(&victim) = workers.get(dice.roll(workers.len().max(1) as u64) as usize) else {
                continue;
            };
            let victim = rustix::process::Pid::from_raw(victim as i32).unwrap();
            // It is this process's child and not waited for while the pool names it, or its number is free: then nobody's.
            let _ = rustix::process::kill_process(victim, rustix::process::Signal::KILL);
            kills += 1;
        }
    }
    assert!(matches!(pool.next(None, Some(Duration::from_millis(50))), Next::Settled));
    let ledger = pool.ledger();
    assert!(kills > 100 && ledger.deaths > 100, "{kills} kills, {} deaths", ledger.deaths);
    assert_eq!((ledger.answered, ledger.unanswered), (TASKS, 0));
    println!("    {kills} kills, {} deaths, {} tasks again", ledger.deaths, ledger.again);
}

pub(crate) fn a_pool_that_cannot_begin_is_broken() {
    let reasons = [
        (launch().arg("--refuse"), "there is no beginning"),
        (Launch::new("false"), "workers in a row died as they began"),
        (Launch::new("/no/such/program"), "cannot start a worker with /no/such/program"),
    ];
    for (launch, reason) in reasons {
        let pool = Pool::start(launch, settings(2)).unwrap();
        let asked = pool.submit(order(b's', 1), Terms::default());
        let error = match asked {
            Ok(task) => pool.wait(task, None).unwrap().outcome.unwrap_err(),
            Err(error) => error, // it broke before
        };
        assert!(matches!(error, Error::Broken { .. }), "{error}");
        assert!(error.to_string().contains(reason), "{error}");
        assert!(pool.submit(order(b's', 1), Terms::default()).is_err());
        assert!(pool.broken().is_some());
        assert!(pool.join(None));
    }
}
