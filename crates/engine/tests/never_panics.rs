//! Whatever is in a file, the answer is a report or a sentence: no input makes the engine panic.

use proptest::prelude::*;
use sharpest_engine::check::{Claim, Verdict};
use sharpest_engine::{
    Data, Date, Error, Missing, Reading, Settings, SolveSettings, Source, TableKind, Terms, check,
    read, run, solve,
};
use std::fs;
use std::io::Write;

/// Cells as they occur, in good files and in bad ones.
fn cell() -> impl Strategy<Value = String> {
    let words = [
        "",
        " ",
        "Date",
        "asset",
        "price",
        "mean",
        "KO",
        "PEP",
        "NaN",
        "NA",
        "inf",
        "-inf",
        "1e308",
        "1e-308",
        "0",
        "-1",
        "1.5",
        "2",
        "3.25",
        "7",
        "2024-08-01",
        "2024-08-02",
        "2024-08-05T00:00:00",
        "2024-13-01",
        "01/02/2024",
        "\"",
        "\"a,b\"",
        "ä",
        "\u{feff}",
    ];
    prop_oneof![3 => prop::sample::select(words.to_vec()).prop_map(String::from), 1 => any::<f64>().prop_map(|x| x.to_string())]
}

/// Rows of cells, most of them of one length.
fn table() -> impl Strategy<Value = String> {
    let row = |width| prop::collection::vec(cell(), width).prop_map(|cells| cells.join(","));
    (1usize..5)
        .prop_flat_map(move |width| prop::collection::vec(row(width), 0..9))
        .prop_map(|rows| rows.join("\n"))
}

/// A table that is nearly good: dates and prices, a few cells replaced.
fn nearly_good() -> impl Strategy<Value = String> {
    let price =
        prop_oneof![9 => (1u32..500).prop_map(|p| format!("{}", f64::from(p) / 8.0)), 1 => cell()];
    let header = prop::sample::select(vec![
        "Date,KO,PEP,JNJ",
        "day,KO,PEP,JNJ",
        "date,asset,price,x",
        "asset,mean,KO,PEP",
    ]);
    (header, prop::collection::vec(prop::collection::vec(price, 3), 3..12)).prop_map(
        |(header, rows)| {
            let row = |(i, cells): (usize, &Vec<String>)| {
                format!("\n2024-08-{:02},{}", i + 1, cells.join(","))
            };
            rows.iter().enumerate().map(row).fold(header.to_owned(), |all, row| all + &row)
        },
    )
}

fn settings() -> impl Strategy<Value = Settings> {
    let kind =
        prop::sample::select(vec![TableKind::Prices, TableKind::Returns, TableKind::Relatives]);
    let missing =
        prop::sample::select(vec![Missing::Refuse, Missing::DropAssets, Missing::DropDays]);
    let date =
        || prop::option::weighted(0.3, (1i8..13).prop_map(|day| Date::constant(2024, 8, day)));
    let bounds =
        (prop::sample::select(vec![0.3, 0.5, 0.7, 1.0]), prop::sample::select(vec![0.0, 0.1, 0.5]));
    (0usize..4, kind, missing, [date(), date(), date(), date()], bounds).prop_map(
        |(pick, table, missing, [from, to, test_from, test_to], (cap, floor))| {
            let terms = Terms {
                table,
                missing,
                from,
                to,
                test_from,
                test_to,
                cap,
                floor,
                ..Terms::default()
            };
            Settings { terms, draws: 5, jobs: 1, ..Settings::new(pick) }
        },
    )
}

/// What was answered; if it was refused, it must be in a sentence.
fn said<T>(answer: Result<T, Error>) -> Result<Option<T>, TestCaseError> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) => {
            let sentence = error.to_string();
            prop_assert!(!sentence.is_empty() && !sentence.contains('\n'), "{sentence}");
            Ok(None)
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_table_gives_a_report_or_a_sentence(
        bytes in prop_oneof![
            3 => nearly_good().prop_map(String::into_bytes),
            2 => table().prop_map(String::into_bytes),
            1 => prop::collection::vec(any::<u8>(), 0..200),
        ],
        settings in settings(),
    ) {
        let path = std::env::temp_dir().join(format!("sharpest-any-{}.csv", std::process::id()));
        fs::write(&path, bytes).unwrap();
        for source in [Source::File(path.clone()), Source::Moments(path.clone())] {
            let Some(data) = said(read(&source, &Reading::from(&settings.terms)))? else { continue };
            said(run(&data, &settings, &(), None))?;
            let mut lines = Vec::new();
            let wanted = SolveSettings {
                pick: (settings.pick > 1).then_some(settings.pick),
                at_most: (settings.pick == 1).then_some(2),
                terms: settings.terms.clone(),
                luck_draws: matches!(source, Source::File(_)).then_some(3),
                jobs: 1,
                ..SolveSettings::default()
            };
            let lines = wanted.pick.map(|_| &mut lines as &mut (dyn Write + Send));
            said(solve(&data, &wanted, &(), lines))?;
        }
        fs::remove_file(&path).unwrap();
    }
}

/// A whole result as text, and the data that it is about.
fn result(at_most: Option<usize>) -> (String, Data) {
    let assets = ["AAPL", "KO", "LLY", "PFE", "PG", "WMT"].map(String::from).to_vec();
    let terms = Terms { cap: 0.6, assets: Some(assets), ..Terms::default() };
    let settings =
        SolveSettings { at_most, terms, luck_draws: Some(0), jobs: 1, ..Default::default() };
    let data = read(&Source::Bundled, &Reading::default()).unwrap();
    let solution = solve(&data, &settings, &(), None).unwrap();
    (serde_json::to_string(&solution).unwrap(), data)
}

#[test]
fn any_result_is_proven_refuted_or_refused() {
    let path = std::env::temp_dir().join(format!("sharpest-claim-{}.json", std::process::id()));
    for at_most in [None, Some(2)] {
        let (text, data) = result(at_most);
        let mut random = 1u64;
        for round in 0..2_000 {
            let mut bytes = text.clone().into_bytes();
            for _ in 0..=round % 3 {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let at = (random >> 33) as usize % bytes.len();
                bytes[at] = b"0123456789.-eE[]{},:\"AKn"[(random >> 20) as usize % 24];
            }
            fs::write(&path, &bytes).unwrap();
            let verdict = Claim::read(&path).and_then(|claim| check(&data, &claim));
            let sentence = match verdict {
                Ok(
                    Verdict::Proven(sentence)
                    | Verdict::Confirmed(sentence)
                    | Verdict::Refuted(sentence),
                ) => sentence,
                Err(error) => error.to_string(),
            };
            assert!(!sentence.is_empty() && !sentence.contains('\n'), "{sentence}");
        }
    }
    fs::remove_file(&path).unwrap();
}
