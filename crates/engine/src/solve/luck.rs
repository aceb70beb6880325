//! The luck test: the same question, asked of samples in which there is nothing to find. The crew takes samples by the
//! block; what is found is a function of the sample's number alone.

use super::budget;
use crate::crew::Crew;
use crate::observer::{Observer, Stage};
use crate::question::Question;
use sharpest_search::exact::sparse::{Progress, Search};
use sharpest_search::exact::{Outcome, Problem, Solver};
use sharpest_search::inference::{Luck, Resampler, Tally};
use sharpest_search::{Moments, Returns};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

/// What is tested, and on what.
pub(crate) struct Test<'a> {
    pub(crate) question: &'a Question<'a>,
    pub(crate) returns: &'a Returns,
    pub(crate) periods: f64,
    pub(crate) luck: Luck,
    /// The best Sharpe ratio found in the returns as they are.
    pub(crate) observed: f64,
    /// Rounds after which the branch and bound of a sample ends; `None` lets it come to its end.
    pub(crate) rounds: Option<usize>,
}

/// One worker's tools.
struct Desk<'a> {
    test: &'a Test<'a>,
    resampler: Resampler,
    solver: Solver,
    observer: &'a dyn Observer,
}

/// The highest Sharpe ratio in a sample; `None` if nothing in it beats the rate.
type Highest = Option<f64>;

/// The test was stopped in the middle of a sample, which therefore does not count.
struct Stopped;

impl Test<'_> {
    /// Runs the test; a sample that is not solved when it is stopped does not count.
    pub(crate) fn run(&self, crew: &Crew, observer: &dyn Observer) -> Tally {
        observer.begin(Stage::Luck, self.luck.draws);
        let rate = self.question.rule.rate();
        let resampler = Resampler::new(self.returns, self.periods, rate, self.luck);
        let size = budget::block(self.question.moments.len(), self.returns.len());
        let next = AtomicU64::new(0);
        let tallies = crew.all(|_| {
            let solver = Solver::new(self.question.moments.len());
            let mut desk = Desk { test: self, resampler: resampler.clone(), solver, observer };
            let mut done = Vec::new();
            loop {
                let first = next.fetch_add(size, Ordering::Relaxed);
                let last = first.saturating_add(size).min(self.luck.draws);
                if first >= last {
                    return done;
                }
                let (tally, ended) = desk.block(first..last);
                observer.advance(tally.replicates(), f64::NAN);
                done.push((first, tally));
                if ended.is_err() {
                    return done;
                }
            }
        });
        let mut tallies: Vec<(u64, Tally)> = tallies.into_iter().flatten().collect();
        tallies.sort_by_key(|(first, _)| *first);
        let nothing = Tally::new(self.observed);
        tallies.into_iter().fold(nothing, |all, (_, tally)| all.merge(tally))
    }
}

impl Desk<'_> {
    /// Solves a block of samples, or as many of them as there is time for before it is stopped.
    fn block(&mut self, numbers: Range<u64>) -> (Tally, Result<(), Stopped>) {
        let mut tally = Tally::new(self.test.observed);
        for number in numbers {
            match self.find(number) {
                Ok(highest) => tally.count(highest),
                Err(stopped) => return (tally, Err(stopped)),
            }
        }
        (tally, Ok(()))
    }

    /// Solves one sample.
    fn find(&mut self, number: u64) -> Result<Highest, Stopped> {
        let Self { test, resampler, solver, observer } = self;
        let Test { question, rounds, .. } = *test;
        let sample = resampler.replicate(number, &mut || observer.stopped());
        let (mean, covariance) = sample.ok_or(Stopped)?;
        let (bounds, rate) = (question.bounds(), question.rule.rate());
        let highest = match solver.solve(&Problem { mean, covariance, bounds, rate }) {
            Outcome::Optimal { sharpe } => sharpe,
            Outcome::Riskless { .. } => f64::INFINITY,
            Outcome::NoExcess { .. } => return Ok(None),
        };
        if question.admits(solver.weights()) {
            return Ok(Some(highest));
        }
        let names = question.moments.assets().to_vec();
        let moments = Moments::new(names, mean, covariance, 1.0).ok();
        let search = moments.as_ref().and_then(|m| Search::new(m, question.limits(), rate).ok());
        // A sample too degenerate for a search counts at its bound: that makes luck look likelier, never less likely.
        let Some(search) = search else { return Ok(Some(highest)) };
        let progress = climb(search, *rounds, *observer)?;
        // One that outgrew its room or its rounds counts at its bound, too.
        let bound = progress.bound.min(highest);
        Ok(if progress.open > 0 { Some(bound) } else { progress.sharpe })
    }
}

