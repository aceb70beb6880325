//! The job: a search cut into blocks, and what is to happen with each of its lines. Executors ask it for work; it knows
//! nothing of threads but that there may be several.

use crate::Error;
use crate::lines::{Lines, Page};
use crate::observer::{Observer, Stage};
use sharpest_search::{Best, Line, Search, Sink};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// After so many subsets the observer hears of them: often enough to look steady, seldom enough to cost nothing.
const TOLD: u64 = 32;

/// Work for an executor.
pub struct Job<'a, 'w> {
    search: &'a Search,
    top: usize,
    observer: &'a dyn Observer,
    lines: Option<&'a Lines<'w>>,
    next: AtomicU64,
    halted: AtomicBool,
}

impl<'a, 'w> Job<'a, 'w> {
    /// The whole of `search`, of which the best `top` subsets are kept and all lines written.
    pub fn new(
        search: &'a Search,
        top: usize,
        observer: &'a dyn Observer,
        lines: Option<&'a Lines<'w>>,
    ) -> Self {
        observer.begin(Stage::Sampling, search.blocks().subsets());
        let (next, halted) = (AtomicU64::new(0), AtomicBool::new(false));
        Self { search, top, observer, lines, next, halted }
    }

    /// What is known before the first block.
    pub fn nothing(&self) -> Best {
        Best::new(self.top)
    }

    /// The next block, given to one worker only; none when all are given or the job is halted. Whoever is given a block
    /// must ask for it with [`Job::block`], or the lines of later blocks wait for its lines for ever.
    pub fn next(&self) -> Option<u64> {
        if self.halted() {
            return None;
        }
        let block = self.next.fetch_add(1, Ordering::Relaxed);
        (block < self.search.blocks().count()).then_some(block)
    }

    /// Searches a block. When the job is halted meanwhile, the subsets that were finished count.
    ///
    /// # Errors
    /// What the search refuses; the job is then halted.
    pub fn block(&self, index: u64) -> Result<Best, Error> {
        let page = self.lines.map(|lines| lines.page(index));
        let mut clerk = Clerk { job: self, page, subsets: 0, sharpe: f64::NEG_INFINITY };
        let best = self.search.search_block(self.search.blocks().get(index), &mut clerk);
        clerk.tell();
        if best.is_err() {
            self.halted.store(true, Ordering::Relaxed);
        }
        Ok(best?)
    }

    /// Whether to end with what there is.
    fn halted(&self) -> bool {
        self.halted.load(Ordering::Relaxed)
            || self.observer.stopped()
            || self.lines.is_some_and(Lines::failed)
    }
}

/// Takes the lines of one block.
struct Clerk<'a, 'w> {
    job: &'a Job<'a, 'w>,
    page: Option<Page<'a, 'w>>,
    /// Not told yet.
    subsets: u64,
    sharpe: f64,
}

impl Clerk<'_, '_> {
    fn tell(&mut self) {
        if self.subsets > 0 {
            self.job.observer.advance(self.subsets, self.sharpe);
            self.subsets = 0;
        }
    }
}

impl Sink for Clerk<'_, '_> {
    fn line(&mut self, line: &Line<'_>) {
        if let Some(page) = &mut self.page {
            page.push(line);
        }
    }

    fn wants_lines(&self) -> bool {
        self.page.is_some()
    }

    fn finished(&mut self, best: &Best) {
        self.subsets += 1;
        self.sharpe = best.first().map_or(self.sharpe, |first| first.sharpe);
        if self.subsets == TOLD {
            self.tell();
        }
    }

    fn stop(&self) -> bool {
        self.job.halted()
    }
}
