//! Healthy: nothing was found that costs a share worth a sentence, so the work itself is the cost. Said as readily as a fault,
//! with what was seen, and with what could still be gained.

use super::case::{Case, cores, plural, seconds};
use super::{Confidence, Finding, Kind, bandwidth};

/// Seconds below which there was nothing to see.
const TOO_SHORT: f64 = 0.1;

pub(super) fn find(case: &Case<'_>) -> Finding {
    let recording = case.recording;
    let used = recording.cpu() / case.wall();
    let user: f64 = recording.processes.iter().map(|one| one.user).sum();
    let own = 100.0 * (user / recording.cpu().max(1e-9)).min(1.0);
    let free = case.usable() - used - recording.machine.others;
    let waited: f64 = recording.processes.iter().map(|one| one.waited).sum();
    let crowded = waited > recording.cpu() && recording.machine.others > 0.4 * case.usable();
    let short = case.wall() < TOO_SHORT;
    let idle = used < 0.5 && !crowded && !short;
    let sentence = match idle {
        _ if short => format!(
            "It was over after {}, too soon to tell what holds it back, if anything does.",
            seconds(case.wall())
        ),
        _ if crowded => format!(
            "Nothing in the program holds it back, but the machine is busy with others: they used {:.1} of {}, and the program \
             stood in the queue for a core for {}.",
            recording.machine.others,
            cores(recording.machine.cores as f64),
            seconds(waited)
        ),
        true => format!(
            "Nothing was found that holds the program back; it used {used:.1} of {} and waited for something outside most of \
             the time.",
            cores(case.usable())
        ),
        false if blind(case) => format!(
            "From outside nothing was found that holds it back: {} kept {used:.1} of {} busy. What Python pickled, locked and \
             drew was not looked at.",
            crew(case),
            cores(case.usable())
        ),
        false => format!(
            "Healthy: the work itself is the cost. {} kept {used:.1} of {} busy, {own:.0} % of it in the program's own code.",
            crew(case),
            cores(case.usable())
        ),
    };
    let mut evidence = vec![
        format!("{} of CPU time in {}", seconds(recording.cpu()), seconds(case.wall())),
        format!("other programs used {:.1} cores meanwhile", recording.machine.others),
    ];
    let packed: f64 = recording.inside.pickles.iter().map(|one| one.seconds).sum();
    if recording.inside.seen() {
        let ended =
            |pid| recording.processes.iter().find(|one| one.pid == pid).map(|one| one.ended);
        let tasks = recording.inside.tasks.iter();
        let tasks: f64 = tasks.map(|one| one.until(ended(one.pid).unwrap_or(case.wall()))).sum();
        evidence.push(format!(
            "{} in tasks of workers, {} in packing",
            seconds(tasks),
            seconds(packed)
        ));
    }
    evidence.extend(bandwidth::measured(case));
    Finding {
        kind: Kind::Healthy,
        sentence,
        evidence,
        cost_seconds: 0.0,
        cost_bytes: None,
        confidence: match () {
            () if case.wall() < 0.3 => Confidence::Low,
            () if blind(case) => Confidence::Medium,
            () => Confidence::High,
        },
        advice: match () {
            () if short => "Run it on more work.".into(),
            () if crowded => "Run it when the machine is free, or with fewer of the others.".into(),
            () => advice(case, idle, free),
        },
    }
}

/// Whether there are Python workers that nobody looked into.
fn blind(case: &Case<'_>) -> bool {
    let python = case.recording.processes.iter().any(|one| one.command.contains("python"));
    python && !case.recording.inside.seen()
}

fn crew(case: &Case<'_>) -> String {
    match case.at_once() {
        0 | 1 => "One process".into(),
        workers => plural(workers, "worker"),
    }
}

fn advice(case: &Case<'_>, idle: bool, free: f64) -> String {
    if idle {
        return "It waits for a disk, a network, a clock or its user: look there.".into();
    }
    if free > 0.7 && case.usable() > 1.0 {
        return format!(
            "{free:.1} cores were free: more of the work could run side by side. Otherwise a better algorithm or faster code \
             is what is left."
        );
    }
    "Only a better algorithm, faster code or more cores would make it faster.".into()
}
