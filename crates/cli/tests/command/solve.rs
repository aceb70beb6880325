//! `sharpest solve`: the optimum against brute force, what is held, the shape of the answer, and what is refused.

use crate::brute::{Brute, near};
use crate::desk::{Desk, PRICES};
use serde_json::{Value, json};

/// The `number`th weekday from the first of 2024 on, a Monday.
fn weekday(number: usize) -> String {
    let day = number / 5 * 7 + number % 5;
    let begins = [0, 31, 60, 91]; // the months of a leap year
    let month = begins.iter().rposition(|&begin| begin <= day).unwrap();
    format!("2024-{:02}-{:02}", month + 1, day - begins[month] + 1)
}

/// Sixty days of prices of six assets of no particular kind.
pub(crate) fn prices() -> String {
    let mut state = 7u64;
    let mut random = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 11) as f64 * 2f64.powi(-53) - 0.5
    };
    let mut prices = [100.0; 6];
    let mut table = String::from("day,A,B,C,D,E,F\n");
    for day in 0..61 {
        let market = 0.02 * random();
        for (i, price) in prices.iter_mut().enumerate() {
            *price *= 1.0 + market + 0.03 * random() + 0.0006 * i as f64;
        }
        let cells = prices.map(|price| price.to_string()).join(",");
        table += &format!("{},{cells}\n", weekday(day));
    }
    table
}

pub(crate) fn desk() -> Desk {
    let desk = Desk::new();
    desk.put("six.csv", prices());
    desk
}

#[test]
fn without_a_file_the_bundled_question_is_proven() {
    let answer = Desk::new().solution("--luck-draws 64");
    assert_eq!(answer["status"], "optimal");
    assert!(answer["certificate"]["gap"].as_f64().unwrap() <= 1e-12, "{}", answer["certificate"]);
    assert_eq!(answer["ties"], json!({"subsets": 1001, "containing": 1001, "held": 6}));
    assert_eq!(
        (&answer["ranking"]["count"], &answer["best"]["subsets"]),
        (&json!(184_756), &json!(1001))
    );
    assert_eq!(answer["test"]["from"], "2022-01-03");
    assert_eq!(
        (&answer["settings"]["pick"], &answer["settings"]["cap"]),
        (&json!(10), &json!(0.2))
    );
    assert_eq!(answer["best"], answer["top"][0]);
}

#[test]
fn pairs_are_those_of_brute_force() {
    let desk = desk();
    for (rate, floor, cap) in [(0.0, 0.0, 1.0), (0.1, 0.0, 0.7), (0.0, 0.3, 1.0), (0.2, 0.4, 0.55)]
    {
        let brute = Brute::of(&prices(), rate, floor, cap);
        let best = |answers: Vec<f64>| answers.into_iter().fold(f64::NEG_INFINITY, f64::max);
        let terms = format!("six.csv --rate {rate} --floor {floor} --cap {cap} --quiet");
        let answer = desk.solution(&format!("{terms} --pick 2 --luck-draws 0"));
        near(&answer["best"]["sharpe"], best(brute.pairs()));
        near(&answer["certificate"]["bound"], best(brute.pairs()));
        let answer = desk.solution(&format!("{terms} --at-most 2"));
        near(&answer["best"]["sharpe"], brute.at_most_two());
    }
}

#[test]
fn what_is_held_keeps_to_floor_and_cap() {
    let desk = desk();
    let weights = |args: &str| -> Vec<f64> {
        let answer = desk.solution(&format!("six.csv --luck-draws 0 {args}"));
        let weights = answer["best"]["weights"].as_object().unwrap();
        weights.values().map(|weight| weight.as_f64().unwrap()).collect()
    };
    let within = |weights: &[f64], low: f64, high: f64| {
        assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{weights:?}");
        assert!(weights.iter().all(|w| (low - 1e-12..=high + 1e-12).contains(w)), "{weights:?}");
        weights.len()
    };
    assert_eq!(within(&weights("--floor 0.05 --cap 0.3"), 0.05, 0.3), 6);
    assert_eq!(within(&weights("--pick 4 --floor 0.1"), 0.1, 1.0), 4);
    assert!(within(&weights("--at-most 4 --floor 0.2"), 0.2, 1.0) <= 4);
    assert!(within(&weights("--cap 0.25"), 0.0, 0.25) >= 4);
    assert_eq!(within(&weights("--cap 0.16666666666666666"), 1.0 / 6.0, 1.0 / 6.0), 6);
    assert!(within(&weights("--at-most 50"), 0.0, 1.0) <= 6);
}

