//! The worker's side where the score is the caller's own: portfolios come out of a task, and their scores go in.

use super::assist::{Desk, desk};
use super::task::{Answer, Task};
use sharpest_arrays::Frozen;
use sharpest_search::{Batch, Batches, Best};
use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

/// A task that is being scored.
#[derive(Debug)]
pub struct Scoring {
    desk: Arc<Desk>,
    returns: Arc<Frozen>,
    /// Those that are left; the first of them has begun if there are batches.
    blocks: Range<u64>,
    batches: Option<Batches>,
    best: Best,
    begun: Instant,
}

impl Scoring {
    /// Opens a task that [`super::Foreign::submit`] was given, in whatever process it came to.
    ///
    /// # Errors
    /// The answer to it, where there is nothing to score.
    pub fn open(task: &[u8]) -> Result<Self, Vec<u8>> {
        Self::of(task).map_err(|answer| answer.to_bytes())
    }

    fn of(task: &[u8]) -> Result<Self, Answer> {
        let begun = Instant::now();
        let task = Task::from_bytes(task)?;
        let desk = desk(&task)?;
        let returns = desk.returns.clone();
        let returns = returns.ok_or_else(|| Answer::Refused("it brings no returns".into()))?;
        let best = Best::new(desk.search.sampling().top);
        Ok(Self { desk, returns, blocks: task.blocks, batches: None, best, begun })
    }

    /// What scores are made from: an array named `returns`, a row a period and a column an asset.
    pub fn returns(&self) -> &Arc<Frozen> {
        &self.returns
    }

    /// How many assets a portfolio holds.
    pub fn pick(&self) -> usize {
        self.desk.search.sampling().pick
    }

    /// The number of a block, and portfolios of it to score; none when all are scored.
    ///
    /// # Errors
    /// The answer to the task, where the sampler gets nowhere.
    pub fn draw(&mut self) -> Result<Option<(u64, &Batch)>, Vec<u8>> {
        let search = &self.desk.search;
        while !self.blocks.is_empty() {
            let block = search.blocks().get(self.blocks.start);
            let batches = self.batches.get_or_insert_with(|| Batches::new(search, block));
            let drawn = batches.draw(search);
            if drawn.map_err(|error| Answer::Refused(error.to_string()).to_bytes())?.is_some() {
                break;
            }
            let found = self.batches.take().map(Batches::best);
            self.best = found.into_iter().fold(self.best.clone(), Best::merge);
            self.blocks.start += 1;
        }
        let batch = self.batches.as_ref().and_then(Batches::batch);
        Ok(batch.map(|batch| (self.blocks.start, batch)))
    }

    /// Takes the scores of those portfolios, in their order: see [`Batches::take`].
    pub fn take(&mut self, scores: &[f64]) {
        if let Some(batches) = &mut self.batches {
            batches.take(&self.desk.search, scores);
        }
    }

    /// The answer to the task, when all are scored.
    pub fn answer(self) -> Vec<u8> {
        Answer::Found(self.best, Vec::new(), self.begun.elapsed()).to_bytes()
    }
}
