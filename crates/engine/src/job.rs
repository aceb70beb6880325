//! The job: a search cut into blocks, and what is to happen with each of its lines. Executors ask it for work; it knows
//! nothing of threads but that there may be several.

use crate::Error;
use crate::checkpoint::Keeper;
use crate::lines::{Lines, Page};
use crate::observer::{Observer, Stage};
use sharpest_search::{Best, Line, Returns, Search, Sink};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// After so many subsets the observer hears of them: often enough to look steady, seldom enough to cost nothing. In each block it
/// hears of the first one, of two more, of four more: one that takes long is heard of as soon as it is done.
const TOLD: u64 = 32;

/// Work for an executor.
pub struct Job<'a, 'w> {
    search: &'a Search,
    top: usize,
    observer: &'a dyn Observer,
    lines: Option<&'a Lines<'w>>,
    keeper: Option<&'a Keeper<'w>>,
    returns: Option<&'a Returns>,
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
        Self { search, top, observer, lines, keeper: None, returns: None, next, halted }
    }

    /// Less the blocks that an earlier run did; what is done is told to `keeper`.
    pub(crate) fn kept(mut self, keeper: Option<&'a Keeper<'w>>) -> Self {
        self.keeper = keeper;
        if let Some(before) = keeper.map(Keeper::before).filter(|before| before.subsets > 0) {
            self.observer.resumed(before.subsets, score(before));
        }
        self
    }

    /// With portfolios that are scored by whoever works on it, from these returns, if there are any.
    pub(crate) fn scored(mut self, returns: Option<&'a Returns>) -> Self {
        self.returns = returns;
        self
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
        loop {
            let block = self.next.fetch_add(1, Ordering::Relaxed);
            let free = self.keeper.map_or(block, |keeper| keeper.after(block));
            if free == block {
                return (block < self.search.blocks().count()).then_some(block);
            }
            self.next.fetch_max(free, Ordering::Relaxed);
        }
    }

    /// Searches a block. When the job is halted meanwhile, the subsets that were finished count.
    ///
    /// # Errors
    /// What the search refuses; the job is then halted.
    pub fn block(&self, index: u64) -> Result<Best, Error> {
        let page = self.lines.map(|lines| lines.page(index));
        let mut clerk =
            Clerk { job: self, page, subsets: 0, patience: 1, sharpe: f64::NEG_INFINITY };
        let best = self.search.search_block(self.search.blocks().get(index), &mut clerk);
        clerk.tell();
        if best.is_err() {
            self.halted.store(true, Ordering::Relaxed);
        }
        let best = best?;
        if self.finish(index..index + 1, &best) {
            clerk.page.iter_mut().for_each(Page::complete);
        }
        drop(clerk); // its lines are handed in
        self.record();
        Ok(best)
    }

    /// Tells the keeper of blocks, if they were searched to their end; says whether they were.
    fn finish(&self, blocks: Range<u64>, best: &Best) -> bool {
        let (first, last) = (blocks.start, blocks.end - 1);
        let (first, last) = (self.search.blocks().get(first), self.search.blocks().get(last));
        let whole = best.subsets == last.first + last.subsets - first.first;
        if let Some(keeper) = self.keeper.filter(|_| whole) {
            keeper.take(blocks, best, self.lines.is_some());
        }
        whole
    }

    /// Writes down what is finished, if it is kept and time to.
    fn record(&self) {
        if let Some(keeper) = self.keeper {
            keeper.look(self.lines);
        }
    }

    /// Whether to end with what there is.
    pub(crate) fn halted(&self) -> bool {
        self.halted.load(Ordering::Relaxed)
            || self.observer.stopped()
            || self.lines.is_some_and(Lines::failed)
            || self.keeper.is_some_and(Keeper::failed)
    }
}

/// What executors ask that work elsewhere.
impl<'a> Job<'a, '_> {
    /// What is searched.
    pub(crate) fn search(&self) -> &'a Search {
        self.search
    }

    /// What portfolios are scored from, where their score is no Sharpe ratio.
    pub(crate) fn returns(&self) -> Option<&'a Returns> {
        self.returns
    }

    /// How many subsets are kept.
    pub(crate) fn top(&self) -> usize {
        self.top
    }

    /// Whether the line of each subset is wanted.
    pub(crate) fn wants_lines(&self) -> bool {
        self.lines.is_some()
    }

    /// Whether the lines of so many blocks wait for those of an earlier one that no more should be begun.
    pub(crate) fn is_ahead(&self) -> bool {
        self.lines.is_some_and(Lines::is_full)
    }

    /// Takes what somebody else found in blocks that were given out, and their lines; for executors of one thread.
    pub(crate) fn hand_in(&self, blocks: Range<u64>, best: &Best, text: Vec<u8>) {
        let whole = self.finish(blocks.clone(), best);
        if let Some(lines) = self.lines {
            lines.put(blocks, text, whole);
        }
        self.record();
        if best.subsets > 0 {
            self.observer.advance(best.subsets, score(best));
        }
    }
}

fn score(best: &Best) -> f64 {
    best.first().map_or(f64::NEG_INFINITY, |first| first.score)
}

/// Takes the lines of one block.
struct Clerk<'a, 'w> {
    job: &'a Job<'a, 'w>,
    page: Option<Page<'a, 'w>>,
    /// Not told yet.
    subsets: u64,
    /// After so many.
    patience: u64,
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
        self.sharpe = best.first().map_or(self.sharpe, |first| first.score);
        if self.subsets == self.patience {
            self.patience = (2 * self.patience).min(TOLD);
            self.tell();
        }
    }

    fn stop(&self) -> bool {
        self.job.halted()
    }
}
