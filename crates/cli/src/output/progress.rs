//! Progress: a bar with what is left, or how far a proof has come, on a terminal only; and a word of warning where what is left
//! will take longer than anyone waits. It also carries Ctrl-C to the engine, which asks its observer whether to go on.

use super::text::wrap::WIDTH;
use crate::interrupt::Interrupt;
use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use sharpest_engine::report::numbers::{counted, percent, span, thousands};
use sharpest_engine::{Climb, Observer, Stage};
use std::fmt::Write;
use std::io::{IsTerminal, stderr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Watches the engine.
pub(crate) struct Progress {
    bar: ProgressBar,
    course: Arc<Mutex<Course>>,
    /// How much of a stage an earlier run did.
    before: Arc<AtomicU64>,
    interrupt: Interrupt,
    /// Whether nothing is to be said.
    quiet: bool,
    jobs: usize,
}

/// How far a stage has come.
struct Course {
    stage: Stage,
    begun: Instant,
    all: u64,
    done: u64,
    best: f64,
    /// Whether it was said how long it will take, or found that it will not take long.
    judged: bool,
}

/// How often the bar is drawn though nothing was reported.
const TICK: Duration = Duration::from_millis(200);
/// What is done in this time says how long the rest will take.
const MEASURED: Duration = Duration::from_secs(1);
/// In this time a first subset should be done.
const SILENT: Duration = Duration::from_secs(3);
const NOTHING_YET: &str = "not one subset is done after 3 seconds: take fewer --draws; if --sampler dirichlet seldom keeps to the cap, raise the cap, or use --sampler uniform, which draws at any cap";
/// Columns below which there is no room for a bar, and from which on there is room for a whole one.
const NARROW: usize = 75;
const WIDE: usize = 120;
/// So many seconds nobody need be warned of.
const PATIENCE: f64 = 600.0;

impl Progress {
    /// A bar on standard error if it is a terminal, else nothing to see. `jobs` work.
    pub(crate) fn new(interrupt: &Interrupt, quiet: bool, jobs: usize) -> Self {
        let bar = if quiet || !stderr().is_terminal() {
            ProgressBar::hidden()
        } else {
            ProgressBar::no_length()
        };
        let course = Arc::new(Mutex::new(Course::new(Stage::Sampling, 0)));
        let before = Arc::new(AtomicU64::new(0));
        Self { bar, course, before, interrupt: interrupt.clone(), quiet, jobs }
    }

    /// Clears the line for the answer. (After Ctrl-C it stays: the terminal's ^C has pushed it up.)
    pub(crate) fn end(&self) {
        lock(&self.course).judged = true;
        self.bar.finish_and_clear();
    }

    /// Says so if not one of a stage's parts is done in a time in which thousands should be.
    fn watch(&self, begun: Instant) {
        let (course, bar) = (self.course.clone(), self.bar.clone());
        // It sleeps, wakes once, and is not waited for.
        thread::spawn(move || {
            thread::sleep(SILENT);
            let mut course = lock(&course);
            if course.begun == begun && course.done == 0 && !course.judged {
                course.judged = true;
                bar.suspend(|| super::note("note", &NOTHING_YET));
            }
        });
    }

    fn look(&self, template: &str) {
        if let Ok(style) = ProgressStyle::with_template(template) {
            let before = self.before.clone();
            let left = move |state: &ProgressState, out: &mut dyn Write| {
                let before = before.load(Ordering::Relaxed);
                let (done, all) = (state.pos(), state.len().unwrap_or(0));
                let left =
                    left(done.saturating_sub(before), all.saturating_sub(before), state.elapsed());
                let _ = out.write_str(&left.map_or("-".into(), span));
            };
            self.bar.set_style(style.progress_chars("█▉▊▋▌▍▎▏ ").with_key("left", left));
        }
        if !self.bar.is_hidden() {
            self.bar.enable_steady_tick(TICK);
        }
    }
}

fn lock(course: &Mutex<Course>) -> MutexGuard<'_, Course> {
    course.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How many seconds what is not done will take, if anything is done.
fn left(done: u64, all: u64, elapsed: Duration) -> Option<f64> {
    let ahead = all.saturating_sub(done) as f64;
    (done > 0).then(|| elapsed.as_secs_f64() * ahead / done as f64)
}

impl Course {
    fn new(stage: Stage, all: u64) -> Self {
        Self { stage, begun: Instant::now(), all, done: 0, best: f64::NEG_INFINITY, judged: false }
    }

    /// Once, when enough was measured: what to say of a stage that will take long.
    fn judge(&mut self, jobs: usize) -> Option<String> {
        let elapsed = self.begun.elapsed();
        if self.judged || elapsed < MEASURED {
            return None;
        }
        self.judged = true;
        let left = left(self.done, self.all, elapsed).filter(|left| *left > PATIENCE)?;
        let (what, advice) = match self.stage {
            Stage::Sampling => (
                "subset",
                "choose from fewer assets (--assets), take fewer --draws or --draw shared, or let `sharpest solve` find the best without a visit to each",
            ),
            Stage::Ranking => (
                "subset",
                "choose from fewer assets (--assets), or leave out --ranking and --top: the best alone is found without a visit to each",
            ),
            Stage::Luck => ("sample", "ask for fewer with --luck-draws"),
        };
        Some(format!(
            "{} will take about {} on {}; {advice}. Ctrl-C ends with what there is",
            counted(self.all, what),
            span(left),
            counted(jobs as u64, "thread")
        ))
    }
}

/// What a stage shows in so many columns: a bar as long as there is room for, or only how far the stage has come.
fn template(stage: Stage, columns: usize) -> &'static str {
    match (stage, columns) {
        (_, ..NARROW) => "{percent} % of {human_len}, {left} left",
        (Stage::Sampling, NARROW..WIDE) => {
            "{wide_bar} {percent} % of {human_len} subsets, best {msg}, {left} left"
        }
        (Stage::Sampling, WIDE..) => {
            "{bar:30} {percent} % of {human_len} subsets, best so far {msg}, {left} left"
        }
        (Stage::Ranking, NARROW..WIDE) => {
            "{wide_bar} {percent} % of {human_len} subsets ranked, {left} left"
        }
        (Stage::Ranking, WIDE..) => {
            "{bar:30} {percent} % of {human_len} subsets ranked, {left} left"
        }
        (Stage::Luck, NARROW..WIDE) => {
            "{wide_bar} luck test: {percent} % of {human_len} samples, {left} left"
        }
        (Stage::Luck, WIDE..) => {
            "{bar:30} luck test: {percent} % of {human_len} samples, {left} left"
        }
    }
}

