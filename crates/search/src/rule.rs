//! The rule: what a portfolio may hold, and the rate that it has to beat.

use crate::Error;

/// How far k·cap and k·floor may miss 1 by rounding: 49 · (1/49) is below 1 in f64.
pub const SLACK: f64 = 1e-12;

/// Bounds of every picked asset's weight, and the annual rate without risk.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rule {
    cap: f64,
    floor: f64,
    rate: f64,
}

impl Rule {
    /// At most `cap` and at least `floor` in each picked asset (fractions of 1), against `rate` (a fraction a year).
    ///
    /// # Errors
    /// A cap outside (0, 1], a floor outside [0, 1] or above the cap, a rate that is not finite.
    pub fn new(cap: f64, floor: f64, rate: f64) -> Result<Self, Error> {
        if !(cap > 0.0 && cap <= 1.0) {
            return Err(Error::Cap { cap });
        }
        if !(0.0..=1.0).contains(&floor) {
            return Err(Error::Floor { floor });
        }
        if floor > cap {
            return Err(Error::FloorAboveCap { floor, cap });
        }
        if !rate.is_finite() {
            return Err(Error::Rate { rate });
        }
        Ok(Self { cap, floor, rate })
    }

    /// Whether `pick` of `assets` assets can be picked and hold exactly 1 under this rule.
    ///
    /// # Errors
    /// `pick` outside 1..=`assets`; pick·cap below 1 or pick·floor above 1, each beyond [`SLACK`].
    pub fn admits(&self, pick: usize, assets: usize) -> Result<(), Error> {
        if pick < 1 || pick > assets {
            return Err(Error::Pick { pick, assets });
        }
        if pick as f64 * self.cap < 1.0 - SLACK {
            return Err(Error::CapTooLow { pick, cap: self.cap });
        }
        if pick as f64 * self.floor > 1.0 + SLACK {
            return Err(Error::FloorTooHigh { pick, floor: self.floor });
        }
        Ok(())
    }

    /// The largest weight, a fraction.
    pub fn cap(&self) -> f64 {
        self.cap
    }

    /// The smallest weight, a fraction.
    pub fn floor(&self) -> f64 {
        self.floor
    }

    /// The rate to beat, a fraction a year.
    pub fn rate(&self) -> f64 {
        self.rate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(result: Result<impl std::fmt::Debug, Error>, sentence: &str) {
        assert_eq!(result.unwrap_err().to_string(), sentence);
    }

    #[test]
    fn what_contradicts_itself_is_refused_in_a_sentence() {
        refused(
            Rule::new(0.0, 0.0, 0.0),
            "a cap of 0 is not in (0, 1]: 0.2 means at most 20 % in one asset",
        );
        refused(
            Rule::new(f64::NAN, 0.0, 0.0),
            "a cap of NaN is not in (0, 1]: 0.2 means at most 20 % in one asset",
        );
        refused(
            Rule::new(20.0, 0.0, 0.0),
            "a cap of 20 is not in (0, 1]: 0.2 means at most 20 % in one asset",
        );
        refused(
            Rule::new(0.2, 0.3, 0.0),
            "the floor 30 % is above the cap 20 %: no weight is both",
        );
        refused(
            Rule::new(1.0, -0.1, 0.0),
            "a floor of -0.1 is not in [0, 1]: 0.01 means at least 1 % in each asset; short positions, weights below 0, are not supported",
        );
        refused(
            Rule::new(1.0, 0.0, f64::INFINITY),
            "a rate of inf is not a finite number: 0.05 means 5 % a year",
        );
        let rule = Rule::new(0.03, 0.0, 0.0).unwrap();
        refused(
            rule.admits(25, 30),
            "25 assets at no more than 3 % hold at most 75 %: raise the cap to 4 % or pick more",
        );
        let tight = Rule::new(0.0833, 0.0, 0.0).unwrap();
        refused(
            tight.admits(12, 30),
            "12 assets at no more than 8.33 % hold at most 99.96 %: raise the cap to 8.3334 % or pick more",
        );
        refused(rule.admits(31, 30), "cannot pick 31 of 30 assets: pick at least 1 and at most 30");
        refused(rule.admits(0, 30), "cannot pick 0 of 30 assets: pick at least 1 and at most 30");
        let rule = Rule::new(1.0, 0.05, 0.0).unwrap();
        refused(
            rule.admits(25, 30),
            "25 assets at no less than 5 % take at least 125 %: lower the floor to 4 % or pick fewer",
        );
    }

    #[test]
    fn rounding_makes_nothing_infeasible() {
        assert!(Rule::new(1.0 / 49.0, 1.0 / 49.0, 0.0).unwrap().admits(49, 49).is_ok());
    }
}
