//! What must hold of the answers about few assets: the branch and bound and the ranking, against every subset by itself.

use crate::case::Case;
use crate::claims::{calmest, noise, share_of_risk};
use sharpest_search::exact::ranking::{Ranking, Subsets};
use sharpest_search::exact::sparse::{Limits, Search};
use sharpest_search::exact::{Answer, Bounds, Outcome, Problem, solve};

/// Rounds after which a branch and bound of so few assets should long be done.
const ROUNDS: usize = 2_000;
/// Two ways to one Sharpe ratio may differ by so much, relatively.
const ALIKE: f64 = 1e-6;
/// Below this a Sharpe ratio is rounding.
const NOTHING: f64 = 1e-9;
/// Where the risk is a smaller share than this of what it could be, two ways may differ by any amount.
const BLURRED: f64 = 1e-8;

/// Holds the branch and bound and the ranking of `case` against all subsets, one by one.
pub fn of_limits(case: &Case) {
    limits(case);
    ranking(case);
}

fn limits(case: &Case) {
    let Case { moments, rate, .. } = case;
    let limits = case.limits();
    let brute = Brute::of(case, limits);
    let Ok(mut search) = Search::new(moments, limits, *rate) else {
        return assert!(brute.subsets == 0, "refused, though {} subsets do", brute.subsets);
    };
    let mut rounds = 0;
    let progress = search.run(&mut || {
        rounds += 1;
        rounds > ROUNDS
    });
    assert!(progress.open == 0 || !case.tame, "{} nodes are open", progress.open);
    if let Some(evidence) = search.evidence() {
        if progress.sharpe == Some(f64::INFINITY) {
            return; // without risk: there is no bound
        }
        assert!(evidence.weights.len() == moments.len(), "{evidence:?}");
        let checked = evidence.check(moments, limits, *rate);
        if case.tame && share_of_risk(moments, &evidence.weights) > BLURRED {
            let bound = checked.unwrap_or_else(|fault| panic!("refuted: {fault}"));
            let allowed = 1e-9 * evidence.sharpe + noise(case, &evidence.weights);
            assert!(bound >= evidence.sharpe - allowed, "{bound} below {}", evidence.sharpe);
        }
    }
    if case.tame && !brute.blurred {
        let (found, best) = (progress.sharpe.unwrap_or(0.0), brute.best.unwrap_or(0.0));
        let near = (found - best).abs() <= brute.noise;
        let unproven = found > best && found <= brute.bound;
        assert!(near || alike(found, best) || unproven, "{found}, and one by one {best}");
    }
}

fn ranking(case: &Case) {
    let Case { moments, rule, pick, rate, .. } = case;
    let Ok(Some(ranking)) = Ranking::of(moments, *pick, rule.cap(), *rate, &mut || false) else {
        return;
    };
    let Ok(mut alone) = sharpest_search::Rule::new(rule.cap(), 0.0, *rate)
        .and_then(|rule| Subsets::new(moments, rule, *pick))
    else {
        panic!("a ranking of subsets that are refused");
    };
    let mut counted = 0;
    for set in (0..1u32 << moments.len()).filter(|set| set.count_ones() as usize == *pick) {
        let subset = members(set, moments.len());
        let group = ranking.find(|asset| set >> asset & 1 == 1);
        let outcome = alone.solve(&subset);
        counted += 1;
        if !case.tame {
            continue;
        }
        let (a, b) = (value(group.outcome), value(outcome));
        assert!(a >= 0.0 && b >= 0.0, "{subset:?}: {a} in the ranking, alone {b}: below the rate");
        let near = (a - b).abs() <= noise(case, alone.weights());
        let clear = share_of_risk(moments, alone.weights()) > BLURRED;
        let same = near || alike(a, b) || !clear || undecided(case, &subset);
        assert!(same, "{subset:?}: {a} in the ranking, alone {b}");
    }
    let all: u64 = (0..ranking.problems()).map(|problem| ranking.group(problem).subsets).sum();
    assert_eq!(all, counted, "the groups do not count all subsets");
}

/// Whether some mix of a subset has neither risk nor excess worth the name: what it has for a Sharpe ratio is the rounding of
/// Σ, which may leave it less risk than none. Then there are two peaks, that mix and the best of the others, and it depends on
/// the way there which of them is found.
fn undecided(case: &Case, subset: &[usize]) -> bool {
    let Case { moments, rule, rate, .. } = case;
    let mut upper = vec![0.0; moments.len()];
    subset.iter().for_each(|&asset| upper[asset] = rule.cap());
    let Ok(bounds) = Bounds::new(vec![0.0; moments.len()], upper) else {
        return false;
    };
    let mix = calmest(&Problem::new(moments, &bounds, *rate));
    let excess = |(w, mean): (&f64, &f64)| w * (mean - rate);
    let excesses = || mix.iter().zip(moments.mean()).map(excess);
    let gross: f64 = excesses().map(f64::abs).sum();
    let nothing = excesses().sum::<f64>().abs() <= BLURRED.sqrt() * gross;
    nothing && share_of_risk(moments, &mix) <= BLURRED
}

/// The best of every subset, each a problem of its own.
struct Brute {
    subsets: usize,
    best: Option<f64>,
    /// What none of them is proven to exceed; ∞ where one is without a bound.
    bound: f64,
    /// Whether some of them has hardly any risk, or none.
    blurred: bool,
    /// How far the best may be off.
    noise: f64,
}

impl Brute {
    fn of(case: &Case, limits: Limits) -> Self {
        let n = case.moments.len();
        let mut brute = Self { subsets: 0, best: None, bound: 0.0, blurred: false, noise: 0.0 };
        let size = |set: &u32| set.count_ones() as usize;
        let fits = |set: &u32| (limits.least.max(1)..=limits.most).contains(&size(set));
        for set in (1..1u32 << n).filter(fits) {
            let (mut lower, mut upper) = (vec![0.0; n], vec![0.0; n]);
            for asset in members(set, n) {
                (lower[asset], upper[asset]) = (limits.floor, limits.cap);
            }
            if let Ok(bounds) = Bounds::new(lower, upper) {
                brute.take(case, &bounds);
            }
        }
        brute
    }

    fn take(&mut self, case: &Case, bounds: &Bounds) {
        self.subsets += 1;
        match solve(&case.moments, bounds, case.rate) {
            Answer::Optimal(certificate) => {
                self.blurred |= share_of_risk(&case.moments, &certificate.weights) < BLURRED;
                self.noise = self.noise.max(noise(case, &certificate.weights));
                self.best = Some(self.best.unwrap_or(0.0).max(certificate.proof.sharpe));
                self.bound = self.bound.max(certificate.proof.bound.unwrap_or(f64::INFINITY));
            }
            Answer::NoExcess { .. } => {}
            Answer::Riskless { .. } => self.blurred = true,
        }
    }
}

fn members(set: u32, n: usize) -> Vec<usize> {
    (0..n).filter(|asset| set >> asset & 1 == 1).collect()
}

fn value(outcome: Outcome) -> f64 {
    match outcome {
        Outcome::Optimal { sharpe } => sharpe,
        Outcome::Riskless { .. } => f64::INFINITY,
        Outcome::NoExcess { .. } => 0.0,
    }
}

fn alike(a: f64, b: f64) -> bool {
    a == b || (a - b).abs() <= ALIKE * a.max(b) + NOTHING
}
