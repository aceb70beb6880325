//! Runs: which blocks are done, as ranges. Blocks are given out in order, so that among billions there are few of them.

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Numbers of blocks: ranges from a first to an end that is not part of them, ascending, with gaps between.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Runs(Vec<(u64, u64)>);

impl Runs {
    /// Adds blocks, none of which is part of it yet.
    pub(crate) fn insert(&mut self, blocks: Range<u64>) {
        let (mut first, mut end) = (blocks.start, blocks.end);
        let at = self.0.partition_point(|(_, before)| *before < first);
        if self.0.get(at).is_some_and(|(_, before)| *before == first) {
            first = self.0.remove(at).0;
        }
        if self.0.get(at).is_some_and(|(after, _)| *after == end) {
            end = self.0.remove(at).1;
        }
        self.0.insert(at, (first, end));
    }

    /// The first block from `block` on that is not part of it.
    pub(crate) fn after(&self, block: u64) -> u64 {
        let at = self.0.partition_point(|(_, end)| *end <= block);
        match self.0.get(at) {
            Some(&(first, end)) if first <= block => end,
            _ => block,
        }
    }

    /// Whether these are ranges of blocks below `count`.
    pub(crate) fn fit(&self, count: u64) -> bool {
        let apart = self.0.windows(2).all(|pair| pair[0].1 < pair[1].0);
        apart && self.0.iter().all(|(first, end)| first < end && *end <= count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn they_hold_what_a_set_would(order in Just((0u64..40).collect::<Vec<_>>()).prop_shuffle(), count in 0usize..40) {
            let mut runs = Runs::default();
            for (so_far, &block) in order[..count].iter().enumerate() {
                runs.insert(block..block + 1);
                prop_assert!(runs.fit(40), "{runs:?}");
                let held = &order[..=so_far];
                for from in 0..41 {
                    let free = (from..).find(|number| !held.contains(number)).unwrap();
                    prop_assert_eq!(runs.after(from), free, "{:?} from {}", &runs, from);
                }
            }
        }
    }

    #[test]
    fn ranges_join_those_that_they_touch() {
        let mut runs = Runs::default();
        for blocks in [10..20, 30..40, 0..5, 20..30] {
            runs.insert(blocks);
        }
        assert_eq!(runs, Runs(vec![(0, 5), (10, 40)]));
    }

    #[test]
    fn what_is_no_ranges_does_not_fit() {
        for bad in
            [vec![(3, 3)], vec![(2, 1)], vec![(0, 11)], vec![(0, 4), (4, 5)], vec![(5, 6), (0, 1)]]
        {
            assert!(!Runs(bad.clone()).fit(10), "{bad:?}");
        }
        assert!(Runs(vec![(0, 4), (5, 10)]).fit(10));
    }
}
