//! Ctrl-C: a real SIGINT to a real process in the middle of a search that would take minutes.

use crate::desk::{Desk, Ended};
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::process::Child;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A search of minutes, one subset of which takes milliseconds.
const LONG: &str = "search --draws 200000 --json best.json --csv subsets.csv";
/// After so long something hangs, and the test says so in place of the one who waits.
const WATCHDOG: Duration = Duration::from_secs(120);

#[test]
fn one_stops_with_the_best_so_far_and_whole_files() {
    let desk = Desk::new();
    let child = begun(&desk);
    interrupt(&child);
    let ended = end(child);
    assert_eq!(ended.status, 130, "{}", ended.stderr);
    assert!(ended.stderr.starts_with("stopped: "), "{}", ended.stderr);
    assert!(ended.stderr.contains(
        " of 184,756 subsets were searched; best.json is marked incomplete; subsets.csv holds"
    ));
    let answer: serde_json::Value = serde_json::from_str(&desk.read("best.json")).unwrap();
    assert_eq!(answer["status"], "incomplete");
    let lines = desk.read("subsets.csv");
    assert!(lines.ends_with('\n'));
    assert_eq!(lines.lines().count() as u64 - 1, answer["subsets"].as_u64().unwrap());
    assert_eq!(desk.names(), ["best.json", "prices.csv", "subsets.csv"]);
}

#[test]
fn two_end_it_at_once_and_leave_nothing() {
    let desk = Desk::new();
    let mut child = begun(&desk);
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        assert!(start.elapsed() < WATCHDOG, "still running");
        interrupt(&child);
        interrupt(&child);
    }
    let ended = end(child);
    assert_eq!(ended.status, 130, "{}", ended.stderr);
    // Either the second came in time and no output is there, or the first had ended it properly.
    let names = desk.names();
    assert!(!names.iter().any(|name| name.ends_with(".unfinished")), "{names:?}");
}

#[test]
fn a_proof_stops_with_the_best_so_far_and_a_gap() {
    let desk = Desk::new();
    desk.put("hard.csv", crate::unproven::hard());
    let solve = "solve --moments hard.csv --periods 1 --at-most 30 --json best.json";
    let child = desk.command(solve).spawn().unwrap();
    opened(&desk, ".best.json.");
    sleep(Duration::from_millis(500));
    interrupt(&child);
    let ended = end(child);
    assert_eq!(ended.status, 130, "{}", ended.stderr);
    assert!(ended.stderr.starts_with("stopped: the best so far has a Sharpe ratio of 0."));
    let answer: serde_json::Value = serde_json::from_str(&desk.read("best.json")).unwrap();
    assert_eq!(answer["status"], "incomplete");
    assert!(answer["certificate"]["gap"].as_f64().unwrap() > 0.0);
    assert_eq!(desk.sharpest("check best.json --moments hard.csv").status, 0);
    assert_eq!(desk.names(), ["best.json", "hard.csv", "prices.csv"]);
}

#[test]
fn a_luck_test_stops_with_what_was_proven() {
    let desk = Desk::new();
    let child = desk.command("solve --luck-draws 1000000000 --json best.json").spawn().unwrap();
    opened(&desk, ".best.json.");
    sleep(Duration::from_millis(500));
    interrupt(&child);
    let ended = end(child);
    assert_eq!(ended.status, 130, "{}", ended.stderr);
    assert!(ended.stderr.contains("which is proven to be the optimum"), "{}", ended.stderr);
    let answer: serde_json::Value = serde_json::from_str(&desk.read("best.json")).unwrap();
    assert_eq!(answer["status"], "incomplete");
    assert!(answer["luck"]["draws"].as_u64().is_none_or(|draws| draws < 1_000_000_000));
}

/// Starts the search and waits until it has found something to write.
fn begun(desk: &Desk) -> Child {
    let child = desk.command(LONG).spawn().unwrap();
    let start = Instant::now();
    let written = |entry: fs::DirEntry| {
        let csv = entry.file_name().to_string_lossy().starts_with(".subsets.csv.");
        csv && entry.metadata().is_ok_and(|about| about.len() > 0)
    };
    while !fs::read_dir(desk.path("")).unwrap().any(|entry| written(entry.unwrap())) {
        assert!(start.elapsed() < WATCHDOG, "nothing is written");
        sleep(Duration::from_millis(10));
    }
    sleep(Duration::from_millis(300));
    child
}

/// Waits until the command listens for Ctrl-C: then it opens its outputs.
fn opened(desk: &Desk, start: &str) {
    let begun = Instant::now();
    while !desk.names().iter().any(|name| name.starts_with(start)) {
        assert!(begun.elapsed() < WATCHDOG, "nothing is opened");
        sleep(Duration::from_millis(5));
    }
}

fn interrupt(child: &Child) {
    // A child that has just ended is not yet waited for, so its number is still its own.
    kill_process(Pid::from_child(child), Signal::INT).unwrap();
}

fn end(mut child: Child) -> Ended {
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > WATCHDOG {
            child.kill().unwrap();
            panic!("it does not stop");
        }
        sleep(Duration::from_millis(10));
    }
    child.wait_with_output().unwrap().into()
}
