//! What is said of an exact solution.

use crate::report::numbers::{chance, counted, duration, percent, probability, span, thousands};
use crate::report::{
    Certificate, Evidence, Inference, Informal, LuckReport, RankingReport, Spread, Ties,
};
use crate::solve::budget;
use crate::{Solution, Status};

/// A p-value above this is no sign of skill.
const LUCKY: f64 = 0.05;
/// Samples of the luck test that is named where none was made.
const SAMPLES: u64 = 1_000;

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

/// How many of the picked assets get a weight, if not all of them do.
pub fn held(solution: &Solution) -> Option<String> {
    let (pick, best) = (solution.settings.settings.pick?, solution.best.as_ref()?);
    let held = best.assets.len();
    let gets = if held == 1 { "gets" } else { "get" };
    (held < pick)
        .then(|| format!("{held} of the {pick} {gets} a weight (with a --floor each would)"))
}

/// Whether luck would find as much, in words.
pub fn luck(luck: &LuckReport) -> String {
    let of = luck.asked.map(|asked| {
        format!("stopped after {} of {}", thousands(luck.draws), counted(asked, "sample"))
    });
    let Some(p) = luck.p else {
        let of = of.unwrap_or_else(|| counted(luck.draws, "sample"));
        return format!("Luck test (bootstrap): {of}, too few to say (99 are needed).");
    };
    let verdict = match p > LUCKY {
        true => "So it is not distinguishable from luck.",
        false => "So it is hardly luck alone.",
    };
    let share = if p < 0.01 { percent(p) } else { format!("{:.0} %", p * 100.0) };
    format!(
        "Luck test (bootstrap{}): p = {}. Where there is no edge, the same optimization finds a Sharpe ratio this high in {share} of samples. {verdict}",
        of.map_or(String::new(), |of| format!(", {of}")),
        chance(p)
    )
}

/// How a luck test is asked for that was not made because it takes long, and about how long.
pub fn could_be_tested(solution: &Solution) -> Option<String> {
    let asked = &solution.settings.settings;
    let missing = asked.luck_draws.is_none() && solution.luck.is_none();
    let (Some(period), true) = (&solution.period, missing && solution.inference.is_some()) else {
        return None;
    };
    let (assets, threads) = (solution.universe.len(), solution.workers.count);
    let samples = budget::seconds(SAMPLES, assets, period.returns, threads);
    let tree =
        matches!(solution.certificate, Some(Certificate { evidence: Evidence::Tree { .. }, .. }));
    // Where a branch and bound found the answer, each sample takes one of its own.
    let branching = if tree { SAMPLES as f64 * solution.seconds } else { 0.0 };
    let done = matches!(solution.status, Status::Optimal | Status::PrecisionLimit);
    let (about, more) = if done { ("about ", "") } else { ("", " or more") };
    Some(format!(
        "Could it be luck? --luck-draws {SAMPLES} tests that, in {about}{}{more}",
        span((samples + branching).max(1.0))
    ))
}

/// What the record of the best says: all of it only of a portfolio that was chosen beforehand.
pub fn record(sharpe: f64, inference: &Inference) -> String {
    let Inference { standard_error_annual, psr, least_length_returns, deflated, .. } = inference;
    if deflated.is_none_or(|deflated| deflated.trials != 1) {
        return format!(
            "Its standard error is {standard_error_annual:.2}. A portfolio that is chosen because its Sharpe ratio is the highest tends to have a lower one in other data"
        );
    }
    let enough = least_length_returns.map_or(String::new(), |least| {
        format!("; {} returns are enough to say that", thousands(least.ceil() as u64))
    });
    format!(
        "Chosen beforehand (your word, --trials 1): {sharpe:.2} ± {standard_error_annual:.2}, above 0 with a probability of {}{enough}",
        probability(*psr)
    )
}

