//! The doctor around programs that are not Python: what it passes on, what it refuses, and trees that end in every way.

use crate::desk::{Desk, Ended};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::fs;
use std::io::Read;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// After so long something hangs, and the test says so in place of the one who waits.
const WATCHDOG: Duration = Duration::from_secs(120);

/// `sharpest doctor OPTIONS -- sh -c SCRIPT`.
fn command(desk: &Desk, options: &str, script: &str) -> Command {
    let mut command = desk.command(&format!("doctor {options} --"));
    command.args(["sh", "-c", script]);
    command
}

fn run(desk: &Desk, options: &str, script: &str) -> Ended {
    ended(command(desk, options, script).spawn().unwrap())
}

fn ended(mut child: Child) -> Ended {
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > WATCHDOG {
            child.kill().unwrap();
            panic!("it does not end");
        }
        sleep(Duration::from_millis(10));
    }
    child.wait_with_output().unwrap().into()
}

/// Waits until `child` hears Ctrl-C: before, the signal would only end it.
fn hears_ctrl_c(child: &Child) {
    let caught = || {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
        let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:"))?.trim();
        Some(u64::from_str_radix(mask, 16).ok()? & 1 << (Signal::INT.as_raw() - 1) != 0)
    };
    let start = Instant::now();
    while caught() != Some(true) {
        assert!(start.elapsed() < WATCHDOG, "it never hears Ctrl-C");
        sleep(Duration::from_millis(10));
    }
}

fn press_ctrl_c(child: &Child) {
    kill_process(Pid::from_child(child), Signal::INT).unwrap();
}

/// The processes that `value` tells of and that execute `command`. They are ended.
fn end_all(value: &Value, command: &str) -> usize {
    let processes = value["processes"].as_array().unwrap();
    let found = processes.iter().filter(|one| one["command"] == command);
    let end = |one: &Value| {
        let pid = one["pid"].as_i64().and_then(|pid| Pid::from_raw(pid.try_into().ok()?));
        kill_process(pid.unwrap(), Signal::KILL).unwrap();
    };
    found.map(end).count()
}

/// For a script: waits until its last child executes `sleep`. The doctor looks once more when the script has ended, so it
/// sees what runs then, however slow the machine is.
const SLEEPS: &str =
    "until read -r name </proc/$!/comm && [ \"$name\" = sleep ]; do sleep 0.01; done";

fn json(desk: &Desk, script: &str) -> (Ended, Value) {
    let ended = run(desk, "--quiet --json out.json", script);
    (ended, serde_json::from_str(&desk.read("out.json")).unwrap())
}

#[test]
fn output_and_status_are_the_programs_own() {
    let desk = Desk::new();
    let script = "echo to-out; echo to-err >&2; exit 7";
    let ended = run(&desk, "--quiet", script);
    assert_eq!((ended.status, &*ended.stdout, &*ended.stderr), (7, "to-out\n", "to-err\n"));
    let ended = run(&desk, "", script);
    assert_eq!((ended.status, &*ended.stdout), (7, "to-out\n"));
    assert!(ended.stderr.starts_with("to-err\n\n"), "{}", ended.stderr);
    assert!(ended.stderr.contains("ended with status 7"), "{}", ended.stderr);
}

#[test]
fn a_signal_that_ends_the_program_is_passed_on_as_a_shell_does() {
    let ended = run(&Desk::new(), "", "kill -9 $$");
    assert_eq!(ended.status, 137);
    assert!(ended.stderr.contains("was ended by signal 9"), "{}", ended.stderr);
}

#[test]
fn what_cannot_be_started_is_a_sentence() {
    let desk = Desk::new();
    let ended = desk.sharpest("doctor -- no-such-program");
    assert_eq!(
        (ended.status, &*ended.stderr),
        (127, "error: cannot start no-such-program: it was not found; is it on the PATH?\n")
    );
    let ended = desk.sharpest("doctor -- ./prices.csv");
    assert_eq!(
        (ended.status, &*ended.stderr),
        (126, "error: cannot start ./prices.csv: it is not a program that you may run\n")
    );
}

#[test]
fn flags_that_make_no_sense_are_refused() {
    let desk = Desk::new();
    desk.refuses("doctor --pid 0", "--pid 0: the number of a process is above 0");
    desk.refuses(
        "doctor --json a --html a -- true",
        "--html and --json cannot both go to the same place",
    );
    let ended = desk.sharpest("doctor");
    assert_eq!(ended.status, 2, "{}", ended.stderr);
    let ended = desk.sharpest("doctor --pid 4194304");
    assert_eq!(
        (ended.status, &*ended.stderr),
        (2, "error: no process 4194304 is running: `ps -e` lists those that are\n")
    );
    assert_eq!(desk.names(), ["prices.csv"]);
}

