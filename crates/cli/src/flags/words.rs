//! Words that flags take, and what each means.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use sharpest_engine::{Date, Draw, Missing, ReturnKind, TableKind, input};

/// Names that were separated by commas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Names(pub(crate) Vec<String>);

/// Periods in a year; none means what the dates show.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Periods(pub(crate) Option<f64>);

pub(super) fn periods(text: &str) -> Result<Periods, String> {
    match text.trim() {
        "auto" => Ok(Periods(None)),
        number => number
            .parse()
            .map(|number| Periods(Some(number)))
            .map_err(|_| format!("{text:?} is no number: write 252, 12, or auto")),
    }
}

pub(super) fn names(text: &str) -> Result<Names, String> {
    let names: Vec<String> = text.split(',').map(|name| name.trim().to_owned()).collect();
    if names.iter().any(String::is_empty) {
        return Err("a name is empty".into());
    }
    match (0..names.len()).find(|&i| names[..i].contains(&names[i])) {
        Some(twice) => Err(format!("{:?} is named twice", names[twice])),
        None => Ok(Names(names)),
    }
}

pub(super) fn date(text: &str) -> Result<Date, String> {
    input::parse_date(text).ok_or_else(|| "not a date: write 2024-08-01".into())
}

/// How many assets: a whole number, 0 for the engine to refuse.
pub(super) fn size(text: &str) -> Result<usize, String> {
    text.trim().parse().map_err(|_| format!("{text:?} is not a whole number of assets, such as 25"))
}

/// A fraction such as 0.2; what is a percentage or has a decimal comma is said.
pub(super) fn fraction(text: &str) -> Result<f64, String> {
    let plain = text.trim();
    if let Ok(value) = plain.parse() {
        return Ok(value);
    }
    if plain.contains(['=', ':']) {
        return Err("one fraction holds for every asset, such as 0.05; limits for single assets are not supported".into());
    }
    let percent = plain.strip_suffix('%').map(str::trim_end).and_then(|n| n.parse::<f64>().ok());
    let point = plain.replace(',', ".").parse::<f64>();
    match (percent, point) {
        (Some(percent), _) => {
            Err(format!("a fraction is wanted, and {percent} % is {}", percent / 100.0))
        }
        (_, Ok(value)) => Err(format!("write a decimal point: {value}")),
        _ => Err("a fraction is wanted, such as 0.2 for 20 %".into()),
    }
}

/// 1000000, 1_000_000 or 1e6.
pub(super) fn count(text: &str) -> Result<u64, String> {
    let plain = text.replace('_', "");
    let whole = |value: f64| (0.0..=1e15).contains(&value) && value.fract() == 0.0;
    match (plain.parse::<u64>(), plain.parse::<f64>()) {
        (Ok(count), _) => Ok(count),
        (_, Ok(value)) if whole(value) => Ok(value as u64),
        _ => Err(format!("{plain:?} is not a whole number: write 1000 or 1e3")),
    }
}

pub(super) fn table_kind() -> impl TypedValueParser<Value = TableKind> {
    PossibleValuesParser::new(["prices", "returns", "percent", "relatives"]).map(|word| match word
        .as_str()
    {
        "returns" => TableKind::Returns,
        "percent" => TableKind::Percent,
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