/// How anyone checks what is proven, if anything is; `command` is what one would type.
pub fn recheck(certificate: &Certificate, command: &str) -> Option<String> {
    certificate.bound.map(|_| format!("Recheck it with: {command}"))
}

/// What is proven.
pub fn proven(certificate: &Certificate) -> String {
    let (Some(bound), Some(gap)) = (certificate.bound, certificate.gap) else {
        return "Nothing is proven about better ones".into();
    };
    let tree = match &certificate.evidence {
        Evidence::Dual { .. } => String::new(),
        Evidence::Tree { tree, .. } => {
            format!(", by a tree of {}", counted(tree.len() as u64, "part"))
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
    let done = match solution.status {
        Status::Optimal => "solved and proven in",
        Status::PrecisionLimit => "solved in",
        _ => "ended after",
    };
    format!("{done} {}{rank} ({workers})", duration(solution.seconds))
}

/// How long the luck test took, and who worked.
pub fn luck_effort(luck: &LuckReport, threads: u64) -> String {
    let (time, samples) = (duration(luck.seconds), counted(luck.draws, "sample"));
    format!("{samples} in {time} ({})", counted(threads, "thread"))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Deflated;
    use sharpest_search::inference::{Luck, Tally};

    fn test(draws: u64, taken: u64) -> LuckReport {
        let mut tally = Tally::new(1.0);
        (0..taken).for_each(|number| tally.count(Some(if number < 4 { 2.0 } else { 0.5 })));
        LuckReport::new(&tally, Luck { draws, ..Luck::default() }, 1.0)
    }

    #[test]
    fn a_luck_test_says_what_its_p_value_means() {
        assert_eq!(
            luck(&test(499, 499)),
            "Luck test (bootstrap): p = 0.01. Where there is no edge, the same optimization finds a Sharpe ratio this high in 1 % of samples. So it is hardly luck alone."
        );
        assert!(luck(&test(24, 24)).ends_with(
            "p = 0.20. Where there is no edge, the same optimization finds a Sharpe ratio this high in 20 % of samples. So it is not distinguishable from luck."
        ));
    }

    #[test]
    fn a_stopped_luck_test_has_a_p_value_from_99_samples_on_and_says_of_how_many() {
        assert_eq!((test(4_000, 0).p, test(4_000, 98).p), (None, None));
        assert_eq!((test(4_000, 99).p, test(4_000, 99).asked), (Some(0.05), Some(4_000)));
        assert_eq!((test(19, 19).p, test(19, 19).asked), (Some(0.25), None));
        assert_eq!(
            luck(&test(4_000, 98)),
            "Luck test (bootstrap): stopped after 98 of 4,000 samples, too few to say (99 are needed)."
        );
        assert!(
            luck(&test(4_000, 99)).starts_with(
                "Luck test (bootstrap, stopped after 99 of 4,000 samples): p = 0.05. "
            )
        );
    }

    #[test]
    fn only_of_a_portfolio_that_was_chosen_beforehand_is_said_how_likely_it_is_above_0() {
        let inference = |trials: Option<u64>| Inference {
            sharpe_per_period: 0.1,
            standard_error_annual: 0.5,
            standard_error_if_normal_annual: 0.5,
            psr: 0.999_99,
            least_length_returns: Some(241.5),
            skewness: 0.0,
            raw_kurtosis: 3.0,
            deflated: trials.map(|trials| Deflated {
                trials,
                expected_maximum_annual: 0.0,
                dsr: 0.5,
            }),
        };
        for trials in [None, Some(20)] {
            assert_eq!(
                record(1.6, &inference(trials)),
                "Its standard error is 0.50. A portfolio that is chosen because its Sharpe ratio is the highest tends to have a lower one in other data"
            );
        }
        assert_eq!(
            record(1.6, &inference(Some(1))),
            "Chosen beforehand (your word, --trials 1): 1.60 ± 0.50, above 0 with a probability of >99.99 %; 242 returns are enough to say that"
        );
    }
}
