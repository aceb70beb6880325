//! Watching: a program is started, or one that runs is attached to, and sampled until it ends or someone has seen enough.

mod adopted;
mod follow;
mod gauge;
mod hook;
mod leftovers;
mod pace;
mod probe;
mod program;
mod sampler;
mod subject;

use crate::error::Error;
use crate::inside;
use crate::recording::{Ending, Recording};
use crate::{Settings, Target};
use hook::Hook;
use pace::Pace;
use program::{Program, Run};
use rustix::time::{ClockId, clock_gettime};
use sampler::Sampler;
use std::path::Path;

/// Watches a program to its end, or until `presses`, which counts Ctrl-C, says that it is enough.
///
/// # Errors
/// A program that cannot be started, a process that is not there.
pub fn watch(
    target: &Target,
    settings: &Settings,
    presses: &dyn Fn() -> usize,
) -> Result<Recording, Error> {
    let hook = match target {
        Target::Start(_) if !settings.outside_only => Some(Hook::lay(settings)?),
        _ => None,
    };
    let shared = leftovers::listed();
    let zero = nanoseconds(ClockId::Monotonic);
    let mut program = match target {
        Target::Start(words) => Program::start(words, hook.as_ref(), Run::First)?,
        Target::Attach(pid) => Program::attach(*pid)?,
    };
    let sampler = Sampler::new(&program);
    let mut recording = recorded(&mut program, sampler, presses);
    look_inside(&mut recording, hook.as_ref(), zero);
    recording.left = match recording.ending {
        Ending::Exited(_) | Ending::Killed(_) => leftovers::left(&shared, &recording),
        Ending::Stopped | Ending::Gone => Vec::new(), // whoever still runs may still remove it
    };
    if let (Target::Start(words), true) = (target, settings.probe) {
        match probe::probe(words, &recording, presses)? {
            Ok(probe) => recording.probe = Some(probe),
            Err(why) => recording.unprobed = Some(why),
        }
    }
    Ok(recording)
}

/// Watches the process `pid`, which asked for it, until it has had `enough`. When its first account is taken, `ready` is told
/// the folder of the start-up hook, which an interpreter of Python that runs can take up by itself.
///
/// # Errors
/// A process that is not there, a folder that cannot be made.
pub fn watch_willing(
    pid: i32,
    ready: &dyn Fn(&Path),
    enough: &dyn Fn() -> bool,
) -> Result<Recording, Error> {
    let hook = Hook::lay(&Settings::default())?;
    let shared = leftovers::listed();
    let zero = nanoseconds(ClockId::Monotonic);
    let mut program = Program::attach(pid)?;
    let mut sampler = Sampler::new(&program);
    sampler.sample();
    ready(hook.folder());
    let mut recording = recorded(&mut program, sampler, &|| usize::from(enough()));
    look_inside(&mut recording, Some(&hook), zero);
    recording.left = leftovers::abandoned(&shared, &recording);
    Ok(recording)
}

/// What is seen from outside.
fn recorded(program: &mut Program, mut sampler: Sampler, presses: &dyn Fn() -> usize) -> Recording {
    let (ending, survivors) = follow::follow(program, &mut sampler, Pace::default(), presses);
    let mut recording = sampler.finish();
    recording.ending = ending;
    recording.survivors = survivors;
    recording.command = program.words(&recording);
    recording
}

/// Adds what the hook has written down.
fn look_inside(recording: &mut Recording, hook: Option<&Hook>, zero: i64) {
    recording.inside = hook.map(|hook| inside::read(&hook.records(), zero)).unwrap_or_default();
    recording.watching.inside = recording.inside.cost;
    for process in &mut recording.processes {
        process.by_thread.retain(|thread| !recording.inside.own.contains(&thread.id));
    }
}

/// A clock of the system; Python's time.monotonic_ns is one of them.
fn nanoseconds(clock: ClockId) -> i64 {
    let time = clock_gettime(clock);
    time.tv_sec.saturating_mul(1_000_000_000).saturating_add(time.tv_nsec)
}
