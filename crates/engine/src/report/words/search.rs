//! What is said of a search by sampling.

use crate::report::Exact;
use crate::report::numbers::{counted, duration, percent, significant, thousands};
use crate::{Report, Status};

/// What was looked for.
pub fn what(report: &Report) -> String {
    let found = if report.status == Status::Incomplete { "So far the best" } else { "The best" };
    format!(
        "{found} {} of {}",
        report.settings.settings.pick,
        counted(report.universe.len() as u64, "asset")
    )
}

/// How far the sample came.
pub fn beside(exact: Option<&Exact>, sampled: f64) -> String {
    match exact {
        Some(Exact { sharpe: Some(sharpe), share, .. }) => format!(
            "sampled {sampled:.3}, the optimum is {sharpe:.3}: {} (`sharpest solve` finds it)",
            percent(share.min(1.0))
        ),
        Some(Exact { sharpe: None, bound, share }) => format!(
            "sampled {sampled:.3}, the optimum is {bound:.3} at most: {} of that or more (`sharpest solve` finds it)",
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
