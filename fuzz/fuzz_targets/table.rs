//! Whatever is in a file, reading and solving it ends with an answer or a sentence.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sharpest_engine::{Data, Missing, SolveSettings, TableKind, Terms, input, solve};

fuzz_target!(|bytes: &[u8]| {
    let Some((&[first, second], text)) = bytes.split_first_chunk() else {
        return;
    };
    let kinds = [TableKind::Prices, TableKind::Returns, TableKind::Relatives];
    let ways = [Missing::Refuse, Missing::DropAssets, Missing::DropDays];
    let data = match first % 4 {
        3 => input::moments_of("m.csv", text).map(Data::Moments),
        kind => input::table_of("p.csv", text, kinds[usize::from(kind)]).map(Data::Table),
    };
    let data = match data {
        Ok(data) => data,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let terms = Terms { missing: ways[usize::from(second % 3)], ..Terms::default() };
    let pick = Some(usize::from(second / 3 % 4)).filter(|&pick| pick > 0);
    let (draws, jobs) = (Some(u64::from(first / 4 % 2) * 20), 1);
    let settings =
        SolveSettings { pick, terms, luck_draws: draws, jobs, ..SolveSettings::default() };
    match solve(&data, &settings, &(), None) {
        Ok(solution) => assert!(solution.equal_weight.mean.is_finite()),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
