//! The same random numbers: workers whose generators began in one state and were drawn from. For a Mersenne twister this is
//! proven by running the common state forward to where each worker was seen later; so a worker that seeded itself anew is
//! never blamed.

use super::case::{Case, count, plural};
use super::{Confidence, Finding, Kind};
use crate::inside::{Random, twister};
use std::collections::BTreeMap;

/// A generator, its state and its position.
type Begin<'a> = (&'a str, &'a str, Option<u32>);
/// Workers, and how much each drew.
type Drawn = Vec<(i32, u64)>;

pub(super) fn find(case: &Case<'_>) -> Option<Finding> {
    let random = &case.recording.inside.random;
    let mut streams: BTreeMap<Begin<'_>, Drawn> = BTreeMap::new();
    for begin in random.iter().filter(|one| one.when == "enter" || one.when == "before") {
        let key = (&*begin.generator, &*begin.state, begin.position);
        let known = streams.entry(key).or_default();
        if known.iter().all(|worker| worker.0 != begin.pid)
            && let Some(drawn) = drawn(begin, random)
        {
            known.push((begin.pid, drawn));
        }
    }
    let ((generator, _, _), workers) = streams.into_iter().max_by_key(|one| one.1.len())?;
    let all = case.at_once().max(workers.len());
    if workers.len() < 2 {
        return None;
    }
    let numpy = generator == "numpy.random";
    let name = if numpy || generator == "random" {
        format!("the global generator of {generator}")
    } else {
        format!("the generator `{generator}`")
    };
    let mut evidence =
        vec![format!("{} began with the same state of {name}", plural(workers.len(), "worker"))];
    evidence.extend(workers.iter().take(4).map(|(pid, drawn)| match drawn {
        0 => format!("process {pid} drew from it"),
        drawn => {
            format!("process {pid} drew at least {} numbers of 32 bits from it", count(*drawn))
        }
    }));
    Some(Finding {
        kind: Kind::SameRandom,
        sentence: format!(
            "{} of {all} draw the same random numbers: each began with the same state of {name}. The results are not \
             independent; this is an error, not only a waste.",
            plural(workers.len(), "worker")
        ),
        evidence,
        cost_seconds: case.wall() * (1.0 - 1.0 / workers.len() as f64),
        cost_bytes: None,
        confidence: Confidence::High,
        advice: "Give each task or worker its own generator: np.random.default_rng(seed) with \
                 seeds = np.random.SeedSequence(1).spawn(n), one passed to each. Seeding with the time or with the process \
                 number alone is not enough."
            .into(),
    })
}

/// How many numbers were drawn from the state `begin` by the time of a later look, if any were and it was the same stream;
/// 0 if the number cannot be told.
fn drawn(begin: &Random, random: &[Random]) -> Option<u64> {
    let later = random.iter().filter(|one| {
        one.pid == begin.pid
            && one.generator == begin.generator
            && (one.when == "after" || one.when == "leave")
    });
    let mut most = None;
    for one in later {
        let drawn = match (begin.position, one.position) {
            (Some(from), Some(to)) => {
                twister::between(&begin.state, from, &one.state, to).filter(|&drawn| drawn > 0)
            }
            _ => (one.stream == begin.stream && one.state != begin.state).then_some(0),
        };
        most = most.max(drawn);
    }
    most
}
