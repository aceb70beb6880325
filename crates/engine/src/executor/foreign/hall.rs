//! The side that hands out: which blocks are with whom, and what to do with what comes back.

use super::pace::Pace;
use super::task::{Answer, Question};
use super::{Broken, Foreign};
use crate::Error;
use crate::job::Job;
use sharpest_search::{Best, Line, Sink};
use std::collections::BTreeMap;
use std::ops::Range;
use std::time::{Duration, Instant};

/// How often it is asked whether to stop, while nothing comes back.
const GLANCE: Duration = Duration::from_millis(20);
/// Tasks that are out for each worker: one that it works on, and one that waits there.
const AHEAD: usize = 2;
/// So long whoever was stopped may take to say so: what is finished in this time still counts.
const GRACE: Duration = Duration::from_secs(2);
/// A worker that hears Ctrl-C before this program does is believed to be right for so long.
const DOUBT: Duration = Duration::from_millis(500);
/// How often a task is handed out that was only interrupted.
const TRIES: u32 = 3;

/// A job in the hands of others.
pub(super) struct Hall<'j, 'a, 'w> {
    foreign: &'j dyn Foreign,
    slots: usize,
    job: &'j Job<'a, 'w>,
    question: Question,
    pace: Pace,
    /// What is out, by number.
    out: BTreeMap<u64, Errand>,
    /// How many tasks were handed out.
    sent: u64,
    /// A block that was taken and did not follow on those before it.
    held: Option<u64>,
    /// Blocks that never come back.
    lost: Vec<Range<u64>>,
}

/// Blocks that are with somebody.
struct Errand {
    blocks: Range<u64>,
    tries: u32,
}

impl<'j, 'a, 'w> Hall<'j, 'a, 'w> {
    pub(super) fn new(
        foreign: &'j dyn Foreign,
        slots: usize,
        job: &'j Job<'a, 'w>,
    ) -> Result<Self, Error> {
        let question = Question::new(job, foreign.is_near());
        let question = question.map_err(sharpest_workers::Error::from)?;
        let pace = Pace::new(slots);
        let (out, lost) = (BTreeMap::new(), Vec::new());
        Ok(Self { foreign, slots, job, question, pace, out, sent: 0, held: None, lost })
    }

    /// Hands out all blocks and merges what comes back.
    pub(super) fn run(mut self) -> Result<Best, Error> {
        let mut best = self.job.nothing();
        loop {
            if self.job.halted() {
                return self.wind_up(best);
            }
            self.hand_out()?;
            if self.out.is_empty() {
                return Ok(best);
            }
            if let Some((number, answer)) = self.foreign.next(GLANCE)
                && let Some(errand) = self.out.remove(&number)
            {
                best = best.merge(self.take_back(errand, answer)?);
            }
        }
    }

    /// The job was halted: what is being worked on may still come back.
    fn wind_up(mut self, mut best: Best) -> Result<Best, Error> {
        self.foreign.cancel();
        let end = Instant::now() + GRACE;
        while !self.out.is_empty() && Instant::now() < end {
            let Some((number, answer)) = self.foreign.next(GLANCE) else { continue };
            let Some(Errand { blocks, .. }) = self.out.remove(&number) else { continue };
            let answer = answer.ok().and_then(|bytes| Answer::from_bytes(&bytes, self.job.top()));
            match answer {
                Some(Answer::Found(found, lines, _)) => {
                    self.job.hand_in(blocks, &found, lines);
                    best = best.merge(found);
                }
                _ => self.lost.push(blocks),
            }
        }
        // Lines of later blocks may wait for theirs.
        self.lost.extend(self.out.into_values().map(|errand| errand.blocks));
        self.lost.extend(self.held.map(|block| block..block + 1));
        for blocks in self.lost {
            self.job.hand_in(blocks, &self.job.nothing(), Vec::new());
        }
        Ok(best)
    }

