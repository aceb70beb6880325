//! What grows with n²T and n³, timed in this process and printed as one line of JSON in seconds; `cargo xtask bench`
//! holds it against NumPy. Arguments: how many assets, and how many days.

#[path = "../tests/exact/instances.rs"]
#[allow(dead_code, reason = "shared with the tests, which use all of it")]
mod instances;

use instances::Random;
use sharpest_search::{Moments, Returns};
use std::hint::black_box;
use std::time::Instant;

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
    ];
    println!("{{{}}}", lines.join(", "));
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
