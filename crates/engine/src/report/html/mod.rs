//! The page: an answer as one HTML file that needs nothing else, to be read, shown and kept. It holds the JSON of the answer,
//! so that whoever has the page and the prices can recheck it.
//!
//! The page runs no script and loads nothing, and its policy forbids both. Its sections, in their order:
//!
//! 1. `summary`: the answer in a sentence, its figures and the weights.
//! 2. `frontier`, `luck`, `optima`, `growth`: a chart each.
//! 3. `worth`: what the figure is worth; other portfolios.
//! 4. `method`: how it was found, and how it is rechecked.
//!
//! `notebook` shows some of the charts without the page. A section that there are no data for says so in a line at the end. Whatever a name holds is text to the page: `maud`
//! escapes all that is put in.

mod bars;
mod chart;
mod facts;
mod frontier;
mod growth;
mod luck;
mod method;
mod notebook;
mod optima;
mod summary;
mod worth;

pub use notebook::charts;

use super::Answered;
use crate::Error;
use crate::check::Claim;
use crate::input::Data;
use crate::picture::picture;
use facts::Facts;
use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("style.css");
const CHART: &str = include_str!("chart.css");

/// Nothing is loaded from anywhere, and no script runs.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// A section, or why there is none, as the end of a sentence.
type Section = Result<Markup, String>;

/// The page of an answer to a question about `data`.
///
/// # Errors
/// Data that the answer is not about.
pub fn page(data: &Data, answer: Answered<'_>) -> Result<String, Error> {
    let json = json(data, answer)?;
    let picture = picture(data, &Claim::parse(data.name(), json.as_bytes())?)?;
    let facts = Facts::of(answer);
    let sections = [
        ("Return and volatility", "half", frontier::section(&facts, &picture, &frontier::SIZES)),
        ("Luck", "half", luck::section(&facts, &bars::SIZES)),
        ("All subsets", "half", optima::section(&facts, picture.optima.as_ref())),
        ("What the figure is worth", "half", worth::section(&facts)),
        ("Growth", "whole", growth::section(&facts, picture.growth.as_ref())),
        ("The best portfolios", "whole", worth::others(&facts)),
    ];
    let absent: Vec<String> = sections
        .iter()
        .filter_map(|(name, _, section)| Some(format!("{name}: {}", section.as_ref().err()?)))
        .collect();
    let body = html! {
        (summary::head(&facts))
        (summary::notes(&facts))
        (summary::figures(&facts))
        (summary::weights(&facts))
        div class="charts" {
            @for (name, size, section) in &sections {
                @if let Ok(markup) = section {
                    section class=(size) { h2 { (name) } (markup) }
                }
            }
        }
        (method::section(&facts, &absent))
        (json_of(&json))
    };
    Ok(whole(&summary::title(&facts), &body))
}

/// The answer as `--json` writes it.
fn json(data: &Data, answer: Answered<'_>) -> Result<String, Error> {
    let no_result = |reason: serde_json::Error| Error::NoResult {
        file: data.name().to_owned(),
        reason: reason.to_string(),
    };
    Ok(serde_json::to_string_pretty(&answer).map_err(no_result)? + "\n")
}

/// The file around the body.
fn whole(title: &str, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { (PreEscaped(STYLE)) (PreEscaped(CHART)) }
            }
            body { main { (body) } }
        }
    };
    page.into_string() + "\n"
}

/// The answer for programs. As a block of data it is not run; opened, it is shown as it is.
fn json_of(json: &str) -> Markup {
    html! {
        details {
            summary { "The result as JSON" }
            script type="application/json" id=(JSON_ID) { (PreEscaped(json.replace('<', "\\u003c"))) }
        }
    }
}

/// The name of the block that holds the JSON.
const JSON_ID: &str = "sharpest-result";

/// The JSON that a page holds; of what is no page, all of it.
pub fn json_in(text: &[u8]) -> &[u8] {
    let begin = format!("<script type=\"application/json\" id=\"{JSON_ID}\">");
    let find = |text: &[u8], what: &[u8]| text.windows(what.len()).position(|here| here == what);
    let page = text.get(..15).is_some_and(|start| start.eq_ignore_ascii_case(b"<!DOCTYPE html>"));
    let inside = || {
        let rest = &text[find(text, begin.as_bytes())? + begin.len()..];
        Some(&rest[..find(rest, b"</script>")?])
    };
    page.then(inside).flatten().unwrap_or(text)
}

/// A number as it is printed: with a minus, and not apart from its unit.
fn minus(number: &str) -> String {
    together(&number.replace('-', "\u{2212}"))
}

/// Numbers are not broken from their units.
fn together(text: &str) -> String {
    text.replace(" %", "\u{a0}%").replace(" \u{b1} ", "\u{a0}\u{b1}\u{a0}")
}

/// A sentence of what is said in the middle of one.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    let end = if text.ends_with(['.', '?', '!']) { "" } else { "." };
    together(&(first + letters.as_str() + end))
}

#[cfg(test)]
mod tests;
