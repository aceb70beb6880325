//! Answers: the bundled question, files in every shape, and figures that are recomputed here.

use crate::desk::{Desk, PRICES};
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use std::io::Write;

#[test]
fn without_a_file_the_bundled_prices_are_searched() {
    let desk = Desk::new();
    let answer = desk.answer("--draws 2");
    assert_eq!(answer["status"], "complete");
    assert_eq!((&answer["subsets"], &answer["portfolios"]), (&json!(184_756), &json!(369_512)));
    assert_eq!(
        answer["period"],
        json!({"from": "2018-01-02", "to": "2021-12-31", "returns": 1007})
    );
    assert_eq!(answer["test"]["from"], "2022-01-03");
    assert_eq!(answer["settings"]["cap"], 0.2);
    let answer = desk.answer("--draws 2 --pick 2 --cap 1 --to 2020-12-31");
    assert_eq!((&answer["settings"]["cap"], &answer["test"]), (&json!(1.0), &Value::Null));
}

#[test]
fn the_figures_are_those_of_the_weights() {
    let desk = Desk::new();
    let args = "prices.csv --pick 3 --rate 0.04 --test-from 2024-08-07 --top 3 --quiet";
    let answer = desk.answer(args);
    let table = rows();
    for found in answer["top"].as_array().unwrap() {
        let weights: Vec<f64> = ["KO", "PEP", "JNJ", "MSFT"]
            .map(|name| found["weights"][name].as_f64().unwrap_or(0.0))
            .to_vec();
        check(found, &table[..4], &weights);
        check(&found["test"], &table[4..], &weights);
    }
    check(&answer["equal_weight"], &table[..4], &[0.25; 4]);
    check(&answer["test"]["equal_weight"], &table[4..], &[0.25; 4]);
    assert_eq!(answer["test"]["sharpe"], answer["best"]["test"]["sharpe"]);
    assert_eq!(answer["best"], answer["top"][0]);
    assert_eq!(answer["period"], json!({"from": "2024-08-01", "to": "2024-08-06", "returns": 3}));
}

/// The prices, row after row.
fn rows() -> Vec<Vec<f64>> {
    let cells = |line: &str| line.split(',').skip(1).map(|cell| cell.parse().unwrap()).collect();
    PRICES.lines().skip(1).map(cells).collect()
}

/// Recomputes annual figures from daily returns of the portfolio.
#[track_caller]
fn check(figures: &Value, prices: &[Vec<f64>], weights: &[f64]) {
    let of = |pair: &[Vec<f64>]| -> f64 {
        weights.iter().enumerate().map(|(i, w)| w * (pair[1][i] / pair[0][i] - 1.0)).sum()
    };
    let returns: Vec<f64> = prices.windows(2).map(of).collect();
    let mean = returns.iter().sum::<f64>() / returns.len() as f64;
    let squares: f64 = returns.iter().map(|r| (r - mean).powi(2)).sum();
    let volatility = (252.0 * squares / (returns.len() - 1) as f64).sqrt();
    let near = |key: &str, value: f64| {
        let found = figures[key].as_f64().unwrap();
        assert!(
            (found - value).abs() < 1e-10 * value.abs().max(1.0),
            "{key}: {found}, not {value}"
        );
    };
    near("return", 252.0 * mean);
    near("volatility", volatility);
    near("sharpe", (252.0 * mean - 0.04) / volatility);
}

