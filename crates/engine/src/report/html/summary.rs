//! The answer at a glance: a sentence, the figures of both periods, and the weights.

use super::facts::Facts;
use super::{minus, sentence, together};
use crate::report::numbers::{share, tenths};
use crate::report::words::{conditions, dates, returns};
use crate::report::{Answered, Figures, words};
use maud::{Markup, html};

/// So many weights are shown, the largest.
const WEIGHTS: usize = 50;

/// What the page is called.
pub(super) fn title(facts: &Facts<'_>) -> String {
    format!("{} · Sharpest", facts.what())
}

/// The answer in a sentence, and what else must be known at once.
pub(super) fn head(facts: &Facts<'_>) -> Markup {
    let asked = match facts.answer {
        Answered::Search(_) => "sharpest search",
        Answered::Solve(_) => "sharpest solve",
    };
    let source = std::path::Path::new(facts.source);
    let source = source.file_name().unwrap_or(source.as_os_str()).to_string_lossy();
    html! {
        header {
            p class="kicker" { (asked) " · " (source) }
            h1 { (headline(facts)) }
            @for line in below(facts) { p class="lead" { (line) } }
        }
    }
}

fn headline(facts: &Facts<'_>) -> String {
    let Some(best) = facts.best else {
        return sentence(&why(facts).0);
    };
    let conditions = conditions(facts.terms);
    let comma = if conditions.is_empty() { "" } else { "," };
    let Figures { sharpe, mean, volatility } = best.figures;
    together(&format!(
        "{}{conditions}{comma} had a Sharpe ratio of {}: {} a year at a volatility of {}.",
        facts.what(),
        minus(&format!("{sharpe:.2}")),
        minus(&tenths(mean)),
        tenths(volatility)
    ))
}

/// Why there is no portfolio, and what else is to be said of it.
fn why(facts: &Facts<'_>) -> (String, Option<String>) {
    let remark = facts.remark().unwrap_or_else(|| "there is no portfolio".into());
    match remark.split_once(": ") {
        Some((why, more)) => (why.to_owned(), Some(more.to_owned())),
        None => (remark, None),
    }
}

fn below(facts: &Facts<'_>) -> Vec<String> {
    let held_out = facts.test.and_then(|test| Some((test.best?.sharpe, test)));
    let held_out = held_out.map(|(sharpe, test)| {
        format!(
            "In the period held out, {}, it had {}, against {} for equal weights in all assets.",
            dates(&test.period),
            minus(&format!("{sharpe:.2}")),
            minus(&format!("{:.2}", test.equal_weight.sharpe))
        )
    });
    let worth = match facts.answer {
        Answered::Search(report) => report
            .best
            .as_ref()
            .map(|best| sentence(&words::search::beside(report, best).replace('`', ""))),
        Answered::Solve(solution) => solution.luck.as_ref().map(words::solve::luck),
    };
    let remark = match facts.best {
        Some(_) => facts.remark(),
        None => why(facts).1,
    };
    let held = match facts.answer {
        Answered::Search(_) => None,
        Answered::Solve(solution) => words::solve::held(solution),
    };
    [remark.or(held).map(|remark| sentence(&remark)), held_out, worth.map(|worth| ended(&worth))]
        .into_iter()
        .flatten()
        .collect()
}

/// With a point at its end.
fn ended(text: &str) -> String {
    together(&if text.ends_with('.') { text.to_owned() } else { format!("{text}.") })
}

/// What the reader should know about data and answer.
pub(super) fn notes(facts: &Facts<'_>) -> Markup {
    html! {
        @if !facts.warnings.is_empty() {
            aside {
                h2 { "Notes" }
                ul { @for warning in facts.warnings { li { (sentence(warning)) } } }
            }
        }
    }
}

/// The figures of the period that the weights were chosen in, and of that held out.
pub(super) fn figures(facts: &Facts<'_>) -> Markup {
    let best = facts.best.map(|best| &best.figures);
    let (head, rows) = match facts.period {
        Some(period) => (dates(period), returns(period)),
        None => ("Means and covariances as given".into(), String::new()),
    };
    html! {
        div class="figures" {
            (table(facts, &head, &rows, best, facts.equal_weight))
            @if let Some(test) = facts.test {
                (table(
                    facts,
                    &dates(&test.period),
                    &format!("{}, held out", returns(&test.period)),
                    test.best.as_ref(),
                    &test.equal_weight,
                ))
            }
        }
    }
}

fn table(
    facts: &Facts<'_>,
    head: &str,
    rows: &str,
    best: Option<&Figures>,
    equal: &Figures,
) -> Markup {
    let row = |name: &str, class: &str, figures: &Figures| {
        html! {
            tr class=(class) {
                th scope="row" { (name) }
                td { (minus(&format!("{:.3}", figures.sharpe))) }
                td { (minus(&tenths(figures.mean))) }
                td { (minus(&tenths(figures.volatility))) }
            }
        }
    };
    html! {
        table {
            caption { b { (head) } @if !rows.is_empty() { " · " (rows) } }
            thead { tr { th {} th scope="col" { "Sharpe" } th scope="col" { "return" } th scope="col" { "volatility" } } }
            tbody {
                @if let Some(best) = best { (row(facts.name(), "best", best)) }
                (row("equal weight", "equal", equal))
            }
        }
    }
}

/// The weights with bars, the largest first.
pub(super) fn weights(facts: &Facts<'_>) -> Markup {
    let Some(best) = facts.best else {
        return html! {};
    };
    let mut weights: Vec<&(String, f64)> = best.weights.iter().collect();
    weights.sort_by(|a, b| b.1.total_cmp(&a.1));
    let largest = weights.first().map_or(1.0, |(_, weight)| *weight);
    let (shown, rest) = weights.split_at(weights.len().min(WEIGHTS));
    let letters = shown.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let together: f64 = rest.iter().map(|(_, weight)| weight).sum();
    html! {
        section {
            h2 { "Weights" }
            table class="weights" style={ "--letters:" (letters.max(4)) } {
                @for (name, weight) in shown {
                    tr {
                        th scope="row" { (name) }
                        td { (minus(&share(*weight))) }
                        td { div style={ "width:" (format!("{:.2}", 100.0 * weight / largest)) "%" } {} }
                    }
                }
            }
            @if !rest.is_empty() {
                p class="soft" { "and " (rest.len()) " more that hold " (share(together)) " together" }
            }
        }
    }
}
