//! Findings: what holds a program back, each with its evidence. Every one is a pure function of a recording; none is said
//! without figures, and where a figure could mean two things, the confidence says so.

mod bandwidth;
mod case;
mod healthy;
mod imbalance;
mod leftovers;
mod lock;
mod oversubscription;
mod page_faults;
mod pickles;
mod private_copies;
mod reattach;
mod same_random;
mod sleepers;
mod startup;
#[cfg(test)]
mod tests;
mod tiny_tasks;

use crate::recording::Recording;
use case::Case;
use serde::Serialize;

/// What was found, its evidence and the change to make.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// What it is.
    pub kind: Kind,
    /// The one sentence.
    pub sentence: String,
    /// The figures that it rests on.
    pub evidence: Vec<String>,
    /// Seconds of the program's time that it costs, an estimate; 0 where it costs memory or truth, not time.
    pub cost_seconds: f64,
    /// Bytes that it costs, where it costs memory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_bytes: Option<u64>,
    /// How sure.
    pub confidence: Confidence,
    /// What to change.
    pub advice: String,
}

/// What can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// More threads that compute than cores.
    Oversubscription,
    /// Many bytes packed, sent and unpacked.
    Pickles,
    /// Tasks that take less time than handing them out.
    TinyTasks,
    /// Fresh memory for the same temporaries, again and again.
    PageFaults,
    /// Workers that wait for each other.
    Lock,
    /// One worker has more to do than the others.
    Imbalance,
    /// Starting processes costs more than they work.
    Startup,
    /// Shared memory is attached again and again.
    Reattach,
    /// Each worker has the same data for itself.
    PrivateCopies,
    /// The memory is as busy as it can be.
    Bandwidth,
    /// Shared memory or processes that outlive the program.
    Leftovers,
    /// Workers draw the same random numbers.
    SameRandom,
    /// The work itself is the cost.
    Healthy,
}

impl Kind {
    /// Its name in JSON and in the guide.
    pub fn name(self) -> &'static str {
        match self {
            Self::Oversubscription => "oversubscription",
            Self::Pickles => "pickles",
            Self::TinyTasks => "tiny-tasks",
            Self::PageFaults => "page-faults",
            Self::Lock => "lock",
            Self::Imbalance => "imbalance",
            Self::Startup => "startup",
            Self::Reattach => "reattach",
            Self::PrivateCopies => "private-copies",
            Self::Bandwidth => "bandwidth",
            Self::Leftovers => "leftovers",
            Self::SameRandom => "same-random",
            Self::Healthy => "healthy",
        }
    }
}

/// How sure a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// It was counted.
    High,
    /// It was measured, and something else could measure the same.
    Medium,
    /// A guess from outside.
    Low,
}

/// Everything that is found in `recording`, the most costly first; never empty.
pub fn findings(recording: &Recording) -> Vec<Finding> {
    let case = Case::new(recording);
    let mut found: Vec<Finding> = [
        same_random::find(&case),
        oversubscription::find(&case),
        pickles::find(&case),
        tiny_tasks::find(&case),
        page_faults::find(&case),
        lock::find(&case),
        imbalance::find(&case),
        startup::find(&case),
        reattach::find(&case),
        private_copies::find(&case),
        bandwidth::find(&case),
        leftovers::find(&case),
    ]
    .into_iter()
    .flatten()
    .collect();
    explain(&mut found);
    found.sort_by(|a, b| b.cost_seconds.total_cmp(&a.cost_seconds));
    if found.is_empty() {
        found.push(healthy::find(&case));
    }
    found
}

/// Drops what another finding is the cause of.
fn explain(found: &mut Vec<Finding>) {
    const CAUSES: [(Kind, Kind); 4] = [
        (Kind::Reattach, Kind::PageFaults), // the pages of each new mapping
        (Kind::Lock, Kind::Imbalance),      // who gets the lock works, the others wait
        (Kind::Lock, Kind::TinyTasks),
        (Kind::Pickles, Kind::TinyTasks),
    ];
    for (cause, effect) in CAUSES {
        let Some(from) = found.iter().position(|one| one.kind == effect) else {
            continue;
        };
        if let Some(to) = found.iter().position(|one| one.kind == cause) {
            found[to].cost_seconds = found[to].cost_seconds.max(found[from].cost_seconds);
            found.remove(from);
        }
    }
}
