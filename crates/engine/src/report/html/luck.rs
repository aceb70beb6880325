//! Luck: what the same question finds in samples with nothing to find, beside what it found in the data.

use super::bars::Bars;
use super::chart::Size;
use super::facts::Facts;
use super::{Section, sentence};
use crate::report::numbers::{counted, thousands};
use crate::report::{Answered, Figures, words};
use maud::html;

pub(super) fn section(facts: &Facts<'_>, sizes: &[Size]) -> Section {
    let Figures { sharpe, .. } = facts.best.ok_or("there is no portfolio to test")?.figures;
    let luck = facts.luck.ok_or_else(|| absent(facts))?;
    let about = "The highest Sharpe ratios found in samples with nothing to find, and the one observed in the data.";
    Ok(html! {
        @if let Some(histogram) = &luck.histogram {
            figure {
                (Bars {
                    id: "luck",
                    title: "Luck",
                    about,
                    histogram,
                    counted: "samples",
                    mark: (sharpe, "observed"),
                }.markup(sizes))
                figcaption {
                    (counted(luck.draws, "sample")) " of the same returns with each mean taken away, drawn in runs of about "
                    (luck.block)
                    " and solved the same way"
                    @if luck.nothing > 0 { "; in " (thousands(luck.nothing)) " of them nothing beats the rate" }
                    ". In color: those in which an optimizer finds more."
                }
            }
        } @else {
            p { (sentence(&words::solve::luck(luck))) }
        }
    })
}

fn absent(facts: &Facts<'_>) -> String {
    match (facts.answer, facts.period) {
        (Answered::Search(_), _) => {
            "a search is not tested; sharpest solve tests the optimum".into()
        }
        (_, None) => "moments were given, and the test draws returns".into(),
        (Answered::Solve(solution), _) => words::solve::could_be_tested(solution)
            .unwrap_or_else(|| "no test was made; --luck-draws 1000 makes one".into()),
    }
}
