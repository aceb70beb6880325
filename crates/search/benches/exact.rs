//! The exact optimum, timed in this process and printed as one line of JSON in seconds; `cargo xtask bench` holds it
//! against its rivals. Arguments: two files of prices, a column an asset, no dates; the second is for "at most K".

#[path = "../tests/exact/instances.rs"]
#[allow(dead_code, reason = "shared with the tests, which use all of it")]
mod instances;
#[path = "../tests/exact/oracle.rs"]
mod oracle;

use instances::{Instance, Random, factor_moments};
use sharpest_search::exact::sparse::{Limits, Search};
use sharpest_search::exact::{Bounds, Outcome, Problem, Solver, ranking::Ranking, solve};
use sharpest_search::inference::{Luck, Resampler, Tally};
use sharpest_search::{Moments, Prices, ReturnKind, Returns, Rule};
use std::hint::black_box;
use std::time::Instant;

const CAP: f64 = 0.2;

fn main() {
    // `cargo bench` adds a flag of its own.
    let files: Vec<_> = std::env::args().skip(1).filter(|name| !name.starts_with('-')).collect();
    let [path, more] = &files[..] else { return eprintln!("two files of prices, please") };
    let (returns, more) = (returns(path), returns(more).moments(252.0).expect("moments"));
    let moments = returns.moments(252.0).expect("moments");
    let bounds = Bounds::new(vec![0.0; moments.len()], vec![CAP; moments.len()]).expect("bounds");
    let sharpe = solve(&moments, &bounds, 0.0).sharpe().expect("something beats 0");

    let mut lines = vec![
        format!("\"sharpe\": {sharpe}"),
        format!("\"one\": {:e}", median(201, || solve(&moments, &bounds, 0.0))),
        format!("\"clarabel\": {:e}", clarabel(&moments, &bounds)),
        format!("\"ranking\": {:e}", median(11, || ranking(&moments))),
        format!("\"luck\": {:e}", median(5, || luck(&returns, &bounds, sharpe))),
    ];
    for n in [10, 30, 100, 300, 1000] {
        lines.push(scaling(n));
    }
    for most in [5, 10] {
        lines.push(sparse("real", &more, most));
        for assets in [98, 225, 487] {
            let market = factor_moments(&mut Random(assets as u64), assets, 1258);
            lines.push(sparse(&assets.to_string(), &market, most));
        }
    }
    println!("{{{}}}", lines.join(", "));
}

fn returns(path: &str) -> Returns {
    let text = std::fs::read_to_string(path).expect("the file can be read");
    let mut lines = text.lines();
    let names = lines.next().expect("a header").split(',').map(str::to_owned).collect();
    let values = lines.flat_map(|line| line.split(',').map(|cell| cell.parse().expect("a price")));
    Prices::new(names, values.collect())
        .and_then(|p| p.returns(ReturnKind::Simple))
        .expect("prices")
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

fn clarabel(moments: &Moments, bounds: &Bounds) -> f64 {
    let instance = Instance { moments: moments.clone(), bounds: bounds.clone(), rate: 0.0 };
    median(21, || oracle::sharpe(&instance))
}

/// Every 25 of 30, not written.
fn ranking(moments: &Moments) -> u64 {
    let ranking = Ranking::of(moments, 25, CAP, 0.0, &mut || false);
    ranking.expect("a ranking").expect("nobody stops it").overview().attaining
}

/// 4,000 replicates, estimated and solved.
fn luck(returns: &Returns, bounds: &Bounds, observed: f64) -> f64 {
    let mut resampler = Resampler::new(returns, 252.0, 0.0, Luck::default());
    let (mut solver, mut tally) = (Solver::new(bounds.len()), Tally::new(observed));
    for number in 0..Luck::default().draws {
        let drawn = resampler.replicate(number, &mut || false);
        let (mean, covariance) = drawn.expect("nothing stops it");
        match solver.solve(&Problem { mean, covariance, bounds, rate: 0.0 }) {
            Outcome::Optimal { sharpe } => tally.count(Some(sharpe)),
            Outcome::NoExcess { .. } | Outcome::Riskless { .. } => tally.count(None),
        }
    }
    tally.p_value()
}

/// One optimum of n assets under a cap of 20 %, ours and Clarabel's.
fn scaling(n: usize) -> String {
    let moments = factor_moments(&mut Random(n as u64), n, 2 * n + 50);
    let bounds = Bounds::new(vec![0.0; n], vec![CAP; n]).expect("bounds");
    let instance = Instance { moments: moments.clone(), bounds: bounds.clone(), rate: 0.0 };
    let turns = if n > 100 { 3 } else { 21 };
    let ours = median(turns, || solve(&moments, &bounds, 0.0));
    let theirs = median(turns, || oracle::sharpe(&instance));
    format!("\"scaling_{n}\": [{ours:e}, {theirs:e}]")
}

/// At most `most` assets, to the proof or for a minute: time, gap and Sharpe ratio.
fn sparse(name: &str, moments: &Moments, most: usize) -> String {
    let limits = Limits::at_most(most, &Rule::new(1.0, 0.0, 0.0).expect("a rule"));
    let start = Instant::now();
    let mut search = Search::new(moments, limits, 0.0).expect("a search");
    let progress = search.run(&mut || start.elapsed().as_secs() >= 60);
    let (seconds, sharpe) = (start.elapsed().as_secs_f64(), progress.sharpe.unwrap_or(f64::NAN));
    let gap = progress.bound / sharpe - 1.0;
    format!("\"sparse_{name}_{most}\": [{seconds:e}, {gap:e}, {sharpe}]")
}
