//! What every executor and every kernel must give: the same best, the same lines, the same report, bit for bit. A new
//! executor is added to [`executors`]; then all of this holds for it too.

use serde_json::Value;
use sharpest_engine::executor::{Executor, Serial, Threads};
use sharpest_engine::job::Job;
use sharpest_engine::lines::Lines;
use sharpest_engine::{Draw, Error, Kernel, Observer, Sampler, Settings, Source, Terms, read, run};
use sharpest_search::{Best, Moments, Rule, Sampling, Search};
use std::sync::atomic::{AtomicU64, Ordering};

/// Every way to work, each with a name.
fn executors() -> Vec<(String, Box<dyn Executor>)> {
    let mut all: Vec<(String, Box<dyn Executor>)> = vec![("serial".into(), Box::new(Serial))];
    for jobs in [1, 2, 3, 7] {
        all.push((format!("{jobs} threads"), Box::new(Threads { jobs })));
    }
    all
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
    let lines = Lines::new(moments.assets(), &mut bytes);
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
        let top: Vec<(f64, u64)> = best.portfolios().iter().map(|p| (p.sharpe, p.rank)).collect();
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
            assert!(best.subsets < 924 && text.ends_with('\n'), "{name}: {}", best.subsets);
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
    // candidates to say so: two executors are enough.
    let question =
        (0.5 + 1e-9, Sampling { pick: 2, ..sampling(Draw::Fresh, Sampler::Dirichlet(2.0)) });
    let executors: [&dyn Executor; 2] = [&Serial, &Threads { jobs: 2 }];
    for executor in executors {
        let refused = answer(executor, Kernel::detect(), &question, &());
        assert!(matches!(refused, Err(Error::Search(_))), "{:?}", executor.workers());
    }
}

#[test]
fn the_report_is_the_same_but_for_time_and_place() {
    let report = |jobs, kernel| -> Value {
        let assets = ["AAPL", "BAC", "GE", "JNJ", "KO", "LLY", "PFE", "WMT"].map(String::from);
        let settings = Settings {
            terms: Terms {
                assets: Some(assets.to_vec()),
                cap: 0.5,
                test_from: "2022-01-01".parse().ok(),
                ..Terms::default()
            },
            top: 3,
            draws: 200,
            jobs,
            kernel,
            ..Settings::new(4)
        };
        let data = read(&Source::Bundled, settings.terms.table).unwrap();
        let mut report = serde_json::to_value(run(&data, &settings, &(), None).unwrap()).unwrap();
        for key in ["seconds", "throughput", "workers", "kernel"] {
            report[key].take();
        }
        report["settings"]["jobs"].take();
        report
    };
    let reference = report(1, Kernel::Portable);
    assert_eq!(reference["subsets"], 70);
    assert_eq!(reference["top"].as_array().unwrap().len(), 3);
    for jobs in 1..4 {
        for kernel in Kernel::available() {
            assert!(report(jobs, kernel) == reference, "{jobs} jobs, {kernel}");
        }
    }
}
