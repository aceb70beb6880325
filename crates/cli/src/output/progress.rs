//! Progress: a bar with the best so far and the time that is left, on a terminal only. It also carries Ctrl-C to the
//! engine, which asks its observer whether to go on.

use crate::interrupt::Interrupt;
use indicatif::{ProgressBar, ProgressStyle};
use sharpest_engine::Observer;
use std::io::{IsTerminal, stderr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Watches a search.
pub(crate) struct Progress {
    bar: ProgressBar,
    best: Mutex<f64>,
    interrupt: Interrupt,
}

const LOOK: &str = "{bar:30} {percent} % of {human_len} subsets, best so far {msg}, {eta} left";
/// How often the bar is drawn though nothing was reported.
const TICK: Duration = Duration::from_millis(200);

impl Progress {
    /// A bar on standard error if it is a terminal, else nothing to see.
    pub(crate) fn new(interrupt: &Interrupt, quiet: bool) -> Self {
        let bar = if quiet || !stderr().is_terminal() {
            ProgressBar::hidden()
        } else {
            ProgressBar::no_length()
        };
        if let Ok(style) = ProgressStyle::with_template(LOOK) {
            bar.set_style(style.progress_chars("█▉▊▋▌▍▎▏ "));
        }
        Self { bar, best: Mutex::new(f64::NEG_INFINITY), interrupt: interrupt.clone() }
    }

    /// Clears the line for the answer. (After Ctrl-C it stays: the terminal's ^C has pushed it up.)
    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

impl Observer for Progress {
    fn begin(&self, subsets: u64) {
        self.bar.set_length(subsets);
        self.bar.set_message("-");
        if !self.bar.is_hidden() {
            self.bar.enable_steady_tick(TICK);
        }
    }

    fn advance(&self, subsets: u64, sharpe: f64) {
        if self.bar.is_hidden() {
            return;
        }
        self.bar.inc(subsets);
        let mut best = self.best.lock().unwrap_or_else(PoisonError::into_inner);
        if sharpe > *best {
            *best = sharpe;
            self.bar.set_message(format!("{sharpe:.3}"));
        }
    }

    fn stopped(&self) -> bool {
        self.interrupt.pressed()
    }
}
