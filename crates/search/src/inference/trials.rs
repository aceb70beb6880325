//! The best of many trials looks good by itself. Bailey and López de Prado, "The deflated Sharpe ratio" (2014).

use super::{Record, normal};

/// The constant of Euler and Mascheroni.
const EULER: f64 = 0.577_215_664_901_532_9;

/// The Sharpe ratio that the best of `trials` independent trials without any skill is expected to show, where `variance` is
/// that of the Sharpe ratios across the trials: √V ((1-γ) Φ⁻¹(1 - 1/N) + γ Φ⁻¹(1 - 1/(N e))). One trial shows 0.
pub fn expected_maximum(variance: f64, trials: f64) -> f64 {
    if trials <= 1.0 {
        return 0.0;
    }
    let first = normal::quantile(1.0 - 1.0 / trials);
    let second = normal::quantile(1.0 - 1.0 / (trials * std::f64::consts::E));
    variance.sqrt() * ((1.0 - EULER) * first + EULER * second)
}

/// The deflated Sharpe ratio: how likely a record is better than the best of `trials` without skill. For an optimizer the
/// number of trials is a matter of taste, so whoever prints this prints that number beside it.
pub fn deflated(record: &Record, variance: f64, trials: f64) -> f64 {
    record.probability_above(expected_maximum(variance, trials))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::rng::mix;

    #[test]
    fn the_expected_maximum_is_that_of_simulated_trials() {
        let normal = |i: u64| normal::quantile(((mix(i) >> 11) as f64 + 0.5) * 2f64.powi(-53));
        let (trials, rounds) = (50, 2_000);
        let best =
            |round: u64| (0..trials).map(|i| normal(round * trials + i)).fold(f64::MIN, f64::max);
        let simulated = (0..rounds).map(best).sum::<f64>() / rounds as f64;
        let expected = expected_maximum(4.0, trials as f64) / 2.0;
        // The formula is asymptotic: at 50 trials it is 1 % high.
        assert!((simulated / expected - 1.0).abs() < 0.03, "{simulated}, expected {expected}");
        assert_eq!(expected_maximum(1.0, 1.0), 0.0);
    }

    #[test]
    fn more_trials_deflate_more() {
        let record = Record { returns: 500, sharpe: 0.15, skewness: 0.0, kurtosis: 3.0 };
        let chance = |trials| deflated(&record, 0.002, trials);
        assert_eq!(chance(1.0), record.probability_above(0.0));
        assert!(chance(10.0) > chance(1000.0) && chance(1000.0) > chance(1e9));
    }
}
