//! Where there is no highest Sharpe ratio, or none is proven in time.

use crate::desk::Desk;
use serde_json::{Value, json};

/// Moments for which no branch and bound comes to an end: sixty assets that are nearly alike, of which half are to be held.
pub(crate) fn hard() -> String {
    let names: Vec<String> = (0..60).map(|i| format!("A{i}")).collect();
    let cell = |i: usize, j: usize| match i == j {
        true => (1.0 + 0.01 * ((i * 13) % 17) as f64).to_string(),
        false => "0.3".into(),
    };
    let row = |i: usize| {
        let mean = 0.1 + 0.0001 * ((i * 37) % 61) as f64;
        let cells: Vec<String> = (0..60).map(|j| cell(i, j)).collect();
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
        "no answer: some portfolio beats the rate without risk, so no Sharpe ratio is the highest: A 50 %, B 50 % return 252 % a year\n"
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
        "solve --moments hard.csv --periods 1 --at-most 30 --time-limit 0.05 --json best.json",
    );
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    assert!(
        ended.stderr.starts_with("time limit: the best so far has a Sharpe ratio of 0."),
        "{}",
        ended.stderr
    );
    assert!(ended.stdout.starts_with("So far the best portfolio of at most 30 of 60 assets"));
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
