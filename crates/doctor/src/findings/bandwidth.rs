//! Memory bandwidth: tasks that take more CPU time the more of them run at once, though each has its own core. It takes a
//! probe, on request, since one run alone cannot tell.

use super::case::{Case, seconds};
use super::{Confidence, Finding, Kind};
use crate::recording::Probe;

/// How much more CPU time a task must take beside others than alone.
const SLOWER: f64 = 1.3;

pub(super) fn find(case: &Case<'_>) -> Option<Finding> {
    let probe = case.recording.probe?;
    let (slower, by_memory) = (probe.slower(), probe.by_memory());
    let cost =
        case.recording.cpu() * (1.0 - 1.0 / by_memory.max(1.0)) / case.parallel(probe.workers);
    if by_memory < SLOWER || probe.workers < 2 || !case.matters(cost) {
        return None;
    }
    Some(Finding {
        kind: Kind::Bandwidth,
        sentence: format!(
            "The same work takes {slower:.1} times the CPU time when {} workers run at once: the cores wait for memory.",
            probe.workers
        ),
        evidence: vec![
            format!("{} of CPU time with all processes on one core in turn", seconds(probe.alone)),
            format!(
                "{} with all of them on all cores, and {} once more",
                seconds(probe.together),
                seconds(probe.again.unwrap_or(probe.together))
            ),
            format!(
                "arithmetic that stays in the caches took {:.2} times as much there meanwhile",
                probe.crowding
            ),
        ],
        cost_seconds: cost,
        cost_bytes: None,
        confidence: match case.recording.machine.others < 0.5 {
            true => Confidence::Medium,
            false => Confidence::Low, // what others do to caches and memory is in it
        },
        advice: "Work in blocks that stay in the cache (256 kB to 1 MB), use float32 where it is enough, and join passes over \
                 the same array into one. More workers will not help."
            .into(),
    })
}

/// What the probe says where it is no finding.
pub(super) fn measured(case: &Case<'_>) -> Option<String> {
    let probe = case.recording.probe?;
    let slower = probe.slower();
    let meaning = match () {
        () if slower < Probe::ALIKE => "memory bandwidth does not hold it back on this machine",
        () if probe.by_memory() < Probe::ALIKE => {
            "so does arithmetic that needs no memory, since these cores are hyperthreads or shared with other machines"
        }
        () => "unsure whether memory bandwidth holds it back",
    };
    Some(format!(
        "the same work took {slower:.2} times the CPU time when {} workers ran at once: {meaning}",
        probe.workers
    ))
}
