//! Whatever is in a file, reading and solving it ends with an answer or a sentence; and what stands around a table changes
//! nothing.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sharpest_engine::{Data, Error, Missing, Reading, SolveSettings, TableKind, Terms, input, solve};

fuzz_target!(|bytes: &[u8]| {
    let Some((&[first, second], text)) = bytes.split_first_chunk() else {
        return;
    };
    let kinds = [TableKind::Prices, TableKind::Returns, TableKind::Relatives, TableKind::Percent];
    let ways = [Missing::Refuse, Missing::DropAssets, Missing::DropDays];
    let reading = Reading {
        table: kinds[usize::from(second / 12 % 4)],
        date_format: (second / 48 % 2 == 1).then(|| "%d/%m/%Y".to_owned()),
        ..Reading::default()
    };
    let read = |text: &[u8]| match first % 4 {
        3 => input::moments_of("m.csv", text).map(Data::Moments),
        _ => input::table_of("p.csv", text, &reading).map(Data::Table),
    };
    let terms = Terms {
        missing: ways[usize::from(second % 3)],
        table: reading.table,
        ..Terms::default()
    };
    let pick = Some(usize::from(second / 3 % 4)).filter(|&pick| pick > 0);
    let (draws, jobs) = (Some(u64::from(first / 4 % 2) * 20), 1);
    let settings =
        SolveSettings { pick, terms, luck_draws: draws, jobs, ..SolveSettings::default() };
    let answer = |text: &[u8]| said(read(text).and_then(|data| figures(&data, &settings)));
    let found = answer(text);
    if !text.starts_with(b"\xef\xbb\xbf") {
        assert_eq!(found, answer(&[b"\xef\xbb\xbf", text].concat()), "a byte order mark says nothing");
    }
    if found.is_ok() && !text.contains(&b'"') {
        assert_eq!(found, answer(&[text, b"\n\n"].concat()), "blank lines at the end say nothing");
    }
    if is_history(text) {
        assert!(found.is_err(), "the history of one asset is no portfolio of its columns");
    }
});

/// The Sharpe ratio of an answer and the names that it chose from.
fn figures(data: &Data, settings: &SolveSettings) -> Result<(Option<u64>, Vec<String>), Error> {
    let solution = solve(data, settings, &(), None)?;
    assert!(!solution.equal_weight.mean.is_nan());
    let sharpe = solution.best.map(|best| best.figures.sharpe.to_bits());
    Ok((sharpe, solution.universe))
}

/// A failure as its sentence.
fn said<T>(answer: Result<T, Error>) -> Result<T, String> {
    answer.map_err(|error| {
        let sentence = error.to_string();
        assert!(!sentence.is_empty());
        sentence
    })
}

/// Whether a file is plainly the history of one asset: its first line is a date and four prices of a day.
fn is_history(text: &[u8]) -> bool {
    let first = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
    first.eq_ignore_ascii_case(b"date,open,high,low,close")
}
