//! Imbalance: one worker has more to do than the others, who wait for it. What counts is the work that a worker did, without
//! the time it stood in the run queue: a machine that is busy with something else makes one worker late without any fault of
//! the program.

use super::case::{Case, place, plural, seconds};
use super::{Confidence, Finding, Kind};
use crate::inside::Tasks;
use crate::recording::Process;

/// How many times the mean the busiest worker's work must be.
const UNEVEN: f64 = 1.4;
/// Of the program's own time.
const SHARE: f64 = 0.1;
/// Of the busiest worker's work: on a machine that is busy with others, small differences are chance.
const OF_WORK: f64 = 0.2;

pub(super) fn find(case: &Case<'_>) -> Option<Finding> {
    let known = case.workers.iter().map(|&worker| (worker, work(case, worker)));
    let mut known: Vec<(&Process, Work)> = known.collect();
    known.sort_by(|a, b| b.1.least.total_cmp(&a.1.least));
    // Of the busiest only what is certain, and of the others all that it can have been.
    let most = known.first()?.1.least;
    let rest = known.iter().skip(1).map(|&(worker, work)| (worker, work.most));
    let mut crew: Vec<(&Process, f64)> = [(known[0].0, most)].into_iter().chain(rest).collect();
    let busiest = crew[0].0;
    let middle = (busiest.started.max(0.0) + busiest.ended) / 2.0;
    crew.retain(|(one, _)| one.pid == busiest.pid || one.parent == busiest.parent);
    crew.retain(|(one, _)| {
        one.started <= middle
            && one.ended >= busiest.started.max(0.0) + 0.3 * (middle - busiest.started.max(0.0))
    });
    let sum: f64 = crew.iter().map(|one| one.1).sum();
    let mean = sum / crew.len() as f64;
    let idle = crew.iter().map(|one| end(case, busiest) - end(case, one.0)).sum::<f64>()
        / (crew.len() as f64 - 1.0).max(1.0);
    let cost = (most - sum / case.parallel(crew.len())).min(idle);
    if crew.len() < 2
        || most < UNEVEN * mean
        || cost < (SHARE * case.own()).max(OF_WORK * most)
        || !case.matters(cost)
    {
        return None;
    }
    let inside = case.recording.inside.tasks.iter().filter(|tasks| tasks.pid == busiest.pid);
    let heaviest = inside.max_by(|a, b| a.longest.total_cmp(&b.longest));
    let others: Vec<String> = crew.iter().skip(1).take(6).map(|one| seconds(one.1)).collect();
    let mut evidence = vec![
        format!(
            "process {} worked for {}, the others for {}",
            busiest.pid,
            seconds(most),
            others.join(", ")
        ),
        "time in the queue for a core is not counted".to_owned(),
    ];
    evidence.extend(heaviest.map(|tasks| {
        let longest =
            tasks.longest.max(tasks.unfinished.map_or(0.0, |begun| busiest.ended - begun));
        format!(
            "its longest task: {} in `{}`, {}",
            seconds(longest),
            tasks.function,
            place(&tasks.place)
        )
    }));
    Some(Finding {
        kind: Kind::Imbalance,
        sentence: format!(
            "One of {} did {:.0} % of the work, and the others waited for it: shared evenly, it would have been done {} earlier.",
            plural(crew.len(), "worker"),
            100.0 * most / sum,
            seconds(cost)
        ),
        evidence,
        cost_seconds: cost,
        cost_bytes: None,
        confidence: if case.recording.inside.seen() { Confidence::High } else { Confidence::Medium },
        advice: "Make the tasks smaller and more even, hand out the longest first, and let workers take the next one when they \
                 are free: imap_unordered or submit with chunksize=1 instead of one large share each."
            .into(),
    })
}

/// When a worker ended its last task, or was last on a core for a while. Where workers take the next task when they are free,
/// these lie close together, however much each has done.
fn end(case: &Case<'_>, worker: &Process) -> f64 {
    let tasks = case.recording.inside.tasks.iter().filter(|tasks| tasks.pid == worker.pid);
    let known =
        tasks.map(|tasks| tasks.unfinished.map_or(tasks.span.1, |_| worker.ended)).reduce(f64::max);
    let busy = worker.slices.iter().filter(|slice| slice.ran + slice.waited > 0.3 * slice.long);
    known.or(busy.map(|slice| slice.at).reduce(f64::max)).unwrap_or(worker.started)
}

/// Seconds that a worker worked.
#[derive(Debug, Clone, Copy)]
struct Work {
    least: f64,
    most: f64,
}

/// Seconds that a worker worked: in tasks where that is known, otherwise on a core. On a crowded machine the time in tasks and
/// in the queue are both long and what lies between is chance, so the CPU time of the tasks is the least that it can be. What
/// came after the last look at the queue was work or was spent in it.
fn work(case: &Case<'_>, worker: &Process) -> Work {
    let inside = &case.recording.inside;
    let tasks: Vec<&Tasks> = inside.tasks.iter().filter(|tasks| tasks.pid == worker.pid).collect();
    if tasks.is_empty() {
        let (ran, tail) = if inside.seen() { (0.0, 0.0) } else { (worker.cpu(), worker.tail) };
        return Work { least: ran, most: ran + tail };
    }
    let wall: f64 = tasks.iter().map(|one| one.until(worker.ended)).sum();
    let cpu: f64 = tasks.iter().map(|one| one.cpu).sum();
    let after = tasks.iter().map(|one| one.span.1 - worker.ended).fold(0.0, f64::max);
    let on_core = |waited: f64| (wall - waited).max(cpu).min(wall);
    Work { least: on_core(worker.waited + after), most: on_core(worker.waited) }
}
