//! What every executor and every kernel must give: the same best, the same lines, the same report, bit for bit. A new
//! executor is added to [`executors`]; then all of this holds for it too.

use serde_json::Value;
use sharpest_engine::executor::{
    Broken, Executor, Foreign, Others, Processes, Scoring, Serial, Threads, assist, work,
};
use sharpest_engine::input::memory::Column;
use sharpest_engine::job::Job;
use sharpest_engine::lines::Lines;
use sharpest_engine::{
    Checkpoint, Draw, Error, Kernel, Observer, Reading, Report, Sampler, Settings, Sheet, Source,
    Staff, Status, Terms, read, resume, run,
};
use sharpest_search::{Best, Moments, Rule, Sampling, Search};
use std::ffi::OsString;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Every way to work, each with a name.
fn executors() -> Vec<(String, Box<dyn Executor>)> {
    let mut all: Vec<(String, Box<dyn Executor>)> = vec![("serial".into(), Box::new(Serial))];
    for jobs in [1, 2, 3, 7] {
        all.push((format!("{jobs} threads"), Box::new(Threads { jobs })));
    }
    for jobs in PROCESSES {
        all.push((format!("{jobs} processes"), Box::new(processes(*jobs))));
    }
    all.push(("strangers".into(), Box::new(Others::new(strangers(), 2))));
    all
}

/// Workers of somebody else: a thread a task. Each fifth task is interrupted before it begins.
#[derive(Debug)]
struct Strangers {
    sender: Mutex<Sender<Letter>>,
    receiver: Mutex<Receiver<Letter>>,
}

type Letter = (u64, Result<Vec<u8>, Broken>);

fn strangers() -> Arc<Strangers> {
    let (sender, receiver) = channel();
    Arc::new(Strangers { sender: Mutex::new(sender), receiver: Mutex::new(receiver) })
}

impl Foreign for Strangers {
    fn slots(&self) -> usize {
        2
    }

    fn submit(&self, number: u64, task: Vec<u8>) -> Result<(), Broken> {
        let sender = self.sender.lock().unwrap().clone();
        std::thread::spawn(move || {
            let broken = || Broken { what: "tired".into(), interrupted: true };
            let answer = if number % 5 == 4 { None } else { assist(&task, &|| false) };
            let _ = sender.send((number, answer.ok_or_else(broken))); // nobody may be left
        });
        Ok(())
    }

    fn next(&self, patience: Duration) -> Option<Letter> {
        self.receiver.lock().unwrap().recv_timeout(patience).ok()
    }

    fn cancel(&self) {}
}

/// How many processes there can be.
const PROCESSES: &[usize] = if cfg!(target_os = "linux") { &[1, 3] } else { &[] };

/// Worker processes: this program, told to run the test `worker` alone.
fn processes(jobs: usize) -> Processes {
    Processes::new(jobs, command())
}

fn command() -> Vec<OsString> {
    let program = std::env::current_exe().unwrap().into_os_string();
    let quiet = ["sh", "-c", "exec \"$0\" \"$@\" >/dev/null"].map(OsString::from);
    let words = ["--include-ignored", "--exact", "worker"].map(OsString::from);
    quiet.into_iter().chain([program]).chain(words).collect()
}

#[test]
#[ignore = "not a test: what worker processes run"]
fn worker() {
    let place = std::env::args().next_back().unwrap_or_default();
    if place.contains(':') {
        let _ = work(&place); // the search may go away in the middle of an answer
        std::process::exit(0);
    }
}

/// A universe of twelve assets with means and covariances of no particular kind.
fn moments() -> Moments {
    let n = 12;
    let names = (0..n).map(|i| format!("A{i}")).collect();
    let mean: Vec<f64> = (0..n).map(|i| 0.05 + 0.01 * f64::from(i * 5 % n)).collect();
    let entry = |i: u32, j: u32| {
        let (a, b) = (f64::from(i % 5) - 1.5, f64::from(j % 5) - 1.5);
        0.01 * a * b + if i == j { 0.04 + 0.003 * f64::from(i) } else { 0.0 }
    };
    let pairs = (0..n).flat_map(|i| (0..n).map(move |j| (i, j)));
    let covariance: Vec<f64> = pairs.map(|(i, j)| entry(i, j)).collect();
    Moments::new(names, &mean, &covariance, 1.0).unwrap()
}

fn sampling(draw: Draw, sampler: Sampler) -> Sampling {
    Sampling { pick: 6, draws: 100, seed: 7, draw, sampler, top: 5 }
}

