//! All subsets: how the highest Sharpe ratios of all of them are distributed, and where the best one lies.

use super::Section;
use super::bars::{self, Bars};
use super::facts::Facts;
use crate::report::{Answered, Histogram, words};
use maud::html;

pub(super) fn section(facts: &Facts<'_>, optima: Option<&Histogram>) -> Section {
    let best = facts.best.ok_or("there is no portfolio to place among them")?;
    let histogram = optima.ok_or_else(|| absent(facts))?;
    let ranking = match facts.answer {
        Answered::Search(_) => None,
        Answered::Solve(solution) => solution.ranking.as_ref().and_then(words::solve::ranking),
    };
    let about = "How many subsets have their highest Sharpe ratio where, and where that of this portfolio is.";
    Ok(html! {
        figure {
            (Bars {
                id: "optima",
                title: "All subsets",
                about,
                histogram,
                counted: "subsets",
                mark: (best.figures.sharpe, facts.name()),
            }.markup(&bars::SIZES))
            figcaption {
                "The highest Sharpe ratio of each subset, exactly. "
                @if let Some(ranking) = ranking { (ranking) "." }
                @else { "In color: those that hold a better portfolio than this one." }
            }
        }
    })
}

fn absent(facts: &Facts<'_>) -> &'static str {
    let pick = match facts.answer {
        Answered::Search(report) => Some(report.settings.settings.pick),
        Answered::Solve(solution) => solution.settings.settings.pick,
    };
    match pick {
        None => "the question is not one of subsets of a size; --pick asks that",
        Some(pick) if pick == facts.universe.len() => "there is only one",
        Some(_) if facts.terms.floor > 0.0 => "with a floor each would have to be solved by itself",
        Some(_) => "their optima are all the same, or too many problems to be solved here",
    }
}
