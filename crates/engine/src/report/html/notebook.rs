//! What a notebook shows of an answer beside its text: charts of the page, in the ink of whatever they stand on. Rules of style are
//! nested in a class, so that they reach nothing else.

use super::facts::Facts;
use super::{CHART, bars, frontier, luck};
use crate::Error;
use crate::check::Claim;
use crate::input::Data;
use crate::picture::outline;
use crate::report::Answered;
use maud::{PreEscaped, html};

const INK: &str = include_str!("notebook.css");

/// The charts of an answer to a question about `data`: return and volatility, and the luck test where one was made.
///
/// # Errors
/// Data that the answer is not about.
pub fn charts(data: &Data, answer: Answered<'_>) -> Result<String, Error> {
    let json = super::json(data, answer)?;
    let picture = outline(data, &Claim::parse(data.name(), json.as_bytes())?)?;
    let facts = Facts::of(answer);
    let tested = facts.luck.is_some_and(|luck| luck.histogram.is_some());
    let luck = tested.then(|| luck::section(&facts, &bars::SIZES[..1]));
    let frontier = frontier::section(&facts, &picture, &frontier::SIZES[..1]);
    let sections = [("Return and volatility", frontier.ok()), ("Luck", luck.and_then(Result::ok))];
    let markup = html! {
        div class="sharpest-charts" {
            style { (PreEscaped(format!(".sharpest-charts {{ {INK}{CHART} }}"))) }
            @for (title, section) in sections {
                @if let Some(section) = section { div { b { (title) } (section) } }
            }
        }
    };
    Ok(markup.into_string())
}
