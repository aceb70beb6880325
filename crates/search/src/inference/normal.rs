//! The standard normal distribution.

use std::f64::consts::SQRT_2;

/// Φ(x), from the complementary error function of the `libm` crate: the same bits on every machine.
pub(super) fn cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x / SQRT_2)
}

/// Φ⁻¹(p) for p in (0, 1), by bisection: slow against a rational approximation, and nobody waits for it.
pub(super) fn quantile(p: f64) -> f64 {
    let (mut low, mut high) = (-40.0, 40.0);
    loop {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            return middle;
        }
        if cdf(middle) < p { low = middle } else { high = middle }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tabled_values() {
        for (x, p) in [(0.0, 0.5), (1.0, 0.841_344_746_068_543), (-2.0, 0.022_750_131_948_179_2)] {
            assert!((cdf(x) - p).abs() < 1e-15, "{x}");
            assert!((quantile(p) - x).abs() < 1e-12, "{p}");
        }
        assert!((quantile(0.95) - 1.644_853_626_951_472_7).abs() < 1e-12);
        assert!((quantile(1e-10) + 6.361_340_902_404_056).abs() < 1e-9);
    }
}