/// Fresh and shared draws, rejection, the exact sampler and Dirichlet weights.
fn questions() -> Vec<(f64, Sampling)> {
    vec![
        (1.0, sampling(Draw::Fresh, Sampler::Uniform)),
        (0.2, sampling(Draw::Fresh, Sampler::Uniform)),
        (0.5, sampling(Draw::Shared, Sampler::Uniform)),
        (0.6, sampling(Draw::Fresh, Sampler::Dirichlet(2.0))),
    ]
}

/// Works through a question; what was found, and the lines.
fn answer(
    executor: &dyn Executor,
    kernel: Kernel,
    (cap, sampling): &(f64, Sampling),
    observer: &dyn Observer,
) -> Result<(Best, Vec<u8>), Error> {
    let moments = moments();
    let rule = Rule::new(*cap, 0.0, 0.02)?;
    let search = Search::new(&moments, &rule, sampling, kernel)?;
    let mut bytes = Vec::new();
    let lines = Lines::new(moments.assets(), &mut bytes, None);
    let best = executor.run(&Job::new(&search, sampling.top, observer, Some(&lines)))?;
    lines.finish().map_err(Error::Lines)?;
    Ok((best, bytes))
}

#[test]
fn every_executor_gives_the_same_best_and_the_same_lines() {
    for question in questions() {
        let reference = answer(&Serial, Kernel::Portable, &question, &()).unwrap();
        assert_eq!(reference.0.subsets, 924);
        assert_eq!(reference.1.iter().filter(|&&byte| byte == b'\n').count(), 925);
        for (name, executor) in executors() {
            let found = answer(&*executor, Kernel::detect(), &question, &()).unwrap();
            assert!(found == reference, "{name} differs on {question:?}");
        }
    }
}

#[test]
fn every_kernel_gives_the_same_best_and_the_same_lines() {
    for question in questions() {
        let reference = answer(&Serial, Kernel::Portable, &question, &()).unwrap();
        for kernel in Kernel::available() {
            let found = answer(&Threads { jobs: 2 }, kernel, &question, &()).unwrap();
            assert!(found == reference, "{kernel} differs on {question:?}");
        }
    }
}

#[test]
fn the_best_is_the_best_of_the_lines() {
    for question in questions() {
        let (best, bytes) = answer(&Serial, Kernel::detect(), &question, &()).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let cells = |line: &str| -> (f64, u64) {
            let mut cells = line.split(',');
            let rank = cells.next().unwrap().parse().unwrap();
            (cells.nth(1).unwrap().parse().unwrap(), rank)
        };
        let mut all: Vec<(f64, u64)> = text.lines().skip(1).map(cells).collect();
        all.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let top: Vec<(f64, u64)> = best.portfolios().iter().map(|p| (p.score, p.rank)).collect();
        assert_eq!(top, all[..5]);
    }
}

/// Stops after so many subsets.
struct Impatient {
    left: AtomicU64,
}

impl Observer for Impatient {
    fn advance(&self, subsets: u64, _sharpe: f64) {
        let less = |left: u64| Some(left.saturating_sub(subsets));
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).unwrap();
    }

    fn stopped(&self) -> bool {
        self.left.load(Ordering::Relaxed) == 0
    }
}

#[test]
fn a_stopped_search_has_a_line_for_every_subset_it_counts() {
    for question in questions() {
        for (name, executor) in executors() {
            let observer = Impatient { left: AtomicU64::new(100) };
            let (best, bytes) = answer(&*executor, Kernel::detect(), &question, &observer).unwrap();
            let text = String::from_utf8(bytes).unwrap();
            // What strangers have begun is waited for.
            let early = best.subsets < 924 || name == "strangers";
            assert!(early && text.ends_with('\n'), "{name}: {}", best.subsets);
            let rank = |line: &str| line.split(',').next().unwrap().parse::<u64>().unwrap();
            let ranks: Vec<u64> = text.lines().skip(1).map(rank).collect();
            assert_eq!(ranks.len() as u64, best.subsets, "{name}");
            assert!(ranks.is_sorted_by(|a, b| a < b), "{name}");
        }
    }
}

