//! The probe: the same program once more, all of it on one core, so that one worker runs at a time. What its workers then need
//! in CPU time, against what they needed side by side, tells whether they wait for memory.

use super::follow;
use super::program::{Output, Program};
use super::sampler::Sampler;
use crate::error::Error;
use crate::recording::{Ending, Probe, Recording};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use std::ffi::OsString;

/// Runs `words` again on one core, without its output. Nothing where it did not end well, or has no workers.
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
    // A child inherits the affinity; the doctor takes its own back at once.
    if presses() > 0 || sched_setaffinity(None, &one).is_err() {
        return Ok(None);
    }
    let program = Program::start(words, None, Output::Nowhere);
    let _ = sched_setaffinity(None, &all); // what it was a moment ago
    let mut program = program?;
    let mut sampler = Sampler::new(&program);
    let (ending, _) = follow::follow(&mut program, &mut sampler, presses);
    let alone = sampler.finish();
    let workers = together.workers().len();
    let ended_well =
        matches!((ending, together.ending), (Ending::Exited(a), Ending::Exited(b)) if a == b);
    let time = |recording: &Recording| recording.workers().iter().map(|one| one.user).sum::<f64>();
    let probe = Probe { alone: time(&alone), together: time(together), workers };
    Ok((ended_well && workers >= 2 && alone.workers().len() == workers).then_some(probe))
}
