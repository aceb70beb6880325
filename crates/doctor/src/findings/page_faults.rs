//! Page-fault churn: large temporaries that are allocated, touched for the first time, and given back to the kernel, again
//! and again. The kernel clears every page each time, which shows as system time and faults without bytes moved.

use super::case::{Case, count, seconds};
use super::{Confidence, Finding, Kind};
use crate::recording::{Process, Slice};

/// Of a slice's CPU time, the share in the kernel from which it counts.
const KERNEL: f64 = 0.2;
/// Faults a CPU second from which it counts. A healthy program has some 2,000.
const FAULTS: f64 = 4_000.0;
/// A process touches its memory for the first time when it starts, which is no churn.
const YOUNG: f64 = 0.2;
const PAGE: u64 = 4096;
/// How often memory must have been touched anew, or given back and taken. With huge pages a fault is up to 2 MB, so faults
/// alone say too little; but then what is resident goes up and down.
const AGAIN: u64 = 3;

pub(super) fn find(case: &Case<'_>) -> Option<Finding> {
    let churning: Vec<(&Process, Churn)> = case
        .recording
        .processes
        .iter()
        .map(|process| (process, churn(process)))
        .filter(|(_, churn)| {
            churn.faults * PAGE > AGAIN * churn.range || churn.swing > AGAIN * churn.range
        })
        .collect();
    let sum = |field: fn(&Churn) -> f64| churning.iter().map(|one| field(&one.1)).sum::<f64>();
    let (system, ran) = (sum(|churn| churn.system), sum(|churn| churn.ran));
    let faults: u64 = churning.iter().map(|one| one.1.faults).sum();
    let cost = system / case.parallel(churning.len());
    if !case.matters(cost) {
        return None;
    }
    let largest = churning.iter().map(|one| one.0.resident).max()?;
    let swing: u64 = churning.iter().map(|one| one.1.swing).sum();
    let mut evidence = vec![
        format!(
            "{} page faults, {} a second of CPU time",
            count(faults),
            count((faults as f64 / ran) as u64)
        ),
        format!("{} of {} CPU time in the kernel", seconds(system), seconds(ran)),
        format!(
            "at least {} touched for the first time, by processes that hold {} at most",
            super::case::bytes((faults * PAGE).max(swing / 2)),
            super::case::bytes(largest)
        ),
    ];
    evidence.extend(lines(case));
    Some(Finding {
        kind: Kind::PageFaults,
        sentence: format!(
            "Large temporaries are allocated and freed again and again: clearing fresh pages took {:.0} % of the CPU time.",
            100.0 * system / ran
        ),
        evidence,
        cost_seconds: cost,
        cost_bytes: None,
        confidence: if system > 0.3 * ran { Confidence::High } else { Confidence::Medium },
        advice: "Make the large arrays once and work in place (out=, +=, np.multiply(a, b, out=a)), or work in blocks that fit \
                 the cache (256 kB to 1 MB). Without a change to the program: MALLOC_TOP_PAD_=268435456 \
                 MALLOC_MMAP_THRESHOLD_=268435456 MALLOC_TRIM_THRESHOLD_=536870912 keeps freed memory in the process."
            .into(),
    })
}

/// What of a process was churn.
#[derive(Debug, Default)]
struct Churn {
    faults: u64,
    system: f64,
    ran: f64,
    /// Bytes that what is resident went up and down.
    swing: u64,
    /// Bytes between its lowest and its highest.
    range: u64,
}

fn churn(process: &Process) -> Churn {
    let steady =
        process.slices.iter().filter(|slice| slice.at - slice.long > process.started + YOUNG);
    let steady: Vec<&Slice> = steady.filter(|slice| slice.resident > 0).collect(); // the last one has none left
    let mut sum = Churn::default();
    let resident = || steady.iter().map(|slice| slice.resident);
    sum.range = resident().max().unwrap_or_default() - resident().min().unwrap_or_default();
    sum.swing = steady.windows(2).map(|two| two[0].resident.abs_diff(two[1].resident)).sum();
    for group in steady.chunks(5) {
        // CPU time is counted in ticks of 10 ms, so one slice alone says too little
        let total = |field: fn(&Slice) -> f64| group.iter().map(|slice| field(slice)).sum::<f64>();
        let (ran, system) = (total(|slice| slice.ran), total(|slice| slice.system));
        let faults: u64 = group.iter().map(|slice| slice.faults).sum();
        let moved: u64 = group.iter().map(|slice| slice.moved).sum();
        let by_bytes = moved * 5 > faults * PAGE; // arrays that come through a pipe touch new pages too
        if system > KERNEL * ran && faults as f64 > FAULTS * ran && !by_bytes {
            sum.faults += faults;
            sum.system += system;
            sum.ran += ran;
        }
    }
    sum
}

/// The lines that allocate, where it was asked for.
fn lines(case: &Case<'_>) -> Vec<String> {
    let mut lines: Vec<_> = case.recording.inside.allocations.iter().collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.bytes));
    lines.dedup_by(|a, b| a.place == b.place);
    let said = lines.iter().take(3).map(|line| {
        format!(
            "{} held {} at the end of a task",
            super::case::place(&line.place),
            super::case::bytes(line.bytes)
        )
    });
    said.collect()
}
