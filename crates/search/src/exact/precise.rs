//! Sums and products in twice the working precision, for a proof whose own rounding must not count.
//! The solver does without, until what plain f64 finds leaves a gap.
//!
//! Error-free transformations of Knuth (two-sum) and of Dekker and Veltkamp (two-product), summed as in Ogita, Rump
//! & Oishi, *Accurate Sum and Dot Product*, 2005, whose bound [`Sum::error`] is. No fused multiply-add is needed, so
//! the bits are the same on every machine.

/// A running sum that keeps what rounding would lose.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sum {
    high: f64,
    low: f64,
    /// The sum of the sizes of all terms: what the error is measured against.
    size: f64,
    terms: usize,
}

impl Sum {
    /// Adds `x`.
    pub(crate) fn add(&mut self, x: f64) {
        let (high, error) = two_sum(self.high, x);
        self.high = high;
        self.low += error;
        self.size += x.abs();
        self.terms += 1;
    }

    /// Adds `x * y`, the product unrounded.
    pub(crate) fn add_product(&mut self, x: f64, y: f64) {
        let (product, error) = two_product(x, y);
        self.add(product);
        self.low += error;
    }

    /// The sum of the terms' opposites.
    pub(crate) fn negated(self) -> Self {
        Self { high: -self.high, low: -self.low, ..self }
    }

    /// The sum, rounded once.
    pub(crate) fn value(&self) -> f64 {
        self.high + self.low
    }

    /// The sum as [`Sum::value`], and what rounding took from that.
    pub(crate) fn parts(&self) -> (f64, f64) {
        two_sum(self.high, self.low)
    }

    /// How far [`Sum::value`] may lie from the true sum, at most: ε|sum| + (2nε)²·Σ|terms|, doubled for the rounding
    /// of this bound itself.
    pub(crate) fn error(&self) -> f64 {
        let grown = 2.0 * self.terms as f64 * f64::EPSILON;
        2.0 * (f64::EPSILON * self.value().abs() + grown * grown * self.size)
    }

    /// A number that is surely not below the true sum.
    pub(crate) fn above(&self) -> f64 {
        self.value() + self.error()
    }
}

/// The entries of a vector that are not 0: most weights are.
pub(crate) fn support(x: &[f64]) -> Vec<(usize, f64)> {
    x.iter().copied().enumerate().filter(|(_, x)| *x != 0.0).collect()
}

/// xᵀy of a vector given by its [`support`].
pub(crate) fn dot(support: &[(usize, f64)], y: &[f64]) -> Sum {
    let mut sum = Sum::default();
    support.iter().for_each(|&(i, x)| sum.add_product(x, y[i]));
    sum
}

/// x + y, rounded, and what rounding took.
pub(crate) fn two_sum(x: f64, y: f64) -> (f64, f64) {
    let sum = x + y;
    let part = sum - x;
    (sum, (x - (sum - part)) + (y - part))
}

/// x · y, rounded, and what rounding took.
pub(crate) fn two_product(x: f64, y: f64) -> (f64, f64) {
    let product = x * y;
    let ((x1, x2), (y1, y2)) = (split(x), split(y));
    (product, x2 * y2 - (((product - x1 * y1) - x2 * y1) - x1 * y2))
}

/// Two halves of 26 bits each, whose products are exact.
fn split(x: f64) -> (f64, f64) {
    const FACTOR: f64 = 134_217_729.0; // 2^27 + 1
    let scaled = FACTOR * x;
    let high = scaled - (scaled - x);
    (high, x - high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cancels_is_kept() {
        let sum = dot(&support(&[1e16, 1.0, -1e16]), &[1.0, 1.0, 1.0]);
        assert_eq!(sum.value(), 1.0);
        let x = 1.0 + f64::EPSILON;
        let square = dot(&support(&[x, -1.0]), &[x, 1.0 + 2.0 * f64::EPSILON]);
        assert_eq!(square.value(), f64::EPSILON * f64::EPSILON);
    }

    #[test]
    fn the_truth_lies_between() {
        let tenths = dot(&support(&[0.1; 10]), &[1.0; 10]);
        let (above, below) = (tenths.above(), -tenths.negated().above());
        assert!(below < 1.0 && 1.0 < above && above - below < 2e-15);
    }
}
