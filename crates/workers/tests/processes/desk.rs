//! What the tests work with.

use sharpest_workers::{Answer, Error, Finished, Launch, Message, Next, Pool, Settings, Terms};
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

/// After so long something hangs, and the test says so in place of the one who waits.
pub(crate) const WATCHDOG: Duration = Duration::from_secs(240);

/// Ends the program if it is not dropped in time.
pub(crate) fn watchdog(name: &'static str) -> Sender<()> {
    let (guard, over) = channel();
    std::thread::spawn(move || {
        if over.recv_timeout(WATCHDOG) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
            eprintln!("{name} hangs");
            std::process::exit(101);
        }
    });
    guard
}

/// This program as a worker.
pub(crate) fn launch() -> Launch {
    Launch::new(std::env::current_exe().unwrap()).arg("--worker")
}

pub(crate) fn settings(workers: usize) -> Settings {
    Settings { workers, beginning: b"begin".to_vec(), ..Settings::default() }
}

pub(crate) fn pool(workers: usize) -> Pool {
    Pool::start(launch(), settings(workers)).unwrap()
}

/// An order to the worker of these tests, and a number.
pub(crate) fn order(word: u8, number: u64) -> Message {
    let mut body = vec![word];
    body.extend(number.to_le_bytes());
    body.into()
}

pub(crate) fn submit(pool: &Pool, word: u8, number: u64) -> u64 {
    pool.submit(order(word, number), Terms::default()).unwrap()
}

/// Submits and waits.
pub(crate) fn ask(pool: &Pool, message: Message) -> Result<Answer, Error> {
    let task = pool.submit(message, Terms::default()).unwrap();
    pool.wait(task, None).unwrap().outcome
}

/// Any task that finished.
pub(crate) fn next(pool: &Pool) -> Finished {
    match pool.next(None, None) {
        Next::Finished(finished) => *finished,
        other => panic!("{other:?}"),
    }
}

/// The number that a worker answered.
pub(crate) fn number(outcome: &Result<Answer, Error>) -> u64 {
    let answer = outcome.as_ref().unwrap();
    assert!(!answer.failed, "{}", String::from_utf8_lossy(answer.body.bytes()));
    u64::from_le_bytes(answer.body.bytes().try_into().unwrap())
}

/// Numbers that look random; the same in every run.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

/// Whether a process is there and not only waiting to be buried.
pub(crate) fn lives(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit(") ").next().is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['Z', 'X']))
}
