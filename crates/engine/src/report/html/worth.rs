//! What the figure is worth as a record, how many have it, and what came next.

use super::facts::Facts;
use super::{Section, minus, sentence};
use crate::report::numbers::{figure, tenths};
use crate::report::words::{self, swap};
use crate::report::{Answered, Found};
use maud::{Markup, html};

/// What the returns say about the figure, and how many portfolios share it.
pub(super) fn section(facts: &Facts<'_>) -> Section {
    let best = facts.best.ok_or("there is no portfolio")?;
    let ties = match facts.answer {
        Answered::Search(_) => None,
        Answered::Solve(solution) => solution.ties.and_then(words::solve::ties),
    };
    let record =
        facts.inference.map(|inference| words::solve::record(best.figures.sharpe, inference));
    let deflated = facts.inference.and_then(words::deflated);
    let sentences: Vec<String> = [record, deflated, ties].into_iter().flatten().collect();
    if sentences.is_empty() {
        return Err("moments were given, and only returns tell".into());
    }
    Ok(html! {
        ul class="said" { @for text in sentences { li { (sentence(&text)) } } }
        @if let Some(inference) = facts.inference {
            dl {
                dt { "Standard error, for returns of any shape" }
                dd { (format!("{:.3}", inference.standard_error_annual)) }
                dt { "The same, were they normal" }
                dd { (format!("{:.3}", inference.standard_error_if_normal_annual)) }
                dt { "Skewness" }
                dd { (minus(&format!("{:.2}", inference.skewness))) }
                dt { "Kurtosis (3 is normal)" }
                dd { (format!("{:.2}", inference.raw_kurtosis)) }
            }
        }
    })
}

/// The best portfolios, where more than one was asked for.
pub(super) fn others(facts: &Facts<'_>) -> Section {
    let [best, _, ..] = facts.top else {
        return Err("only the best was asked for; --top 10 lists ten".into());
    };
    Ok(html! {
        table class="top" {
            thead { tr {
                th scope="col" { "#" }
                @if best.score.is_some() { th scope="col" { "score" } }
                th scope="col" { "Sharpe" }
                th scope="col" class="roomy" { "return" }
                th scope="col" class="roomy" { "volatility" }
                @if best.test.is_some() { th scope="col" { "held out" } }
                th scope="col" { "instead of the first" }
            } }
            tbody { @for (i, found) in facts.top.iter().enumerate() { (row(i, best, found)) } }
        }
    })
}

fn row(i: usize, best: &Found, found: &Found) -> Markup {
    html! {
        tr {
            td { (i + 1) }
            @if let Some(score) = found.score { td { (minus(&figure(score))) } }
            td { (format!("{:.3}", found.figures.sharpe)) }
            td class="roomy" { (minus(&tenths(found.figures.mean))) }
            td class="roomy" { (tenths(found.figures.volatility)) }
            @if let Some(test) = found.test { td { (minus(&format!("{:.3}", test.sharpe))) } }
            td { (swap(best, found)) }
        }
    }
}
