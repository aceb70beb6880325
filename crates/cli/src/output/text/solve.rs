//! What an exact solution found: the best there is, whether it could be luck, and what proves it.

use super::numbers::{chance, counted, duration, percent, thousands};
use super::{BOLD, Columns, DIM, line, question, top, weights};
use crate::options::{Options, Place};
use sharpest_engine::report::{
    Certificate, Evidence, Inference, Informal, LuckReport, RankingReport, Spread, Ties,
};
use sharpest_engine::{Solution, SolveSettings, Source, Status};

/// A p-value above this is no sign of skill.
const LUCKY: f64 = 0.05;

/// The whole answer; only for a solution that has one.
pub(crate) fn render(solution: &Solution, options: &Options<SolveSettings>) -> String {
    let mut out = String::new();
    let Some(best) = &solution.best else {
        return out;
    };
    let asked = &solution.settings;
    let question = question(&what(solution), &asked.settings.terms, &asked.source);
    line(&mut out, format_args!("{BOLD}{question}{BOLD:#}\n"));
    let columns = Columns {
        period: solution.period.as_ref(),
        test: solution.test.as_ref(),
        equal_weight: &solution.equal_weight,
    };
    let label = if solution.status == Status::Optimal { "optimum" } else { "best so far" };
    columns.write(&mut out, label, &best.figures);
    weights(&mut out, best);
    top(&mut out, &solution.top);
    line(&mut out, format_args!(""));
    if let Some(luck) = &solution.luck {
        line(&mut out, format_args!("  {BOLD}{}{BOLD:#}", in_words(luck)));
    }
    let sentences = [
        solution.inference.as_ref().map(|inference| record(best.figures.sharpe, inference)),
        solution.certificate.as_ref().map(|certificate| proof(certificate, options)),
        solution.ties.and_then(ties),
        solution.ranking.as_ref().and_then(ranking),
        could_be_tested(solution).then(|| "Could it be luck? --luck-draws 1000 tests that".into()),
    ];
    for sentence in sentences.into_iter().flatten() {
        line(&mut out, format_args!("  {sentence}"));
    }
    line(&mut out, format_args!("  {DIM}{}{DIM:#}", effort(solution)));
    out
}

fn what(solution: &Solution) -> String {
    let settled = matches!(solution.status, Status::Optimal);
    let best = if settled { "The best" } else { "So far the best" };
    let (asked, all) = (&solution.settings.settings, solution.universe.len());
    match (asked.pick, asked.at_most) {
        (Some(pick), _) => format!("{best} {pick} of {all} assets"),
        (None, Some(most)) => format!("{best} portfolio of at most {most} of {all} assets"),
        (None, None) => format!("{best} portfolio of {all} assets"),
    }
}

/// Whether luck would find as much, in words.
fn in_words(luck: &LuckReport) -> String {
    let verdict =
        if luck.p > LUCKY { "not distinguishable from luck" } else { "hardly luck alone" };
    let share = if luck.p < 0.01 { percent(luck.p) } else { format!("{:.0} %", luck.p * 100.0) };
    format!(
        "p = {}: an optimizer finds as much in {share} of samples with nothing to find: {verdict}",
        chance(luck.p)
    )
}

/// Whether there was no test only because it may take long.
fn could_be_tested(solution: &Solution) -> bool {
    let unasked = solution.settings.settings.luck_draws.is_none();
    unasked && solution.luck.is_none() && solution.inference.is_some()
}

/// What the record of the best says.
fn record(sharpe: f64, inference: &Inference) -> String {
    let Inference { standard_error_annual, psr, least_length_returns, .. } = inference;
    let enough = least_length_returns.map_or(String::new(), |least| {
        format!(", which {} returns are enough to say", thousands(least.ceil() as u64))
    });
    format!(
        "Had it been chosen beforehand: {sharpe:.2} ± {standard_error_annual:.2}, above 0 with a probability of {}{enough}",
        percent(*psr)
    )
}

/// What is proven, and how anyone checks it.
fn proof(certificate: &Certificate, options: &Options<SolveSettings>) -> String {
    let (Some(bound), Some(gap)) = (certificate.bound, certificate.gap) else {
        return "Nothing is proven about better ones".into();
    };
    let tree = match &certificate.evidence {
        Evidence::Dual { .. } => String::new(),
        Evidence::Tree { tree, .. } => {
            format!(", by a tree of {} parts", thousands(tree.len() as u64))
        }
    };
    let result = match &options.outputs.json {
        Some(Place::File(path)) => path.display().to_string(),
        _ => "RESULT.json".into(),
    };
    let source = match &options.source {
        Source::File(path) => format!(" {}", path.display()),
        Source::Moments(path) => format!(" --moments {}", path.display()),
        Source::Bundled => String::new(),
    };
    let gap = if gap < 1e-6 { format!("{gap:.0e}") } else { percent(gap) };
    format!(
        "Proven: none has a Sharpe ratio above {bound:.6} (gap {gap}){tree}; recheck it with: sharpest check {result}{source}"
    )
}