#[test]
fn every_shape_of_a_table_gives_the_same_answer() {
    let desk = Desk::new();
    let wide = desk.answer("prices.csv --pick 2 --test-from 2024-08-07 --quiet");
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(PRICES.as_bytes()).unwrap();
    let times = PRICES.replace(",10", "T00:00:00,10");
    let nameless = PRICES.replace("Date", "");
    let marked = format!("\u{feff}{PRICES}");
    let windows = PRICES.replace('\n', "\r\n");
    let shapes: [(&str, Vec<u8>); 8] = [
        ("gzip", packed.finish().unwrap()),
        (
            "long",
            long(|date, asset, price| format!("{date},{asset},{price}"), "date,asset,price").into(),
        ),
        (
            "long, other names, order and columns",
            long(
                |date, asset, price| format!("{asset},1e6,{price},{date} 00:00:00"),
                "Ticker,volume,Adj_Close,DATE",
            )
            .into(),
        ),
        ("semicolons", PRICES.replace(',', ";").into()),
        ("tabs, datetimes", times.replace(',', "\t").into()),
        ("dates under no name", nameless.into()),
        ("byte order mark", marked.into()),
        ("CRLF", windows.into()),
    ];
    for (shape, bytes) in shapes {
        desk.put("shape", bytes);
        let answer = desk.answer("shape --pick 2 --test-from 2024-08-07 --quiet");
        for key in ["best", "test", "period", "universe", "equal_weight"] {
            assert_eq!(answer[key], wide[key], "{shape}: {key}");
        }
    }
}

/// The prices as a long table, asset by asset.
fn long(row: impl Fn(&str, &str, &str) -> String, header: &str) -> String {
    let lines: Vec<Vec<&str>> = PRICES.lines().map(|line| line.split(',').collect()).collect();
    let cell =
        |asset: usize, line: usize| row(lines[line][0], lines[0][asset], lines[line][asset]) + "\n";
    let rows = (1..5).flat_map(|asset| (1..lines.len()).map(move |line| (asset, line)));
    format!("{header}\n{}", rows.map(|(asset, line)| cell(asset, line)).collect::<String>())
}

#[test]
fn prices_returns_and_relatives_agree() {
    let desk = Desk::new();
    let prices = desk.answer("prices.csv --pick 2");
    for (kind, shift) in [("returns", 1.0), ("relatives", 0.0)] {
        let lines: Vec<String> = rows()
            .windows(2)
            .map(|pair| {
                let value = |(a, b): (&f64, &f64)| (b / a - shift).to_string();
                pair[0].iter().zip(&pair[1]).map(value).collect::<Vec<_>>().join(",")
            })
            .collect();
        desk.put("table.csv", format!("KO,PEP,JNJ,MSFT\n{}\n", lines.join("\n")));
        let answer = desk.answer(&format!("table.csv --pick 2 --table {kind}"));
        assert_eq!(answer["best"], prices["best"], "{kind}");
    }
    let log = desk.answer("prices.csv --pick 2 --returns log");
    assert!(log["best"]["return"].as_f64() < prices["best"]["return"].as_f64());
}

#[test]
fn moments_take_the_place_of_a_table() {
    let desk = Desk::new();
    desk.put("moments.csv", "asset,mean,A,B\nB,0.002,0.0001,0.0004\nA,0.001,0.0001,0.0001\n");
    // The only portfolio of one asset is all of it, so the answer is known.
    let answer = desk.answer("--moments moments.csv --pick 1 --periods 100 --rate 0.02 --top 2");
    let top = |i: usize, key: &str| answer["top"][i][key].as_f64().unwrap();
    assert!((top(0, "sharpe") - (0.2 - 0.02) / 0.2).abs() < 1e-12);
    assert!((top(1, "sharpe") - (0.1 - 0.02) / 0.1).abs() < 1e-12);
    assert_eq!(answer["best"]["weights"], json!({"B": 1.0}));
    assert!(answer.get("period").is_none() && answer.get("test").is_none());
}

#[test]
fn missing_cells_are_left_out_on_request_and_that_is_said() {
    let desk = Desk::new();
    desk.put("prices.csv", PRICES.replace("20.6", "NA"));
    let said = |way: &str| {
        let ended = desk.sharpest(&format!("search prices.csv --pick 2 --missing {way} --json -"));
        assert_eq!(ended.status, 0, "{}", ended.stderr);
        (ended.stderr, serde_json::from_str::<Value>(&ended.stdout).unwrap())
    };
    let (note, answer) = said("drop-assets");
    assert_eq!(note, "note: left out for missing cells: PEP\n");
    assert_eq!(answer["universe"], json!(["KO", "JNJ", "MSFT"]));
    let (note, answer) = said("drop-days");
    assert_eq!(note, "note: left out for missing cells: the rows on 2024-08-06\n");
    assert_eq!(answer["period"]["returns"], 6);
}

