//! What a search by sampling found.

use super::wrap::styled;
use super::{BOLD, Columns, DIM, line, sentence, top, weights};
use crate::options::{Outputs, Place};
use sharpest_engine::report::words::search as words;
use sharpest_engine::report::words::{deflated, question};
use sharpest_engine::{Door, Report};

/// The whole answer, as who stands behind `door` reads it; only for a report that has one.
pub(crate) fn render(report: &Report, door: Door) -> String {
    let mut out = String::new();
    let Some(best) = &report.best else {
        return out;
    };
    let asked = &report.settings.settings;
    let question = question(&words::what(report), &asked.terms, &report.settings.source);
    out += &styled(&question, BOLD, 0, 2);
    line(&mut out, format_args!(""));
    let columns = Columns {
        period: report.period.as_ref(),
        test: report.test.as_ref(),
        equal_weight: &report.equal_weight,
    };
    columns.write(&mut out, "best found", &best.figures);
    weights(&mut out, best);
    top(&mut out, &report.top);
    line(&mut out, format_args!(""));
    sentence(&mut out, &words::beside(report, best), door);
    if let Some(deflated) = report.inference.as_ref().and_then(deflated) {
        sentence(&mut out, &deflated, door);
    }
    out += &styled(&words::effort(report), DIM, 2, 4);
    out
}

/// What a stopped search leaves.
pub(crate) fn stopped(report: &Report, outputs: Option<&Outputs>) -> String {
    let mut text = words::stopped(report);
    if let Some(Place::File(path)) = outputs.and_then(|outputs| outputs.json.as_ref()) {
        text += &format!("; {} is marked incomplete", path.display());
    }
    let kept = outputs.and_then(|outputs| outputs.checkpoint.as_ref());
    let lines = outputs.and_then(|outputs| outputs.lines.as_ref());
    match (kept, lines) {
        (Some(path), _) => {
            text += &format!("; the same command goes on from {}", path.display());
        }
        (None, Some(Place::File(path))) => {
            text += &format!("; {} holds the subsets that were", path.display());
        }
        _ => {}
    }
    text
}
