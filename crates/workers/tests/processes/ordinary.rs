//! Nothing goes wrong.

use crate::desk::{Dice, WATCHDOG, ask, launch, next, number, order, pool, settings, submit};
use rustix::io::{FdFlags, fcntl_setfd};
use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
use sharpest_workers::{Error, Hired, Next, Pool, Terms};
use std::collections::HashMap;
use std::os::fd::AsRawFd;
use std::process::Command;
use std::time::{Duration, Instant};

pub(crate) fn every_result_is_right_and_comes_once() {
    let pool = pool(3);
    let asked: HashMap<u64, u64> = (0..2000).map(|n| (submit(&pool, b's', n), n)).collect();
    let mut left = asked.clone();
    for _ in 0..2000 {
        let finished = next(&pool);
        let n = left.remove(&finished.task).expect("it comes once");
        assert_eq!(number(&finished.outcome), n * n);
    }
    assert!(matches!(pool.next(None, None), Next::Settled));
}

pub(crate) fn nobody_stands_behind_a_long_task_for_long() {
    let pool = pool(2);
    let begun = std::time::Instant::now();
    for round in 0..20 {
        // Brief ones first, so that the others are sent to workers that are busy.
        let brief = [(); 8].map(|()| submit(&pool, b's', 3));
        for task in brief {
            assert_eq!(number(&pool.wait(task, None).unwrap().outcome), 9);
        }
        let long = submit(&pool, b'z', 2_000_000);
        let other = submit(&pool, b'z', 10_000 + 97 * round);
        let behind = [1, 2, 3, 4, 5, 6].map(|n| (n, submit(&pool, b's', n)));
        for (n, task) in behind {
            let finished = pool.wait(task, Some(Duration::from_millis(1500)));
            assert_eq!(
                number(&finished.expect("it does not wait for the long one").outcome),
                n * n
            );
        }
        assert!(!pool.cancel(long) && pool.is_running(long));
        assert_eq!(number(&pool.wait(other, None).unwrap().outcome), 10_000 + 97 * round);
        if pool.ledger().returned > 0 && round >= 1 {
            break;
        }
        assert!(begun.elapsed() < WATCHDOG, "nobody ever stood behind");
        drop(pool.wait(long, None));
    }
    assert!(pool.ledger().returned > 0);
}

pub(crate) fn threads_wait_for_their_own() {
    let pool = pool(2);
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let pool = &pool;
            scope.spawn(move || {
                for n in 0..500 {
                    let n = n * 4 + thread;
                    assert_eq!(number(&ask(pool, order(b's', n))), n * n);
                }
            });
        }
    });
    assert!(pool.wait(17, None).is_none(), "it was given to somebody");
}

pub(crate) fn a_thread_that_stands_in_receives() {
    let pool = pool(2);
    let mut dice = Dice(3);
    std::thread::scope(|scope| {
        let background = scope.spawn(|| {
            let mut sum = 0;
            while let Next::Finished(finished) = pool.overlook(None) {
                sum += number(&finished.outcome);
            }
            sum
        });
        let mut sum = 0;
        for n in 0..2000 {
            submit(&pool, b's', n);
            sum += n * n;
            if dice.roll(4) == 0
                && let Next::Finished(finished) = pool.next(Some(n), None)
            {
                sum -= number(&finished.outcome);
            }
            if dice.roll(500) == 0 {
                std::thread::sleep(Duration::from_millis(200)); // it rests
            }
        }
        pool.close(false);
        assert!(pool.join(None));
        let mut rest = 0;
        while let Next::Finished(finished) = pool.next(None, None) {
            rest += number(&finished.outcome);
        }
        assert_eq!(background.join().unwrap() + rest, sum);
    });
}