impl Observer for Progress {
    fn begin(&self, stage: Stage, count: u64) {
        self.look(template(stage, super::width().unwrap_or(WIDTH)));
        let course = Course::new(stage, count);
        if stage == Stage::Sampling && !self.quiet {
            self.watch(course.begun);
        }
        *lock(&self.course) = course;
        self.before.store(0, Ordering::Relaxed);
        self.bar.reset();
        self.bar.set_length(count);
        self.bar.set_message("-");
    }

    fn advance(&self, count: u64, sharpe: f64) {
        if self.quiet {
            return;
        }
        self.bar.inc(count);
        let mut course = lock(&self.course);
        course.done += count;
        if sharpe > course.best {
            course.best = sharpe;
            self.bar.set_message(format!("{sharpe:.3}"));
        }
        if let Some(warning) = course.judge(self.jobs) {
            self.bar.suspend(|| super::note("note", &warning));
        }
    }

    fn resumed(&self, count: u64, sharpe: f64) {
        if self.quiet {
            return;
        }
        let mut course = lock(&self.course);
        let share = percent(count as f64 / course.all as f64);
        self.bar.suspend(|| {
            super::note("note", &format!("going on: {share} of the subsets were searched before"));
        });
        self.before.store(count, Ordering::Relaxed);
        self.bar.inc(count);
        self.bar.set_message(format!("{sharpe:.3}"));
        course.all -= count;
        course.best = sharpe;
    }

    fn climbed(&self, climb: Climb) {
        if self.bar.is_hidden() {
            return;
        }
        let best = climb.sharpe.map_or("-".into(), |sharpe| format!("{sharpe:.3}"));
        let gap = climb.gap.map_or("-".into(), percent);
        let nodes = thousands(climb.nodes as u64);
        if self.bar.message().is_empty() {
            let wide = super::width().unwrap_or(WIDTH) >= NARROW;
            self.look(if wide { "{spinner} {msg}, {elapsed} so far" } else { "{spinner} {msg}" });
        }
        self.bar.set_message(format!("{nodes} nodes, best so far {best}, gap {gap}"));
    }

    fn stopped(&self) -> bool {
        self.interrupt.pressed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_fits_the_terminal_that_there_is() {
        let values = [
            ("{bar:30}", "█".repeat(30)),
            ("{wide_bar}", String::new()), // it takes the room that is left
            ("{percent}", "100".into()),
            ("{human_len}", thousands(184_756_000)),
            ("{msg}", "12.345".into()),
            ("{left}", span(9.5e10)),
        ];
        for stage in [Stage::Sampling, Stage::Ranking, Stage::Luck] {
            for columns in [40, NARROW - 1, NARROW, 80, WIDE - 1, WIDE, 300] {
                let line =
                    values.iter().fold(template(stage, columns).to_owned(), |line, value| {
                        line.replace(value.0, &value.1)
                    });
                let width = line.chars().count();
                assert!(width < columns && !line.contains('{'), "{columns} columns: {line}");
            }
        }
    }
}
