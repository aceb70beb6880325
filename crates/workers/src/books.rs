//! What it costs to keep the books: for a benchmark, which cannot leave them out of a pool to see.

use crate::ledger::Ledger;
use crate::message::{Head, Kind, Message};
use crate::pool::{Pending, Terms, entry};
use crate::seat::{Work, laps};
use sharpest_arrays::sync::time_in_locks;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// The time that the ledger takes of a task, over so many of them in books of their own: clocks that are read for nothing
/// else, in the pool and in the worker, and sums.
#[must_use]
pub fn ledger_cost(tasks: u32) -> Duration {
    let (mut books, task) = (Ledger::default(), Pending::new(Message::default(), Terms::default()));
    let work = Work { began: task.submitted, ended: task.submitted };
    let start = Instant::now();
    for _ in 0..tasks {
        let locks = time_in_locks();
        let nanos = laps(black_box(task.submitted), black_box(work), locks);
        let head = Head { nanos, ..Head::new(Kind::Done, 0) };
        let entry = entry(black_box(&task), black_box(&head), black_box(Instant::now()));
        books.note(black_box(1), black_box(&entry), false);
    }
    black_box(books);
    start.elapsed() / tasks.max(1)
}
