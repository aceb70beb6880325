//! Mistakes that are easily made, and what would have been right.

use crate::desk::{Desk, PRICES, refused};

#[test]
fn a_percentage_a_comma_or_half_an_asset() {
    let cap = "invalid value '20%' for '--cap <FRACTION>': a fraction is wanted, and 20 % is 0.2";
    refused(PRICES, "--pick 2 --cap 20%", cap);
    let rate = "invalid value '0,05' for '--rate <FRACTION>': write a decimal point: 0.05";
    refused(PRICES, "--pick 2 --rate 0,05", rate);
    let floor =
        "invalid value 'low' for '--floor <FRACTION>': a fraction is wanted, such as 0.2 for 20 %";
    refused(PRICES, "--pick 2 --floor low", floor);
    let pick =
        "invalid value '2.5' for '--pick <K>': \"2.5\" is not a whole number of assets, such as 25";
    refused(PRICES, "--pick 2.5", pick);
}

#[test]
fn what_is_not_there_yet_is_said() {
    for cap in ["KO=5%", "KO=0.05,PEP=0.1", "KO:0.05"] {
        let sentence = format!(
            "invalid value '{cap}' for '--cap <FRACTION>': one fraction holds for every asset, such as 0.05; limits for single assets are not supported"
        );
        refused(PRICES, &format!("--pick 2 --cap {cap}"), &sentence);
    }
    let short = "a floor of -1 is not in [0, 1]: 0.01 means at least 1 % in each asset; short positions, weights below 0, are not supported";
    refused(PRICES, "--pick 2 --floor -1", short);
}

#[test]
fn a_money_market_that_rises_every_day_has_returns_that_are_all_the_same() {
    let desk = Desk::new();
    let rises = |(day, line): (usize, &str)| match day {
        0 => format!("{line},CASH\n"),
        _ => format!("{line},{}\n", 2.0_f64.powi(day as i32)), // doubled each day: exact
    };
    desk.put("cash.csv", PRICES.lines().enumerate().map(rises).collect::<String>());
    desk.refuses(
        "solve cash.csv",
        "CASH: its returns are all the same, so it has no risk and no Sharpe ratio; leave it out with --exclude, and if it stands for cash, give what it earns in a year as --rate",
    );
    desk.solution("cash.csv --exclude CASH");
}

#[test]
fn moments_that_cannot_be_say_which_way_out() {
    let desk = Desk::new();
    desk.put("moments.csv", "asset,mean,A,B\nA,0.1,0.04,0.09\nB,0.2,0.09,0.04\n");
    let ended = desk.sharpest("solve --moments moments.csv");
    let way = "; estimate it from rows that are complete, or shrink it toward its diagonal, as in 90 % of the matrix and 10 % of its diagonal\n";
    assert!(ended.stderr.ends_with(way), "{}", ended.stderr);
}

#[test]
#[cfg(unix)]
fn a_minus_sign_is_standard_input() {
    let desk = Desk::new();
    let from_file = desk.solution("prices.csv --pick 2 --luck-draws 0");
    let piped = |args: &str| -> crate::desk::Ended {
        let mut command = desk.command(args);
        command.stdin(std::fs::File::open(desk.path("prices.csv")).unwrap());
        command.output().unwrap().into()
    };
    let ended = piped("solve - --pick 2 --luck-draws 0 --json -");
    let answer: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(answer["best"], from_file["best"]);
    let text = piped("search - --pick 2").stdout;
    assert!(text.starts_with("The sampled best 2 of 4 assets, from standard input\n"), "{text}");
    desk.put("best.json", ended.stdout);
    assert_eq!(piped("check best.json -").status, 0);
}

#[test]
fn a_result_of_another_table_is_not_held_against_the_bundled_prices() {
    let desk = Desk::new();
    desk.solution("prices.csv --pick 2");
    desk.sharpest("solve prices.csv --pick 2 --json best.json");
    desk.refuses(
        "check best.json",
        "best.json was found from prices.csv, so it cannot be checked against the bundled prices: name the file, as in sharpest check best.json prices.csv",
    );
    assert_eq!(desk.sharpest("check best.json prices.csv").status, 0);
    desk.sharpest("solve --luck-draws 0 --json bundled.json");
    assert_eq!(desk.sharpest("check bundled.json").status, 0);
}

#[test]
fn some_assets_are_left_out_by_name() {
    let desk = Desk::new();
    let answer = desk.answer("prices.csv --pick 2 --exclude KO,JNJ");
    assert_eq!(answer["universe"], serde_json::json!(["PEP", "MSFT"]));
    assert_eq!(answer["settings"]["exclude"], serde_json::json!(["KO", "JNJ"]));
    refused(
        PRICES,
        "--pick 2 --exclude KO,KO",
        "invalid value 'KO,KO' for '--exclude <A,B,...>': \"KO\" is named twice",
    );
    refused(
        PRICES,
        "--pick 2 --assets KO,PEP,KO",
        "invalid value 'KO,PEP,KO' for '--assets <A,B,...>': \"KO\" is named twice",
    );
    refused(PRICES, "--pick 2 --exclude KOO", "prices.csv has no asset \"KOO\": near names are KO");
    refused(
        PRICES,
        "--pick 2 --exclude KO,PEP,JNJ,MSFT",
        "--exclude leaves out every asset of prices.csv",
    );
    refused(
        PRICES,
        "--pick 2 --exclude KO --assets PEP,JNJ",
        "the argument '--exclude <A,B,...>' cannot be used with '--assets <A,B,...>'",
    );
    desk.sharpest("solve prices.csv --pick 2 --exclude KO --json best.json");
    assert_eq!(desk.sharpest("check best.json prices.csv").status, 0);
}

#[test]
fn one_kind_of_file_for_another() {
    let desk = Desk::new();
    let ended = desk.sharpest("search prices.csv --pick 2 --table returns");
    assert!(
        ended.stderr.starts_with(
            "note: no return is a loss, and most are large: if these are prices, leave out --table returns, if price relatives, say --table relatives\n"
        ),
        "{}",
        ended.stderr
    );
    desk.put("moments.csv", "asset,mean,A,B\nA,0.1,0.04,0\nB,0.2,0,0.09\n");
    desk.refuses(
        "search moments.csv --pick 2",
        "moments.csv holds means and covariances (its header begins with asset,mean): give it as --moments moments.csv",
    );
}

#[test]
fn a_decimal_comma_in_a_table() {
    let table = PRICES.replace(',', ";").replace("20.6", "20,6");
    refused(
        table,
        "--pick 2",
        "prices.csv, line 5, column PEP: \"20,6\" and 10.0 (line 2) are not written in one way: write all numbers alike",
    );
}

#[test]
fn a_test_beyond_the_data() {
    refused(
        PRICES,
        "--pick 2 --test-from 2025-01-01",
        "prices.csv: 0 rows from 2025-01-01 make 0 returns: at least 3 are needed (the table runs from 2024-08-01 to 2024-08-12)",
    );
}

#[test]
fn a_luck_test_of_one_sample() {
    Desk::new().refuses(
        "solve prices.csv --luck-draws 1",
        "1 sample can never tell luck from skill at 5 %: --luck-draws takes 19 or more, 4000 for a steady figure, or 0 for none",
    );
}
