//! The observer: how a caller follows a search and stops it. Terminals and signals belong to the caller.

/// Someone who watches a search; called from all workers.
pub trait Observer: Sync {
    /// The search begins, and this many subsets are ahead.
    fn begin(&self, _subsets: u64) {}

    /// So many more subsets are done, and the best of them has this Sharpe ratio.
    fn advance(&self, _subsets: u64, _sharpe: f64) {}

    /// Whether the search should end with what it has; asked often.
    fn stopped(&self) -> bool {
        false
    }
}

/// Nobody watches.
impl Observer for () {}
