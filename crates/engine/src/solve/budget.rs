//! The budget of the luck test: how many samples are taken where no number was asked for, and about how long a number takes.
//! It is counted in operations, a function of the numbers of assets and returns alone. A clock would make the test, and so
//! the report, depend on the machine.

/// Operations of a test that was not asked for: about 2 seconds of one core.
const UNASKED: u64 = 10_000_000_000;
/// With fewer samples a test that was not asked for, or was stopped, says nothing: its lowest p-value would be above 1 %.
pub(crate) const FEWEST: u64 = 99;
/// More samples hardly change a p-value.
const MOST: u64 = 4_000;

/// Operations for each row of a sample beside its products: it is drawn, and its means are summed.
const OF_ROW: u64 = 64;
/// Operations for each pair of assets beside the products: the covariance is scaled, and a solver walks over it.
const OF_PAIR: u64 = 64;
/// Operations of a round of a branch and bound for each pair of assets.
const OF_ROUND: u64 = 128;
/// The rounds of a sample's branch and bound may take so many times what the rest of the sample takes. Few samples of a
/// question whose own answer needs no branch and bound need one.
const BRANCHING: u64 = 4;
/// Seconds of an operation on one core: with AVX-512, from 0.15 ns for 200 assets to 0.24 ns for 1,000.
const SECONDS: f64 = 2e-10;
/// Operations between two samples that are counted together: progress is told about every 10 ms.
const BLOCK: u64 = 50_000_000;
/// Samples that are counted together at most.
const LARGEST_BLOCK: u64 = 64;

/// What a sample costs: `returns` rows of `assets` assets are drawn, the covariance is estimated, and the question is solved.
fn operations(assets: usize, returns: usize) -> u64 {
    let (assets, returns) = (assets as u64, returns as u64);
    let pairs = assets.saturating_mul(assets);
    returns.saturating_mul(pairs / 2 + OF_ROW).saturating_add(OF_PAIR.saturating_mul(pairs)).max(1)
}

/// Samples of a test that was not asked for; 0 where too few fit.
pub(crate) fn unasked(assets: usize, returns: usize) -> u64 {
    let fit = (UNASKED / operations(assets, returns)).min(MOST);
    if fit < FEWEST { 0 } else { fit }
}

/// Rounds of a branch and bound that a sample of such a test may take: 1 or more.
pub(crate) fn rounds(assets: usize, returns: usize) -> usize {
    let round = OF_ROUND.saturating_mul((assets * assets) as u64).max(1);
    (BRANCHING * operations(assets, returns) / round).max(1) as usize
}

/// Samples that are counted together.
pub(crate) fn block(assets: usize, returns: usize) -> u64 {
    (BLOCK / operations(assets, returns)).clamp(1, LARGEST_BLOCK)
}

/// About how many seconds `draws` samples take `workers` threads, if none of them needs a branch and bound.
pub(crate) fn seconds(draws: u64, assets: usize, returns: usize, workers: usize) -> f64 {
    draws as f64 * operations(assets, returns) as f64 * SECONDS / workers.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_samples_as_fit_are_taken_and_fewer_than_99_are_none() {
        // (assets, returns): the bundled prices, five years of 100 and of 240 stocks, of 487, ten years of 3,000.
        let sizes = [(20, 1_007), (100, 1_258), (240, 1_258), (487, 1_258), (3_000, 2_520)];
        assert_eq!(sizes.map(|(n, rows)| unasked(n, rows)), [4_000, 1_426, 250, 0, 0]);
        // A row and an asset more or less never turn none into many.
        let fit = |n: usize| unasked(n, 1_258);
        assert!((2..500).all(|n| fit(n) >= fit(n + 1)), "more assets, fewer samples");
        let fewest = (2..500).map(fit).filter(|&draws| draws > 0).min();
        assert!(fewest.is_some_and(|draws| draws >= FEWEST));
        assert_eq!(unasked(usize::MAX, usize::MAX), 0);
    }

    #[test]
    fn a_test_that_was_not_asked_for_keeps_to_its_operations() {
        for (n, rows) in [(1, 2), (20, 1_007), (100, 1_258), (240, 1_258), (2_000, 2)] {
            assert!(unasked(n, rows) * operations(n, rows) <= UNASKED);
            let branching = rounds(n, rows) as u64 * OF_ROUND * (n * n) as u64;
            assert!(branching <= (BRANCHING * operations(n, rows)).max(OF_ROUND * (n * n) as u64));
            assert!((1..=64).contains(&block(n, rows)));
        }
    }

    #[test]
    fn a_test_that_may_be_asked_for_is_said_to_take_as_long_as_it_does() {
        // 60 samples of 487 assets and 1,300 returns took 1.88 s of one core, so 1,000 would have taken 31 s.
        let long = seconds(1_000, 487, 1_300, 1);
        assert!((25.0..40.0).contains(&long), "{long}");
        assert_eq!(seconds(1_000, 487, 1_300, 4), long / 4.0);
    }
}
