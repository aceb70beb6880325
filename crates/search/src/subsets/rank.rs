//! Rank and unrank in the strong minimal-change order of Eades and McKay (1984).
//!
//! `E(n, k)`, the k-subsets of the first n assets, is three lists in a row:
//!
//! 1. `E(n-1, k)`: the last asset is out;
//! 2. `E(n-2, k-1)` *reversed*, with the last asset in and the one before it out;
//! 3. `E(n-2, k-2)`, with the last two assets in.
//!
//! Neighbors differ by one asset, and as sorted sequences in one *position*: the asset that leaves and the one that
//! enters are neighbors among those the subset does not hold. So the j-th weight stays with the j-th smallest asset, and
//! a step changes the asset of one weight only. (P. Eades, B. McKay, "An algorithm for generating subsets of fixed size
//! with a strong minimal change property", Information Processing Letters 19, 1984; Ruskey, "Combinatorial Generation",
//! section 5.4.)

use super::walk::Walk;
use crate::Error;

/// The order of the k-subsets of n assets: rank is the position in it, from 0.
#[derive(Debug, Clone)]
pub struct Order {
    assets: usize,
    pick: usize,
    /// `C(n, k)` at `n * (pick + 1) + k`, exact wherever it is asked for, else the largest number.
    binomials: Vec<u64>,
}

impl Order {
    /// The subsets of `pick` of `assets` assets.
    ///
    /// # Errors
    /// A `pick` outside 1..=`assets`; more subsets than a `u64` counts.
    pub fn new(assets: usize, pick: usize) -> Result<Self, Error> {
        if pick < 1 || pick > assets {
            return Err(Error::Pick { pick, assets });
        }
        let width = pick + 1;
        let mut binomials = vec![0u64; (assets + 1) * width];
        for n in 0..=assets {
            binomials[n * width] = 1;
            for k in 1..=pick.min(n) {
                let (above, left) =
                    (binomials[(n - 1) * width + k], binomials[(n - 1) * width + k - 1]);
                binomials[n * width + k] = above.saturating_add(left);
            }
        }
        let order = Self { assets, pick, binomials };
        // A saturated count is at least u64::MAX; the exact value u64::MAX is no binomial coefficient but C(2^64-1, 1).
        if order.len() == u64::MAX {
            return Err(Error::TooManySubsets { pick, assets });
        }
        Ok(order)
    }

    /// How many subsets there are.
    #[expect(clippy::len_without_is_empty, reason = "there is always a subset")]
    pub fn len(&self) -> u64 {
        self.binomial(self.assets, self.pick)
    }

    /// Assets to pick from.
    pub fn assets(&self) -> usize {
        self.assets
    }

    /// Assets in a subset.
    pub fn pick(&self) -> usize {
        self.pick
    }

    /// The position of `subset`, assets in ascending order.
    pub fn rank(&self, subset: &[usize]) -> u64 {
        let (mut n, mut k) = (self.assets, subset.len());
        let (mut rank, mut reversed) = (0u64, false);
        // Reversed lists count from their end: the rank so far minus the rank inside.
        let mut add = |offset: u64, reversed: bool| {
            rank = if reversed { rank.wrapping_sub(offset) } else { rank.wrapping_add(offset) };
        };
        while k > 0 && k < n {
            if subset[k - 1] != n - 1 {
                n -= 1;
                continue;
            }
            let without = self.binomial(n - 1, k);
            let last_only = self.binomial(n - 2, k - 1);
            if k >= 2 && subset[k - 2] == n - 2 {
                add(without + last_only, reversed);
                k -= 2;
            } else {
                add(without + last_only - 1, reversed);
                reversed = !reversed;
                k -= 1;
            }
            n -= 2;
        }
        rank
    }

    /// The subset at `rank`, which is below [`Order::len`].
    pub fn unrank(&self, rank: u64) -> Vec<usize> {
        self.walk(rank).subset().to_vec()
    }

    /// A walk that starts at the subset of `rank`, which is below [`Order::len`].
    pub fn walk(&self, rank: u64) -> Walk<'_> {
        Walk::new(self, rank)
    }

    /// `C(n, k)`.
    pub(super) fn binomial(&self, n: usize, k: usize) -> u64 {
        self.binomials[n * (self.pick + 1) + k]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    #[test]
    fn the_order_is_that_of_its_definition() {
        let order = Order::new(5, 3).unwrap();
        let all: Vec<_> = (0..order.len()).map(|rank| order.unrank(rank)).collect();
        let expected: [[usize; 3]; 10] = [
            // The last is out: E(4, 3), itself {0 1 2}, then {0 1} with 3, then {0}, {1} with 2 and 3.
            [0, 1, 2],
            [0, 1, 3],
            [0, 2, 3],
            [1, 2, 3],
            // The last without the one before: E(3, 2) = {0 1}, {0 2}, {1 2}, reversed.
            [1, 2, 4],
            [0, 2, 4],
            [0, 1, 4],
            // The last two: E(3, 1).
            [0, 3, 4],
            [1, 3, 4],
            [2, 3, 4],
        ];
        assert_eq!(all, expected);
    }

    #[test]
    fn every_subset_comes_once_and_one_position_changes() {
        for n in 1..=11 {
            for k in 1..=n {
                let order = Order::new(n, k).unwrap();
                let all: Vec<_> = (0..order.len()).map(|rank| order.unrank(rank)).collect();
                assert_eq!(all.iter().collect::<HashSet<_>>().len() as u64, order.len());
                for (rank, subset) in all.iter().enumerate() {
                    assert!(
                        subset.is_sorted_by(|a, b| a < b) && subset.len() == k && subset[k - 1] < n
                    );
                    assert_eq!(order.rank(subset), rank as u64);
                }
                for pair in all.windows(2) {
                    assert_eq!(pair[0].iter().zip(&pair[1]).filter(|(a, b)| a != b).count(), 1);
                }
            }
        }
    }

    #[test]
    fn counts_past_u64_are_refused_and_counts_below_are_exact() {
        assert_eq!(Order::new(30, 25).unwrap().len(), 142_506);
        assert_eq!(Order::new(67, 33).unwrap().len(), 14_226_520_737_620_288_370);
        let error = Order::new(68, 34).unwrap_err().to_string();
        assert!(error.contains("sharpest solve"), "{error}");
        assert!(Order::new(500, 250).is_err());
        assert_eq!(Order::new(500, 498).unwrap().len(), 124_750);
    }

    proptest! {
        #[test]
        fn rank_undoes_unrank(n in 2usize..67, k in 1usize..66, at in any::<u64>()) {
            let order = Order::new(n, k.min(n)).unwrap();
            let rank = at % order.len();
            prop_assert_eq!(order.rank(&order.unrank(rank)), rank);
        }
    }
}
