//! The answer in words: each sentence once, for the terminal and for the page. How they are set is for others.

pub mod search;
pub mod solve;

use super::numbers::{percent, probability, thousands};
use super::{Deflated, Found, Inference, Period};
use crate::Terms;
use std::path::Path;

/// The question in words: `what` is looked for, on which terms, in what.
pub fn question(what: &str, terms: &Terms, source: &str) -> String {
    let name = |path: &str| {
        let path = Path::new(path);
        path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
    };
    let source = source.split(", ").map(name).collect::<Vec<_>>().join(", ");
    format!("{what}{}, from {source}", conditions(terms))
}

/// What a portfolio has to keep to: ", at most 20 % in each, against a rate of 5 %".
pub fn conditions(terms: &Terms) -> String {
    let weights = match (terms.floor > 0.0, terms.cap < 1.0) {
        (false, false) => String::new(),
        (false, true) => format!(", at most {} in each", percent(terms.cap)),
        (true, false) => format!(", at least {} in each", percent(terms.floor)),
        (true, true) => format!(", {} to {} in each", percent(terms.floor), percent(terms.cap)),
    };
    let rate = match terms.rate == 0.0 {
        true => String::new(),
        false => format!(", against a rate of {}", percent(terms.rate)),
    };
    weights + &rate
}

/// Its first date and its last.
pub fn dates(period: &Period) -> String {
    match (period.from, period.to) {
        (Some(from), Some(to)) => format!("{from} to {to}"),
        _ => "all rows".into(),
    }
}

/// How many returns it has.
pub fn returns(period: &Period) -> String {
    format!("{} returns", thousands(period.returns as u64))
}

/// What is left of a record that is the best of many, if it was said of how many. Of one there is nothing to deflate.
pub fn deflated(inference: &Inference) -> Option<String> {
    let Deflated { trials, expected_maximum_annual, dsr } =
        inference.deflated.filter(|deflated| deflated.trials > 1)?;
    Some(format!(
        "Had it been the best of N = {} independent portfolios without skill (your word): luck alone shows {expected_maximum_annual:.2}, and it is above that with a probability of {}",
        thousands(trials),
        probability(dsr)
    ))
}

/// "KO, PEP for AAPL, MSFT".
pub fn swap(best: &Found, other: &Found) -> String {
    let without = |a: &Found, b: &Found| -> Vec<String> {
        a.assets.iter().filter(|name| !b.assets.contains(name)).cloned().collect()
    };
    let (new, old) = (without(other, best), without(best, other));
    match (new.is_empty(), old.is_empty()) {
        (true, true) => "-".into(),
        (true, false) => format!("without {}", old.join(", ")),
        (false, true) => format!("with {}", new.join(", ")),
        (false, false) => format!("{} for {}", new.join(", "), old.join(", ")),
    }
}
