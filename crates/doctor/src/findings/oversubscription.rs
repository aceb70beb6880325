//! Oversubscription: workers that each start threads, mostly of a linear algebra library, more than there are cores. It is
//! structural: it is there whether the machine is busy or not, and the run queue only confirms it.

use super::case::{Case, cores, plural};
use super::{Confidence, Finding, Kind};
use crate::recording::Process;

/// Threads per core from which it counts.
const CROWDED: f64 = 1.2;
/// Threads of one process that must be ready at once, on average. Python threads that take turns are never more than one.
const READY: f64 = 1.4;
/// Of the CPU time, the share of threads beside each process's busiest. Less is threads that only came to life.
const BESIDE: f64 = 0.15;
/// Of the time that threads are ready, the share in the run queue that confirms it.
const QUEUED: f64 = 0.2;

pub(super) fn find(case: &Case<'_>) -> Option<Finding> {
    let crew = crew(case);
    let each = crew.iter().map(|one| one.computing()).max()?;
    let threads: usize = crew.iter().map(|one| one.computing()).sum();
    let ran: f64 = crew.iter().map(|one| one.cpu()).sum();
    let waited: f64 = crew.iter().map(|one| one.waited).sum();
    let queued = waited / (ran + waited).max(1e-9);
    let beside = crew.iter().map(|one| one.cpu() - busiest(one)).sum::<f64>() / ran.max(1e-9);
    let all: f64 = crew.iter().map(|one| ready(one)).sum();
    let most = crew.iter().map(|one| ready(one)).fold(0.0, f64::max);
    if each < 2
        || all <= CROWDED * case.usable()
        || most < READY
        || beside < BESIDE
        || queued < QUEUED
    {
        return None;
    }
    let span = crew.iter().map(|one| one.life()).fold(0.0, f64::max);
    let busy = (ran / (span * case.usable()).max(1e-9)).min(1.0); // idle time is not this one's fault
    let cost = span * busy * (1.0 - case.usable() / threads as f64);
    if !case.matters(cost) {
        return None;
    }
    let library = library(case, &crew);
    let who = if case.workers.is_empty() { "process" } else { "worker" };
    let sentence = format!(
        "{} × {} fight for {}: {:.0} % of the time that they were ready to run, they stood in the queue for a core.",
        plural(crew.len(), who),
        plural(each, &library.map_or("thread".to_owned(), |name| format!("{name} thread"))),
        cores(case.usable()),
        100.0 * queued
    );
    Some(Finding {
        kind: Kind::Oversubscription,
        sentence,
        evidence: evidence(case, &crew, threads, waited, ran),
        cost_seconds: cost,
        cost_bytes: None,
        confidence: if queued > 0.4 { Confidence::High } else { Confidence::Medium },
        advice: advice(library, crew.len(), case.usable()),
    })
}

/// Threads of a process that were running or ready to run, on average over its life.
fn ready(process: &Process) -> f64 {
    process.by_thread.iter().map(|thread| thread.ran + thread.waited).sum::<f64>()
        / process.life().max(0.01)
}

/// CPU seconds of the thread that ran longest.
fn busiest(process: &Process) -> f64 {
    process.by_thread.iter().map(|thread| thread.ran).fold(0.0, f64::max)
}

/// The workers that are there at once, or the one process.
fn crew<'a>(case: &Case<'a>) -> Vec<&'a Process> {
    let all: Vec<&Process> = match case.workers.is_empty() {
        true => case.recording.processes.iter().collect(),
        false => case.workers.clone(),
    };
    let most = all.iter().map(|one| one.cpu()).fold(0.0, f64::max);
    let busy: Vec<&Process> = all.into_iter().filter(|one| one.cpu() > 0.1 * most).collect();
    let at = |one: &Process| (one.started.max(0.0) + one.ended) / 2.0;
    let alive = |at: f64| {
        busy.iter().copied().filter(move |one| one.started <= at && at <= one.ended).collect()
    };
    let crews = busy.iter().map(|one| alive(at(one)));
    crews.max_by_key(|crew: &Vec<&Process>| crew.len()).unwrap_or_default()
}

/// The library of linear algebra whose threads they are; none where each that is known says that it has one thread.
fn library<'a>(case: &'a Case<'_>, crew: &[&'a Process]) -> Option<&'a str> {
    let told = &case.recording.inside.blas;
    if !told.is_empty() && told.iter().all(|blas| blas.threads == 1) {
        return None;
    }
    let known = crew.iter().chain(&case.workers).flat_map(|one| &one.blas).next();
    let said = case.recording.inside.blas.first().map(|blas| blas.library.as_str());
    known.map(String::as_str).or(said)
}

fn evidence(
    case: &Case<'_>,
    crew: &[&Process],
    threads: usize,
    waited: f64,
    ran: f64,
) -> Vec<String> {
    let mut evidence = vec![
        format!("{threads} threads computed at once, on {}", cores(case.usable())),
        format!("they ran for {ran:.1} s and stood in the run queue for {waited:.1} s"),
    ];
    if let Some(blas) = case.recording.inside.blas.first() {
        evidence.push(format!(
            "{} {} says that it uses {} in each process",
            blas.library,
            blas.version,
            plural(blas.threads, "thread")
        ));
    }
    let set: Vec<&str> = crew.iter().flat_map(|one| &one.environment).map(String::as_str).collect();
    evidence.push(match set.first() {
        Some(first) => format!("the environment says {first}"),
        None => "no variable such as OPENBLAS_NUM_THREADS is set".into(),
    });
    if case.recording.machine.others > 0.2 {
        evidence.push(format!(
            "other programs used {:.1} cores meanwhile; the threads are too many without them",
            case.recording.machine.others
        ));
    }
    evidence
}

fn advice(library: Option<&str>, workers: usize, usable: f64) -> String {
    let fewer = match workers as f64 > usable {
        true => format!(", and start {} instead of {workers}", plural(usable as usize, "worker")),
        false => String::new(),
    };
    let variable = match library {
        Some("OpenBLAS" | "openblas") => "OPENBLAS_NUM_THREADS",
        Some("MKL" | "mkl") => "MKL_NUM_THREADS",
        Some("BLIS" | "blis") => "BLIS_NUM_THREADS",
        Some(_) => "OMP_NUM_THREADS",
        None => {
            return format!(
                "Have each of them compute in one thread{fewer}. What starts threads by itself often listens to \
                 OMP_NUM_THREADS=1 or to threadpoolctl.threadpool_limits(1)."
            );
        }
    };
    format!(
        "Set {variable}=1 before NumPy is imported (in the shell, or as the first line of the program){fewer}. \
         In a worker that runs already: threadpoolctl.threadpool_limits(1)."
    )
}
