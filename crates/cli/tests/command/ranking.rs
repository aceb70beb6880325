//! `--ranking` and `--top`: the exact best of every subset.

use crate::brute::{Brute, near};
use crate::desk::Desk;
use crate::solve::{desk, prices};

/// Rank, assets and Sharpe ratio of every line.
fn lines(desk: &Desk) -> Vec<(u64, String, Option<f64>)> {
    let read = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        (cells[0].parse().unwrap(), cells[1].trim_matches('"').into(), cells[2].parse().ok())
    };
    desk.read("all.csv").lines().skip(1).map(read).collect()
}

#[test]
fn every_subset_has_the_optimum_of_brute_force() {
    let desk = desk();
    for (rate, floor, cap) in [(0.0, 0.0, 1.0), (0.1, 0.0, 0.7), (0.1, 0.3, 0.65)] {
        let brute = Brute::of(&prices(), rate, floor, cap);
        let args = format!("--pick 2 --rate {rate} --floor {floor} --cap {cap}");
        let answer = desk.solution(&format!("six.csv {args} --luck-draws 0 --ranking all.csv"));
        let lines = lines(&desk);
        assert_eq!(lines.len(), 15);
        for (rank, (found, assets, sharpe)) in lines.iter().enumerate() {
            let place = |name: u8| usize::from(name - b'A');
            let (a, b) = (place(assets.as_bytes()[0]), place(assets.as_bytes()[2]));
            let expected = brute.pair(a, b);
            assert_eq!(*found, rank as u64);
            match sharpe {
                Some(sharpe) => assert!((sharpe - expected).abs() < 1e-9 * expected, "{assets}"),
                None => assert!(expected <= 1e-9, "{assets}: {expected}"),
            }
        }
        let best = lines.iter().filter_map(|(.., sharpe)| *sharpe).fold(0.0, f64::max);
        near(&answer["best"]["sharpe"], best);
    }
}

#[test]
fn lines_are_those_of_a_search_in_shape_and_order() {
    let desk = desk();
    desk.answer("six.csv --pick 3 --cap 0.5 --draws 200 --csv sampled.csv");
    desk.solution("six.csv --pick 3 --cap 0.5 --luck-draws 0 --ranking all.csv");
    let (sampled, exact) = (desk.read("sampled.csv"), desk.read("all.csv"));
    assert_eq!(sampled.lines().count(), 21);
    assert_eq!(sampled.lines().next(), exact.lines().next());
    for (sampled, exact) in sampled.lines().zip(exact.lines()).skip(1) {
        let cells = |line: &str| line.split(',').map(String::from).collect::<Vec<_>>();
        let (sampled, exact) = (cells(sampled), cells(exact));
        assert_eq!(sampled[..2], exact[..2]);
        let number = |cell: &String| cell.parse::<f64>().unwrap();
        // Nothing drawn is above the optimum: no matrix was sliced on one axis only.
        assert!(number(&sampled[2]) <= number(&exact[2]) * (1.0 + 1e-12));
        let picked = |cells: &[String]| cells[3..].iter().map(String::is_empty).collect::<Vec<_>>();
        assert_eq!(picked(&sampled), picked(&exact));
        let sum: f64 = exact[3..].iter().filter(|cell| !cell.is_empty()).map(number).sum();
        assert!((sum - 1.0).abs() < 1e-12);
    }
}

#[test]
fn a_subset_that_cannot_beat_the_rate_has_an_empty_ratio_and_is_counted() {
    let desk = Desk::new();
    desk.put(
        "moments.csv",
        "asset,mean,A,B,C\nA,0.001,0.0001,0,0\nB,-0.002,0,0.0001,0\nC,-0.001,0,0,0.0001\n",
    );
    let answer = desk.solution("--moments moments.csv --pick 2 --cap 0.8 --ranking all.csv");
    let text = desk.read("all.csv");
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.contains(&"2,\"B;C\",,,,") || lines.contains(&"1,\"B;C\",,,,"), "{text}");
    assert_eq!(answer["ranking"]["no_excess"], 1);
    assert_eq!(answer["ranking"]["count"], 2);
}

#[test]
fn the_top_are_distinct_and_their_ties_counted() {
    let desk = desk();
    let answer =
        desk.solution("six.csv --pick 4 --cap 0.6 --top 6 --luck-draws 0 --ranking all.csv");
    let top = answer["top"].as_array().unwrap();
    assert_eq!((top.len(), &top[0]), (6, &answer["best"]));
    let mut lines: Vec<f64> = lines(&desk).into_iter().filter_map(|(.., sharpe)| sharpe).collect();
    lines.sort_by(|a, b| b.total_cmp(a));
    let mut next = 0;
    for found in top {
        let subsets = found["subsets"].as_u64().unwrap() as usize;
        for _ in 0..subsets {
            near(&found["sharpe"], lines[next]);
            next += 1;
        }
        let twins = top.iter().filter(|other| other["weights"] == found["weights"]).count();
        assert_eq!(twins, 1);
    }
    assert_eq!(answer["ties"]["subsets"], top[0]["subsets"]);
    let floored = desk.solution("six.csv --pick 4 --floor 0.1 --top 15 --ranking all.csv");
    let found: Vec<u64> = floored["top"]
        .as_array()
        .unwrap()
        .iter()
        .map(|found| found["rank"].as_u64().unwrap())
        .collect();
    let mut ranks = found.clone();
    ranks.sort_unstable();
    ranks.dedup();
    assert_eq!(ranks.len(), found.len());
}

#[test]
fn more_subsets_than_can_be_listed() {
    let desk = Desk::new();
    let names: Vec<String> = (0..100).map(|i| format!("A{i}")).collect();
    let row = |day: usize| {
        (0..100).map(|i| format!("{}.5", 10 + (i * 7 + day * 13) % 11)).collect::<Vec<_>>()
    };
    let rows: Vec<String> = (0..6).map(|day| row(day).join(",")).collect();
    desk.put("many.csv", format!("{}\n{}\n", names.join(","), rows.join("\n")));
    desk.refuses(
        "solve many.csv --pick 50 --ranking all.csv --quiet",
        "50 of 100 assets is more than 18446744073709551615 subsets: nobody lists them all; leave out --ranking and --top",
    );
}

#[test]
fn quartiles_with_a_floor_are_those_of_brute_force() {
    let desk = desk();
    let mut pairs = Brute::of(&prices(), 0.0, 0.3, 1.0).pairs();
    pairs.sort_by(f64::total_cmp);
    assert!(pairs.len() == 15 && pairs[0] > 0.0); // all beat the rate
    let halfway = |at: usize| 0.5 * (pairs[at] + pairs[at + 1]);
    let expected = [pairs[0], halfway(3), pairs[7], halfway(10), pairs[14]];
    for args in ["", "--top 3", "--ranking all.csv -j 3"] {
        let answer = desk.solution(&format!("six.csv --pick 2 --floor 0.3 {args} --luck-draws 0"));
        let ranking = &answer["ranking"];
        assert_eq!((&ranking["count"], &ranking["problems"]), (&15.into(), &15.into()));
        let names = ["minimum", "lower_quartile", "median", "upper_quartile", "maximum"];
        for (name, expected) in names.iter().zip(expected) {
            near(&ranking[name], expected);
        }
    }
    let text = desk.sharpest("solve six.csv --pick 2 --floor 0.3 --luck-draws 0").stdout;
    assert!(text.contains("\n  15 subsets: "), "{text}");
}