pub(crate) fn who_waits_is_told_when_the_one_that_stands_in_stops() {
    let pool = pool(1);
    std::thread::scope(|scope| {
        scope.spawn(|| while let Next::Finished(_) = pool.overlook(None) {});
        let task = submit(&pool, b'z', 1_500_000);
        for _ in 0..3 {
            std::thread::sleep(Duration::from_millis(100)); // the other one receives by now
            assert!(pool.wait(task, Some(Duration::from_millis(20))).is_none());
        }
        std::thread::sleep(Duration::from_millis(100));
        let start = std::time::Instant::now();
        let _ = pool.wait(task, Some(Duration::from_secs(10)));
        let waited = start.elapsed();
        pool.kill("the test is over");
        assert!(waited < Duration::from_secs(5), "waited for {waited:?}");
    });
}

pub(crate) fn a_failure_is_an_answer() {
    let pool = pool(1);
    let first = number(&ask(&pool, order(b'n', 0)));
    for (word, sentence) in [(b'f', "failure 5"), (b'p', "the task panicked: panic 5")] {
        let answer = ask(&pool, order(word, 5)).unwrap();
        assert!(answer.failed);
        assert_eq!(answer.body.bytes(), sentence.as_bytes());
    }
    assert_eq!(number(&ask(&pool, order(b'n', 0))), first + 3, "the worker lives");
}

pub(crate) fn workers_are_adopted() {
    let pool = Pool::adopting(settings(2)).unwrap();
    let mut children = Vec::new();
    while pool.missing() > 0 {
        let flags = SocketFlags::CLOEXEC;
        let (ours, theirs) =
            socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None).unwrap();
        fcntl_setfd(&theirs, FdFlags::empty()).unwrap();
        let mut command = Command::new(std::env::current_exe().unwrap());
        let place = format!("{}:{}", theirs.as_raw_fd(), std::process::id());
        let child = command.arg("--worker").arg(place).spawn().unwrap();
        pool.adopt(Hired::new(ours, child.id()).unwrap()).unwrap();
        children.push(child);
    }
    assert_eq!(children.len(), 2);
    assert_eq!(number(&ask(&pool, order(b's', 9))), 81);
    let died = ask(&pool, order(b'x', 0));
    assert!(died.unwrap_err().to_string().contains("exited with status 3"));
    assert_eq!(pool.missing(), 1);
    let waits = Instant::now();
    assert!(matches!(pool.overlook(Some(Duration::from_secs(60))), Next::TimedOut));
    assert!(waits.elapsed() < Duration::from_secs(30), "its time is over when one is missing");
    assert_eq!(number(&ask(&pool, order(b's', 9))), 81);
    pool.close(false);
    assert!(pool.join(None));
    let mut ends: Vec<_> = children.iter_mut().map(|child| child.wait().unwrap().code()).collect();
    ends.sort();
    assert_eq!(ends, [Some(0), Some(3)], "the ends are left for their parent to see");
}

pub(crate) fn a_closed_pool_finishes_what_it_took() {
    let pool = pool(2);
    let tasks: Vec<u64> = (0..100).map(|n| submit(&pool, b's', n)).collect();
    pool.close(false);
    assert!(matches!(pool.submit(order(b's', 0), Terms::default()), Err(Error::Closed)));
    assert!(pool.join(None));
    assert!(pool.workers().is_empty());
    for task in tasks {
        assert_eq!(number(&pool.wait(task, None).unwrap().outcome), task * task);
    }
}

pub(crate) fn the_ledger_adds_up() {
    let pool = Pool::start(launch(), settings(2)).unwrap();
    for n in 0..50 {
        submit(&pool, b's', n);
        submit(&pool, b'f', n);
    }
    let mut sum = Duration::ZERO;
    for _ in 0..100 {
        sum += next(&pool).entry.run;
    }
    let ledger = pool.ledger();
    assert_eq!((ledger.answered, ledger.failed, ledger.unanswered), (100, 50, 0));
    assert_eq!((ledger.sum.sent.inline, ledger.sum.sent.shared), (900, 0));
    assert_eq!(ledger.sum.run, sum);
    assert_eq!(ledger.workers.values().map(|share| share.tasks).sum::<u64>(), 100);
}
