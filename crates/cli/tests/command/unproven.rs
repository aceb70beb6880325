//! Where there is no highest Sharpe ratio, or none is proven in time.

use crate::desk::Desk;
use serde_json::{Value, json};

/// Moments for which no branch and bound comes to an end soon: sixty assets that are nearly alike and share thirty-one
/// factors, with nothing of their own that could be split off, of which six are to be held.
pub(crate) fn hard() -> String {
    let names: Vec<String> = (0..60).map(|i| format!("A{i}")).collect();
    let load = |i: usize, factor: usize| match factor {
        0 => 0.6,
        _ => 0.3 * (((i * 37 + factor * 101 + i * factor * 13) % 61) as f64 / 30.0 - 1.0),
    };
    let cell = |i: usize, j: usize| (0..31).map(|f| load(i, f) * load(j, f)).sum::<f64>();
    let row = |i: usize| {
        let mean = 0.1 + 0.0001 * ((i * 37) % 61) as f64;
        let cells: Vec<String> = (0..60).map(|j| cell(i, j).to_string()).collect();
        format!("A{i},{mean},{}\n", cells.join(","))
    };
    (0..60).map(row).fold(format!("asset,mean,{}\n", names.join(",")), |all, row| all + &row)
}

#[test]
fn where_no_portfolio_beats_the_rate_two_others_are_told() {
    let desk = Desk::new();
    let ended =
        desk.sharpest("solve prices.csv --pick 2 --rate 90 --json best.json --ranking all.csv");
    assert_eq!((ended.status, &*ended.stdout), (1, ""));
    let start = "no answer: no portfolio beats the rate of 9000 %: the highest mean return that the rule allows is 315.01 % a year (MSFT 100 %)";
    assert!(ended.stderr.starts_with(start), "{}", ended.stderr);
    let answer: Value = serde_json::from_str(&desk.read("best.json")).unwrap();
    assert_eq!((&answer["status"], answer.get("best")), (&json!("no_excess"), None));
    assert_eq!(answer["highest_return"]["weights"], json!({"MSFT": 1.0}));
    // The least volatile portfolio holds more than two, so of two it is not told.
    let all = desk.sharpest("solve prices.csv --rate 90");
    assert!(all.stderr.contains("; the lowest volatility is "), "{}", all.stderr);
    assert_eq!(desk.read("all.csv").lines().filter(|line| line.ends_with(",,,,,")).count(), 6);
}

#[test]
fn a_portfolio_without_risk_has_no_sharpe_ratio() {
    let desk = Desk::new();
    desk.put("mirror.csv", "A,B\n0.03,-0.01\n-0.02,0.04\n0.01,0.01\n0.05,-0.03\n");
    let ended = desk.sharpest("solve mirror.csv --table returns --json best.json");
    assert_eq!((ended.status, &*ended.stdout), (1, ""));
    assert_eq!(
        ended.stderr,
        "note: the covariance is singular: some assets are sums of others, so other weights may do as well, and some portfolios look riskless; leave some of them out, or shrink it toward its diagonal\n\
         no answer: some portfolio beats the rate without risk, so no Sharpe ratio is the highest: A 50 %, B 50 % return 252 % a year\n"
    );
    let answer: Value = serde_json::from_str(&desk.read("best.json")).unwrap();
    assert_eq!((&answer["status"], answer.get("best")), (&json!("unbounded"), None));
    let weight = answer["riskless"]["weights"]["A"].as_f64().unwrap();
    assert!((weight - 0.5).abs() < 1e-6, "{weight}");
    let checked = desk.sharpest("check best.json mirror.csv");
    assert_eq!(checked.stdout, "proven: the portfolio beats the rate without risk\n");
    // Against a rate that it does not beat there is an answer, or none, but not this one.
    let ended = desk.sharpest("solve mirror.csv --table returns --rate 2.6");
    assert!(!ended.stderr.contains("without risk"), "{}", ended.stderr);
}

