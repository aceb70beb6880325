//! The probe: the same program once more, all of it on one core, so that one worker runs at a time. What it then needs in CPU
//! time, against what it needed side by side, tells whether workers wait for memory. All its processes count, since on one core
//! it may be another that does the work.
//!
//! What needed much less there is run again, side by side and on another core, and then once more: the memory is as slow each
//! time. A gauge beside each run tells how quick its cores were meanwhile.

use super::follow;
use super::gauge::Gauge;
use super::pace::Pace;
use super::program::{Program, Run};
use super::sampler::Sampler;
use crate::error::Error;
use crate::recording::{Ending, Probe, Process, Recording};
use crate::sample::{Text, machine};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use std::ffi::OsString;

/// How often a program that may wait for memory is compared again. Of some 260 programs that do not, on cores that other virtual
/// machines share, one was taken for one that does after a single time.
const MORE: usize = 2;

/// Looks at a run, at the least. What a process does after the last one is not known, and who comes and goes between two is not
/// seen; in a run of seconds, samples at the usual price may be as far apart as it is long.
const LOOKS: f64 = 50.0;

/// CPU seconds of a run, and nanoseconds of the gauge's arithmetic meanwhile.
type Took = (f64, f64);

/// What there is in place of a comparison: why runs are not to be compared, or why there was none.
enum Not {
    Comparable(String),
    Run(Error),
}

impl From<Error> for Not {
    fn from(error: Error) -> Self {
        Self::Run(error)
    }
}

/// What was compared, or why nothing could be.
pub(super) fn probe(
    words: &[OsString],
    together: &Recording,
    presses: &dyn Fn() -> usize,
) -> Result<Result<Probe, String>, Error> {
    match compare(words, together, presses) {
        Ok(probe) => Ok(Ok(probe)),
        Err(Not::Comparable(why)) => Ok(Err(why)),
        Err(Not::Run(error)) => Err(error),
    }
}

/// Runs `words` again on one core, without its output, and perhaps some times more.
fn compare(
    words: &[OsString],
    together: &Recording,
    presses: &dyn Fn() -> usize,
) -> Result<Probe, Not> {
    let workers = together.workers().len();
    if workers < 2 {
        return Err(Not::Comparable("no two workers ran in it".into()));
    }
    let Ok(all) = sched_getaffinity(None) else {
        return Err(Not::Comparable("its cores could not be chosen".into()));
    };
    let runnable = together.moments.iter().map(|moment| moment.runnable).max().unwrap_or_default();
    let cores = apart(&all, workers.max(runnable));
    let again = |cores: &[usize]| -> Result<Took, Not> {
        let gauge = Gauge::start(cores);
        let recording = run(words, cores, &all, together.wall / LOOKS, presses);
        let pass = gauge.read();
        let why = match recording? {
            Some(recording) => match unlike(&recording, together) {
                None => return Ok((time(&recording), pass)),
                Some(why) => why,
            },
            None => "it was stopped, or its cores could not be chosen".into(),
        };
        Err(Not::Comparable(why))
    };
    let mut alone = again(&cores[..1])?;
    let together = time(together);
    let mut probe = Probe { alone: alone.0, together, again: None, crowding: 1.0, workers };
    for _ in 0..MORE {
        if probe.by_memory() <= Probe::ALIKE {
            break;
        }
        let (side_by_side, last) = (again(&cores)?, again(&cores[cores.len() - 1..])?);
        if last.0 > alone.0 {
            alone = last;
        }
        let told = Probe {
            alone: alone.0,
            again: Some(side_by_side.0),
            crowding: side_by_side.1 / alone.1,
            ..probe
        };
        if probe.again.is_none() || told.by_memory() < probe.by_memory() {
            probe = told;
        }
    }
    Ok(probe)
}

/// So many of the cores, or all: of those that are hyperthreads of one core, the first of each first.
fn apart(all: &CpuSet, count: usize) -> Vec<usize> {
    let mut text = Text::default();
    let mut cores: Vec<usize> = (0..CpuSet::MAX_CPU).filter(|&core| all.is_set(core)).collect();
    cores.sort_by_key(|&core| (machine::first_thread(core, &mut text) != Some(core), core));
    cores.truncate(count);
    cores
}

/// CPU seconds of all processes; without the kernel's, which are others on one core.
fn time(recording: &Recording) -> f64 {
    recording.processes.iter().map(|one| one.user).sum()
}

/// Why two runs are not the same work. A program that starts as many workers as it may use cores has begun another one.
fn unlike(other: &Recording, together: &Recording) -> Option<String> {
    match (other.ending, together.ending) {
        (Ending::Exited(a), Ending::Exited(b)) if a == b => {}
        _ => return Some("it did not end in the same way when it ran again".into()),
    }
    let [a, b] = [lasting(other), lasting(together)];
    (a != b).then(|| format!("it had {b} lasting processes, and {a} when it ran again"))
}

/// Processes that ran for a tenth of the time; of shorter ones it is chance how many are seen.
fn lasting(recording: &Recording) -> usize {
    let lasts = |one: &&Process| one.ended - one.started > 0.1 * recording.wall;
    recording.processes.iter().filter(lasts).count()
}

/// Runs the program once more, on these cores, and looks at it after `pause` seconds at the latest; none where that cannot be, or
/// Ctrl-C was pressed.
fn run(
    words: &[OsString],
    cores: &[usize],
    all: &CpuSet,
    pause: f64,
    presses: &dyn Fn() -> usize,
) -> Result<Option<Recording>, Error> {
    let mut set = CpuSet::new();
    cores.iter().for_each(|&core| set.set(core));
    // A child inherits the affinity; the doctor takes its own back at once.
    if presses() > 0 || sched_setaffinity(None, &set).is_err() {
        return Ok(None);
    }
    let program = Program::start(words, None, Run::Again);
    let _ = sched_setaffinity(None, all); // what it was a moment ago
    let mut program = program?;
    let mut sampler = Sampler::new(&program);
    let (ending, _) = follow::follow(&mut program, &mut sampler, Pace::within(pause), presses);
    let mut recording = sampler.finish();
    recording.ending = ending;
    Ok(Some(recording))
}