    fn hand_out(&mut self) -> Result<(), Error> {
        // As long as nobody knows how much goes into a task, there is one a worker.
        let most = if self.pace.is_known() { AHEAD * self.slots } else { self.slots };
        // Lines that wait are those of blocks behind one that is out: while they are too many, no more are begun.
        while self.out.len() < most && (self.out.is_empty() || !self.job.is_ahead()) {
            let Some(blocks) = self.gather() else { break };
            // The first tasks bring the question; a worker that gets none of them will ask for it.
            let whole = self.sent < self.slots as u64;
            self.send(Errand { blocks, tries: 1 }, whole)?;
        }
        Ok(())
    }

    /// The next blocks, as many as a task takes, that follow on each other.
    fn gather(&mut self) -> Option<Range<u64>> {
        let first = self.held.take().or_else(|| self.job.next())?;
        let mut blocks = first..first + 1;
        let left = self.job.search().blocks().count() - first;
        while blocks.end - blocks.start < self.pace.blocks(left) {
            match self.job.next() {
                Some(next) if next == blocks.end => blocks.end += 1,
                other => {
                    self.held = other;
                    break;
                }
            }
        }
        Some(blocks)
    }

    fn send(&mut self, errand: Errand, whole: bool) -> Result<(), Error> {
        let number = self.sent;
        self.sent += 1;
        let task = self.question.task(errand.blocks.clone(), whole);
        self.out.insert(number, errand);
        self.foreign.submit(number, task).map_err(|broken| failed(broken.what))
    }

    fn take_back(
        &mut self,
        errand: Errand,
        answer: Result<Vec<u8>, Broken>,
    ) -> Result<Best, Error> {
        let bytes = match answer {
            Ok(bytes) => bytes,
            Err(broken) => return self.doubt(errand, broken),
        };
        match Answer::from_bytes(&bytes, self.job.top()) {
            Some(Answer::Found(best, lines, time)) => {
                self.pace.hear(errand.blocks.end - errand.blocks.start, time);
                self.job.hand_in(errand.blocks, &best, lines);
                return Ok(best);
            }
            Some(Answer::Unknown) => self.send(errand, true)?,
            Some(Answer::Refused(reason)) => {
                self.look_at(errand.blocks)?;
                return Err(failed(reason));
            }
            Some(Answer::Version(theirs)) => {
                return Err(failed(format!(
                    "a worker has version {theirs} of sharpest and this is {}: install the same on every node",
                    env!("CARGO_PKG_VERSION")
                )));
            }
            None => return Err(failed("what a worker answered is no answer".into())),
        }
        Ok(self.job.nothing())
    }

    /// A task has no answer. After Ctrl-C that is no failure, even where a worker heard it first.
    fn doubt(&mut self, errand: Errand, broken: Broken) -> Result<Best, Error> {
        let begun = Instant::now();
        while !self.job.halted() && begun.elapsed() < DOUBT {
            std::thread::sleep(GLANCE);
        }
        if self.job.halted() {
            self.lost.push(errand.blocks);
            return Ok(self.job.nothing());
        }
        if !broken.interrupted || errand.tries == TRIES {
            return Err(failed(broken.what));
        }
        self.send(Errand { tries: errand.tries + 1, ..errand }, true)?;
        Ok(self.job.nothing())
    }

    /// What is refused is the same everywhere: looked at here too, the reason gets here whole.
    fn look_at(&self, blocks: Range<u64>) -> Result<(), Error> {
        let search = self.job.search();
        for block in blocks {
            search.search_block(search.blocks().get(block), &mut Deaf)?;
        }
        Ok(())
    }
}

fn failed(what: String) -> Error {
    Error::Foreign { what, checkpoint: None }
}

/// Wants nothing of a block but whether it is refused.
struct Deaf;

impl Sink for Deaf {
    fn line(&mut self, _: &Line<'_>) {}

    fn wants_lines(&self) -> bool {
        false
    }
}
