//! One lock: workers that wait for each other. Only waits that a line of the program asked for count; workers that wait for
//! work are idle, not locked out. What can be said from outside is in `sleepers`.

use super::case::{Case, count, place, plural, seconds};
use super::{Confidence, Finding, Kind, sleepers};
use std::collections::BTreeMap;

pub(super) fn find(case: &Case<'_>) -> Option<Finding> {
    match case.recording.inside.seen() {
        true => inside(case),
        false => sleepers::find(case),
    }
}

fn inside(case: &Case<'_>) -> Option<Finding> {
    let locks = &case.recording.inside.locks;
    let mut waiters: Vec<i32> = locks.iter().map(|lock| lock.pid).collect();
    waiters.sort_unstable();
    waiters.dedup();
    let total: f64 = locks.iter().map(|lock| lock.seconds).sum();
    let cost = total / case.parallel(waiters.len()).max(waiters.len() as f64);
    if !case.matters(cost) {
        return None;
    }
    let mut lines: BTreeMap<(&str, &str), (u64, f64, f64)> = BTreeMap::new();
    for lock in locks {
        let sum = lines.entry((&lock.function, &lock.place)).or_default();
        sum.0 += lock.waits;
        sum.1 += lock.seconds;
        sum.2 = sum.2.max(lock.longest);
    }
    let mut lines: Vec<_> = lines.into_iter().collect();
    lines.sort_by(|a, b| b.1.1.total_cmp(&a.1.1));
    let ((function, line), _) = *lines.first()?;
    let said = lines.iter().take(3).map(|((function, line), (waits, sum, longest))| {
        format!(
            "`{function}`, {}: {} waits, {} in all, the longest {}",
            place(line),
            count(*waits),
            seconds(*sum),
            seconds(*longest)
        )
    });
    Some(Finding {
        kind: Kind::Lock,
        sentence: format!(
            "{} waited for one lock, {} of {} each: `{function}` takes it at {}.",
            plural(waiters.len(), "process").replace("processs", "processes"),
            seconds(cost),
            seconds(case.wall()),
            place(line)
        ),
        evidence: said.collect(),
        cost_seconds: cost,
        cost_bytes: None,
        confidence: Confidence::High,
        advice: "Hold the lock for less: compute first, lock only to store. Better none: let each worker keep its own sum and \
                 return it, and add the sums in the parent."
            .into(),
    })
}
