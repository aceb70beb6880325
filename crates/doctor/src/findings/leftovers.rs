//! Leftovers: shared memory and processes that outlive the program. The memory stays taken until someone removes it.

use super::case::{Case, bytes, plural};
use super::{Confidence, Finding, Kind};

pub(super) fn find(case: &Case<'_>) -> Option<Finding> {
    let recording = case.recording;
    let left: Vec<_> = recording.left.iter().filter(|left| left.certain).collect();
    let survivors = &recording.survivors;
    if left.is_empty() && survivors.is_empty() {
        return None;
    }
    let total: u64 = left.iter().map(|left| left.bytes).sum();
    let files = format!("{} in /dev/shm ({})", plural(left.len(), "segment"), bytes(total));
    let running = format!(
        "{} still running",
        plural(survivors.len(), "process").replace("processs", "processes")
    );
    let what = match (left.is_empty(), survivors.is_empty()) {
        (false, true) => files,
        (true, false) => running,
        _ => format!("{files} and {running}"),
    };
    let mut evidence: Vec<String> = left
        .iter()
        .take(5)
        .map(|left| format!("/dev/shm/{}: {}", left.name, bytes(left.bytes)))
        .collect();
    evidence.extend(survivors.iter().take(5).map(|pid| {
        let known = recording.processes.iter().find(|one| one.pid == *pid);
        format!("process {pid}: {}", known.map_or("unknown", |one| &one.command))
    }));
    Some(Finding {
        kind: Kind::Leftovers,
        sentence: format!("The program left {what} behind."),
        evidence,
        cost_seconds: 0.0,
        cost_bytes: Some(total),
        confidence: Confidence::High,
        advice: match left.first() {
            Some(first) => format!(
                "Call unlink() once, in the process that made the segment, in a finally: block. Remove what is there: \
                 rm /dev/shm/{}{}",
                first.name,
                if left.len() > 1 { " and the others" } else { "" }
            ),
            None => "End the workers before the program ends: close() and join() of the pool, or daemon=True.".into(),
        },
    })
}
