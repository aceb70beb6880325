//! Whatever is in a file, the answer is a report or a sentence: no input makes the engine panic.

use proptest::prelude::*;
use sharpest_engine::{Date, Missing, Settings, Source, TableKind, read, run};
use std::fs;

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
        |(pick, table, missing, [from, to, test_from, test_to], (cap, floor))| Settings {
            table,
            missing,
            from,
            to,
            test_from,
            test_to,
            cap,
            floor,
            draws: 5,
            jobs: 1,
            ..Settings::new(pick)
        },
    )
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
            let answer = read(&source, settings.table).and_then(|data| run(&data, &settings, &(), None));
            if let Err(error) = answer {
                let sentence = error.to_string();
                prop_assert!(!sentence.is_empty() && !sentence.contains('\n'), "{sentence}");
            }
        }
        fs::remove_file(&path).unwrap();
    }
}
