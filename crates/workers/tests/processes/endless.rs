//! Many tasks: nothing piles up.

use crate::desk::{ask, number, order, pool};
use sharpest_workers::{Message, Pool};

/// Tasks between two looks.
const ROUND: u64 = 25_000;

pub(crate) fn nothing_grows() {
    let pool = pool(2);
    round(&pool, ROUND / 5); // what is kept is kept from here on
    let before = footprint(&pool);
    for _ in 0..4 {
        round(&pool, ROUND);
    }
    let after = footprint(&pool);
    println!("    descriptors and KiB, first and last: {before:?} {after:?}");
    for (before, after) in before.iter().zip(&after) {
        assert!(after.0 <= before.0 + 4, "descriptors: {before:?} {after:?}");
        assert!(after.1 <= before.1 + 8 * 1024, "memory: {before:?} {after:?}");
    }
}

/// Small tasks, and large ones among them.
fn round(pool: &Pool, tasks: u64) {
    for n in 0..tasks {
        if n % 100 == 0 {
            let answer = ask(pool, Message::from(vec![b'e'; 1 << 18])).unwrap();
            assert_eq!(answer.body.bytes().len(), 1 << 18);
            assert_eq!(ask(pool, order(b'b', 300_000)).unwrap().body.bytes().len(), 300_000);
        } else {
            assert_eq!(number(&ask(pool, order(b's', n))), n * n);
        }
    }
}

/// Descriptors and resident private memory of this process and of its workers.
fn footprint(pool: &Pool) -> Vec<(usize, usize)> {
    let pids = std::iter::once(std::process::id()).chain(pool.workers());
    let look = |pid: u32| {
        let descriptors = std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count();
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
        let kib = line.trim().trim_end_matches(" kB").parse().unwrap();
        (descriptors, kib)
    };
    pids.map(look).collect()
}