#[test]
fn files_hold_the_findings() {
    let desk = Desk::new();
    let ended = run(&desk, "--quiet --json out.json --html out.html", "true");
    assert_eq!((ended.status, &*ended.stderr), (0, ""));
    let value: Value = serde_json::from_str(&desk.read("out.json")).unwrap();
    assert_eq!(value["findings"][0]["kind"], "healthy");
    assert_eq!(value["ending"]["exited"], 0);
    assert!(desk.read("out.html").starts_with("<!doctype html>"));
    assert_eq!(desk.names(), ["out.html", "out.json", "prices.csv"]);
}

#[test]
fn it_is_explained_in_plain_words() {
    let ended = run(&Desk::new(), "--explain", "true");
    assert!(ended.stderr.contains("Picture it: "), "{}", ended.stderr);
}

#[test]
fn a_tree_of_a_thousand_short_processes_gives_a_report() {
    let desk = Desk::new();
    let script = "i=0; while [ $i -lt 1000 ]; do /bin/true; i=$((i + 1)); done";
    let (ended, value) = json(&desk, script);
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    assert!(value["cpu_seconds"].as_f64().unwrap() > 0.0);
}

#[test]
fn a_thousand_processes_at_once_give_a_report() {
    let desk = Desk::new();
    let script = format!(
        "i=0; while [ $i -lt 1000 ]; do sleep 60 >/dev/null 2>&1 & i=$((i + 1)); done; {SLEEPS}"
    );
    let (ended, value) = json(&desk, &script);
    assert!(end_all(&value, "sleep 60") > 990, "{}", value["processes"]);
    assert_eq!(ended.status, 0, "{}", ended.stderr);
}

#[test]
fn children_that_crash_are_killed_or_execute_another_program_are_watched() {
    let desk = Desk::new();
    let script = format!(
        "sh -c 'kill -SEGV $$' & sh -c 'sleep 0.2; kill -9 $$' & sh -c 'exec sleep 60' >/dev/null 2>&1 & {SLEEPS}; exit 3"
    );
    let (ended, value) = json(&desk, &script);
    assert_eq!(end_all(&value, "sleep 60"), 1, "{}", value["processes"]);
    assert_eq!(ended.status, 3, "{}", ended.stderr);
}

#[test]
fn an_orphan_is_watched_and_named_as_left_behind() {
    let desk = Desk::new();
    let (ended, value) = json(&desk, &format!("(sleep 60 >/dev/null 2>&1 & {SLEEPS})"));
    assert_eq!(end_all(&value, "sleep 60"), 1, "{}", value["processes"]);
    assert_eq!(ended.status, 0);
    assert_eq!(value["findings"][0]["kind"], "leftovers", "{}", value["findings"]);
    assert!(value["findings"][0]["evidence"][0].as_str().unwrap().ends_with(": sleep 60"));
}

#[test]
fn a_program_that_never_ends_gives_a_report_on_ctrl_c() {
    let desk = Desk::new();
    let child = command(&desk, "", "while :; do :; done").spawn().unwrap();
    hears_ctrl_c(&child);
    press_ctrl_c(&child);
    let ended = ended(child);
    assert_eq!(ended.status, 130, "{}", ended.stderr);
    assert!(ended.stderr.contains("was ended by signal 2"), "{}", ended.stderr);
}

#[test]
fn a_program_that_ignores_ctrl_c_is_ended_by_the_second() {
    let desk = Desk::new();
    let script = "trap '' INT TERM; echo ready; exec sleep 1000";
    let mut child = command(&desk, "", script).spawn().unwrap();
    let mut ready = [0; 6];
    child.stdout.as_mut().unwrap().read_exact(&mut ready).unwrap();
    while child.try_wait().unwrap().is_none() {
        press_ctrl_c(&child);
        sleep(Duration::from_millis(500)); // two within 300 ms are one
    }
    let ended = ended(child);
    assert_eq!(ended.status, 137, "{}", ended.stderr);
    assert!(ended.stderr.contains("was ended by signal 9"), "{}", ended.stderr);
}

#[test]
fn a_running_process_is_attached_to_and_goes_on() {
    let desk = Desk::new();
    let mut program = Command::new("sleep").arg("60").spawn().unwrap();
    let child = desk.command(&format!("doctor --pid {}", program.id())).spawn().unwrap();
    hears_ctrl_c(&child);
    press_ctrl_c(&child);
    let ended = ended(child);
    let goes_on = program.try_wait().unwrap().is_none();
    program.kill().unwrap();
    program.wait().unwrap();
    assert_eq!((ended.status, &*ended.stderr), (0, ""));
    let sentence = "was still running when you stopped watching";
    assert!(ended.stdout.contains(sentence), "{}", ended.stdout);
    assert!(goes_on, "the program goes on");
}

#[test]
fn nothing_is_left_of_the_doctor_itself() {
    let desk = Desk::new();
    let mut command = command(&desk, "--quiet", "ls \"$TMPDIR\"");
    command.env("TMPDIR", desk.path(""));
    let ended = ended(command.spawn().unwrap());
    assert!(ended.stdout.contains("sharpest-doctor-"), "{}", ended.stdout);
    assert_eq!(desk.names(), ["prices.csv"]);
}
