//! What grows with n²T and n³, timed in this process and printed as one line of JSON in seconds; `cargo xtask bench`
//! holds it against NumPy. Arguments: how many assets, and how many days.

#[path = "../tests/exact/instances.rs"]
#[allow(dead_code, reason = "shared with the tests, which use all of it")]
mod instances;

use instances::Random;
use sharpest_search::exact::sparse::{Limits, Search};
use sharpest_search::{Moments, Returns, Rule};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// So long a search is watched.
const TRIED: Duration = Duration::from_secs(20);

fn main() {
    // `cargo bench` adds a flag of its own.
    let sizes: Vec<usize> = std::env::args().filter_map(|word| word.parse().ok()).collect();
    let [n, days] = sizes[..] else { return eprintln!("two sizes, please") };
    let names: Vec<String> = (0..n).map(|i| format!("A{i}")).collect();
    let mut random = Random(1);
    let factor: Vec<f64> = (0..days).map(|_| 0.01 * random.normal()).collect();
    let values = (0..days * n).map(|at| factor[at / n] + 0.02 * random.normal()).collect();
    let returns = Returns::new(names.clone(), values).expect("returns");
    let moments = returns.moments(252.0).expect("moments");
    let again = || Moments::new(names.clone(), moments.mean(), moments.covariance(), 1.0);
    let lines = [
        format!("\"estimate\": {:e}", median(3, || returns.moments(252.0))),
        format!("\"check\": {:e}", median(3, again)),
        format!("\"condition\": {:e}", median(3, || moments.condition())),
        format!("\"silence\": {:e}", silence(&moments)),
    ];
    println!("{{{}}}", lines.join(", "));
}

/// The longest time without a question whether to stop, while at most ten assets are sought and a split is.
fn silence(moments: &Moments) -> f64 {
    let limits = Limits::at_most(10, &Rule::new(1.0, 0.0, 0.0).expect("a rule"));
    let mut search = Search::new(moments, limits, 0.0).expect("limits").with_patience(30);
    let (start, mut last, mut longest) = (Instant::now(), Instant::now(), 0.0f64);
    let mut stop = || {
        longest = longest.max(last.elapsed().as_secs_f64());
        last = Instant::now();
        start.elapsed() >= TRIED
    };
    let mut workspace = search.workspace();
    while !stop() {
        let tasks = search.tasks();
        if tasks.is_empty() {
            break;
        }
        let answer = |task| workspace.solve_until(task, &mut stop);
        let answers = tasks.into_iter().map(answer).collect();
        search.absorb_until(answers, &mut stop);
    }
    black_box(search.evidence());
    longest.max(last.elapsed().as_secs_f64())
}

/// The median time of a call.
fn median<T>(turns: usize, mut call: impl FnMut() -> T) -> f64 {
    let mut times: Vec<f64> = (0..turns)
        .map(|_| {
            let start = Instant::now();
            black_box(call());
            start.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[turns / 2]
}
