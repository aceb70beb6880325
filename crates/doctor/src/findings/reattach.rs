//! Reattaching: shared memory that is opened, mapped and closed in an inner loop. Each time the kernel makes a mapping and
//! the first touch of every page is a fault.

use super::case::{Case, count, place, seconds};
use super::{Confidence, Finding, Kind};

/// Attaches of one function from which it is a loop.
const OFTEN: u64 = 30;
/// Attaches a segment.
const AGAIN: u64 = 5;

pub(super) fn find(case: &Case<'_>) -> Option<Finding> {
    let mut sites: Vec<_> = case.recording.inside.attaches.iter().collect();
    sites.retain(|site| site.times >= OFTEN && site.times >= AGAIN * site.segments);
    let worst = sites.iter().max_by_key(|site| site.times)?;
    let times: u64 = sites.iter().map(|site| site.times).sum();
    let attaching: f64 = sites.iter().map(|site| site.seconds).sum();
    let pids: Vec<i32> = sites.iter().map(|site| site.pid).collect();
    let of_pid = |pid: &i32| case.recording.processes.iter().find(|one| one.pid == *pid);
    let system: f64 = pids.iter().filter_map(of_pid).map(|one| one.system).sum();
    let cost = (attaching.max(0.7 * system)) / case.parallel(pids.len());
    if !case.matters(cost) {
        return None;
    }
    Some(Finding {
        kind: Kind::Reattach,
        sentence: format!(
            "`{}` attaches shared memory again and again: {} times, for {} that a worker needs to attach once.",
            worst.function,
            count(times),
            if worst.segments == 1 { "one segment".into() } else { format!("{} segments", worst.segments) }
        ),
        evidence: vec![
            format!("`{}`, {}: {} attaches in process {}", worst.function, place(&worst.place), count(worst.times), worst.pid),
            format!("{} in opening and mapping", seconds(attaching)),
            format!("{} of CPU time in the kernel, for mappings and the first touch of their pages", seconds(system)),
        ],
        cost_seconds: cost,
        cost_bytes: None,
        confidence: Confidence::High,
        advice: "Attach once in each worker, in the pool's initializer, keep the SharedMemory and the array in a global, and \
                 close when the worker ends."
            .into(),
    })
}
