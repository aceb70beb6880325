//! The best portfolios found so far: what a block answers, and how two answers become one.

use std::cmp::Ordering;

/// One portfolio, and where it was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Portfolio {
    /// The position of its subset in the minimal-change order, from 0.
    pub rank: u64,
    /// Which of the subset's draws it is, from 0.
    pub draw: u64,
    /// What it is ranked by, the higher the better: the annual Sharpe ratio, or what whoever scores it says.
    pub score: f64,
    /// The subset: columns of the table, ascending.
    pub assets: Vec<usize>,
    /// One weight an asset of the subset.
    pub weights: Vec<f64>,
}

/// The best portfolio of each of the `top` best subsets, and how much was tried for them.
///
/// [`Best::merge`] is associative and commutative, so blocks may arrive in any order, from anywhere.
#[derive(Debug, Clone, PartialEq)]
pub struct Best {
    /// How many subsets are kept.
    top: usize,
    /// The best first; of equals, the lower rank.
    portfolios: Vec<Portfolio>,
    /// Subsets tried.
    pub subsets: u64,
    /// Portfolios scored, or the largest number if there were more.
    pub tried: u64,
}

impl Best {
    /// Nothing found yet; at most `top` subsets will be kept.
    pub fn new(top: usize) -> Self {
        Self { top, portfolios: Vec::new(), subsets: 0, tried: 0 }
    }

    /// The best portfolios, the best first.
    pub fn portfolios(&self) -> &[Portfolio] {
        &self.portfolios
    }

    /// The best of all.
    pub fn first(&self) -> Option<&Portfolio> {
        self.portfolios.first()
    }

    /// The score of the worst that is kept, once no more are kept without dropping it.
    pub fn threshold(&self) -> Option<f64> {
        self.portfolios.last().filter(|_| self.portfolios.len() == self.top).map(|last| last.score)
    }

    /// Whether a portfolio of this score and rank would be kept: ask before building one.
    pub fn would_keep(&self, score: f64, rank: u64) -> bool {
        match self.portfolios.last() {
            Some(last) if self.portfolios.len() == self.top => {
                order((score, rank), (last.score, last.rank)) == Ordering::Less
            }
            _ => self.top > 0,
        }
    }

    /// Keeps the best portfolio of a subset, if it is among the top.
    pub fn keep(&mut self, portfolio: Portfolio) {
        if !self.would_keep(portfolio.score, portfolio.rank) {
            return;
        }
        let at = self.portfolios.partition_point(|kept| {
            order((kept.score, kept.rank), (portfolio.score, portfolio.rank)) == Ordering::Less
        });
        self.portfolios.insert(at, portfolio);
        self.portfolios.truncate(self.top);
    }

    /// Both answers in one.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.subsets += other.subsets;
        self.tried = self.tried.saturating_add(other.tried);
        other.portfolios.into_iter().for_each(|portfolio| self.keep(portfolio));
        self
    }
}

/// The higher score first, then the lower rank.
fn order(a: (f64, u64), b: (f64, u64)) -> Ordering {
    b.0.total_cmp(&a.0).then(a.1.cmp(&b.1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn portfolio(rank: u64, score: f64) -> Portfolio {
        Portfolio { rank, draw: 0, score, assets: vec![0], weights: vec![1.0] }
    }

    #[test]
    fn ties_go_to_the_lower_rank() {
        let mut best = Best::new(2);
        [5, 3, 9].into_iter().for_each(|rank| best.keep(portfolio(rank, 1.0)));
        assert_eq!(best.portfolios().iter().map(|p| p.rank).collect::<Vec<_>>(), [3, 5]);
    }

    proptest! {
        #[test]
        fn any_order_of_merging_gives_the_same(
            scores in prop::collection::vec(0u8..6, 1..40), cut in 0usize..40, top in 1usize..6,
        ) {
            let all: Vec<_> =
                scores.iter().enumerate().map(|(i, &s)| portfolio(i as u64, f64::from(s))).collect();
            let gather = |some: &[Portfolio]| {
                let mut best = Best::new(top);
                some.iter().cloned().for_each(|p| best.keep(p));
                best.subsets = some.len() as u64;
                best
            };
            let (head, tail) = all.split_at(cut.min(all.len()));
            let whole = gather(&all);
            prop_assert_eq!(&gather(head).merge(gather(tail)), &whole);
            prop_assert_eq!(&gather(tail).merge(gather(head)), &whole);
            let mut sorted = all.clone();
            sorted.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.rank.cmp(&b.rank)));
            sorted.truncate(top);
            prop_assert_eq!(whole.portfolios(), &sorted[..]);
        }
    }
}
