//! The question: which portfolios are asked about. The set of all of them is seldom convex, so beside it stands a convex
//! one that contains it; where the best of that one belongs to the question, it is the answer.

use crate::Error;
use sharpest_search::exact::certificate::highest_excess;
use sharpest_search::exact::sparse::Limits;
use sharpest_search::exact::{Bounds, Problem};
use sharpest_search::rule::SLACK;
use sharpest_search::{Moments, Rule};

/// An excess below this share of what it is the difference of is rounding.
const ROUNDING: f64 = 16.0 * f64::EPSILON;

/// How many assets a portfolio holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    /// All there are, each at the floor or more.
    All,
    /// So many are picked, and each of those is held at the floor or more.
    Pick(usize),
    /// At most so many are held, each at the floor or more, all others not at all.
    AtMost(usize),
}

/// The portfolios of some assets that are asked about.
#[derive(Debug, Clone)]
pub(crate) struct Question<'a> {
    pub(crate) moments: &'a Moments,
    pub(crate) rule: Rule,
    pub(crate) size: Size,
    bounds: Bounds,
}

impl Size {
    /// From the numbers that were asked for, of which one at most is given.
    pub(crate) fn new(pick: Option<usize>, at_most: Option<usize>) -> Self {
        match (pick, at_most) {
            (Some(pick), _) => Self::Pick(pick),
            (None, Some(most)) => Self::AtMost(most),
            (None, None) => Self::All,
        }
    }
}

impl<'a> Question<'a> {
    /// Checks that there are portfolios to ask about.
    ///
    /// # Errors
    /// A size, a cap or a floor that admits none.
    pub(crate) fn new(moments: &'a Moments, rule: Rule, size: Size) -> Result<Self, Error> {
        let n = moments.len();
        match size {
            Size::All => rule.admits(n, n)?,
            Size::Pick(pick) => rule.admits(pick, n)?,
            Size::AtMost(most) => Rule::new(rule.cap(), 0.0, 0.0)?.admits(most.min(n), n)?,
        }
        let whole = size == Size::All || size == Size::Pick(n);
        let floor = if whole { rule.floor() } else { 0.0 };
        let bounds = Bounds::new(vec![floor; n], vec![rule.cap(); n])
            .map_err(|_| sharpest_search::Error::CapTooLow { pick: n, cap: rule.cap() })?;
        let question = Self { moments, rule, size, bounds };
        question.sizes()?;
        Ok(question)
    }

    /// What every portfolio of the question keeps to, and others as well.
    pub(crate) fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    /// Whether weights within the bounds belong to the question.
    pub(crate) fn admits(&self, weights: &[f64]) -> bool {
        let held = weights.iter().filter(|weight| **weight != 0.0).count();
        let floor = self.rule.floor();
        let enough = |w: &f64| *w == 0.0 || *w >= floor - SLACK;
        match self.size {
            Size::All => true,
            Size::Pick(pick) if floor > 0.0 => held == pick && weights.iter().all(enough),
            Size::Pick(most) => held <= most,
            Size::AtMost(most) => held <= most && weights.iter().all(enough),
        }
    }

    /// Whether the bounds keep the floor, so that nothing but the number of held assets can take weights out of the
    /// question.
    pub(crate) fn floor_is_kept(&self) -> bool {
        self.bounds.lower().iter().all(|lower| *lower == self.rule.floor())
    }

    /// The same portfolios as limits of a branch and bound.
    pub(crate) fn limits(&self) -> Limits {
        let n = self.moments.len();
        match self.size {
            Size::All => Limits::exactly(n, &self.rule),
            Size::Pick(pick) => Limits::exactly(pick, &self.rule),
            Size::AtMost(most) => Limits::at_most(most.min(n), &self.rule),
        }
    }

    /// The highest mean less the rate that any portfolio of the question has, a fraction a year, and bounds within which
    /// one has it.
    pub(crate) fn highest_excess(&self) -> (f64, Bounds) {
        let sizes = self.sizes().unwrap_or_default(); // `new` has refused a question without
        let best = sizes.into_iter().filter_map(|size| {
            let bounds = self.bounds_of_best(size)?;
            let problem = Problem::new(self.moments, &bounds, self.rule.rate());
            Some((highest_excess(&problem), bounds))
        });
        let highest = best.max_by(|a, b| a.0.total_cmp(&b.0));
        highest.unwrap_or((f64::NEG_INFINITY, self.bounds.clone()))
    }

    /// Whether a mean that exceeds the rate by so much beats it, by more than the rounding of both.
    pub(crate) fn beats_rate(&self, excess: f64) -> bool {
        let sizes = self.moments.mean().iter().map(|mean| mean.abs());
        excess > ROUNDING * sizes.fold(self.rule.rate().abs(), f64::max)
    }

    /// The numbers of picked assets that can hold exactly 1; where an asset may be picked and hold nothing, the largest
    /// stands for all.
    fn sizes(&self) -> Result<Vec<usize>, Error> {
        let n = self.moments.len();
        match self.size {
            Size::All => Ok(vec![n]),
            Size::Pick(pick) => Ok(vec![pick]),
            Size::AtMost(most) if self.rule.floor() == 0.0 => Ok(vec![most.min(n)]),
            Size::AtMost(most) => {
                let fits = |&size: &usize| self.rule.admits(size, n).is_ok();
                let sizes: Vec<usize> = (1..=most.min(n)).filter(fits).collect();
                if sizes.is_empty() {
                    self.rule.admits(most.min(n), n)?;
                }
                Ok(sizes)
            }
        }
    }

    /// Bounds that hold nothing but the `size` assets of the highest mean.
    fn bounds_of_best(&self, size: usize) -> Option<Bounds> {
        let mean = self.moments.mean();
        let mut order: Vec<usize> = (0..mean.len()).collect();
        order.sort_by(|&a, &b| mean[b].total_cmp(&mean[a])); // stable: of equals the first in the table
        let (mut lower, mut upper) = (vec![0.0; mean.len()], vec![0.0; mean.len()]);
        for &asset in &order[..size] {
            (lower[asset], upper[asset]) = (self.rule.floor(), self.rule.cap());
        }
        Bounds::new(lower, upper).ok()
    }
}
