//! The probe: the same program once more, all of it on one core, so that one worker runs at a time. What it then needs in CPU
//! time, against what it needed side by side, tells whether workers wait for memory. All its processes count, since on one core
//! it may be another that does the work.

use super::follow;
use super::program::{Output, Program};
use super::sampler::Sampler;
use crate::error::Error;
use crate::recording::{Ending, Probe, Recording};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use std::ffi::OsString;

/// Runs `words` again on one core, without its output; and once more on all, if what they needed side by side was much more.
/// Nothing where it did not end well, or has no workers.
pub(super) fn probe(
    words: &[OsString],
    together: &Recording,
    presses: &dyn Fn() -> usize,
) -> Result<Option<Probe>, Error> {
    let Ok(all) = sched_getaffinity(None) else {
        return Ok(None);
    };
    let mut one = CpuSet::new();
    let first = (0..CpuSet::MAX_CPU).find(|&core| all.is_set(core)).unwrap_or_default();
    one.set(first);
    let Some(alone) = run(words, &one, &all, presses)? else {
        return Ok(None);
    };
    let workers = together.workers().len();
    // A program that starts as many workers as it may use cores has begun another work.
    let like = |other: &Recording| {
        let (a, b) = (other.ending, together.ending);
        matches!((a, b), (Ending::Exited(a), Ending::Exited(b)) if a == b)
            && other.processes.len() == together.processes.len()
    };
    if workers < 2 || !like(&alone) {
        return Ok(None);
    }
    let time = |recording: &Recording| recording.processes.iter().map(|one| one.user).sum::<f64>();
    let mut probe = Probe { alone: time(&alone), together: time(together), workers };
    if probe.slower() > Probe::ALIKE
        && let Some(again) = run(words, &all, &all, presses)?
        && like(&again)
    {
        // Others on the same machine may have had its caches for a while; the memory is as slow each time.
        probe.together = probe.together.min(time(&again));
    }
    Ok(Some(probe))
}

/// Runs the program once more, on these cores; none where that cannot be, or Ctrl-C was pressed.
fn run(
    words: &[OsString],
    cores: &CpuSet,
    all: &CpuSet,
    presses: &dyn Fn() -> usize,
) -> Result<Option<Recording>, Error> {
    // A child inherits the affinity; the doctor takes its own back at once.
    if presses() > 0 || sched_setaffinity(None, cores).is_err() {
        return Ok(None);
    }
    let program = Program::start(words, None, Output::Nowhere);
    let _ = sched_setaffinity(None, all); // what it was a moment ago
    let mut program = program?;
    let mut sampler = Sampler::new(&program);
    let (ending, _) = follow::follow(&mut program, &mut sampler, presses);
    let mut recording = sampler.finish();
    recording.ending = ending;
    Ok(Some(recording))
}