#[test]
fn what_a_block_refuses_ends_the_search() {
    // Two weights within a billionth of a half are next to never drawn by rejection, but it takes millions of
    // candidates to say so: one executor of each kind is enough.
    let question =
        (0.5 + 1e-9, Sampling { pick: 2, ..sampling(Draw::Fresh, Sampler::Dirichlet(2.0)) });
    let mut executors: Vec<Box<dyn Executor>> =
        vec![Box::new(Serial), Box::new(Threads { jobs: 2 })];
    executors.extend(PROCESSES.first().map(|_| Box::new(processes(2)) as Box<dyn Executor>));
    executors.push(Box::new(Others::new(strangers(), 2)));
    for executor in &executors {
        let executor = &**executor;
        let refused = answer(executor, Kernel::detect(), &question, &());
        assert!(matches!(refused, Err(Error::Search(_))), "{:?}", executor.workers());
    }
}

/// A search of the bundled prices, the best `pick` of `assets`.
fn settings(assets: &[&str], pick: usize, jobs: usize, staff: Staff) -> Settings {
    Settings {
        terms: Terms {
            assets: Some(assets.iter().map(ToString::to_string).collect()),
            cap: 0.5,
            test_from: "2022-01-01".parse().ok(),
            ..Terms::default()
        },
        top: 3,
        draws: 200,
        jobs,
        staff,
        ..Settings::new(pick)
    }
}

/// A report without what may differ: time and place.
fn timeless(report: &Report) -> Value {
    let mut report = serde_json::to_value(report).unwrap();
    for key in ["seconds", "throughput", "workers", "kernel"] {
        report[key].take();
    }
    report["settings"]["jobs"].take();
    report
}

const EIGHT: [&str; 8] = ["AAPL", "BAC", "GE", "JNJ", "KO", "LLY", "PFE", "WMT"];

#[test]
fn the_report_is_the_same_but_for_time_and_place() {
    let report = |jobs, kernel, staff| -> Value {
        let settings = Settings { kernel, ..settings(&EIGHT, 4, jobs, staff) };
        let data = read(&Source::Bundled, &Reading::from(&settings.terms)).unwrap();
        timeless(&run(&data, &settings, &(), None).unwrap())
    };
    let reference = report(1, Kernel::Portable, Staff::Threads);
    assert_eq!(reference["subsets"], 70);
    assert_eq!(reference["top"].as_array().unwrap().len(), 3);
    for jobs in 1..4 {
        for kernel in Kernel::available() {
            assert!(report(jobs, kernel, Staff::Threads) == reference, "{jobs} jobs, {kernel}");
        }
    }
    for &jobs in PROCESSES {
        let found = report(jobs, Kernel::detect(), Staff::Processes(command()));
        assert!(found == reference, "{jobs} processes");
    }
}

#[test]
fn a_stopped_search_goes_on_with_whoever_comes_and_ends_with_the_same_bits() {
    let eleven = [&EIGHT[..], &["AMD", "MSFT", "PG"]].concat();
    let mut staff = vec![(1, Staff::Threads), (3, Staff::Threads), (2, Staff::Threads)];
    staff.extend(PROCESSES.iter().map(|&jobs| (jobs, Staff::Processes(command()))));
    staff.push((2, Staff::Foreign(strangers())));
    let data = read(&Source::Bundled, &Reading::default()).unwrap();
    let mut lines = Vec::new();
    let whole = settings(&eleven, 5, 1, Staff::Threads);
    let reference = timeless(&run(&data, &whole, &(), Some(&mut lines)).unwrap());
    for has_lines in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run");
        let mut before = 0;
        for (runs, (jobs, staff)) in staff.iter().cycle().enumerate() {
            let settings = settings(&eleven, 5, *jobs, staff.clone());
            let mut checkpoint = Checkpoint::open(&path, has_lines).unwrap();
            if runs == 0 {
                let busy = Checkpoint::open(&path, has_lines).unwrap_err();
                assert!(matches!(busy, Error::CheckpointBusy { .. }), "{busy}");
            }
            let observer = Impatient { left: AtomicU64::new(before + 90) };
            let report = resume(&data, &settings, &observer, &mut checkpoint).unwrap();
            if report.status == Status::Complete {
                assert!(timeless(&report) == reference, "after {runs} runs");
                assert!(runs >= 4, "{runs} runs");
                let kept = checkpoint.lines().map(|lines| std::fs::read(lines).unwrap());
                assert!(kept == has_lines.then(|| lines.clone()), "other lines");
                checkpoint.remove().unwrap();
                break;
            }
            assert!(report.subsets >= before, "{} after {before}", report.subsets);
            // What was in the middle of a block is counted in the report, and done again.
            before = report.subsets;
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "something is left");
    }
}

/// Kills one of this process's workers whenever it hears of a block.
#[cfg(target_os = "linux")]
struct Assassin {
    kills: AtomicU64,
}

