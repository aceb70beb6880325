//! What a search by sampling found.

use super::numbers::{counted, duration, percent, significant, thousands};
use super::{BOLD, Columns, DIM, line, question, top, weights};
use crate::options::{Outputs, Place};
use sharpest_engine::report::Exact;
use sharpest_engine::{Report, Status};

/// The whole answer; only for a report that has one.
pub(crate) fn render(report: &Report) -> String {
    let mut out = String::new();
    let Some(best) = &report.best else {
        return out;
    };
    let asked = &report.settings.settings;
    let found = if report.status == Status::Incomplete { "So far the best" } else { "The best" };
    let what = format!("{found} {} of {} assets", asked.pick, report.universe.len());
    let question = question(&what, &asked.terms, &report.settings.source);
    line(&mut out, format_args!("{BOLD}{question}{BOLD:#}\n"));
    let columns = Columns {
        period: report.period.as_ref(),
        test: report.test.as_ref(),
        equal_weight: &report.equal_weight,
    };
    columns.write(&mut out, "best found", &best.figures);
    weights(&mut out, best);
    top(&mut out, &report.top);
    line(&mut out, format_args!("\n  {}", beside(report.exact.as_ref(), best.figures.sharpe)));
    line(&mut out, format_args!("  {DIM}{}{DIM:#}", effort(report)));
    out
}

/// How far the sample came.
fn beside(exact: Option<&Exact>, sampled: f64) -> String {
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
pub(crate) fn no_excess(report: &Report) -> String {
    format!(
        "no portfolio beats the rate of {}: the highest mean return that the rule allows is {} a year",
        percent(report.settings.settings.terms.rate),
        percent(report.highest_return)
    )
}

/// What a stopped search leaves.
pub(crate) fn stopped(report: &Report, outputs: &Outputs) -> String {
    let mut text = format!(
        "{} of {} subsets were searched",
        thousands(report.subsets),
        thousands(report.all_subsets)
    );
    if let Some(Place::File(path)) = &outputs.json {
        text += &format!("; {} is marked incomplete", path.display());
    }
    if let Some(Place::File(path)) = &outputs.lines {
        text += &format!("; {} holds the subsets that were", path.display());
    }
    text
}

fn effort(report: &Report) -> String {
    let workers = counted(report.workers.count as u64, "thread");
    format!(
        "{}, {} in {}: {} million a second ({workers}, {})",
        counted(report.subsets, "subset"),
        counted(report.portfolios, "portfolio"),
        duration(report.seconds),
        significant(report.throughput / 1e6),
        report.kernel
    )
}
