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
    assert!(text.contains("  Could it be luck? --luck-draws 1000 tests that\n"), "{text}");
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
    assert!(text.contains("samples with nothing to find: hardly luck alone\n"), "{text}");
}