#[test]
fn doubts_are_said() {
    let desk = Desk::new();
    let twin: String = PRICES
        .lines()
        .map(|line| format!("{line},{}\n", line.split(',').nth(2).unwrap().replace("PEP", "PEP2")))
        .collect();
    desk.put("prices.csv", twin);
    let ended = desk.sharpest("search prices.csv --pick 2 --to 2024-08-07");
    assert_eq!(
        ended.stderr,
        "note: 4 returns are few for 5 assets: their covariance is singular, and some portfolios look riskless\n\
         note: PEP and PEP2 have the same returns\n"
    );
    let quiet = desk.sharpest("search prices.csv --pick 2 --to 2024-08-07 --quiet");
    assert_eq!((quiet.stderr.as_str(), quiet.status), ("", 0));
}

#[test]
fn a_covariance_that_is_nearly_singular_is_said() {
    let desk = crate::solve::desk();
    let wide = |sum: &dyn Fn(f64, f64) -> f64| -> String {
        let row = |line: String| {
            let cells: Vec<f64> =
                line.split(',').skip(1).map(|cell| cell.parse().unwrap()).collect();
            format!("{line},{}\n", sum(cells[0], cells[1]))
        };
        let table = crate::solve::prices().replace("day,A,B,C,D,E,F\n", "");
        table.lines().map(|line| row(line.to_owned())).collect()
    };
    let near = |noise: f64| move |a: f64, b: f64| a * (1.0 + noise * (b * 1e3).sin());
    desk.put("near.csv", format!("day,A,B,C,D,E,F,G\n{}", wide(&near(1e-7))));
    let ended = desk.sharpest("solve near.csv --pick 3 --luck-draws 0");
    assert_eq!(ended.status, 0);
    assert!(
        ended.stderr.starts_with("note: the covariance is nearly singular (condition number of the correlations ")
            && ended.stderr.ends_with("e10, above 1e8): some assets are nearly sums of others, and which of them are held hangs on the ninth digit of the data; the Sharpe ratio itself hardly does\n"),
        "{}",
        ended.stderr
    );
    desk.put("far.csv", format!("day,A,B,C,D,E,F,G\n{}", wide(&near(1e-3))));
    assert_eq!(desk.sharpest("solve far.csv --pick 3 --luck-draws 0").stderr, "");
}

#[test]
fn where_no_portfolio_beats_the_rate_there_is_no_answer() {
    let desk = Desk::new();
    let ended =
        desk.sharpest("search prices.csv --pick 2 --rate 90 --json best.json --csv subsets.csv");
    assert_eq!((ended.status, &*ended.stdout), (1, ""));
    assert!(
        ended.stderr.starts_with(
            "no answer: no portfolio beats the rate of 9000 %: the highest mean return"
        ),
        "{}",
        ended.stderr
    );
    let answer: Value = serde_json::from_str(&desk.read("best.json")).unwrap();
    assert_eq!((&answer["status"], answer.get("best")), (&json!("no_excess"), None));
    assert_eq!(desk.read("subsets.csv").lines().count(), 1);
}

#[test]
fn one_good_asset_is_not_enough_under_a_cap() {
    let desk = Desk::new();
    desk.put("moments.csv", "asset,mean,A,B\nA,0.001,0.0001,0\nB,-0.002,0,0.0001\n");
    let status =
        |args: &str| desk.sharpest(&format!("search --moments moments.csv --pick 2 {args}")).status;
    assert_eq!((status("--cap 0.6"), status("--cap 0.8")), (1, 0));
}

#[test]
fn a_sample_that_misses_every_portfolio_worth_having_says_so() {
    let desk = Desk::new();
    desk.put("moments.csv", "asset,mean,A,B\nA,0.001,0.0001,0\nB,-9,0,0.0001\n");
    let ended = desk.sharpest("search --moments moments.csv --pick 2 --draws 1");
    let sentence = "none of the portfolios tried beats the rate, though some portfolio does: more draws may find it";
    assert_eq!((ended.status, ended.stderr), (0, format!("note: {sentence}\n")));
}

