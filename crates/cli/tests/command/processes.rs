//! `--workers processes`: the same answer, and nobody left behind.

use crate::desk::{Desk, Ended};
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::process::Child;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A search of minutes, whose blocks take long.
const LONG: &str =
    "search --draws 200000 --json best.json --csv subsets.csv --workers processes -j 2";
/// After so long something hangs, and the test says so in place of the one who waits.
const WATCHDOG: Duration = Duration::from_secs(120);

#[test]
fn processes_answer_as_threads_do() {
    let desk = Desk::new();
    for question in ["--pick 2", "--pick 3 --draw shared --cap 0.5", "--pick 2 --rate 0.9"] {
        let ask = |workers: &str, csv: &str| {
            let args = format!("search prices.csv {question} -j 2 --csv {csv} --workers {workers}");
            let ended = desk.sharpest(&format!("{args} --json {csv}.json"));
            let mut answer: serde_json::Value =
                serde_json::from_str(&desk.read(&format!("{csv}.json"))).unwrap();
            for key in ["seconds", "throughput", "workers"] {
                answer[key].take();
            }
            (ended.status, answer, desk.read(csv))
        };
        assert_eq!(ask("processes", "a.csv"), ask("threads", "b.csv"), "{question}");
    }
    let ended = desk.sharpest("search prices.csv --pick 2 -j 2 --workers processes");
    let text = ended.stdout.replace("\n    ", " ");
    assert!(text.contains("(2 worker processes, "), "{text}");
}

#[test]
fn a_place_that_is_none_is_a_sentence() {
    let sentence = "not a message of a worker: a worker is started by its pool, with a place in it";
    Desk::new().refuses("worker nowhere", sentence);
}

#[test]
fn ctrl_c_leaves_whole_files_and_nobody() {
    let desk = Desk::new();
    let (child, workers) = begun(&desk);
    for pid in workers.iter().chain([&child.id()]) {
        signal(*pid, Signal::INT); // as a terminal does: to everybody
    }
    let ended: Ended = child.wait_with_output().unwrap().into();
    assert_eq!(ended.status, 130, "{}", ended.stderr);
    let answer: serde_json::Value = serde_json::from_str(&desk.read("best.json")).unwrap();
    assert_eq!(answer["status"], "incomplete");
    let lines = desk.read("subsets.csv").lines().count() as u64 - 1;
    assert!(lines > 0 && lines == answer["subsets"].as_u64().unwrap());
    assert_eq!(desk.names(), ["best.json", "prices.csv", "subsets.csv"]);
    gone(&workers);
}

#[test]
fn a_killed_search_leaves_nobody() {
    let desk = Desk::new();
    let (mut child, workers) = begun(&desk);
    child.kill().unwrap();
    child.wait().unwrap();
    gone(&workers);
}

#[test]
fn killed_workers_are_replaced() {
    let desk = Desk::new();
    let (mut child, workers) = begun(&desk);
    workers.iter().for_each(|pid| signal(*pid, Signal::KILL));
    let start = Instant::now();
    while !children(child.id()).iter().any(|pid| !workers.contains(pid)) {
        assert!(start.elapsed() < WATCHDOG, "nobody comes");
        sleep(Duration::from_millis(10));
    }
    assert!(child.try_wait().unwrap().is_none(), "the search goes on");
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Starts the search and waits until its workers are at work.
fn begun(desk: &Desk) -> (Child, Vec<u32>) {
    let child = desk.command(LONG).spawn().unwrap();
    let start = Instant::now();
    while children(child.id()).len() < 2 {
        assert!(start.elapsed() < WATCHDOG, "nobody works");
        sleep(Duration::from_millis(10));
    }
    sleep(Duration::from_millis(500));
    let workers = children(child.id());
    (child, workers)
}

/// The processes that a process started.
fn children(pid: u32) -> Vec<u32> {
    let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else { return Vec::new() };
    let lists = threads.map(|thread| fs::read_to_string(thread.unwrap().path().join("children")));
    let lists: Vec<String> = lists.map(Result::unwrap_or_default).collect();
    lists.iter().flat_map(|list| list.split_whitespace()).map(|pid| pid.parse().unwrap()).collect()
}

fn signal(pid: u32, signal: Signal) {
    // It may have ended by itself meanwhile; its number is not given to another so soon.
    let _ = kill_process(Pid::from_raw(i32::try_from(pid).unwrap()).unwrap(), signal);
}

/// Waits until none of them is there.
fn gone(pids: &[u32]) {
    let start = Instant::now();
    let lives = |pid: &u32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.rsplit(") ").next().is_some_and(|rest| !rest.is_empty() && !rest.starts_with('Z'))
    };
    while pids.iter().any(lives) {
        assert!(start.elapsed() < WATCHDOG, "they live on");
        sleep(Duration::from_millis(5));
    }
}
