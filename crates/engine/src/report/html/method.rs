//! How it was computed: the question with every setting, what proves the answer, and what is typed to recheck it.

use super::facts::Facts;
use super::sentence;
use crate::input::BUNDLED;
use crate::report::numbers::{duration, percent, thousands};
use crate::report::words::{dates, returns};
use crate::report::{Answered, Certificate, Evidence, words};
use crate::settings::{Missing, TableKind};
use maud::{Markup, html};
use sharpest_search::ReturnKind;

/// So many names of assets are listed.
const NAMES: usize = 100;

/// Terms and what they are set to.
type Pairs = Vec<(&'static str, String)>;

/// All of it; `absent` is what the page leaves out, and why.
pub(super) fn section(facts: &Facts<'_>, absent: &[String]) -> Markup {
    let certificate = match facts.answer {
        Answered::Search(_) => None,
        Answered::Solve(solution) => solution.certificate.as_ref(),
    };
    html! {
        section {
            h2 { "Proof" }
            p { (proof(facts, certificate)) }
            p { "To recheck it from the prices alone, without any solver, keep this page and type" }
            pre { "sharpest check PAGE.html" (numbers(facts)) }
            p { "or, in Python, " code { "sharpest.check(\"PAGE.html\", " (in_python(facts)) ")" } "." }
        }
        section {
            h2 { "How it was computed" }
            dl class="settings" {
                @for (term, value) in question(facts).into_iter().chain(data(facts)).chain(work(facts)) {
                    dt { (term) } dd { (value) }
                }
            }
            @if !absent.is_empty() {
                h3 { "Not on this page" }
                ul { @for why in absent { li { (sentence(why)) } } }
            }
        }
    }
}

fn proof(facts: &Facts<'_>, certificate: Option<&Certificate>) -> String {
    match (facts.answer, certificate) {
        (Answered::Search(_), _) => {
            "A sample proves nothing about better portfolios; that the best found keeps to the question and has its figures \
             can be rechecked."
                .into()
        }
        (_, None) => "There is no portfolio to prove; why there is none can be rechecked.".into(),
        (_, Some(certificate)) => {
            let how = match certificate.evidence {
                Evidence::Dual { .. } => " The proof is one number an asset, a dual vector: its bound takes a sort and a few sums.",
                Evidence::Tree { .. } => " Each part of the tree has a dual vector, whose bound takes a sort and a few sums.",
            };
            sentence(&words::solve::proven(certificate)) + how
        }
    }
}

/// What follows the name of the page.
fn numbers(facts: &Facts<'_>) -> String {
    match (facts.source == BUNDLED.0, facts.period) {
        (true, _) => String::new(),
        (_, Some(_)) => " PRICES".into(),
        (_, None) => " --moments FILE".into(),
    }
}

fn in_python(facts: &Facts<'_>) -> &'static str {
    if facts.period.is_some() { "prices" } else { "moments=(mean, covariance)" }
}

fn question(facts: &Facts<'_>) -> Pairs {
    let terms = facts.terms;
    let size = match facts.answer {
        Answered::Search(report) => format!("exactly {}", report.settings.settings.pick),
        Answered::Solve(solution) => {
            match (solution.settings.settings.pick, solution.settings.settings.at_most) {
                (Some(pick), _) => format!("exactly {pick}"),
                (_, Some(most)) => format!("at most {most}"),
                _ => "any number".into(),
            }
        }
    };
    let names = facts.universe.iter().take(NAMES).cloned().collect::<Vec<_>>().join(", ");
    let more = facts.universe.len().saturating_sub(NAMES);
    let more =
        if more > 0 { format!(" and {} more", thousands(more as u64)) } else { String::new() };
    let cap = if terms.cap < 1.0 { percent(terms.cap) } else { "none".into() };
    let floor = if terms.floor > 0.0 { percent(terms.floor) } else { "none".into() };
    vec![
        ("Assets to hold", format!("{size} of {}", thousands(facts.universe.len() as u64))),
        ("Largest weight", cap),
        ("Smallest weight", floor),
        ("Rate to beat, a year", percent(terms.rate)),
        ("Assets", names + &more),
    ]
}

fn data(facts: &Facts<'_>) -> Pairs {
    let terms = facts.terms;
    let mut pairs = vec![("Numbers from", facts.source.to_owned())];
    if let Some(period) = facts.period {
        let table = match terms.table {
            TableKind::Prices => "prices",
            TableKind::Percent => "returns in percent",
            TableKind::Returns => "returns",
            TableKind::Relatives => "price relatives",
        };
        let kind = match (terms.table, terms.returns) {
            (TableKind::Returns | TableKind::Percent, _) => "",
            (_, ReturnKind::Simple) => ", as simple returns",
            (_, ReturnKind::Log) => ", as logarithmic returns",
        };
        pairs.push(("Table", format!("{table}{kind}")));
        pairs.push(("Chosen on", format!("{}, {}", dates(period), returns(period))));
    }
    if let Some(test) = facts.test {
        pairs.push(("Held out", format!("{}, {}", dates(&test.period), returns(&test.period))));
    }
    let missing = match terms.missing {
        Missing::Refuse => None,
        Missing::DropAssets => Some("assets left out"),
        Missing::DropDays => Some("days left out"),
    };
    pairs.extend(missing.map(|missing| ("Missing cells", missing.to_owned())));
    pairs.push(("Periods a year", format!("{}", terms.periods())));
    pairs
}

fn work(facts: &Facts<'_>) -> Pairs {
    let mut pairs = match facts.answer {
        Answered::Search(report) => {
            let asked = &report.settings.settings;
            let score = report.settings.score.clone();
            let score =
                score.map(|name| ("Ranked by", format!("{name}, a score of the caller's own")));
            let mut pairs = vec![
                ("Weightings of each subset", thousands(asked.draws)),
                ("Drawn", format!("{}, {}", asked.draw, asked.sampler)),
                ("Seed", asked.seed.to_string()),
                ("Kernel", report.kernel.clone()),
            ];
            pairs.splice(..0, score);
            pairs
        }
        Answered::Solve(solution) => {
            let luck = solution.luck.as_ref().map(|luck| {
                let (draws, block, seed) = (thousands(luck.draws), luck.block, luck.seed);
                ("Luck test", format!("{draws} samples in runs of about {block}, seed {seed}"))
            });
            let time = solution.settings.settings.time_limit;
            let time = time.map(|seconds| ("Time limit", duration(seconds)));
            luck.into_iter().chain(time).collect()
        }
    };
    pairs.push(("Work", facts.effort()));
    pairs.push(("Sharpest", facts.version.to_owned()));
    pairs
}
