//! Ctrl-C: a real SIGINT to a real process in the middle of a search that would take minutes.

use crate::desk::{Desk, Ended};
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::process::Child;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A search of minutes, one subset of which takes milliseconds.
const LONG: &str = "search --draws 200000 --json best.json --csv subsets.csv --report page.html";
/// After so long something hangs, and the test says so in place of the one who waits.
const WATCHDOG: Duration = Duration::from_secs(120);

#[test]
fn one_stops_with_the_best_so_far_and_whole_files() {
    let desk = Desk::new();
    let child = begun(&desk);
    interrupt(&child);
    let ended = end(child);
    assert_eq!(ended.status, 130, "{}", ended.stderr);
    assert!(ended.stderr.contains("stopped: "), "{}", ended.stderr);
    assert!(ended.stderr.contains(
        " of 184,756 subsets were searched; best.json is marked incomplete; subsets.csv holds"
    ));
    let answer: serde_json::Value = serde_json::from_str(&desk.read("best.json")).unwrap();
    assert_eq!(answer["status"], "incomplete");
    let lines = desk.read("subsets.csv");
    assert!(lines.ends_with('\n'));
    assert_eq!(lines.lines().count() as u64 - 1, answer["subsets"].as_u64().unwrap());
    let page = desk.read("page.html");
    assert!(
        page.contains("<h1>So far the sampled best 10 of 20 assets") && page.ends_with("</html>\n")
    );
    assert!(page.contains(" of 184,756 subsets were searched.</p>"));
    assert_eq!(desk.names(), ["best.json", "page.html", "prices.csv", "subsets.csv"]);
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
    let solve = "solve --moments hard.csv --periods 1 --at-most 6 --json best.json";
    let child = desk.command(solve).spawn().unwrap();
    opened(&desk, ".best.json.");
    sleep(Duration::from_millis(500));
    interrupt(&child);
    let ended = end(child);
    assert_eq!(ended.status, 130, "{}", ended.stderr);
    assert!(ended.stderr.contains("\nstopped: the best so far has a Sharpe ratio of 0."));
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
    let luck = &answer["luck"];
    let draws = luck["draws"].as_u64().unwrap();
    assert!(draws < 1_000_000_000 && luck["asked"] == 1_000_000_000, "{luck}");
    assert_eq!(luck.get("p").is_some(), draws >= 99, "{luck}");
    // The answer was there before, and was not taken back.
    assert!(ended.stdout.starts_with("The best 10 of 20 assets, "), "{}", ended.stdout);
    assert!(ended.stdout.contains("stopped after "), "{}", ended.stdout);
}

#[test]
fn a_request_to_terminate_is_answered_in_the_same_way() {
    for signal in [Signal::TERM, Signal::HUP] {
        let desk = Desk::new();
        let child = begin(&desk, hearing(desk.command(LONG)));
        send(&child, signal);
        let ended = end(child);
        assert_eq!(ended.status, 130, "{}", ended.stderr);
        assert!(ended.stderr.contains("stopped: "), "{}", ended.stderr);
        assert_eq!(desk.names(), ["best.json", "page.html", "prices.csv", "subsets.csv"]);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn under_nohup_a_closed_terminal_stops_nothing() {
    let desk = Desk::new();
    let sharpest = env!("CARGO_BIN_EXE_sharpest");
    let args = ["-c", "trap '' HUP; exec \"$0\" \"$@\"", sharpest];
    let mut command = std::process::Command::new("sh");
    command.args(args).args(LONG.split_whitespace()).current_dir(desk.path(""));
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let mut child = begin(&desk, command);
    send(&child, Signal::HUP);
    sleep(Duration::from_millis(700));
    assert!(child.try_wait().unwrap().is_none(), "it ended");
    send(&child, Signal::TERM);
    assert_eq!(end(child).status, 130);
}

#[test]
fn a_search_without_end_says_how_long_it_takes() {
    let desk = Desk::new();
    let assets: Vec<String> = (0..60).map(|i| format!("A{i}")).collect();
    let row = |day: usize| -> Vec<String> {
        (0..60).map(|i| (10.0 + ((i * 7 + day * 13) % 11) as f64).to_string()).collect()
    };
    let rows: Vec<String> = (0..90).map(|day| row(day).join(",")).collect();
    desk.put("many.csv", format!("{}\n{}\n", assets.join(","), rows.join("\n")));
    for (args, said, advice) in [
        (
            "search many.csv --pick 30 -j 2 --json best.json",
            "subsets will take about ",
            "choose from fewer assets (--assets), take fewer --draws",
        ),
        (
            "solve --luck-draws 1e15 -j 2 --json best.json",
            "1,000,000,000,000,000 samples will take about ",
            "ask for fewer with --luck-draws. Ctrl-C ends with what there is",
        ),
    ] {
        let child = desk.command(args).spawn().unwrap();
        sleep(Duration::from_secs(5));
        interrupt(&child);
        let ended = end(child);
        let took = [said, " years on 2 threads; ", advice];
        assert!(took.iter().all(|part| ended.stderr.contains(part)), "{args}: {}", ended.stderr);
    }
}

#[test]
fn a_sampler_that_seldom_keeps_to_the_cap_is_not_silent() {
    let desk = Desk::new();
    let args = "search --pick 10 --sampler dirichlet:1 --cap 0.115 --draws 100000 --json best.json";
    let child = desk.command(args).spawn().unwrap();
    sleep(Duration::from_secs(5));
    interrupt(&child);
    sleep(Duration::from_millis(500));
    interrupt(&child);
    let start = "note: not one subset is done after 3 seconds: ";
    let ended = end(child);
    assert!(ended.stderr.starts_with(start), "{}", ended.stderr);
}

/// Starts the search and waits until it has found something to write.
fn begun(desk: &Desk) -> Child {
    begin(desk, desk.command(LONG))
}

/// The same, by this command.
fn begin(desk: &Desk, mut command: std::process::Command) -> Child {
    let child = command.spawn().unwrap();
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

/// The command where nothing is ignored, as it is for whoever runs these tests under `nohup`.
fn hearing(command: std::process::Command) -> std::process::Command {
    if !cfg!(target_os = "linux") {
        return command;
    }
    let mut heard = std::process::Command::new("env");
    heard.arg("--default-signal=HUP").arg(command.get_program()).args(command.get_args());
    heard.current_dir(command.get_current_dir().unwrap());
    heard.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    heard
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
    send(child, Signal::INT);
}

fn send(child: &Child, signal: Signal) {
    // A child that has just ended is not yet waited for, so its number is still its own.
    kill_process(Pid::from_child(child), signal).unwrap();
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