/// Runs a branch and bound to its end, or for so many rounds.
fn climb(
    mut search: Search<'_>,
    rounds: Option<usize>,
    observer: &dyn Observer,
) -> Result<Progress, Stopped> {
    let (mut begun, mut stopped) = (0, false);
    let progress = search.run(&mut || {
        stopped = observer.stopped();
        begun += 1;
        stopped || rounds.is_some_and(|rounds| begun > rounds)
    });
    // What was stopped after its last round has come to its end all the same.
    if stopped && progress.open > 0 { Err(Stopped) } else { Ok(progress) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::Size;
    use sharpest_search::Rule;
    use std::sync::atomic::AtomicUsize;

    /// Says "stop" after so many looks, and ever after.
    struct StopAfter(AtomicUsize);

    impl Observer for StopAfter {
        fn stopped(&self) -> bool {
            let look = |left: usize| left.checked_sub(1);
            self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, look).is_err()
        }
    }

    /// Thirty assets that move alike: among them the best few take a branch and bound.
    fn returns() -> Returns {
        let names = (0..30).map(|i| format!("A{i}")).collect();
        let noise = |i: usize| ((i * 7_919 + i * i % 611) % 1_009) as f64 / 1_009.0 - 0.49;
        Returns::new(names, (0..90 * 30).map(|i| 0.01 * (noise(i) + noise(i / 30))).collect())
            .unwrap()
    }

    fn tally(draws: u64, rounds: Option<usize>, observer: &dyn Observer) -> Tally {
        let returns = returns();
        let moments = returns.moments(252.0).unwrap();
        let rule = Rule::new(1.0, 0.05, 0.0).unwrap();
        let question = Question::new(&moments, rule, Size::AtMost(3)).unwrap();
        let luck = Luck { draws, ..Luck::default() };
        let test = Test {
            question: &question,
            returns: &returns,
            periods: 252.0,
            luck,
            observed: 1.0,
            rounds,
        };
        test.run(&Crew::of(1).unwrap(), observer)
    }

    #[test]
    fn a_stop_is_heard_in_the_middle_of_a_sample() {
        let looks = StopAfter(usize::MAX.into());
        let whole = tally(8, None, &looks);
        let looks = usize::MAX - looks.0.into_inner();
        assert_eq!(whole.replicates(), 8);
        assert!(
            looks > 16,
            "{looks}: a look before the rows of each sample, and before each round of its tree"
        );
        let mut counted = Vec::new();
        for stop in 0..looks {
            let stopped = tally(8, None, &StopAfter(stop.into()));
            counted.push(stopped.replicates());
            let first = stopped.replicates() as usize;
            assert_eq!(
                stopped.found(),
                &whole.found()[..first],
                "what was solved before counts as it would have"
            );
        }
        assert_eq!(counted[0], 0);
        assert!(
            counted.windows(2).any(|two| two[0] == two[1]),
            "a sample that was stopped does not count"
        );
        assert!(counted.is_sorted());
    }

    #[test]
    fn a_sample_without_rounds_to_prove_it_counts_at_its_bound() {
        let (proven, bounded) = (tally(8, None, &()), tally(8, Some(1), &()));
        assert_eq!((proven.replicates(), bounded.replicates()), (8, 8));
        let pairs = || proven.found().iter().zip(bounded.found());
        assert!(
            pairs().all(|(proven, bounded)| bounded >= proven),
            "luck looks likelier, or as likely"
        );
        assert!(
            pairs().any(|(proven, bounded)| bounded > proven),
            "some of them take more than a round"
        );
        assert_eq!(tally(8, Some(1_000_000), &()), proven);
    }
}
