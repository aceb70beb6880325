//! The observer: how a caller follows the work and stops it. Terminals and signals belong to the caller.

use sharpest_search::exact::sparse::Progress;

/// What a branch and bound knows so far.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Climb {
    /// Nodes made.
    pub nodes: usize,
    /// The best Sharpe ratio found.
    pub sharpe: Option<f64>,
    /// No portfolio has a higher one than this.
    pub bound: f64,
    /// (bound − sharpe) / sharpe.
    pub gap: Option<f64>,
}

/// What is being gone through one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Every subset is sampled.
    Sampling,
    /// Every subset gets its line.
    Ranking,
    /// Samples of the luck test are solved.
    Luck,
}

/// Someone who watches; called from all workers.
pub trait Observer: Sync {
    /// A stage begins, and so much is ahead.
    fn begin(&self, _stage: Stage, _count: u64) {}

    /// So much more of the stage is done, and the best of it has this Sharpe ratio (NaN where none counts).
    fn advance(&self, _count: u64, _sharpe: f64) {}

    /// So much of the stage was done before, in a run that this one goes on with.
    fn resumed(&self, count: u64, sharpe: f64) {
        self.advance(count, sharpe);
    }

    /// What a branch and bound knows so far.
    fn climbed(&self, _climb: Climb) {}

    /// Whether to end with what there is; asked often.
    fn stopped(&self) -> bool {
        false
    }
}

/// Nobody watches.
impl Observer for () {}

impl From<Progress> for Climb {
    fn from(progress: Progress) -> Self {
        let Progress { sharpe, bound, nodes, .. } = progress;
        let gap = sharpe.map(|sharpe| (bound - sharpe) / sharpe).filter(|gap| gap.is_finite());
        Self { nodes, sharpe, bound, gap }
    }
}
