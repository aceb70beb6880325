//! The same in plain language, with a picture in words, for a reader who has never heard of a run queue.

use super::{Diagnosis, words};
use crate::findings::{Finding, Kind};
use std::fmt::Write;

/// The page for `--explain`.
pub fn explain(diagnosis: &Diagnosis) -> String {
    let mut page = String::new();
    for (index, finding) in diagnosis.findings.iter().enumerate() {
        let _ = writeln!(page, "{}. {}\n", index + 1, title(finding.kind)); // writing to a String cannot fail
        let _ = writeln!(page, "Picture it: {}\n", picture(finding.kind));
        let _ = writeln!(page, "In your program: {}\n", finding.sentence);
        for line in &finding.evidence {
            let _ = writeln!(page, "  - {line}");
        }
        let _ = writeln!(page, "\n{}: {}\n", what_next(finding), finding.advice);
    }
    let _ = writeln!(page, "{}", words::headline(&diagnosis.recording));
    words::notes(&diagnosis.recording).iter().for_each(|note| {
        let _ = writeln!(page, "{note}");
    });
    page
}

fn what_next(finding: &Finding) -> &'static str {
    if finding.kind == Kind::Healthy { "What is left to do" } else { "What to change" }
}

/// What the finding is called.
pub(super) fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Oversubscription => "Too many threads for the cores",
        Kind::Pickles => "Data is copied between the processes",
        Kind::TinyTasks => "The tasks are too small",
        Kind::PageFaults => "Memory is fetched and thrown away again and again",
        Kind::Lock => "The workers wait for one lock",
        Kind::Imbalance => "One worker has most of the work",
        Kind::Startup => "Starting takes longer than working",
        Kind::Reattach => "Shared memory is opened again and again",
        Kind::PrivateCopies => "Every worker has its own copy of the data",
        Kind::Bandwidth => "The memory cannot deliver faster",
        Kind::Leftovers => "Something was left behind",
        Kind::SameRandom => "The workers draw the same random numbers",
        Kind::Healthy => "Healthy",
    }
}

fn picture(kind: Kind) -> &'static str {
    match kind {
        Kind::Oversubscription => {
            "a kitchen with two stoves and sixteen cooks. Each cook has called helpers of his own, all want a stove at the \
             same moment, and the time goes into stepping aside for each other. With one cook a stove, all stoves are always \
             in use."
        }
        Kind::Pickles => {
            "an office where every question is sent by mail, and each envelope holds a copy of the whole archive. The clerks \
             are quick; packing, carrying and unpacking the archive takes the day. Put the archive on a shelf that all can \
             reach, and send only the page number."
        }
        Kind::TinyTasks => {
            "a foreman who hands out one brick at a time and wants each one reported. The walk takes longer than laying the \
             brick. Hand out a pallet."
        }
        Kind::PageFaults => {
            "a painter who fetches a new canvas from the store for each stroke, has it washed, and throws it away afterwards. \
             The store (the kernel) works as hard as the painter. Keep one canvas and paint over it."
        }
        Kind::Lock => {
            "a workshop with one key to the only tool. Whoever has it works; the others stand at the door. More workers make \
             the line longer, not the work faster."
        }
        Kind::Imbalance => {
            "four movers, and three of them carry the cushions while one carries the piano. The day ends when the piano is \
             down. Cut the load into smaller pieces, so that whoever is free takes the next one."
        }
        Kind::Startup => {
            "a shop that opens in the morning, serves one customer, closes, and opens again for the next one. Open once, and \
             serve all."
        }
        Kind::Reattach => {
            "a reader who fetches the same book from the library for every line, and brings it back in between. Keep it on \
             the desk until you are done."
        }
        Kind::PrivateCopies => {
            "every clerk has his own photocopy of the same encyclopedia on his desk. One on the shelf is enough for reading, \
             and the desks stay free."
        }
        Kind::Bandwidth => {
            "many taps on one pipe. Opening another tap does not bring more water; each only runs thinner."
        }
        Kind::Leftovers => {
            "a table that nobody cleared. The next guest finds less room, until the house is full."
        }
        Kind::SameRandom => {
            "four people who are asked to roll dice, and all read from the same list of throws. It looks like four times as \
             many throws, but it is one list, four times."
        }
        Kind::Healthy => {
            "every stove in use, nobody waiting, nothing carried twice. To be faster, one must cook something simpler, or buy \
             another stove."
        }
    }
}
