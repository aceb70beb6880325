//! Walking the subsets in order: each step swaps one asset.

use super::Order;

/// One swap: the position whose asset changes, and the two assets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The position in the sorted subset.
    pub slot: usize,
    /// The asset that leaves.
    pub leaves: usize,
    /// The asset that enters.
    pub enters: usize,
}

/// A list `E(n, k)` on the way from the whole order down to the current subset: ranks `low` and up, forward or reversed.
#[derive(Debug, Clone, Copy)]
struct List {
    n: usize,
    k: usize,
    low: u64,
    len: u64,
    reversed: bool,
}

/// The subsets from some rank on. It remembers the way down to the current one, so that a step starts near its end.
#[derive(Debug, Clone)]
pub struct Walk<'a> {
    order: &'a Order,
    rank: u64,
    subset: Vec<usize>,
    path: Vec<List>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(order: &'a Order, rank: u64) -> Self {
        let (n, k, len) = (order.assets(), order.pick(), order.len());
        let mut path = Vec::with_capacity(n);
        path.push(List { n, k, low: 0, len, reversed: false });
        let mut walk = Self { order, rank, subset: vec![usize::MAX; k], path };
        walk.descend();
        walk
    }

    /// The current subset, ascending.
    pub fn subset(&self) -> &[usize] {
        &self.subset
    }

    /// The rank of the current subset.
    pub fn rank(&self) -> u64 {
        self.rank
    }

    /// Goes to the next subset, if there is one, and tells the swap that leads there.
    pub fn step(&mut self) -> Option<Step> {
        self.rank += 1;
        if self.rank >= self.order.len() {
            self.rank -= 1;
            return None;
        }
        while self.path.last().is_some_and(|list| self.rank - list.low >= list.len) {
            self.path.pop();
        }
        self.descend()
    }

    /// Follows the current rank from the last list of the path down to a single subset.
    fn descend(&mut self) -> Option<Step> {
        let mut step = None;
        while let Some(&list) = self.path.last() {
            let List { n, k, .. } = list;
            if k == 0 || k == n {
                (0..k).for_each(|slot| self.put(slot, slot, &mut step));
                break;
            }
            let lists =
                [(n - 1, k, false), (n - 2, k - 1, true), (n - 2, k.wrapping_sub(2), false)];
            let (part, child) = self.child(list, lists);
            if part > 0 {
                self.put(k - 1, n - 1, &mut step);
            }
            if part == 2 {
                self.put(k - 2, n - 2, &mut step);
            }
            self.path.push(child);
        }
        step
    }

    /// Which of the three lists of `list` holds the current rank.
    fn child(&self, list: List, lists: [(usize, usize, bool); 3]) -> (usize, List) {
        let at = self.rank - list.low;
        let mut offset = if list.reversed { list.len - 1 - at } else { at };
        let mut part = 0;
        loop {
            let (n, k, flipped) = lists[part];
            let len = self.order.binomial(n, k);
            if offset < len {
                let reversed = list.reversed != flipped;
                // The current rank stands `offset` into the child in the parent's direction.
                let low = self.rank - if list.reversed { len - 1 - offset } else { offset };
                return (part, List { n, k, low, len, reversed });
            }
            offset -= len;
            part += 1;
        }
    }

    fn put(&mut self, slot: usize, asset: usize, step: &mut Option<Step>) {
        let leaves = std::mem::replace(&mut self.subset[slot], asset);
        if leaves != asset {
            *step = Some(Step { slot, leaves, enters: asset });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_from_anywhere_visits_what_unrank_names_and_tells_the_swap() {
        for (n, k) in [(1, 1), (6, 1), (6, 6), (7, 3), (9, 5), (12, 10)] {
            let order = Order::new(n, k).unwrap();
            for start in 0..order.len() {
                let mut walk = order.walk(start);
                for rank in start..order.len() {
                    let before = walk.subset().to_vec();
                    assert_eq!((walk.rank(), &before), (rank, &order.unrank(rank)));
                    match walk.step() {
                        Some(Step { slot, leaves, enters }) => {
                            let mut after = before;
                            assert_eq!(std::mem::replace(&mut after[slot], enters), leaves);
                            assert_eq!(walk.subset(), after);
                        }
                        None => assert_eq!(rank + 1, order.len()),
                    }
                }
            }
        }
    }

    #[test]
    fn a_long_walk_agrees_with_unrank() {
        let order = Order::new(30, 25).unwrap();
        let mut walk = order.walk(0);
        while walk.step().is_some() {
            if walk.rank().is_multiple_of(1009) {
                assert_eq!(walk.subset(), order.unrank(walk.rank()));
            }
        }
        assert_eq!(walk.rank(), order.len() - 1);
    }
}
