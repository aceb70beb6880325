//! The keeper: takes what workers finish, and writes it down about once a second, by whoever comes then. Nobody waits for
//! the disk but the worker who writes.

use super::Checkpoint;
use super::asked::Asked;
use super::record::Record;
use super::runs::Runs;
use crate::Error;
use crate::lines::Lines;
use sharpest_search::{Best, Search};
use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// When a search is killed, what was finished in a tenth of its time is lost, but no more than in a second, and the blocks
/// that were not finished.
const TENTH: u32 = 10;
const LEAST: Duration = Duration::from_millis(20);
const MOST: Duration = Duration::from_secs(1);
/// Where writing takes long, it takes a share of the time of one worker, one part in so many at most.
const SHARE: u32 = 10;

/// Somebody who writes down how far a search has come.
pub(crate) struct Keeper<'c> {
    asked: Asked,
    begun: Instant,
    /// What was done, and how long it took, before this run.
    before: (Best, Duration),
    runs_before: Runs,
    done: Mutex<Done>,
    pen: Mutex<Pen<'c>>,
    failed: AtomicBool,
}

/// What is finished.
struct Done {
    runs: Runs,
    best: Best,
    /// Blocks whose lines are not yet written, by the first of them: the end, and what was found.
    waiting: BTreeMap<u64, (u64, Best)>,
    /// When to write it down next.
    due: Instant,
}

/// What writes.
struct Pen<'c> {
    checkpoint: &'c mut Checkpoint,
    error: Option<io::Error>,
}

impl<'c> Keeper<'c> {
    /// Goes on with what `checkpoint` says of `search`.
    ///
    /// # Errors
    /// Another question.
    pub(crate) fn new(
        checkpoint: &'c mut Checkpoint,
        search: &Search,
        score: Option<&str>,
    ) -> Result<Self, Error> {
        let (asked, top) = (Asked::new(search, score), search.sampling().top);
        let mut before = (Best::new(top), Duration::ZERO);
        let mut runs = Runs::default();
        if let Some(record) = &checkpoint.record {
            if let Some(reason) = record.asked.difference(&asked) {
                return Err(checkpoint.refusal(reason));
            }
            let best = record.best(top).filter(|_| record.done.fit(search.blocks().count()));
            let damaged = || checkpoint.refusal("it is damaged; remove it to begin anew".into());
            before = (best.ok_or_else(damaged)?, record.time);
            runs = record.done.clone();
        }
        let (best, begun) = (before.0.clone(), Instant::now());
        let done = Done { runs: runs.clone(), best, waiting: BTreeMap::new(), due: begun + LEAST };
        Ok(Self {
            asked,
            begun,
            before,
            runs_before: runs,
            done: Mutex::new(done),
            pen: Mutex::new(Pen { checkpoint, error: None }),
            failed: AtomicBool::new(false),
        })
    }

    /// What earlier runs found.
    pub(crate) fn before(&self) -> &Best {
        &self.before.0
    }

    /// What this run found and how long it took, together with what earlier ones did.
    pub(crate) fn with_before(&self, best: Best, time: Duration) -> (Best, Duration) {
        (self.before.0.clone().merge(best), self.before.1 + time)
    }

    /// The first block from `block` on that no earlier run did.
    pub(crate) fn after(&self, block: u64) -> u64 {
        self.runs_before.after(block)
    }

    /// Whether something could not be written down, so that the search had better end.
    pub(crate) fn failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }

    /// Takes what was found in blocks that were searched to their end; before their lines are handed in, if they are wanted.
    pub(crate) fn take(&self, blocks: Range<u64>, best: &Best, has_lines: bool) {
        let mut done = lock(&self.done);
        if has_lines {
            done.waiting.insert(blocks.start, (blocks.end, best.clone()));
        } else {
            done.add(blocks, best.clone());
        }
    }

    /// Writes down what is finished, if it is time to.
    pub(crate) fn look(&self, lines: Option<&Lines<'_>>) {
        if Instant::now() < lock(&self.done).due {
            return;
        }
        if let Ok(mut pen) = self.pen.try_lock() {
            self.write(&mut pen, lines);
        }
    }

    /// Writes down what is finished, now: at the beginning, and at the end, however it ends.
    ///
    /// # Errors
    /// The first failure of any record.
    pub(crate) fn settle(&self, lines: Option<&Lines<'_>>) -> Result<(), Error> {
        let mut pen = lock(&self.pen);
        self.write(&mut pen, lines);
        match pen.error.take() {
            Some(reason) => Err(pen.checkpoint.unwritable(pen.checkpoint.name.clone(), reason)),
            None => Ok(()),
        }
    }

    fn write(&self, pen: &mut Pen<'_>, lines: Option<&Lines<'_>>) {
        let started = Instant::now();
        let record = lock(&self.done).record(self, lines);
        if let Err(error) = pen.write(&record) {
            pen.error.get_or_insert(error);
            self.failed.store(true, Ordering::Relaxed);
        }
        let pace = (self.begun.elapsed() / TENTH).clamp(LEAST, MOST);
        lock(&self.done).due = Instant::now() + pace.max(started.elapsed() * SHARE);
    }
}

impl Done {
    fn add(&mut self, blocks: Range<u64>, best: Best) {
        self.runs.insert(blocks);
        let so_far = std::mem::replace(&mut self.best, Best::new(0));
        self.best = so_far.merge(best);
    }

    /// What there is to write down; of blocks with lines those whose lines are written.
    fn record(&mut self, keeper: &Keeper<'_>, lines: Option<&Lines<'_>>) -> Record {
        let mark = lines.map(Lines::mark);
        if let Some((next, _)) = mark {
            let rest = self.waiting.split_off(&next);
            for (first, (end, best)) in std::mem::replace(&mut self.waiting, rest) {
                self.add(first..end, best);
            }
        }
        let bytes = mark.map(|(_, bytes)| bytes);
        let time = keeper.before.1 + keeper.begun.elapsed();
        Record::new(keeper.asked.clone(), self.runs.clone(), bytes, time, &self.best)
    }
}

impl Pen<'_> {
    /// The lines first, so that no record speaks of lines that a power cut took away.
    fn write(&mut self, record: &Record) -> io::Result<()> {
        if let Some(journal) = &self.checkpoint.journal {
            journal.sync_data()?;
        }
        self.checkpoint.file.replace(&record.to_bytes()?)?;
        self.checkpoint.written = true;
        Ok(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
