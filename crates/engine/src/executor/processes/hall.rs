//! The side that hands out: a pool of workers, and which block is with whom.

use super::errand::Errand;
use crate::Error;
use crate::executor::finding;
use crate::job::Job;
use sharpest_arrays::Frozen;
use sharpest_search::{Best, Line, Sink};
use sharpest_workers::{Answer, Launch, Message, Next, Pool, Settings, TaskId, Terms};
use std::collections::HashMap;
use std::ffi::OsString;
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::Duration;

/// How often it is asked whether to stop, while nothing comes back.
const GLANCE: Duration = Duration::from_millis(20);
/// How often a block is tried: whoever kills workers by the thousand is believed to mean it.
const RETRIES: u32 = 1000;
/// Blocks that wait with each worker, so that none waits for the way there.
const AHEAD: usize = 2;

/// A job in the hands of a pool.
pub(super) struct Hall<'j, 'a, 'w> {
    job: &'j Job<'a, 'w>,
    pool: Pool,
    jobs: usize,
    /// The blocks that were given out.
    out: HashMap<TaskId, u64>,
    /// Whoever holds the other end, as every worker does, sees when this one is shut.
    stop: UnixStream,
    stopped: UnixStream,
    /// Workers that start later need them too.
    _moments: Arc<Frozen>,
}

impl<'j, 'a, 'w> Hall<'j, 'a, 'w> {
    pub(super) fn open(
        jobs: usize,
        command: &[OsString],
        job: &'j Job<'a, 'w>,
    ) -> Result<Self, Error> {
        let system = |what| move |source| sharpest_workers::Error::System { what, source };
        let (errand, moments) = Errand::new(job).map_err(sharpest_workers::Error::from)?;
        let (stop, stopped) = UnixStream::pair().map_err(system("making a socket"))?;
        let mut words = command.iter();
        let program = words.next().cloned().unwrap_or_default();
        let launch = words.fold(Launch::new(program), |launch, word| launch.arg(word));
        let beginning = errand.to_bytes();
        let settings =
            Settings { workers: jobs, retries: RETRIES, beginning, ..Settings::default() };
        let pool = Pool::start(launch, settings)?;
        Ok(Self { job, pool, jobs, out: HashMap::new(), stop, stopped, _moments: moments })
    }

    /// Hands out all blocks and merges what comes back.
    pub(super) fn run(mut self) -> Result<Best, Error> {
        let mut best = self.job.nothing();
        loop {
            self.hand_out()?;
            if self.job.halted() {
                let _ = self.stop.shutdown(Shutdown::Both); // done twice it has no effect
            }
            match self.pool.next(None, Some(GLANCE)) {
                Next::Finished(finished) => {
                    let Some(block) = self.out.remove(&finished.task) else { continue };
                    best = best.merge(self.take_back(block, &finished.outcome?)?);
                }
                Next::TimedOut => {}
                Next::Settled => break,
            }
        }
        self.pool.close(false);
        self.pool.join(None);
        Ok(best)
    }

    fn hand_out(&mut self) -> Result<(), Error> {
        // Lines that wait are those of blocks behind one that is out: while they are too many, no more are begun.
        let has_room = |out: &HashMap<_, _>| out.is_empty() || !self.job.is_ahead();
        while self.out.len() < AHEAD * self.jobs && has_room(&self.out) {
            let Some(block) = self.job.next() else { break };
            let stopped = self.stopped.try_clone();
            let stopped = stopped.map_err(|source| sharpest_workers::Error::System {
                what: "sending a block",
                source,
            })?;
            let files = vec![OwnedFd::from(stopped)];
            let body = block.to_ne_bytes().to_vec();
            let message = Message { body, files, ..Message::default() };
            let task = self.pool.submit(message, Terms::default())?;
            self.out.insert(task, block);
        }
        Ok(())
    }

    /// A block is back. One that was refused is looked at here too: what is refused is the same everywhere, and so the
    /// reason gets here whole.
    fn take_back(&self, block: u64, answer: &Answer) -> Result<Best, Error> {
        if answer.failed {
            let search = self.job.search();
            search.search_block(search.blocks().get(block), &mut Deaf)?;
            let what = String::from_utf8_lossy(answer.body.bytes()).into_owned();
            return Err(sharpest_workers::Error::Failed { what }.into());
        }
        let damaged = || sharpest_workers::Error::Damaged("it should say what was found");
        let (best, lines) =
            finding::from_bytes(answer.body.bytes(), self.job.top()).ok_or_else(damaged)?;
        self.job.hand_in(block..block + 1, &best, lines);
        Ok(best)
    }
}

/// Wants nothing of a block but whether it is refused.
struct Deaf;

impl Sink for Deaf {
    fn line(&mut self, _: &Line<'_>) {}

    fn wants_lines(&self) -> bool {
        false
    }
}
