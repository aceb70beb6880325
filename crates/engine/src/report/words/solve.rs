//! What is said of an exact solution.

use crate::report::numbers::{chance, counted, duration, percent, probability, thousands};
use crate::report::{
    Certificate, Evidence, Inference, Informal, LuckReport, RankingReport, Spread, Ties,
};
use crate::{Solution, Status};

/// A p-value above this is no sign of skill.
const LUCKY: f64 = 0.05;

/// What was looked for.
pub fn what(solution: &Solution) -> String {
    let best = match solution.status {
        Status::Optimal => "The best",
        Status::PrecisionLimit => "The best known",
        _ => "So far the best",
    };
    let asked = &solution.settings.settings;
    let all = counted(solution.universe.len() as u64, "asset");
    match (asked.pick, asked.at_most) {
        (Some(pick), _) => format!("{best} {pick} of {all}"),
        (None, Some(most)) => format!("{best} portfolio of at most {most} of {all}"),
        (None, None) => format!("{best} portfolio of {all}"),
    }
}

/// Whether luck would find as much, in words.
pub fn luck(luck: &LuckReport) -> String {
    let verdict =
        if luck.p > LUCKY { "not distinguishable from luck" } else { "hardly luck alone" };
    let share = if luck.p < 0.01 { percent(luck.p) } else { format!("{:.0} %", luck.p * 100.0) };
    format!(
        "p = {}: an optimizer finds as much in {share} of samples with nothing to find: {verdict}",
        chance(luck.p)
    )
}

/// Whether there was no test only because it may take long.
pub fn could_be_tested(solution: &Solution) -> bool {
    let unasked = solution.settings.settings.luck_draws.is_none();
    unasked && solution.luck.is_none() && solution.inference.is_some()
}

/// What the record of the best says.
pub fn record(sharpe: f64, inference: &Inference) -> String {
    let Inference { standard_error_annual, psr, least_length_returns, .. } = inference;
    let enough = least_length_returns.map_or(String::new(), |least| {
        format!(", which {} returns are enough to say", thousands(least.ceil() as u64))
    });
    format!(
        "Had it been chosen beforehand: {sharpe:.2} ± {standard_error_annual:.2}, above 0 with a probability of {}{enough}",
        probability(*psr)
    )
}

/// What is proven, and how anyone checks it.
pub fn proof(certificate: &Certificate, recheck: &str) -> String {
    match certificate.bound {
        None => proven(certificate),
        Some(_) => format!("{}; recheck it with: {recheck}", proven(certificate)),
    }
}

/// What is proven.
pub fn proven(certificate: &Certificate) -> String {
    let (Some(bound), Some(gap)) = (certificate.bound, certificate.gap) else {
        return "Nothing is proven about better ones".into();
    };
    let tree = match &certificate.evidence {
        Evidence::Dual { .. } => String::new(),
        Evidence::Tree { tree, .. } => {
            format!(", by a tree of {} parts", thousands(tree.len() as u64))
        }
    };
    let none = format!("none has a Sharpe ratio above {bound:.6}");
    let gap = tiny(gap);
    match certificate.is_proof() {
        true => format!("Proven: {none} (gap {gap}){tree}"),
        false => format!("Proven up to {gap}: {none}{tree}"),
    }
}

/// A relative gap: a percentage, or a power of ten where that would be 0.
fn tiny(gap: f64) -> String {
    if gap < 1e-4 { format!("{gap:.0e}") } else { percent(gap) }
}

/// How many subsets have it, if more than one.
pub fn ties(ties: Ties) -> Option<String> {
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
pub fn ranking(ranking: &RankingReport) -> Option<String> {
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

/// Why nothing is said of all subsets.
pub fn unranked(solution: &Solution) -> Option<String> {
    let asked = &solution.settings.settings;
    let by_itself = asked.pick.is_some() && asked.terms.floor > 0.0 && asked.top == 1;
    (by_itself && solution.status == Status::Optimal && solution.ranking.is_none()).then(|| {
        "With a floor every subset is a problem of its own: --top 2 solves them all, and says their quartiles".into()
    })
}

/// How long it took, and who worked.
pub fn effort(solution: &Solution) -> String {
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
    let done = match solution.status {
        Status::Optimal => "solved and proven in",
        Status::PrecisionLimit => "solved in",
        _ => "ended after",
    };
    format!("{done} {}{rank}{luck} ({workers})", duration(solution.seconds))
}

/// Why there is no answer.
pub fn no_excess(solution: &Solution) -> String {
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
pub fn unbounded(solution: &Solution) -> String {
    let held = solution.riskless.as_ref().map_or(String::new(), |riskless| {
        format!(": {} return {} a year", holdings(riskless), percent(riskless.mean))
    });
    format!("some portfolio beats the rate without risk, so no Sharpe ratio is the highest{held}")
}

/// What was found without a proof.
pub fn unproven(solution: &Solution) -> String {
    let Some(best) = &solution.best else {
        return "no portfolio that beats the rate was found yet".into();
    };
    let (known, why) = match solution.status {
        Status::PrecisionLimit => {
            ("known", ": beside so little risk, double precision shows no more")
        }
        _ => ("so far", ""),
    };
    let found = format!("the best {known} has a Sharpe ratio of {:.3}", best.figures.sharpe);
    match solution.certificate.as_ref() {
        Some(certificate) if certificate.is_proof() => {
            format!("{found}, which is proven to be the optimum")
        }
        Some(Certificate { gap: Some(gap), .. }) => {
            format!("{found}; the optimum is proven to be {} higher at most{why}", tiny(*gap))
        }
        _ => format!("{found}; nothing is proven about better ones{why}"),
    }
}

/// "AAPL 20 %, KO 80 %", the largest first.
fn holdings(portfolio: &Informal) -> String {
    let mut weights: Vec<&(String, f64)> = portfolio.weights.iter().collect();
    weights.sort_by(|a, b| b.1.total_cmp(&a.1));
    let named = weights.iter().map(|(name, weight)| format!("{name} {}", percent(*weight)));
    named.collect::<Vec<_>>().join(", ")
}
