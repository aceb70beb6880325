//! What a checkpoint was asked, so that it goes on with nothing else: the question in words, and a digest of the moments.

use serde::{Deserialize, Serialize};
use sharpest_search::Search;
use twox_hash::XxHash3_128;

/// Everything that bits depend on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Asked {
    version: String,
    moments: String,
    cap: f64,
    floor: f64,
    rate: f64,
    pick: usize,
    draws: u64,
    seed: u64,
    draw: String,
    sampler: String,
    top: usize,
    /// The name of the score, where it is no Sharpe ratio.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    score: Option<String>,
}

impl Asked {
    pub(super) fn new(search: &Search, score: Option<&str>) -> Self {
        let (rule, sampling) = (search.rule(), search.sampling());
        Self {
            version: env!("CARGO_PKG_VERSION").into(),
            moments: digest(search),
            cap: rule.cap(),
            floor: rule.floor(),
            rate: rule.rate(),
            pick: sampling.pick,
            draws: sampling.draws,
            seed: sampling.seed,
            draw: sampling.draw.to_string(),
            sampler: sampling.sampler.to_string(),
            top: sampling.top,
            score: score.map(str::to_owned),
        }
    }

    /// In what `other` differs, as a reason to go on with neither of them.
    pub(super) fn difference(&self, other: &Self) -> Option<String> {
        if self.version != other.version {
            return Some(format!(
                "it was begun by version {} of sharpest, this is {}; go on with that version, or remove the file to begin anew",
                self.version, other.version
            ));
        }
        let named = |name, mine: String, others: String| {
            (mine != others).then(|| format!("its --{name} is {mine}, not {others}"))
        };
        let parts = [
            named("pick", self.pick.to_string(), other.pick.to_string()),
            named("cap", self.cap.to_string(), other.cap.to_string()),
            named("floor", self.floor.to_string(), other.floor.to_string()),
            named("rate", self.rate.to_string(), other.rate.to_string()),
            named("draws", self.draws.to_string(), other.draws.to_string()),
            named("seed", self.seed.to_string(), other.seed.to_string()),
            named("draw", self.draw.clone(), other.draw.clone()),
            named("sampler", self.sampler.clone(), other.sampler.clone()),
            named("top", self.top.to_string(), other.top.to_string()),
            (self.moments != other.moments)
                .then(|| "its assets, prices or dates are others".to_owned()),
            (self.score != other.score).then(|| {
                format!(
                    "its score is {}, not {}",
                    ranking(self.score.as_deref()),
                    ranking(other.score.as_deref())
                )
            }),
        ];
        let reason = parts.into_iter().flatten().next()?;
        Some(format!(
            "it belongs to another question: {reason}; give another file, or remove this one to begin anew"
        ))
    }
}

/// What a search ranks by.
fn ranking(score: Option<&str>) -> &str {
    score.unwrap_or("the Sharpe ratio")
}

/// Names and numbers of the moments as 128 bits: enough to tell questions apart that nobody made to be confused.
fn digest(search: &Search) -> String {
    let moments = search.moments();
    let mut bytes = Vec::new();
    for name in moments.assets() {
        bytes.extend((name.len() as u64).to_le_bytes());
        bytes.extend(name.as_bytes());
    }
    for number in moments.mean().iter().chain(moments.covariance()) {
        bytes.extend(number.to_bits().to_le_bytes());
    }
    format!("{:032x}", XxHash3_128::oneshot(&bytes))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use sharpest_search::{Draw, Kernel, Moments, Rule, Sampler, Sampling};

    fn search(names: [&str; 3], mean: f64, cap: f64, change: impl FnOnce(&mut Sampling)) -> Search {
        let covariance = [0.04, 0.0, 0.0, 0.0, 0.05, 0.0, 0.0, 0.0, 0.06];
        let names = names.map(String::from).to_vec();
        let moments = Moments::new(names, &[mean, 0.2, 0.3], &covariance, 1.0).unwrap();
        let (draw, sampler) = (Draw::Fresh, Sampler::Uniform);
        let mut sampling = Sampling { pick: 2, draws: 10, seed: 1, draw, sampler, top: 1 };
        change(&mut sampling);
        let rule = Rule::new(cap, 0.0, 0.0).unwrap();
        Search::new(&moments, &rule, &sampling, Kernel::Portable).unwrap()
    }

    pub(in super::super) fn asked() -> Asked {
        Asked::new(&search(["A", "B", "C"], 0.1, 1.0, |_| {}), None)
    }

    #[test]
    fn another_question_is_named() {
        let mine = asked();
        assert_eq!(mine.difference(&asked()), None);
        let others = [
            (search(["A", "B", "C"], 0.1, 0.9, |_| {}), "its --cap is 1, not 0.9; "),
            (search(["A", "B", "C"], 0.1, 1.0, |s| s.draws = 11), "its --draws is 10, not 11; "),
            (search(["A", "B", "C"], 0.1, 1.0, |s| s.seed = 2), "its --seed is 1, not 2; "),
            (search(["A", "B", "C"], 0.1, 1.0, |s| s.top = 2), "its --top is 1, not 2; "),
            (search(["A", "B", "C"], 0.1, 1.0, |s| s.pick = 3), "its --pick is 2, not 3; "),
            (
                search(["A", "B", "C"], 0.1, 1.0, |s| s.draw = Draw::Shared),
                "its --draw is fresh, not shared; ",
            ),
            (
                search(["A", "B", "C"], 0.1, 1.0, |s| s.sampler = Sampler::Dirichlet(2.0)),
                "its --sampler is uniform, not dirichlet:2; ",
            ),
            (
                search(["A", "B", "C"], 0.1 + 1e-16, 1.0, |_| {}),
                "its assets, prices or dates are others; ",
            ),
            (search(["A", "BC", ""], 0.1, 1.0, |_| {}), "its assets, prices or dates are others; "),
        ];
        for (other, said) in others {
            let difference = mine.difference(&Asked::new(&other, None)).unwrap();
            assert!(difference.contains(said), "{difference}");
        }
        let own = Asked { score: Some("sortino".into()), ..asked() };
        let said = "its score is the Sharpe ratio, not sortino; ";
        assert!(mine.difference(&own).unwrap().contains(said));
        let old = Asked { version: "0.0.1".into(), ..asked() };
        assert!(old.difference(&mine).unwrap().starts_with("it was begun by version 0.0.1 of"));
    }
}
