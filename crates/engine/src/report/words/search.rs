//! What is said of a search by sampling.

use crate::report::numbers::{counted, duration, figure, percent, significant, thousands};
use crate::report::{Exact, Found};
use crate::{Report, Status};

/// What was looked for, and that a sample was taken of it.
pub fn what(report: &Report) -> String {
    let found = if report.status == Status::Incomplete { "So far the" } else { "The" };
    let by = report.settings.score.as_ref().map_or(String::new(), |score| format!(" by {score}"));
    format!(
        "{found} sampled best {} of {}{by}",
        report.settings.settings.pick,
        counted(report.universe.len() as u64, "asset")
    )
}

/// How far the sample of a best portfolio came.
pub fn beside(report: &Report, best: &Found) -> String {
    match &report.settings.score {
        None => beside_optimum(report.exact.as_ref(), best.figures.sharpe),
        Some(name) => format!(
            "{name} {}: the highest of the portfolios that were tried. Only of the Sharpe ratio is the optimum known.",
            best.score.map_or("infinite".into(), figure)
        ),
    }
}

fn beside_optimum(exact: Option<&Exact>, sampled: f64) -> String {
    match exact {
        Some(Exact { sharpe: Some(sharpe), share, .. }) => format!(
            "The optimum is {sharpe:.3} (`sharpest solve` finds it); the sample's best, {sampled:.3}, reaches {} of it",
            percent(share.min(1.0))
        ),
        Some(Exact { sharpe: None, bound, share }) => format!(
            "The optimum is {bound:.3} at most (`sharpest solve` finds it); the sample's best, {sampled:.3}, reaches {} of that or more",
            percent(share.min(1.0))
        ),
        None => {
            "A sampled best lies below the true optimum: more draws come closer, but slowly.".into()
        }
    }
}

/// Why there is no answer.
pub fn no_excess(report: &Report) -> String {
    let highest = report.highest_mean.map_or(String::new(), |mean| {
        format!(": the highest mean return that the rule allows is {} a year", percent(mean))
    });
    format!(
        "no portfolio beats the rate of {}{highest}",
        percent(report.settings.settings.terms.rate)
    )
}

/// Why a search by a score of the caller's own has no answer.
pub fn no_score(report: &Report) -> String {
    let score = report.settings.score.as_deref().unwrap_or("the score");
    format!("no portfolio has a score: {score} is not a number, or minus infinity, for all of them")
}

/// What a stopped search leaves.
pub fn stopped(report: &Report) -> String {
    let [done, all] = [report.subsets, report.all_subsets()].map(thousands);
    format!("{done} of {all} subsets were searched")
}

/// What was tried, by whom, and how fast.
pub fn effort(report: &Report) -> String {
    let workers = match (report.workers.kind, report.workers.count as u64) {
        ("processes", 1) => "1 worker process".to_owned(),
        ("processes", count) => format!("{} worker processes", thousands(count)),
        ("executor", count) => format!("an executor of {}", counted(count, "worker")),
        (_, count) => counted(count, "thread"),
    };
    format!(
        "{}, {} in {}: {} million a second ({workers}, {})",
        counted(report.subsets, "subset"),
        counted(report.portfolios, "portfolio"),
        duration(report.seconds),
        significant(report.throughput / 1e6),
        report.kernel
    )
}