#[cfg(target_os = "linux")]
impl Observer for Assassin {
    fn advance(&self, _subsets: u64, _sharpe: f64) {
        let kills = self.kills.fetch_add(1, Ordering::Relaxed);
        if !kills.is_multiple_of(3) {
            return;
        }
        let workers = workers();
        let Some(victim) = workers.get(kills as usize % workers.len().max(1)) else { return };
        let victim = rustix::process::Pid::from_raw(*victim).unwrap();
        // It is this process's child and not buried yet, or has just gone by itself.
        let _ = rustix::process::kill_process(victim, rustix::process::Signal::KILL);
    }
}

/// The children of this process. Some may be workers of other tests, which must bear it as well.
#[cfg(target_os = "linux")]
fn workers() -> Vec<i32> {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let children =
        tasks.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("children")).ok());
    let all: Vec<String> = children.collect();
    all.iter().flat_map(|line| line.split_whitespace()).map(|pid| pid.parse().unwrap()).collect()
}

#[cfg(target_os = "linux")]
#[test]
fn workers_killed_at_random_change_nothing() {
    for question in questions() {
        let reference = answer(&Serial, Kernel::detect(), &question, &()).unwrap();
        let assassin = Assassin { kills: AtomicU64::new(0) };
        let found = answer(&processes(3), Kernel::detect(), &question, &assassin).unwrap();
        assert!(found == reference, "{question:?}");
        assert!(assassin.kills.load(Ordering::Relaxed) > 100);
    }
}

/// Strangers who score what they are sent themselves: the more alike the weights, the better.
#[derive(Debug)]
struct Judges {
    strangers: Arc<Strangers>,
    near: bool,
}

impl Foreign for Judges {
    fn slots(&self) -> usize {
        2
    }

    fn score(&self) -> Option<&str> {
        Some("evenness")
    }

    fn is_near(&self) -> bool {
        self.near
    }

    fn submit(&self, number: u64, task: Vec<u8>) -> Result<(), Broken> {
        let answer = judged(&task).unwrap_or_else(|answer| answer);
        let _ = self.strangers.sender.lock().unwrap().send((number, Ok(answer)));
        Ok(())
    }

    fn next(&self, patience: Duration) -> Option<Letter> {
        self.strangers.next(patience)
    }

    fn cancel(&self) {}
}

fn judged(task: &[u8]) -> Result<Vec<u8>, Vec<u8>> {
    let mut scoring = Scoring::open(task)?;
    assert_eq!(scoring.returns().layout().fields()[0].shape, [39, 8]);
    let pick = scoring.pick();
    while let Some((_, batch)) = scoring.draw()? {
        let evenness = |weights: &[f64]| -weights.iter().copied().fold(0.0, f64::max);
        let scores: Vec<f64> = batch.weights.chunks(pick).map(evenness).collect();
        scoring.take(&scores);
    }
    Ok(scoring.answer())
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "there is no shared memory")]
fn whoever_scores_decides_wherever_the_returns_lie() {
    let price = |i: i32, j: i32| 50.0 + f64::from((i * (j + 3) + j * j) % 17);
    let columns =
        (0..8).map(|j| (format!("A{j}"), Column::Numbers((0..40).map(|i| price(i, j)).collect())));
    let sheet = Sheet::new("the table", columns.collect(), Vec::new()).unwrap();
    let data = sheet.table(&Reading::default()).unwrap();
    let settings = |near| {
        let staff = Staff::Foreign(Arc::new(Judges { strangers: strangers(), near }));
        Settings { staff, draws: 50, top: 3, ..Settings::new(4) }
    };
    let found = [true, false].map(|near| run(&data, &settings(near), &(), None).unwrap());
    for report in &found {
        assert_eq!((report.subsets, report.portfolios, report.top.len()), (70, 3_500, 3));
        assert_eq!(report.settings.score.as_deref(), Some("evenness"));
        for found in &report.top {
            let largest = found.weights.iter().map(|(_, weight)| *weight).fold(0.0, f64::max);
            assert_eq!(found.score, Some(-largest));
        }
        assert!(report.top.is_sorted_by(|a, b| a.score >= b.score));
    }
    let [near, far] = found.map(|report| serde_json::to_string(&report.top).unwrap());
    assert_eq!(near, far);
    let mut lines = Vec::new();
    let refused = run(&data, &settings(true), &(), Some(&mut lines)).unwrap_err();
    assert!(matches!(refused, Error::LinesOfScore), "{refused}");
}
