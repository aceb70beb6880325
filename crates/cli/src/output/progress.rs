//! Progress: a bar with what is left, or how far a proof has come, on a terminal only. It also carries Ctrl-C to the
//! engine, which asks its observer whether to go on.

use super::text::numbers::{percent, thousands};
use crate::interrupt::Interrupt;
use indicatif::{ProgressBar, ProgressStyle};
use sharpest_engine::{Climb, Observer, Stage};
use std::io::{IsTerminal, stderr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Watches the engine.
pub(crate) struct Progress {
    bar: ProgressBar,
    best: Mutex<f64>,
    interrupt: Interrupt,
}

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
        Self { bar, best: Mutex::new(f64::NEG_INFINITY), interrupt: interrupt.clone() }
    }

    /// Clears the line for the answer. (After Ctrl-C it stays: the terminal's ^C has pushed it up.)
    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }

    fn look(&self, template: &str) {
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style.progress_chars("█▉▊▋▌▍▎▏ "));
        }
        if !self.bar.is_hidden() {
            self.bar.enable_steady_tick(TICK);
        }
    }
}

impl Observer for Progress {
    fn begin(&self, stage: Stage, count: u64) {
        self.look(match stage {
            Stage::Sampling => {
                "{bar:30} {percent} % of {human_len} subsets, best so far {msg}, {eta} left"
            }
            Stage::Ranking => "{bar:30} {percent} % of {human_len} subsets ranked, {eta} left",
            Stage::Luck => {
                "{bar:30} {percent} % of {human_len} samples of the luck test, {eta} left"
            }
        });
        self.bar.reset();
        self.bar.set_length(count);
        self.bar.set_message("-");
    }

    fn advance(&self, count: u64, sharpe: f64) {
        if self.bar.is_hidden() {
            return;
        }
        self.bar.inc(count);
        let mut best = self.best.lock().unwrap_or_else(PoisonError::into_inner);
        if sharpe > *best {
            *best = sharpe;
            self.bar.set_message(format!("{sharpe:.3}"));
        }
    }

    fn climbed(&self, climb: Climb) {
        if self.bar.is_hidden() {
            return;
        }
        let best = climb.sharpe.map_or("-".into(), |sharpe| format!("{sharpe:.3}"));
        let gap = climb.gap.map_or("-".into(), percent);
        let nodes = thousands(climb.nodes as u64);
        if self.bar.message().is_empty() {
            self.look("{spinner} {msg}, {elapsed} so far");
        }
        self.bar.set_message(format!("{nodes} nodes, best so far {best}, gap {gap}"));
    }

    fn stopped(&self) -> bool {
        self.interrupt.pressed()
    }
}
