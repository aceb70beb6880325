//! What an exact solution found: the best there is, whether it could be luck, and what proves it.

use super::{BOLD, Columns, DIM, line, top, weights};
use sharpest_engine::report::words::solve as words;
use sharpest_engine::report::words::{deflated, question};
use sharpest_engine::{Solution, Status};

/// The whole answer; only for a solution that has one. `recheck` is what one would type to check it.
pub(crate) fn render(solution: &Solution, recheck: &str) -> String {
    let mut out = String::new();
    let Some(best) = &solution.best else {
        return out;
    };
    let asked = &solution.settings;
    let question = question(&words::what(solution), &asked.settings.terms, &asked.source);
    line(&mut out, format_args!("{BOLD}{question}{BOLD:#}\n"));
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
    if let Some(luck) = &solution.luck {
        line(&mut out, format_args!("  {BOLD}{}{BOLD:#}", words::luck(luck)));
    }
    let sentences = [
        solution.inference.as_ref().map(|inference| words::record(best.figures.sharpe, inference)),
        solution.inference.as_ref().and_then(deflated),
        solution.certificate.as_ref().map(|certificate| words::proof(certificate, recheck)),
        solution.ties.and_then(words::ties),
        solution.ranking.as_ref().and_then(words::ranking).or_else(|| words::unranked(solution)),
        words::could_be_tested(solution)
            .then(|| "Could it be luck? --luck-draws 1000 tests that".into()),
    ];
    for sentence in sentences.into_iter().flatten() {
        line(&mut out, format_args!("  {sentence}"));
    }
    line(&mut out, format_args!("  {DIM}{}{DIM:#}", words::effort(solution)));
    out
}