/// How many subsets have it, if more than one.
fn ties(ties: Ties) -> Option<String> {
    let Ties { subsets, containing, held } = ties;
    let held = counted(held as u64, "name");
    let these = if held == "1 name" { "this" } else { "these" };
    match (subsets, containing) {
        (0 | 1, _) => None,
        (_, 1) => Some(format!("{} subsets have this Sharpe ratio", thousands(subsets))),
        _ if subsets > containing => Some(format!(
            "{} subsets have this Sharpe ratio, among them any of {} that contain {these} {held}",
            thousands(subsets),
            thousands(containing)
        )),
        _ => Some(format!(
            "Any of {} subsets that contain {these} {held} has it",
            thousands(containing)
        )),
    }
}

/// What all subsets look like.
fn ranking(ranking: &RankingReport) -> Option<String> {
    let Spread { count, minimum, lower_quartile, median, upper_quartile, maximum } =
        ranking.distribution?;
    let none = match ranking.no_excess {
        0 => String::new(),
        none => format!("; {} beat the rate with no portfolio", thousands(none)),
    };
    Some(format!(
        "{}: {minimum:.3} at least, quartiles {lower_quartile:.3}, {median:.3} and {upper_quartile:.3}, {maximum:.3} at most{none}",
        counted(count, "subset"),
    ))
}

fn effort(solution: &Solution) -> String {
    let workers = counted(solution.workers.count as u64, "thread");
    let rank = solution.ranking.as_ref().map_or(String::new(), |ranking| {
        format!(
            ", {} for the ranking by {}",
            duration(ranking.seconds),
            counted(ranking.problems as u64, "problem")
        )
    });
    let luck = solution.luck.as_ref().map_or(String::new(), |luck| {
        format!(", {} for {}", duration(luck.seconds), counted(luck.draws, "sample"))
    });
    format!("solved and proven in {}{rank}{luck} ({workers})", duration(solution.seconds))
}

/// Why there is no answer.
pub(crate) fn no_excess(solution: &Solution) -> String {
    let rate = percent(solution.settings.settings.terms.rate);
    let highest = solution.highest_return.as_ref().map_or(String::new(), |highest| {
        let mean = percent(highest.mean);
        format!(
            ": the highest mean return that the rule allows is {mean} a year ({})",
            holdings(highest)
        )
    });
    let lowest = solution.lowest_volatility.as_ref().map_or(String::new(), |lowest| {
        format!("; the lowest volatility is {} ({})", percent(lowest.volatility), holdings(lowest))
    });
    format!("no portfolio beats the rate of {rate}{highest}{lowest}")
}

/// Why there is none either.
pub(crate) fn unbounded(solution: &Solution) -> String {
    let held = solution.riskless.as_ref().map_or(String::new(), |riskless| {
        format!(": {} return {} a year", holdings(riskless), percent(riskless.mean))
    });
    format!("some portfolio beats the rate without risk, so no Sharpe ratio is the highest{held}")
}

/// What was found without a proof.
pub(crate) fn unproven(solution: &Solution) -> String {
    let Some(best) = &solution.best else {
        return "no portfolio that beats the rate was found yet".into();
    };
    let found = format!("the best so far has a Sharpe ratio of {:.3}", best.figures.sharpe);
    match solution.certificate.as_ref().and_then(|certificate| certificate.gap) {
        Some(gap) if gap < 1e-9 => format!("{found}, which is proven to be the optimum"),
        Some(gap) => {
            format!("{found}; the optimum is proven to be {} higher at most", percent(gap))
        }
        None => format!("{found}; nothing is proven about better ones"),
    }
}

/// "AAPL 20 %, KO 80 %", the largest first.
fn holdings(portfolio: &Informal) -> String {
    let mut weights: Vec<&(String, f64)> = portfolio.weights.iter().collect();
    weights.sort_by(|a, b| b.1.total_cmp(&a.1));
    let named = weights.iter().map(|(name, weight)| format!("{name} {}", percent(*weight)));
    named.collect::<Vec<_>>().join(", ")
}
