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
    // Φ⁻¹(1 - p) = -Φ⁻¹(p), and only the small p has all its digits.
    let first = -normal::quantile(1.0 / trials);
    let second = -normal::quantile(1.0 / (trials * std::f64::consts::E));
    variance.sqrt() * ((1.0 - EULER) * first + EULER * second)
}

/// The deflated Sharpe ratio: how likely a record is better than the best of `trials` without skill. For an optimizer the
/// number of trials is a matter of taste, so whoever prints this prints that number beside it.
pub fn deflated(record: &Record, variance: f64, trials: f64) -> f64 {
    record.probability_above(expected_maximum(variance, trials))
}

/// The variance of the Sharpe ratios across trials without any skill, per period, if they are independent and differ by luck
/// alone: that of an estimate from as many returns whose true ratio is 0, 1 / (T - 1).
pub fn luck_alone(record: &Record) -> f64 {
    1.0 / (record.returns as f64 - 1.0)
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

    /// The example of Bailey and López de Prado (2014): 100 trials, 5 years of days, V = 1/2 a year, S = 2.5 a year.
    #[test]
    fn the_published_example() {
        let sharpe = 2.5 / 250f64.sqrt();
        let record = Record { returns: 1250, sharpe, skewness: -3.0, kurtosis: 10.0 };
        let benchmark = expected_maximum(0.5 / 250.0, 100.0);
        assert!((benchmark - 0.1132).abs() < 5e-5, "{benchmark}");
        let chance = deflated(&record, 0.5 / 250.0, 100.0);
        assert!((chance - 0.9004).abs() < 5e-5, "{chance}");
    }

    #[test]
    fn so_many_trials_that_one_of_them_is_lost_in_rounding() {
        // 1 - 1e-18 is 1 in f64. Of 1e18 normal numbers the largest is near 8.88 (its median), 8.97 by the asymptote.
        let largest = expected_maximum(1.0, 1e18);
        assert!((8.8..9.0).contains(&largest), "{largest}");
    }

    #[test]
    fn luck_alone_is_the_spread_of_records_of_noise() {
        let normal = |i: u64| normal::quantile(((mix(i) >> 11) as f64 + 0.5) * 2f64.powi(-53));
        let (length, records) = (60, 4_000);
        let of = |record: u64| {
            let values: Vec<f64> = (0..length).map(|i| normal(record * length + i)).collect();
            Record::of(&values)
        };
        let squares = (0..records).map(|record| of(record).sharpe.powi(2)).sum::<f64>();
        let (spread, expected) = (squares / records as f64, luck_alone(&of(0)));
        assert!((spread / expected - 1.0).abs() < 0.07, "{spread}, expected {expected}");
    }

    #[test]
    fn more_trials_deflate_more() {
        let record = Record { returns: 500, sharpe: 0.15, skewness: 0.0, kurtosis: 3.0 };
        let chance = |trials| deflated(&record, 0.002, trials);
        assert_eq!(chance(1.0), record.probability_above(0.0));
        assert!(chance(10.0) > chance(1000.0) && chance(1000.0) > chance(1e9));
    }
}