#[test]
fn a_certificate_is_a_vector_or_a_tree() {
    let desk = desk();
    let whole = desk.solution("six.csv --cap 0.4 --luck-draws 0");
    let certificate = &whole["certificate"];
    assert!(certificate["dual"].as_object().is_some_and(|dual| !dual.is_empty()));
    assert!(certificate["residuals"]["dual"].as_f64().unwrap() < 1e-12);
    let few = desk.solution("six.csv --at-most 2 --cap 0.6");
    let tree = few["certificate"]["tree"].as_array().unwrap();
    let (branches, leaves): (Vec<&Value>, Vec<&Value>) =
        tree.iter().partition(|part| part.get("assets").is_some());
    assert!(leaves.iter().all(|leaf| leaf.get("dual").is_some()));
    let parts: usize =
        branches.iter().map(|part| part["assets"].as_array().unwrap().len() + 1).sum();
    assert_eq!(parts + 1, tree.len(), "every part but the first is a branch's");
}

#[test]
fn moments_are_answered_in_their_own_units() {
    let desk = Desk::new();
    desk.put("moments.csv", "asset,mean,A,B\nA,0.1,0.04,0\nB,0.2,0,0.16\n");
    // Independent: weights as mean over variance, 2.5 to 1.25; the squares of the two ratios add up.
    let answer = desk.solution("--moments moments.csv --periods 1");
    near(&answer["best"]["sharpe"], (0.25f64 + 0.25).sqrt());
    near(&answer["best"]["weights"]["A"], 2.0 / 3.0);
    for absent in ["period", "test", "luck", "inference", "ties", "ranking"] {
        assert!(answer.get(absent).is_none(), "{absent}");
    }
    desk.refuses(
        "solve --moments moments.csv --luck-draws 100",
        "moments.csv holds moments and no table, so --luck-draws cannot be used",
    );
}

#[test]
fn the_same_bits_on_any_number_of_threads() {
    let desk = desk();
    for args in [
        "--pick 4 --cap 0.4 --top 3 --luck-draws 300",
        "--at-most 3 --floor 0.1 --luck-draws 100",
        "--pick 3 --floor 0.1 --top 5",
    ] {
        let solve = |jobs: usize| {
            let ranking = if args.starts_with("--pick") { "--ranking all.csv" } else { "" };
            let mut answer = desk.solution(&format!("six.csv {args} {ranking} -j {jobs}"));
            for key in ["seconds", "times", "workers"] {
                answer[key].take();
            }
            answer["settings"]["jobs"].take();
            for part in ["luck", "ranking"] {
                if let Some(part) = answer.get_mut(part) {
                    part["seconds"].take();
                }
            }
            let lines = if ranking.is_empty() { String::new() } else { desk.read("all.csv") };
            (answer, lines)
        };
        let one = solve(1);
        assert!(solve(2) == one && solve(3) == one, "{args}");
    }
}

#[test]
fn the_text_is_read_at_a_glance() {
    let desk = Desk::new();
    // Four assets at no more than a quarter each: there is one portfolio, so every figure is known.
    let args = "solve prices.csv --pick 4 --cap 0.25 --rate 0.01 --test-from 2024-08-07 -j 1 --luck-draws 99";
    let text = desk.sharpest(&format!("{args} --quiet")).stdout;
    let (figures, rest) = text.split_once("  Proven: ").unwrap();
    assert_eq!(
        figures,
        "\
The best 4 of 4 assets, at most 25 % in each, against a rate of 1 %, from
  prices.csv

               2024-08-01 to 2024-08-06       2024-08-07 to 2024-08-12
               3 returns                      3 returns, held out
               Sharpe    return  volatility   Sharpe    return  volatility
  optimum      26.580   239.9 %       9.0 %   35.103   217.1 %       6.2 %
  equal weight 26.580   239.9 %       9.0 %   35.103   217.1 %       6.2 %

  KO     25.0 %  ████████████████████████████████
  PEP    25.0 %  ████████████████████████████████
  JNJ    25.0 %  ████████████████████████████████
  MSFT   25.0 %  ████████████████████████████████

"
    );
    for part in [
        "none has a Sharpe ratio above 26.579909 (gap ",
        "\n  Recheck it with: sharpest check RESULT.json prices.csv\n",
        "  1 subset: 26.580 at least",
        "  Its standard error is ",
        "\n  Luck test (bootstrap): p = ",
        "\n  99 samples in ",
    ] {
        assert!(rest.contains(part), "{part}: {rest}");
    }
}

#[test]
fn ties_are_said_in_words() {
    let text = Desk::new().sharpest("solve --luck-draws 0").stdout;
    assert!(text.contains("  Any of 1,001 subsets that contain these 6 names has it\n"), "{text}");
    assert!(text.contains("  Recheck it with: sharpest check RESULT.json\n"), "{text}");
    let first = "\
The best 10 of 20 assets, at most 20 % in each, from the bundled prices
6 of the 10 get a weight (with a --floor each would)

";
    assert!(text.starts_with(first), "{text}");
    assert!(
        !text.contains("is enough to say") && !text.contains("with a probability of"),
        "{text}"
    );
}

