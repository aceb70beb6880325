//! The case: a recording with what several findings ask of it.

use crate::recording::{Process, Recording};
use std::collections::BTreeSet;

/// Of the program's time, from which a cost is worth a sentence.
pub(super) const SHARE: f64 = 0.05;
/// Seconds below which nothing is worth one.
pub(super) const LEAST: f64 = 0.05;

/// A recording and who works in it.
pub(super) struct Case<'a> {
    pub(super) recording: &'a Recording,
    /// Processes that work for another one of the program.
    pub(super) workers: Vec<&'a Process>,
}

impl<'a> Case<'a> {
    pub(super) fn new(recording: &'a Recording) -> Self {
        let known: BTreeSet<i32> = recording.inside.workers.iter().map(|one| one.pid).collect();
        let workers = match known.is_empty() {
            true => recording.workers(),
            false => {
                let is_known = |process: &&Process| known.contains(&process.pid);
                recording.processes.iter().filter(is_known).collect()
            }
        };
        Self { recording, workers }
    }

    pub(super) fn wall(&self) -> f64 {
        self.recording.wall.max(1e-3)
    }

    /// Cores that may be used.
    pub(super) fn usable(&self) -> f64 {
        self.recording.machine.usable.max(1.0)
    }

    /// Cores' worth of workers that can run at the same time.
    pub(super) fn parallel(&self, workers: usize) -> f64 {
        self.usable().min(workers as f64).max(1.0)
    }

    /// Whether so many seconds are worth a sentence.
    pub(super) fn matters(&self, cost: f64) -> bool {
        cost >= (SHARE * self.own()).max(LEAST)
    }

    /// What of the time was the program's own: without the share that others took, which makes every cost look small, but
    /// no less than its CPU time on all of its cores.
    pub(super) fn own(&self) -> f64 {
        let machine = self.recording.machine;
        let left =
            self.wall() * (1.0 - machine.others / machine.cores.max(1) as f64).clamp(0.1, 1.0);
        left.max(self.recording.cpu() / self.usable()).min(self.wall())
    }

    /// Most workers that were alive at one time.
    pub(super) fn at_once(&self) -> usize {
        let alive =
            |at: f64| self.workers.iter().filter(move |one| one.started <= at && at <= one.ended);
        let middles = self.workers.iter().map(|one| (one.started.max(0.0) + one.ended) / 2.0);
        middles.map(|at| alive(at).count()).max().unwrap_or_default()
    }

    /// Of the program's time.
    pub(super) fn percent(&self, seconds: f64) -> String {
        format!("{:.0} %", 100.0 * (seconds / self.wall()).min(1.0))
    }
}

/// Seconds in words: `1.24 s`, `86 ms`, `40 µs`.
pub(super) fn seconds(seconds: f64) -> String {
    match seconds {
        s if s >= 10.0 => format!("{s:.0} s"),
        s if s >= 1.0 => format!("{s:.1} s"),
        s if s >= 0.001 => format!("{:.0} ms", s * 1e3),
        s => format!("{:.0} µs", s * 1e6),
    }
}

/// Bytes in words: `1.2 GB`, `35 MB`.
pub(super) fn bytes(bytes: u64) -> String {
    match bytes as f64 {
        b if b >= 1e9 => format!("{:.1} GB", b / 1e9),
        b if b >= 1e6 => format!("{:.0} MB", b / 1e6),
        b if b >= 1e3 => format!("{:.0} kB", b / 1e3),
        _ => format!("{bytes} bytes"),
    }
}

/// A number with commas between thousands.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 worker`, `2 workers`.
pub(super) fn plural(number: usize, word: &str) -> String {
    format!("{} {word}{}", count(number as u64), if number == 1 { "" } else { "s" })
}

/// Cores in words: `2 cores`, `1.5 cores`.
pub(super) fn cores(number: f64) -> String {
    match (number - number.round()).abs() < 0.05 {
        true => plural(number.round() as usize, "core"),
        false => format!("{number:.1} cores"),
    }
}

/// A file and its line without the folders.
pub(super) fn place(place: &str) -> &str {
    place.rsplit('/').next().unwrap_or(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_well() {
        assert_eq!((seconds(12.3), seconds(1.26)), ("12 s".into(), "1.3 s".into()));
        assert_eq!((seconds(0.0861), seconds(0.00004)), ("86 ms".into(), "40 µs".into()));
        assert_eq!((bytes(1_234_000_000), bytes(35_400_000)), ("1.2 GB".into(), "35 MB".into()));
        assert_eq!(
            (count(142_506), count(1_000), count(12)),
            ("142,506".into(), "1,000".into(), "12".into())
        );
        assert_eq!(
            (cores(2.0), cores(1.0), cores(1.5)),
            ("2 cores".into(), "1 core".into(), "1.5 cores".into())
        );
    }
}
