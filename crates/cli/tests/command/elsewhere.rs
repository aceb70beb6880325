//! Where other tools fall: each of these is answered elsewhere with junk, with "infeasible", or with nothing at all.

use crate::brute::{Brute, near};
use crate::desk::{Desk, PRICES};
use serde_json::Value;

#[test]
fn all_means_below_the_rate_is_said_and_not_papered_over() {
    let desk = Desk::new();
    for command in ["solve", "search"] {
        let ended = desk.sharpest(&format!("{command} prices.csv --pick 3 --rate 90"));
        assert_eq!((ended.status, &*ended.stdout), (1, ""), "{command}");
        assert!(ended.stderr.starts_with("no answer: no portfolio beats the rate of 9000 %: "));
    }
}

#[test]
fn one_asset_above_the_rate_is_not_enough_where_the_cap_binds() {
    let desk = Desk::new();
    desk.put("moments.csv", "asset,mean,A,B\nA,0.001,0.0001,0\nB,-0.002,0,0.0001\n");
    let ended = desk.sharpest("solve --moments moments.csv --cap 0.6");
    assert_eq!(
        (ended.status, &*ended.stderr),
        (
            1,
            "no answer: no portfolio beats the rate of 0 %: the highest mean return that the rule allows is -5.04 % a year (A 60 %, B 40 %); the lowest volatility is 11.22 % (A 50 %, B 50 %)\n"
        )
    );
    assert_eq!(desk.sharpest("solve --moments moments.csv --cap 0.8").status, 0);
}

#[test]
fn a_cap_too_low_says_what_would_do() {
    Desk::new().refuses(
        "solve prices.csv --cap 0.2",
        "4 assets at no more than 20 % hold at most 80 %: raise the cap to 25 % or pick more",
    );
}

#[test]
fn a_missing_price_is_no_silent_pairwise_covariance() {
    let desk = Desk::new();
    desk.put("prices.csv", PRICES.replace("20.6", "NaN"));
    desk.refuses(
        "solve prices.csv",
        "prices.csv: 1 cell is missing, the first PEP on 2024-08-06: choose --missing drop-assets (leaves out 1 asset) or --missing drop-days (leaves out 1 row)",
    );
}

#[test]
fn few_returns_and_twins_are_solved_and_said() {
    let desk = Desk::new();
    let twin: String = PRICES
        .lines()
        .map(|line| format!("{line},{}\n", line.split(',').nth(2).unwrap().replace("PEP", "PEP2")))
        .collect();
    desk.put("twins.csv", twin);
    let ended =
        desk.sharpest("solve twins.csv --cap 0.5 --to 2024-08-07 --luck-draws 0 --json best.json");
    assert!(
        ended.stderr.starts_with(
            "note: 4 returns are few for 5 assets: their covariance is singular, and some portfolios look riskless\n\
             note: PEP and PEP2 have the same returns\n"
        ),
        "{}",
        ended.stderr
    );
    let (with, without) =
        (desk.solution("twins.csv --luck-draws 0"), desk.solution("prices.csv --luck-draws 0"));
    near(&with["best"]["sharpe"], without["best"]["sharpe"].as_f64().unwrap());
    assert!(with["certificate"]["gap"].as_f64().unwrap() <= 1e-9);
}

#[test]
fn an_asset_without_variance_is_named() {
    let desk = Desk::new();
    let flat: String = PRICES
        .lines()
        .map(|line| format!("{line},{}\n", if line.starts_with('D') { "CASH" } else { "1" }))
        .collect();
    desk.put("prices.csv", flat);
    desk.refuses(
        "solve prices.csv",
        "CASH: its returns are all the same, so it has no risk and no Sharpe ratio; leave it out with --exclude, and if it stands for cash, give what it earns in a year as --rate",
    );
}

#[test]
fn equal_means_come_to_an_end() {
    let desk = Desk::new();
    desk.put("moments.csv", "asset,mean,A,B,C\nA,0.1,0.04,0,0\nB,0.1,0,0.04,0\nC,0.1,0,0,0.04\n");
    // Alike and independent: a third of each, a Sharpe ratio of √3 times that of one.
    for args in ["", "--cap 0.5", "--pick 3", "--at-most 3"] {
        let answer = desk.solution(&format!("--moments moments.csv --periods 1 {args}"));
        near(&answer["best"]["sharpe"], 0.5 * 3f64.sqrt());
        near(&answer["best"]["weights"]["A"], 1.0 / 3.0);
    }
    let two = desk.solution("--moments moments.csv --periods 1 --pick 2");
    near(&two["best"]["sharpe"], 0.5 * 2f64.sqrt());
    assert_eq!(two["ties"]["subsets"], 3);
}

#[test]
fn a_yearly_rate_is_a_yearly_rate() {
    let desk = Desk::new();
    let answer = desk.solution("prices.csv --pick 2 --rate 0.05 --luck-draws 0");
    let pairs = Brute::of(PRICES, 0.05, 0.0, 1.0).pairs();
    near(&answer["best"]["sharpe"], pairs.into_iter().fold(f64::NEG_INFINITY, f64::max));
}

#[test]
fn no_sample_is_above_the_optimum_and_no_two_workers_draw_the_same() {
    let desk = Desk::new();
    let answer = desk.answer("--pick 4 --cap 0.5 --draws 30 -j 2 --csv sampled.csv");
    let exact = &answer["exact"];
    let sampled = answer["best"]["sharpe"].as_f64().unwrap();
    assert!(sampled <= exact["bound"].as_f64().unwrap() * (1.0 + 1e-12));
    let text = desk.read("sampled.csv");
    let weights = |line: &str| -> Vec<String> {
        line.split(',').skip(3).filter(|cell| !cell.is_empty()).map(String::from).collect()
    };
    let mut all: Vec<Vec<String>> = text.lines().skip(1).map(weights).collect();
    let lines = all.len();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), lines, "each subset has weightings of its own");
    let one: Value = desk.answer("--pick 4 --cap 0.5 --draws 30 -j 1");
    assert_eq!(one["best"], answer["best"]);
}
