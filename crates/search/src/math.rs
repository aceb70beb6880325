//! Our own logarithm and power of two: the same bits on every machine, which no platform's library promises.
//!
//! Both are plain arithmetic with explicit fused multiply-adds and no branch, so a loop over them becomes vectors.

use std::f64::consts::{LN_2, LOG2_E, SQRT_2};

/// The natural logarithm of a mantissa, and its exponent: `ln x = exponent * ln 2 + ln m` with m in [1/√2, √2).
#[inline(always)]
fn split_ln(x: f64) -> (f64, f64) {
    let bits = x.to_bits();
    let mantissa = f64::from_bits((bits & 0x000f_ffff_ffff_ffff) | 0x3ff0_0000_0000_0000);
    let exponent = ((bits >> 52) as i32 - 1023) as f64;
    let above = mantissa >= SQRT_2;
    let m = if above { 0.5 * mantissa } else { mantissa };
    let exponent = if above { exponent + 1.0 } else { exponent };
    // ln m = 2 atanh s, s = (m - 1) / (m + 1), |s| < 0.172: the term after the last is below 1e-18 of the sum.
    let s = (m - 1.0) / (m + 1.0);
    let z = s * s;
    let mut series = 1.0 / 23.0;
    for i in (0..11).rev() {
        series = z.mul_add(series, 1.0 / f64::from(2 * i + 1));
    }
    (exponent, 2.0 * s * series)
}

/// The natural logarithm of a positive normal number, to 2 units in the last place.
#[inline(always)]
pub(crate) fn ln(x: f64) -> f64 {
    let (exponent, fraction) = split_ln(x);
    exponent.mul_add(LN_2, fraction)
}

/// The binary logarithm of a positive normal number, to 2 units in the last place.
#[inline(always)]
pub(crate) fn log2(x: f64) -> f64 {
    let (exponent, fraction) = split_ln(x);
    fraction.mul_add(LOG2_E, exponent)
}

/// 2^x for x in -1022..=1023 (below that 0), to 2 units in the last place.
#[inline(always)]
pub(crate) fn exp2(x: f64) -> f64 {
    let clamped = x.max(-1022.0);
    let whole = clamped.round_ties_even();
    let t = (clamped - whole) * LN_2; // |t| < 0.347: the term after the last is below 1e-17
    let mut series = 1.0;
    for i in (1..15).rev() {
        series = (t * (1.0 / f64::from(i))).mul_add(series, 1.0);
    }
    let power = f64::from_bits(((whole as i64 + 1023) as u64) << 52);
    if x < -1022.0 { 0.0 } else { power * series }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// How many floats lie between two, at least.
    fn ulps(a: f64, b: f64) -> f64 {
        (a - b).abs() / (a.abs().max(b.abs()) * f64::EPSILON)
    }

    #[test]
    fn known_values() {
        assert_eq!((ln(1.0), log2(1.0), exp2(0.0)), (0.0, 0.0, 1.0));
        assert_eq!((log2(2.0f64.powi(31)), log2(0.125), exp2(-31.0)), (31.0, -3.0, 2f64.powi(-31)));
        assert_eq!(exp2(-2000.0), 0.0);
        assert_eq!(exp2(-1022.0), f64::MIN_POSITIVE);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]
        #[test]
        fn logarithms_agree_with_the_platform(x in prop_oneof![0.5..2.0, 1e-300..1e300f64, 1e-10..1.0]) {
            // Near 1 the platform's own error and the subtraction decide: allow the size of x - 1.
            prop_assert!(ulps(ln(x), x.ln()) <= 4.0 || (ln(x) - x.ln()).abs() < 1e-16, "{x}");
            prop_assert!(ulps(log2(x), x.log2()) <= 4.0 || (log2(x) - x.log2()).abs() < 2e-16, "{x}");
        }

        #[test]
        fn powers_agree_with_the_platform(x in -1000.0..1000.0f64) {
            prop_assert!(ulps(exp2(x), x.exp2()) <= 4.0, "{x}");
        }
    }
}
