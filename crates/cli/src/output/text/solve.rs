//! What an exact solution found: the best there is, whether it could be luck, and what proves it.

use super::wrap::styled;
use super::{BOLD, Columns, DIM, line, sentence, top, weights};
use anstyle::Style;
use sharpest_engine::report::words::solve as words;
use sharpest_engine::report::words::{deflated, question};
use sharpest_engine::{Door, Solution, Status};

/// The answer without its luck test, which may take much longer; empty for a solution without a portfolio. `recheck` is
/// what one would type to check it; who stands behind `door` reads it.
pub(crate) fn render(solution: &Solution, recheck: &str, door: Door) -> String {
    let mut out = String::new();
    let Some(best) = &solution.best else {
        return out;
    };
    let asked = &solution.settings;
    let question = question(&words::what(solution), &asked.settings.terms, &asked.source);
    out += &styled(&question, BOLD, 0, 2);
    if let Some(held) = words::held(solution) {
        out += &styled(&door.speak(&held), Style::new(), 0, 2);
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
    proven(&mut out, solution, recheck, door);
    let sentences = [
        solution.ties.and_then(words::ties),
        solution.ranking.as_ref().and_then(words::ranking).or_else(|| words::unranked(solution)),
        solution.inference.as_ref().map(|inference| words::record(best.figures.sharpe, inference)),
        solution.inference.as_ref().and_then(deflated),
    ];
    sentences.into_iter().flatten().for_each(|text| sentence(&mut out, &text, door));
    out += &styled(&words::effort(solution), DIM, 2, 4);
    out
}

/// What is proven, and how anyone checks it: the command on a line of its own, whole, so that it can be copied.
fn proven(out: &mut String, solution: &Solution, recheck: &str, door: Door) {
    let Some(certificate) = &solution.certificate else { return };
    sentence(out, &words::proven(certificate), door);
    if let Some(recheck) = words::recheck(certificate, recheck) {
        line(out, format_args!("  {recheck}"));
    }
}

/// What the luck test says, or how one is asked for; empty for a solution without a portfolio.
pub(crate) fn luck(solution: &Solution, door: Door) -> String {
    let mut out = String::new();
    if solution.best.is_none() {
        return out;
    }
    if let Some(luck) = &solution.luck {
        out += &styled(&words::luck(luck), BOLD, 2, 4);
        let effort = words::luck_effort(luck, solution.workers.count as u64);
        out += &styled(&effort, DIM, 2, 4);
    } else if let Some(untested) = words::could_be_tested(solution) {
        sentence(&mut out, &untested, door);
    }
    out
}
