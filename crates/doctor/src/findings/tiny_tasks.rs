//! Tiny tasks: handing a task out and taking its result back costs 60 to 400 µs; a task shorter than that is mostly overhead.

use super::case::{Case, count, seconds};
use super::{Confidence, Finding, Kind};
use crate::inside::Tasks;

/// Messages below which there is nothing to gain.
const MESSAGES: u64 = 200;
/// A message longer than this, on average, is not tiny.
const TINY: f64 = 0.001;
/// What handing out one message may cost at most; what is above has another reason, such as a parent that is busy.
const DEAREST: f64 = 0.002;
/// Chunks that a worker should get.
const FEW: f64 = 4.0;
/// Bytes a message from which it is their number that costs, not the message.
const HEAVY: u64 = 50_000;

pub(super) fn find(case: &Case<'_>) -> Option<Finding> {
    let inside = &case.recording.inside;
    let pooled: Vec<&Tasks> = inside.tasks.iter().filter(|tasks| tasks.pooled).collect();
    let messages: u64 = pooled.iter().map(|tasks| tasks.messages).sum();
    let items: u64 = pooled.iter().map(|tasks| tasks.items).sum();
    let work: f64 = pooled.iter().map(|tasks| work(case, tasks)).sum();
    let bytes: u64 = inside.pickles.iter().map(|one| one.bytes).sum();
    if messages < MESSAGES || work / messages as f64 > TINY || bytes / messages > HEAVY {
        return None;
    }
    let begin = pooled.iter().map(|tasks| tasks.span.0).fold(f64::INFINITY, f64::min);
    let end = pooled.iter().map(|tasks| tasks.span.1).fold(0.0, f64::max);
    let parallel = case.parallel(case.at_once());
    let overhead = (end - begin - work / parallel).min(DEAREST * messages as f64);
    if overhead * parallel < work || !case.matters(overhead) {
        return None;
    }
    let function = &pooled.iter().max_by_key(|tasks| tasks.messages)?.function;
    let (each, around) = (work / messages as f64, overhead * parallel / messages as f64);
    let chunk = (around * 20.0 / each.max(1e-7)).clamp(10.0, 100_000.0);
    // A few chunks for each worker, or one of them would get all.
    let most = items as f64 / (FEW * case.at_once().max(1) as f64);
    let round = 10f64.powf(chunk.min(most.max(10.0)).log10().ceil()).min(most.max(2.0));
    Some(Finding {
        kind: Kind::TinyTasks,
        sentence: format!(
            "{} tasks of `{function}` took {} each, but handing one out and taking its result back took {}: the overhead is above the work.",
            count(messages),
            seconds(each),
            seconds(around)
        ),
        evidence: vec![
            format!("{} calls in {} messages", count(items), count(messages)),
            format!(
                "{} of work in {} between the first task and the last",
                seconds(work),
                seconds(end - begin)
            ),
            format!("{} bytes a message, so it is their number that costs", bytes / messages),
        ],
        cost_seconds: overhead.max(0.0),
        cost_bytes: None,
        confidence: Confidence::High,
        advice: format!(
            "Put more into a task: chunksize={round:.0} in map and imap, batch_size in joblib, or a function that works on a whole \
             range; with submit or apply_async, one call for many items."
        ),
    })
}

/// Seconds of work in tasks, without what their worker stood in the queue for a core.
fn work(case: &Case<'_>, tasks: &Tasks) -> f64 {
    let process = case.recording.processes.iter().find(|one| one.pid == tasks.pid);
    let waited = process.map_or(0.0, |one| one.waited);
    (tasks.wall - waited).max(tasks.cpu).min(tasks.wall)
}
