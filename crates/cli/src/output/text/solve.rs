//! What an exact solution found: the best there is, whether it could be luck, and what proves it.

use super::wrap::styled;
use super::{BOLD, Columns, DIM, line, sentence, top, weights};
use anstyle::Style;
use sharpest_engine::report::words::solve as words;
use sharpest_engine::report::words::{deflated, question};
use sharpest_engine::{Solution, Status};

/// The answer without its luck test, which may take much longer; empty for a solution without a portfolio. `recheck` is
/// what one would type to check it.
pub(crate) fn render(solution: &Solution, recheck: &str) -> String {
    let mut out = String::new();
    let Some(best) = &solution.best else {
        return out;
    };
    let asked = &solution.settings;
    let question = question(&words::what(solution), &asked.settings.terms, &asked.source);
    out += &styled(&question, BOLD, 0, 2);
    if let Some(held) = words::held(solution) {
        out += &styled(&held, Style::new(), 0, 2);
    }
    line(&mut out, format_args!(""));
    let columns = Columns {
        period: solution.period.as_ref(),
        test: solution.test.as_ref(),
        equal_weight: &solution.equal_weight,
    };
    let label = match solution.status {
        Status::Optimal => "optimum",
        Status::PrecisionLimit => "best known",
        _ => "best so far",
    };
    columns.write(&mut out, label, &best.figures);
    weights(&mut out, best);
    top(&mut out, &solution.top);
    line(&mut out, format_args!(""));
    proven(&mut out, solution, recheck);
    let sentences = [
        solution.ties.and_then(words::ties),
        solution.ranking.as_ref().and_then(words::ranking).or_else(|| words::unranked(solution)),
        solution.inference.as_ref().map(|inference| words::record(best.figures.sharpe, inference)),
        solution.inference.as_ref().and_then(deflated),
    ];
    sentences.into_iter().flatten().for_each(|text| sentence(&mut out, &text));
    out += &styled(&words::effort(solution), DIM, 2, 4);
    out
}

/// What is proven, and how anyone checks it: the command on a line of its own, whole, so that it can be copied.
fn proven(out: &mut String, solution: &Solution, recheck: &str) {
    let Some(certificate) = &solution.certificate else { return };
    sentence(out, &words::proven(certificate));
    if let Some(recheck) = words::recheck(certificate, recheck) {
        line(out, format_args!("  {recheck}"));
    }
}

/// What the luck test says, or how one is asked for; empty for a solution without a portfolio.
pub(crate) fn luck(solution: &Solution) -> String {
    if solution.best.is_none() {
        return String::new();
    }
    let (said, untested) = match &solution.luck {
        Some(luck) => (Some(words::luck(luck)), None),
        None => (None, words::could_be_tested(solution)),
    };
    let said = said.map(|text| styled(&text, BOLD, 2, 4));
    let untested = untested.map(|text| styled(&text, Style::new(), 2, 4));
    let effort = solution
        .luck
        .as_ref()
        .map(|luck| styled(&words::luck_effort(luck, solution.workers.count as u64), DIM, 2, 4));
    [said, untested, effort].into_iter().flatten().collect()
}