#[test]
fn a_search_names_the_optimum_beside_its_sample() {
    let desk = desk();
    for args in ["--pick 5 --cap 0.4", "--pick 2 --cap 0.6", "--pick 3 --floor 0.2"] {
        let sampled = desk.answer(&format!("six.csv {args} --draws 20"));
        let solved = desk.solution(&format!("six.csv {args} --luck-draws 0"));
        near(&sampled["exact"]["sharpe"], solved["best"]["sharpe"].as_f64().unwrap());
        let share = sampled["exact"]["share"].as_f64().unwrap();
        assert!(share > 0.3 && share <= 1.0 + 1e-12, "{share}");
    }
    let text = desk.sharpest("search six.csv --pick 5 --cap 0.4 --draws 20").stdout;
    assert!(text.contains("(`sharpest solve` finds it); the sample's best, "), "{text}");
}

#[test]
fn flags_that_contradict_each_other() {
    let desk = Desk::new();
    let refuses =
        |args: &str, sentence: &str| desk.refuses(&format!("solve nowhere.csv {args}"), sentence);
    refuses(
        "--pick 2 --at-most 2",
        "--pick takes exactly so many assets and --at-most up to so many: give one of the two",
    );
    refuses("--top 2", "--top ranks subsets of --pick assets, so it needs --pick");
    refuses(
        "--ranking all.csv",
        "--ranking writes a line for each subset of --pick assets, so it needs --pick",
    );
    refuses(
        "--pick 25 --cap 0.03",
        "25 assets at no more than 3 % hold at most 75 %: raise the cap to 4 % or pick more",
    );
    refuses("--time-limit 0", "a time limit of 0 seconds is not above 0 and finite");
    refuses("--time-limit -1", "a time limit of -1 seconds is not above 0 and finite");
    refuses(
        "--luck-block 0.5",
        "a luck block of 0.5 is not 1 or more and finite: it is the mean length of a run of returns",
    );
    refuses(
        "--pick 2 --json - --ranking -",
        "--json and --ranking cannot both go to the same place",
    );
    refuses("-j 0", "0 workers: at least 1 and at most 1024 are started");
}

#[test]
fn numbers_of_assets_that_hold_nothing() {
    let desk = Desk::new();
    let refuses =
        |args: &str, sentence: &str| desk.refuses(&format!("solve prices.csv {args}"), sentence);
    refuses("--pick 5", "cannot pick 5 of 4 assets: pick at least 1 and at most 4");
    refuses("--at-most 0", "cannot pick 0 of 4 assets: pick at least 1 and at most 4");
    refuses(
        "--at-most 2 --cap 0.4",
        "2 assets at no more than 40 % hold at most 80 %: raise the cap to 50 % or pick more",
    );
    refuses(
        "--cap 0.2",
        "4 assets at no more than 20 % hold at most 80 %: raise the cap to 25 % or pick more",
    );
    refuses(
        "--floor 0.3",
        "4 assets at no less than 30 % take at least 120 %: lower the floor to 25 % or pick fewer",
    );
    // Two hold too little, three too much, and there is nothing in between.
    refuses(
        "--at-most 3 --cap 0.4 --floor 0.35",
        "3 assets at no less than 35 % take at least 105 %: lower the floor to 33.3333 % or pick fewer",
    );
}

#[test]
fn a_configuration_holds_its_flags() {
    let desk = desk();
    desk.put("best.toml", "prices = \"six.csv\"\nat-most = 2\nfloor = 0.1\nluck-draws = 0\n");
    let asked = &desk.solution("--config best.toml --floor 0.2")["settings"];
    assert_eq!(
        (&asked["at_most"], &asked["floor"], &asked["source"]),
        (&json!(2), &json!(0.2), &json!("six.csv"))
    );
    desk.put("best.toml", "draws = 5\n");
    let ended = desk.sharpest("solve --config best.toml");
    assert_eq!((ended.status, ended.stderr.lines().count()), (2, 1));
    assert!(
        ended.stderr.starts_with("error: best.toml: unknown key \"draws\""),
        "{}",
        ended.stderr
    );
}

#[test]
fn outputs_are_whole_or_absent() {
    let desk = Desk::new();
    desk.put("best.json", "yesterday's");
    desk.refuses(
        "solve prices.csv --pick 5 --json best.json --ranking all.csv",
        "cannot pick 5 of 4 assets: pick at least 1 and at most 4",
    );
    assert_eq!(
        (desk.read("best.json").as_str(), desk.names()),
        ("yesterday's", vec!["best.json".into(), "prices.csv".into()])
    );
    desk.refuses(
        "solve prices.csv --pick 2 --ranking prices.csv",
        "--ranking would write over prices.csv, which is read",
    );
    let written = desk.sharpest("solve prices.csv --pick 2 --ranking all.csv --json best.json");
    assert_eq!((written.status, desk.read("all.csv").lines().count()), (0, 7));
    let lines = desk.sharpest("solve prices.csv --pick 2 --ranking -");
    assert_eq!(lines.stdout, desk.read("all.csv"));
    assert_eq!(PRICES, desk.read("prices.csv"));
}
