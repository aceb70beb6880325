//! Sentences that every report has: what ran, how it ended, what the machine did, what watching cost.

use crate::recording::{Ending, Recording};

/// The program and how long it took, as a line.
pub(super) fn headline(recording: &Recording) -> String {
    let machine = recording.machine;
    let ending = match recording.ending {
        Ending::Exited(0) => "ended".to_owned(),
        Ending::Exited(status) => format!("ended with status {status}"),
        Ending::Killed(signal) => format!("was ended by signal {signal}"),
        Ending::Stopped => "was still running when you stopped watching".to_owned(),
        Ending::Gone => "has gone".to_owned(),
    };
    format!(
        "{} {ending} after {:.2} s: {:.2} s of CPU time on {} of {} cores, {} {}",
        shortened(&recording.name()),
        recording.wall,
        recording.cpu(),
        number(machine.usable),
        machine.cores,
        recording.processes.len(),
        if recording.processes.len() == 1 { "process" } else { "processes" }
    )
}

/// What the reader should know about how it was seen.
pub(super) fn notes(recording: &Recording) -> Vec<String> {
    let mut notes = Vec::new();
    let watching = recording.watching;
    let share = 100.0 * (watching.cpu + watching.inside)
        / (recording.wall * recording.machine.usable.max(1.0)).max(1e-9);
    let hook = match recording.inside.seen() {
        true => {
            format!(
                "; the hook's own bookkeeping inside it {:.0} ms of that",
                1e3 * watching.inside
            )
        }
        false => String::new(),
    };
    notes.push(format!(
        "Watching took {} samples and {:.0} ms of CPU time, {share:.1} % of what the program could use{hook}",
        watching.samples,
        1e3 * (watching.cpu + watching.inside),
    ));
    if recording.machine.others > 0.1 {
        notes.push(format!(
            "Other programs used {:.1} of the machine's {} cores meanwhile; that is not counted against yours",
            recording.machine.others, recording.machine.cores
        ));
    }
    let python = recording.processes.iter().any(|one| one.command.contains("python"));
    if python && !recording.inside.seen() {
        notes.push(
            "Seen from outside only: what Python pickled, locked and drew is not known".into(),
        );
    }
    if let Some(why) = &recording.unprobed {
        notes.push(format!("The probe could not tell how the program scales: {why}"));
    }
    let guessed: Vec<&str> = recording
        .left
        .iter()
        .filter(|left| !left.certain)
        .map(|left| &*left.name)
        .take(3)
        .collect();
    if !guessed.is_empty() {
        notes.push(format!(
            "New in /dev/shm meanwhile, whose it is could not be seen: {}",
            guessed.join(", ")
        ));
    }
    notes
}

/// A command that fits on a line.
pub(super) fn shortened(command: &str) -> String {
    let mut text: String = command.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() > 60 {
        text = text.chars().take(59).collect();
        text.push('…');
    }
    text
}

/// A number without needless decimals.
pub(super) fn number(value: f64) -> String {
    if (value - value.round()).abs() < 0.05 { format!("{value:.0}") } else { format!("{value:.1}") }
}
