//! Start-up: processes that take longer to start than they work. From inside, the CPU time that a worker's first thread
//! had used when its first task came; from outside, processes that lived for a moment only.

use super::case::{Case, count, plural, seconds};
use super::{Confidence, Finding, Kind};
use crate::inside::Worker;

/// Of the program's time.
const SHARE: f64 = 0.15;
/// Of the CPU time, the share that processes of a moment must have used.
const SHORT_SHARE: f64 = 0.3;
/// Seconds that are a moment.
const MOMENT: f64 = 0.1;

pub(super) fn find(case: &Case<'_>) -> Option<Finding> {
    inside(case).or_else(|| outside(case))
}

fn inside(case: &Case<'_>) -> Option<Finding> {
    let workers = &case.recording.inside.workers;
    let cpu: f64 = workers.iter().map(|worker| worker.start_cpu).sum();
    let launching: f64 = case.recording.inside.launches.iter().map(|launch| launch.took).sum();
    let cost = cpu / case.parallel(case.at_once());
    if workers.is_empty() || cost < SHARE * case.own() || !case.matters(cost) {
        return None;
    }
    let work: f64 = case.recording.inside.tasks.iter().map(|tasks| tasks.cpu).sum();
    let method = case.recording.inside.launches.first().map_or("", |launch| &launch.method);
    let how = if method.is_empty() { String::new() } else { format!(" ({method})") };
    let mut evidence = vec![
        format!(
            "{} of CPU time before the first task of each, {} in tasks",
            seconds(cpu),
            seconds(work)
        ),
        format!("the parent was held up for {} by starting them", seconds(launching)),
    ];
    if let Some(slowest) = slowest(workers) {
        evidence.push(format!(
            "the slowest, {}, took {} of CPU time",
            slowest.name,
            seconds(slowest.start_cpu)
        ));
    }
    Some(Finding {
        kind: Kind::Startup,
        sentence: format!(
            "Starting {}{how} cost {} of CPU time each, {} of the program's time: interpreter, imports and initializer, again in every one.",
            plural(workers.len(), "worker"),
            seconds(cpu / workers.len() as f64),
            case.percent(cost)
        ),
        evidence,
        cost_seconds: cost,
        cost_bytes: None,
        confidence: Confidence::High,
        advice: advice(method, workers.len(), case.at_once()),
    })
}

fn slowest(workers: &[Worker]) -> Option<&Worker> {
    workers.iter().max_by(|a, b| a.start_cpu.total_cmp(&b.start_cpu))
}

fn advice(method: &str, workers: usize, at_once: usize) -> String {
    let mut advice = String::new();
    if workers > 2 * at_once.max(1) {
        advice.push_str("Make one pool at the start and use it for everything, instead of a new one each time. ");
    }
    if method == "spawn" || method == "loky" {
        advice.push_str(
            "With spawn every worker imports the main module and NumPy anew: start as many workers as there are cores and no \
             more, keep imports out of the main module that workers do not need, or use the forkserver with \
             set_forkserver_preload([\"numpy\"]).",
        );
    } else {
        advice.push_str(
            "Do in the parent, before the pool, what every worker does in its initializer.",
        );
    }
    advice
}

/// Processes of a moment, seen or too short to be seen.
fn outside(case: &Case<'_>) -> Option<Finding> {
    let recording = case.recording;
    let short: Vec<_> = recording
        .processes
        .iter()
        .filter(|one| {
            one.started > 0.0 && one.life() < MOMENT && one.ended < recording.wall - MOMENT
        })
        .collect();
    let cpu = short.iter().map(|one| one.cpu()).sum::<f64>() + recording.unseen_cpu;
    let parents: f64 =
        recording.processes.iter().filter(|one| one.life() >= MOMENT).map(|one| one.system).sum();
    let started = recording.forks.max(short.len() as u64);
    let cost = cpu.min(case.wall());
    if started < 50 || cpu < SHORT_SHARE * recording.cpu() || !case.matters(cost) {
        return None;
    }
    Some(Finding {
        kind: Kind::Startup,
        sentence: format!(
            "Up to {} processes were started that lived for a moment only; they used {:.0} % of the CPU time, and most of \
             what so short a process does is to start and to end.",
            count(started),
            100.0 * cpu / recording.cpu()
        ),
        evidence: vec![
            format!("{} of CPU time in processes of less than {}", seconds(cpu), seconds(MOMENT)),
            format!("{} in the kernel for those that started them", seconds(parents)),
            format!("{} processes and threads were started on the whole machine meanwhile", count(recording.forks)),
        ],
        cost_seconds: cost,
        cost_bytes: None,
        confidence: Confidence::Medium,
        advice: "Start fewer: one process that works on many items (xargs -n 1000, one awk or Python for the whole loop) instead \
                 of one for each."
            .into(),
    })
}
