//! The pace: how long to wait between samples, so that sampling costs at most a 200th of what the program itself computes,
//! however many processes there are and however little of the machine it gets. Credit grows with the program's CPU time, for
//! one that sleeps a little with the clock, and each sample is paid from it; who has none left waits until it has. A program
//! begins with some, since it may be short, and never saves up more, so that no burst of samples follows a calm hour.

use std::time::Duration;

/// Credit that a CPU second of the program brings, in CPU seconds.
const SHARE: f64 = 0.005;
/// Credit that a second of the clock brings.
const ASLEEP: f64 = 0.001;
/// Credit at the start, and the most that is kept.
const MOST: f64 = 0.02;
/// Debt that is remembered: what a sample costs on top of it is forgiven, or a single dear one would blind the doctor.
const DEEPEST: f64 = 0.02;
const SHORTEST: f64 = 0.025;
/// The shortest pause once a program has run for [`YOUNG`] seconds.
const USUAL: f64 = 0.05;
const YOUNG: f64 = 2.0;
/// The longest pause: what sleeps may wake.
const LONGEST: f64 = 4.0;

/// CPU seconds that may be spent on samples.
#[derive(Debug)]
pub(super) struct Pace {
    credit: f64,
    at: f64,
    ran: f64,
    longest: f64,
}

impl Default for Pace {
    fn default() -> Self {
        Self { credit: MOST, at: 0.0, ran: 0.0, longest: LONGEST }
    }
}

impl Pace {
    /// One that waits for no longer than this many seconds, whatever it costs.
    pub(super) fn within(longest: f64) -> Self {
        Self { longest: longest.clamp(SHORTEST, LONGEST), ..Self::default() }
    }

    /// The pause after a sample that ended at `at` seconds and cost `cost` CPU seconds, where the program has used `ran`.
    pub(super) fn pause(&mut self, cost: f64, at: f64, ran: f64) -> Duration {
        let earned = (ran - self.ran).max(0.0) * SHARE + (at - self.at) * ASLEEP;
        self.credit = ((self.credit + earned).min(MOST) - cost).max(-DEEPEST);
        (self.at, self.ran) = (at, ran);
        let fast = if at < YOUNG { SHORTEST } else { USUAL };
        let a_second = SHARE * ran / at.max(1e-3) + ASLEEP; // on average so far
        Duration::from_secs_f64((-self.credit / a_second).max(fast).min(self.longest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Samples in `long` seconds of a program that keeps `cores` busy, and the CPU seconds that they took, where each costs
    /// `cost`.
    fn samples(cost: f64, long: f64, cores: f64) -> (usize, f64) {
        let (mut pace, mut at, mut count) = (Pace::default(), 0.0, 0);
        while at < long {
            at += pace.pause(cost, at, at * cores).as_secs_f64();
            count += 1;
        }
        (count, count as f64 * cost)
    }

    #[test]
    fn cheap_samples_come_quickly_at_first_and_then_steadily() {
        let mut pace = Pace::default();
        assert_eq!(pace.pause(0.0001, 0.5, 0.5), Duration::from_millis(25));
        assert_eq!(pace.pause(0.0001, 60.0, 60.0), Duration::from_millis(50));
    }

    #[test]
    fn a_short_program_is_seen_several_times_even_where_samples_are_dear() {
        assert!(samples(0.002, 0.3, 1.0).0 >= 10, "{:?}", samples(0.002, 0.3, 1.0));
    }

    #[test]
    fn dear_samples_are_rare() {
        for cost in [0.001, 0.003, 0.01, 0.02] {
            for cores in [1.0, 2.0, 64.0] {
                let (_, spent) = samples(cost, 100.0, cores);
                let most = 100.0 * (cores * SHARE + ASLEEP) + MOST + cost;
                assert!(spent < most + 1e-9, "{spent} of samples at {cost} beside {cores}");
            }
        }
    }

    #[test]
    fn who_must_not_miss_anything_pays_for_it() {
        let mut pace = Pace::within(0.03);
        let pauses = [0.0, 1.0, 5.0].map(|at| pace.pause(60.0, at, 0.0).as_secs_f64());
        assert_eq!(pauses, [0.03; 3]);
    }

    #[test]
    fn a_calm_hour_is_no_credit() {
        let mut pace = Pace::default();
        pace.pause(0.0, 3600.0, 3600.0);
        pace.pause(MOST, 3601.0, 3600.0);
        let pause = pace.pause(0.01, 3602.0, 3601.0).as_secs_f64();
        assert!((0.5..1.0).contains(&pause), "{pause}");
    }

    #[test]
    fn even_the_dearest_sample_is_taken_again() {
        assert_eq!(Pace::default().pause(60.0, 60.0, 0.0), Duration::from_secs(4));
    }
}