#[test]
fn a_time_limit_leaves_the_best_so_far_and_a_proven_gap() {
    let desk = Desk::new();
    desk.put("hard.csv", hard());
    let ended = desk.sharpest(
        "solve --moments hard.csv --periods 1 --at-most 6 --time-limit 0.05 --json best.json",
    );
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    assert!(
        ended.stderr.contains("\ntime limit: the best so far has a Sharpe ratio of 0."),
        "{}",
        ended.stderr
    );
    assert!(ended.stdout.starts_with("So far the best portfolio of at most 6 of 60 assets"));
    let answer: Value = serde_json::from_str(&desk.read("best.json")).unwrap();
    assert_eq!(answer["status"], "time_limit");
    let gap = answer["certificate"]["gap"].as_f64().unwrap();
    assert!(gap > 1e-9 && gap < 0.1, "{gap}");
    let checked = desk.sharpest("check best.json --moments hard.csv");
    assert_eq!(checked.status, 0, "{}", checked.stderr);
    // What was not proven cannot be passed off as proven.
    desk.put("best.json", desk.read("best.json").replace("time_limit\"", "optimal\""));
    let checked = desk.sharpest("check best.json --moments hard.csv");
    assert_eq!(checked.status, 1, "{}", checked.stdout);
    assert!(checked.stderr.contains("leaves a gap of"), "{}", checked.stderr);
}

/// Returns of three assets that hedge one another but for a millionth part, and of two that do too.
fn hedged() -> String {
    let shock = |day: usize, of: usize| {
        0.01 * (((day * 37 + of * 101 + day * of * 13) % 61) as f64 / 30.0 - 1.0)
    };
    let row = |day: usize| {
        let [a, b, c, d, e] = [1, 2, 3, 4, 5].map(|of| shock(day, of));
        let hedge = [1e-6 * c - a - b + 0.0002, 1e-6 * e - d + 0.0003];
        format!("{},{},{},{},{}\n", a + 0.001, b + 0.0005, hedge[0], d + 0.001, hedge[1])
    };
    (0..40).map(row).fold("A,B,C,D,E\n".to_owned(), |all, row| all + &row)
}

#[test]
fn what_double_precision_does_not_prove_is_not_called_optimal() {
    let desk = Desk::new();
    desk.put("hedged.csv", hedged());
    let ended = desk.sharpest("solve hedged.csv --table returns --at-most 3 --json best.json");
    let answer: Value = serde_json::from_str(&desk.read("best.json")).unwrap();
    assert_eq!((ended.status, &answer["status"]), (0, &json!("precision_limit")));
    let gap = answer["certificate"]["gap"].as_f64().unwrap();
    assert!(gap > 1e-9 && gap < 0.1, "{gap}");
    assert!(ended.stdout.starts_with("The best known portfolio of at most 3 of 5 assets"));
    assert!(ended.stdout.contains("\n  best known "), "{}", ended.stdout);
    assert!(ended.stdout.contains("  Proven up to "), "{}", ended.stdout);
    assert!(!ended.stdout.contains("proven in"), "{}", ended.stdout);
    let note = "\nprecision limit: the best known has a Sharpe ratio of ";
    assert!(ended.stderr.contains(note), "{}", ended.stderr);
    let why = " higher at most: beside so little risk, double precision shows no more\n";
    assert!(ended.stderr.ends_with(why), "{}", ended.stderr);
    let checked = desk.sharpest("check best.json hedged.csv");
    assert_eq!(checked.status, 0, "{}", checked.stderr);
    desk.put("best.json", desk.read("best.json").replace("precision_limit", "optimal"));
    let checked = desk.sharpest("check best.json hedged.csv");
    assert_eq!((checked.status, &*checked.stdout), (1, ""));
    assert!(checked.stderr.contains("leaves a gap of"), "{}", checked.stderr);
}

#[test]
fn one_problem_is_proven_however_little_risk_is_left() {
    let desk = Desk::new();
    desk.put("hedged.csv", hedged());
    desk.sharpest("solve hedged.csv --table returns --json best.json");
    let mut answer: Value = serde_json::from_str(&desk.read("best.json")).unwrap();
    assert_eq!(answer["status"], "optimal");
    assert!(answer["best"]["sharpe"].as_f64().unwrap() > 1e5, "{}", answer["best"]);
    assert!(answer["certificate"]["gap"].as_f64().unwrap() < 1e-12);
    let checked = desk.sharpest("check best.json hedged.csv");
    assert_eq!((checked.status, &*checked.stderr), (0, ""));
    // It takes both parts of the dual vector.
    answer["certificate"].as_object_mut().unwrap().remove("dual_rest").unwrap();
    desk.put("best.json", answer.to_string());
    let checked = desk.sharpest("check best.json hedged.csv");
    assert_eq!(checked.status, 1, "{}", checked.stdout);
    let start = "refuted: the dual vector does not prove the bound ";
    assert!(checked.stderr.starts_with(start), "{}", checked.stderr);
    // A sample of it is no lie either.
    desk.sharpest("search hedged.csv --table returns --pick 3 --draws 500 --json sampled.json");
    let checked = desk.sharpest("check sampled.json hedged.csv");
    assert_eq!(checked.status, 0, "{}", checked.stderr);
}