#[test]
fn the_same_seed_gives_the_same_bits() {
    let desk = Desk::new();
    let search = |args: &str| {
        let mut answer =
            desk.answer(&format!("--pick 3 --cap 0.5 --draws 50 --top 4 --csv subsets.csv {args}"));
        for key in ["seconds", "throughput", "workers", "kernel"] {
            answer[key] = Value::Null;
        }
        answer["settings"]["jobs"] = Value::Null;
        (answer, desk.read("subsets.csv"))
    };
    let one = search("-j 1");
    for args in ["-j 2", "-j 3", "-j 2 --kernel portable"] {
        assert!(search(args) == one, "{args}");
    }
    assert!(search("--seed 2").0["best"] != one.0["best"]);
}

#[test]
fn the_text_is_read_at_a_glance() {
    let desk = Desk::new();
    // Four assets at no more than a quarter each: there is one portfolio, so every figure is known.
    let args =
        "search prices.csv --pick 4 --cap 0.25 --rate 0.01 --test-from 2024-08-07 --draws 10 -j 1";
    let text = desk.sharpest(&format!("{args} --quiet")).stdout;
    let (figures, rest) = text.split_once("  The optimum").unwrap();
    assert_eq!(
        figures,
        "\
The sampled best 4 of 4 assets, at most 25 % in each, against a rate of 1 %,
  from prices.csv

               2024-08-01 to 2024-08-06       2024-08-07 to 2024-08-12
               3 returns                      3 returns, held out
               Sharpe    return  volatility   Sharpe    return  volatility
  best found   26.580   239.9 %       9.0 %   35.103   217.1 %       6.2 %
  equal weight 26.580   239.9 %       9.0 %   35.103   217.1 %       6.2 %

  KO     25.0 %  ████████████████████████████████
  PEP    25.0 %  ████████████████████████████████
  JNJ    25.0 %  ████████████████████████████████
  MSFT   25.0 %  ████████████████████████████████

"
    );
    assert!(rest.replace("\n    ", " ").contains(" million a second (1 thread, "), "{rest}");
    let beside = " is 26.580 (`sharpest solve` finds it); the sample's best, 26.580,\n    reaches 100 % of it\n";
    assert!(rest.starts_with(beside), "{rest}");
    let mut forced = desk.command(args);
    let output = forced.env("CLICOLOR_FORCE", "1").output().unwrap();
    assert!(output.stdout.contains(&0x1b), "color on request");
}

/// Every line of the answer, but for the command that rechecks it, which is to be copied whole.
#[test]
fn the_answer_fits_80_columns_whatever_assets_are_called() {
    let desk = Desk::new();
    let long =
        "Vereinigte Norddeutsche Elektrizitaets- und Gaswerke Aktiengesellschaft Vorzugsaktien";
    let names = [long, "B", &"X".repeat(120), &format!("{long} 2"), "E", "F"];
    let row = |day: usize| {
        let value = |i: usize| ((day * (i + 3) * 7) % 31) as f64 / 1e3 - 0.0128 + 0.0004 * i as f64;
        (0..6).map(|i| value(i).to_string()).collect::<Vec<_>>().join(",")
    };
    let rows: String = (0..90).map(|day| row(day) + "\n").collect();
    let file = "the daily returns of six assets since the beginning of the record.csv";
    desk.put(file, names.join(",") + "\n" + &rows);
    for args in [
        "solve -C --cap 0.4 --rate 0.013",
        "solve -C --pick 4 --cap 0.4 --top 4 --trials 30",
        "solve -C --pick 3 --floor 0.1",
        "solve -C --at-most 2",
        "search -C --pick 4 --cap 0.4 --top 4 --trials 30",
    ] {
        let mut words: Vec<&str> = args.split(' ').collect();
        words[1] = file;
        let mut command = desk.command("");
        let ended: crate::desk::Ended =
            command.args(&words).args(["--table", "returns"]).output().unwrap().into();
        assert_eq!(ended.status, 0, "{args}: {}", ended.stderr);
        let lines = ended.stdout.lines().filter(|line| !line.starts_with("  Recheck it with: "));
        for line in lines {
            assert!(line.chars().count() <= 80, "{args}: {line}");
        }
    }
}
