//! Words that flags take, and what each means.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use sharpest_engine::{Date, Draw, Missing, ReturnKind, TableKind, input};

/// Names that were separated by commas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Names(pub(crate) Vec<String>);

pub(super) fn names(text: &str) -> Result<Names, String> {
    let names: Vec<String> = text.split(',').map(|name| name.trim().to_owned()).collect();
    match names.iter().any(String::is_empty) {
        true => Err("a name is empty".into()),
        false => Ok(Names(names)),
    }
}

pub(super) fn date(text: &str) -> Result<Date, String> {
    input::parse_date(text).ok_or_else(|| "not a date: write 2024-08-01".into())
}

/// 1000000, 1_000_000 or 1e6.
pub(super) fn count(text: &str) -> Result<u64, String> {
    let plain = text.replace('_', "");
    let whole = |value: f64| (0.0..=1e15).contains(&value) && value.fract() == 0.0;
    match (plain.parse::<u64>(), plain.parse::<f64>()) {
        (Ok(count), _) => Ok(count),
        (_, Ok(value)) if whole(value) => Ok(value as u64),
        _ => Err("not a whole number".into()),
    }
}

pub(super) fn table_kind() -> impl TypedValueParser<Value = TableKind> {
    PossibleValuesParser::new(["prices", "returns", "relatives"]).map(|word| match word.as_str() {
        "returns" => TableKind::Returns,
        "relatives" => TableKind::Relatives,
        _ => TableKind::Prices,
    })
}

pub(super) fn return_kind() -> impl TypedValueParser<Value = ReturnKind> {
    PossibleValuesParser::new(["simple", "log"]).map(|word| match word.as_str() {
        "log" => ReturnKind::Log,
        _ => ReturnKind::Simple,
    })
}

pub(super) fn missing() -> impl TypedValueParser<Value = Missing> {
    let words = ["refuse", "drop-assets", "drop-days"];
    PossibleValuesParser::new(words).map(|word| match word.as_str() {
        "drop-assets" => Missing::DropAssets,
        "drop-days" => Missing::DropDays,
        _ => Missing::Refuse,
    })
}

pub(super) fn draw() -> impl TypedValueParser<Value = Draw> {
    PossibleValuesParser::new(["fresh", "shared"]).map(|word| match word.as_str() {
        "shared" => Draw::Shared,
        _ => Draw::Fresh,
    })
}
