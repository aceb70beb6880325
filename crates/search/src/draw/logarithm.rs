//! The logarithm that screening draws with: a few instructions for 16 lanes, with a stated error.

use crate::lanes::Lanes;

/// Minimax polynomials of -log2 m on [1, 2], the constant term first (Remez exchange in 40 digits).
const QUARTIC: [f64; 5] = [
    2.512854653148216,
    -4.070090873094361,
    2.12067521386622,
    -0.6451424002091759,
    0.08161581444341953,
];
const SEXTIC: [f64; 7] = [
    3.040040406436693,
    -6.112963718812276,
    5.3419902760638065,
    -3.286529798524696,
    1.266918806179724,
    -0.2751489234731885,
    0.02569110645425516,
];

/// `-log2(x / 2^31)` of lanes in (0, 2^31]: exponentially distributed (in units of ln 2) if x is uniform.
#[inline(always)]
pub(super) fn quick<L: Lanes>(l: L, x: L::Floats) -> L::Floats {
    // With 31 inside the polynomial there is one instruction less, and its rounding is a hundredth of the error.
    const WITH_31: [f32; 5] = {
        let mut rounded = rounded(QUARTIC);
        rounded[0] = (QUARTIC[0] + 31.0) as f32;
        rounded
    };
    let (exponent, m) = l.split(x);
    l.sub(polynomial(l, &WITH_31, m), exponent)
}

/// The largest error of [`quick`].
pub(super) const QUICK_ERROR: f64 = 9.5e-5;

/// As [`quick`], but closer.
#[inline(always)]
pub(super) fn close<L: Lanes>(l: L, x: L::Floats) -> L::Floats {
    const ROUNDED: [f32; 7] = rounded(SEXTIC);
    let (exponent, m) = l.split(x);
    l.add(l.sub(l.splat(31.0), exponent), polynomial(l, &ROUNDED, m))
}

/// A polynomial by Horner's rule, the constant term first.
#[inline(always)]
pub(super) fn polynomial<L: Lanes, const N: usize>(
    l: L,
    coefficients: &[f32; N],
    x: L::Floats,
) -> L::Floats {
    let mut sum = l.splat(coefficients[N - 1]);
    for i in (0..N - 1).rev() {
        sum = l.mul_add(sum, x, l.splat(coefficients[i]));
    }
    sum
}

/// Coefficients as the kernels hold them.
pub(super) const fn rounded<const N: usize>(coefficients: [f64; N]) -> [f32; N] {
    let mut rounded = [0.0; N];
    let mut i = 0;
    while i < N {
        rounded[i] = coefficients[i] as f32;
        i += 1;
    }
    rounded
}

/// The largest error of [`close`]: of the polynomial, of its rounding, and of rounding a sum of at most 31.
pub(super) const CLOSE_ERROR: f64 = 5e-6;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::{LANES, Portable};

    #[test]
    fn errors_are_as_stated_for_every_mantissa() {
        // The exponent only adds a whole number: every mantissa at both ends of the range.
        for exponent in [0u32, 30] {
            let start = (exponent + 127) << 23;
            for first in (start..start + (1 << 23)).step_by(LANES) {
                let x: [f32; LANES] = std::array::from_fn(|i| f32::from_bits(first + i as u32));
                let (quick, close) = (quick(Portable, x), close(Portable, x));
                for i in 0..LANES {
                    let exact = 31.0 - f64::from(x[i]).log2();
                    assert!((f64::from(quick[i]) - exact).abs() < QUICK_ERROR, "{}", x[i]);
                    assert!((f64::from(close[i]) - exact).abs() < CLOSE_ERROR, "{}", x[i]);
                }
            }
        }
    }
}
