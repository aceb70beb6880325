//! Following a program to its end: sample, wait, look whether it ended or whether Ctrl-C was pressed.
//!
//! Ctrl-C in a terminal reaches the program too, so the first press only waits for it to end by itself. Where no terminal
//! sent the signal on, the doctor does. The second press ends the program, and the report comes whatever happens.

use super::nanoseconds;
use super::pace::Pace;
use super::program::Program;
use super::sampler::Sampler;
use crate::recording::Ending;
use rustix::process::Signal;
use rustix::time::ClockId;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Longest time without a look at whether Ctrl-C was pressed.
const LOOK: Duration = Duration::from_millis(50);
/// What still runs so long after the first process was left to run. Python's resource tracker needs a moment.
const GRACE: Duration = Duration::from_secs(2);
/// From SIGTERM to SIGKILL.
const PATIENCE: Duration = Duration::from_secs(2);

/// Samples until the program ends or enough was pressed; gives how it ended and who of it still runs.
pub(super) fn follow(
    program: &mut Program,
    sampler: &mut Sampler,
    mut pace: Pace,
    presses: &dyn Fn() -> usize,
) -> (Ending, Vec<i32>) {
    let mut heard = 0;
    loop {
        let cost = cpu_of(|| sampler.sample());
        let pause = pace.pause(cost, sampler.now(), sampler.ran());
        let end = Instant::now() + pause;
        while Instant::now() < end {
            if program.has_ended() {
                sampler.sample();
                let ending = program.bury();
                return (ending, survivors(program, sampler));
            }
            if presses() > heard {
                heard = presses();
                if !program.is_own() {
                    sampler.sample();
                    return (Ending::Stopped, Vec::new());
                }
                press(program, heard);
            }
            program.wait(LOOK.min(end.saturating_duration_since(Instant::now())));
        }
    }
}

/// What one more press means for a program that the doctor started.
fn press(program: &Program, presses: usize) {
    match presses {
        1 if !in_foreground() => program.signal(Signal::INT),
        1 => {} // the terminal has sent it to the program as well
        2 => {
            program.signal(Signal::TERM);
            let end = Instant::now() + PATIENCE;
            while !program.has_ended() && Instant::now() < end {
                program.wait(LOOK);
            }
            if !program.has_ended() {
                program.signal(Signal::KILL);
            }
        }
        _ => program.signal(Signal::KILL),
    }
}

/// Whether a terminal sends its signals to this process's group, and so to the program.
fn in_foreground() -> bool {
    let terminals = [
        rustix::termios::tcgetpgrp(rustix::stdio::stdin()),
        rustix::termios::tcgetpgrp(rustix::stdio::stderr()),
    ];
    let own = rustix::process::getpgrp();
    terminals.into_iter().flatten().any(|group| group == own)
}

/// Waits a moment for what outlives the first process, and names what stays.
fn survivors(program: &Program, sampler: &mut Sampler) -> Vec<i32> {
    if !program.is_own() {
        return Vec::new();
    }
    let end = Instant::now() + GRACE;
    loop {
        let alive = sampler.alive();
        if alive.is_empty() || Instant::now() > end {
            return alive;
        }
        sleep(LOOK / 5);
    }
}

/// CPU seconds of this process.
pub(super) fn own_cpu() -> f64 {
    nanoseconds(ClockId::ProcessCPUTime) as f64 * 1e-9
}

fn cpu_of(work: impl FnOnce()) -> f64 {
    let begin = own_cpu();
    work();
    own_cpu() - begin
}
