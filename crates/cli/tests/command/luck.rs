//! The luck test as users meet it.

use crate::desk::Desk;
use crate::solve::desk;
use serde_json::Value;

#[test]
fn it_is_seeded_and_counts_its_samples() {
    let desk = desk();
    let luck = |args: &str| -> Value {
        let mut luck = desk.solution(&format!("six.csv --cap 0.4 {args}"))["luck"].take();
        luck["seconds"].take();
        luck
    };
    let first = luck("--luck-draws 500");
    assert_eq!(
        (&first["draws"], &first["block"], &first["seed"]),
        (&500.into(), &5.0.into(), &1.into())
    );
    let p = first["p"].as_f64().unwrap();
    // (1 + reached) / (1 + draws), so it is a whole number of 501sts.
    assert!((p * 501.0 - (p * 501.0).round()).abs() < 1e-9 && p >= 1.0 / 501.0);
    assert_eq!(luck("--luck-draws 500 -j 3"), first);
    assert_ne!(luck("--luck-draws 500 --luck-seed 2"), first);
    assert_ne!(luck("--luck-draws 500 --luck-block 1"), first);
    assert_eq!(luck("")["draws"], 4000);
}

#[test]
fn it_is_off_where_it_was_not_asked_for_and_may_take_long() {
    let desk = desk();
    let luck = |args: &str| desk.solution(&format!("six.csv {args}")).get("luck").is_some();
    assert!(!luck("--cap 0.4 --luck-draws 0"));
    assert!(!luck("--at-most 2") && luck("--at-most 2 --luck-draws 64"));
    assert!(!luck("--pick 3 --floor 0.1") && luck("--pick 3 --floor 0.1 --luck-draws 64"));
    let text = desk.sharpest("solve six.csv --at-most 2").stdout;
    // How long depends on how long the answer took, so only how it begins is known.
    assert!(
        text.contains("\n  Could it be luck? --luck-draws 1000 tests that, in about "),
        "{text}"
    );
}

#[test]
fn where_few_samples_fit_none_are_taken_and_the_flag_and_its_time_are_named() {
    let desk = Desk::new();
    let names: Vec<String> = (0..450).map(|i| format!("A{i}")).collect();
    let value =
        |row: usize, i: usize| ((row * row * 7 + i * 131 + row * i) % 1_013) as f64 / 1e5 - 0.004;
    let row =
        |row: usize| (0..450).map(|i| value(row, i).to_string()).collect::<Vec<_>>().join(",");
    let rows: String = (0..1_000).map(|at| row(at) + "\n").collect();
    desk.put("long.csv", names.join(",") + "\n" + &rows);
    let text = desk.sharpest("solve long.csv --table returns --cap 0.1 -j 2").stdout;
    let last = "\n  Could it be luck? --luck-draws 1000 tests that, in about 11 seconds\n";
    assert!(text.ends_with(last), "{text}");
}

#[test]
fn the_answer_stands_before_a_luck_test_that_takes_long() {
    let desk = desk();
    let text = desk.sharpest("solve six.csv --cap 0.4 --luck-draws 500 -j 1").stdout;
    let (answer, luck) = text.split_once("  Luck test (bootstrap): p = ").unwrap();
    let alone = desk.sharpest("solve six.csv --cap 0.4 --luck-draws 0 -j 1").stdout;
    let until_effort =
        |text: &str| text.split("\n  solved and proven in ").next().unwrap().to_owned();
    assert_eq!(until_effort(answer), until_effort(&alone));
    assert!(answer.ends_with(" (1 thread)\n") && alone.ends_with(" (1 thread)\n"), "{text}");
    assert!(luck.contains("\n  500 samples in ") && luck.ends_with(" (1 thread)\n"), "{text}");
}

#[test]
fn what_cannot_be_luck_is_told_from_what_can() {
    let desk = Desk::new();
    let table = |drift: f64| {
        let row = |day: usize| {
            let swing = |step: usize| ((day * step) % 17) as f64 / 1700.0 - 0.0047;
            format!("{},{}\n", drift + swing(5), drift + swing(11))
        };
        (0..170).map(row).fold("A,B\n".to_owned(), |all, row| all + &row)
    };
    desk.put("good.csv", table(0.01));
    desk.put("poor.csv", table(0.0));
    let p = |file: &str| {
        desk.solution(&format!("{file} --table returns --luck-draws 400 --luck-block 1"))["luck"]["p"].as_f64().unwrap()
    };
    assert!(p("good.csv") < 0.01 && p("poor.csv") > 0.1, "{} {}", p("good.csv"), p("poor.csv"));
    let text = desk.sharpest("solve good.csv --table returns --luck-draws 400").stdout;
    let last = "in 0.25 % of samples. So it is\n    hardly luck alone.\n  400 samples in ";
    assert!(text.contains(last), "{text}");
}

#[test]
fn a_record_is_deflated_by_as_many_trials_as_were_said() {
    let desk = desk();
    let of = |command: &str, args: &str| -> Value {
        let ended =
            desk.sharpest(&format!("{command} six.csv --pick 3 --cap 0.5 {args} --json - --quiet"));
        let mut answer: Value = serde_json::from_str(&ended.stdout).unwrap();
        answer["inference"].take()
    };
    for command in ["solve", "search"] {
        assert!(of(command, "")["deflated"].is_null());
        let one = of(command, "--trials 1");
        assert_eq!(one["deflated"]["expected_maximum_annual"], 0.0); // chosen beforehand
        assert_eq!(one["deflated"]["dsr"], one["psr"]);
        let many = of(command, "--trials 1e6");
        assert_eq!(many["deflated"]["trials"], 1_000_000);
        // The formula at N = 1e6 and V = 1, by Python's statistics; 60 returns, 252 a year.
        let expected = 4.867_860_038 * (252.0f64 / 59.0).sqrt();
        let found = many["deflated"]["expected_maximum_annual"].as_f64().unwrap();
        assert!((found / expected - 1.0).abs() < 1e-9, "{found}, not {expected}");
        assert!(many["deflated"]["dsr"].as_f64() < many["psr"].as_f64());
        let text = desk.sharpest(&format!("{command} six.csv --pick 3 --trials 20")).stdout;
        let sentence = "\n  Had it been the best of N = 20 independent portfolios without skill (your\n    word): luck alone shows 3.93, and it is above that with a probability of\n    ";
        assert!(text.contains(sentence), "{text}");
    }
}

#[test]
fn trials_that_are_none_and_moments_that_have_no_record() {
    let desk = desk();
    desk.put("moments.csv", "asset,mean,A,B\nA,0.1,0.04,0\nB,0.2,0,0.09\n");
    for command in ["solve", "search"] {
        desk.refuses(
            &format!("{command} six.csv --pick 2 --trials 0"),
            "0 trials found nothing: the portfolio itself is one, chosen beforehand",
        );
        desk.refuses(
            &format!("{command} --moments moments.csv --pick 2 --trials 9"),
            "moments.csv holds moments and no table, so --trials cannot be used",
        );
    }
}
