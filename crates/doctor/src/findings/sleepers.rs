//! One lock, from outside: workers that sleep in a futex, wake often, and hardly ever wait for a message. An idle pool looks the
//! same, but for one of its workers, which holds the lock of the queue and waits for the message.

use super::case::{Case, bytes, count, plural, seconds};
use super::{Confidence, Finding, Kind};

/// Of the time that nobody ran or queued, the share whose place in the kernel must be known.
const KNOWN: f64 = 0.3;
const MOVED: u64 = 20_000_000;

/// What the workers did while they slept, all together.
struct Sleepers {
    /// The share of the time in which they neither ran nor stood in the queue.
    idle: f64,
    /// Times a second that one woke.
    often: f64,
    /// Seconds asleep, whatever for; for a lock; for a message.
    slept: f64,
    locked: f64,
    asked: f64,
    /// Whether the kernel said what for.
    known: bool,
    moved: u64,
    switches: u64,
}

pub(super) fn find(case: &Case<'_>) -> Option<Finding> {
    let all = Sleepers::of(case);
    if case.workers.len() < 2 || all.idle < 0.4 || all.moved > MOVED || !all.may_lock(case) {
        return None;
    }
    let what = match all.known {
        true => "a lock that one of them holds",
        false => "a lock, or for small messages: which, this kernel does not say",
    };
    Some(Finding {
        kind: Kind::Lock,
        sentence: format!(
            "The workers slept {:.0} % of the time and woke {:.0} times a second each: they wait for {what}.",
            100.0 * all.idle,
            all.often
        ),
        evidence: all.evidence(case),
        cost_seconds: all.idle * case.wall() * 0.5,
        cost_bytes: None,
        confidence: if all.known { Confidence::Medium } else { Confidence::Low },
        advice: "Hold the lock for less, or give each worker data of its own. For Python, run the doctor without \
                 --outside-only: it names the line that waits."
            .into(),
    })
}

impl Sleepers {
    fn of(case: &Case<'_>) -> Self {
        let workers = || case.workers.iter();
        let life = workers().map(|one| one.life()).sum::<f64>().max(1e-9);
        let idle = 1.0 - workers().map(|one| one.cpu() + one.waited).sum::<f64>() / life;
        let switches: u64 = workers().map(|one| one.voluntary).sum();
        let slept: f64 = workers().map(|one| one.slept.sum()).sum();
        Self {
            idle,
            often: switches as f64 / life,
            slept,
            locked: workers().map(|one| one.slept.lock).sum(),
            asked: workers().map(|one| one.slept.message).sum(),
            known: slept > KNOWN * idle * life,
            moved: workers().map(|one| one.read + one.written).sum(),
            switches,
        }
    }

    /// Whether it may be a lock; where the kernel does not say, workers that wake often are all there is to go by.
    fn may_lock(&self, case: &Case<'_>) -> bool {
        let longest = case.workers.iter().map(|one| one.life()).fold(0.0, f64::max);
        match self.known {
            true => {
                self.locked > 0.5 * self.slept && self.asked < 0.1 * longest && self.often > 10.0
            }
            false => self.often > 50.0,
        }
    }

    fn evidence(&self, case: &Case<'_>) -> Vec<String> {
        let workers = plural(case.workers.len(), "worker");
        let mut evidence = vec![
            format!("{workers}, {} switches of their own will", count(self.switches)),
            format!("{} read and written by them", bytes(self.moved)),
        ];
        if self.known {
            let [slept, locked, asked] = [self.slept, self.locked, self.asked].map(seconds);
            let line = format!("asleep for {slept}: {locked} for a lock, {asked} for a message");
            evidence.push(line);
        }
        evidence
    }
}
