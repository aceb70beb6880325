//! Reading the hook's files: a log of lines and a page of numbers for each process. A line that was cut short, as by a kill
//! in the middle of it, is passed over.

use super::slots::{Slot, WIDTH};
use super::{Allocation, Array, Blas, Inside, Launch, Random, Worker};
use std::fs;
use std::path::Path;

/// Reads every record in `folder`; `zero` is the clock's nanoseconds when the watching began.
pub(crate) fn read(folder: &Path, zero: i64) -> Inside {
    let mut inside = Inside::default();
    let Ok(entries) = fs::read_dir(folder) else {
        return inside;
    };
    let mut logs: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    logs.retain(|path| path.extension().is_some_and(|kind| kind == "log"));
    logs.sort();
    for log in logs {
        let stem = log.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let Some(pid) = stem.split('-').next().and_then(|pid| pid.parse().ok()) else {
            continue;
        };
        let text = fs::read(&log).unwrap_or_default();
        let counts = numbers(&fs::read(log.with_extension("counts")).unwrap_or_default());
        process(&String::from_utf8_lossy(&text), &counts, pid, zero, &mut inside);
    }
    inside
}

fn numbers(bytes: &[u8]) -> Vec<i64> {
    bytes
        .chunks_exact(8)
        .map(|one| i64::from_ne_bytes(one.try_into().unwrap_or_default()))
        .collect()
}

/// Adds what one process wrote.
pub(super) fn process(text: &str, counts: &[i64], pid: i32, zero: i64, inside: &mut Inside) {
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    for line in whole.lines() {
        let mut words = line.split('\t');
        let (Some(kind), Some(at)) = (words.next(), words.next()) else {
            continue;
        };
        let Some(at) = at.strip_prefix("at=").and_then(|at| at.parse::<i64>().ok()) else {
            continue;
        };
        let words: Vec<String> = words.map(plain).collect();
        if kind == "slot" {
            let first = usize::try_from(at).unwrap_or(usize::MAX).saturating_mul(WIDTH);
            if let Some(numbers) = counts.get(first..).and_then(|rest| rest.first_chunk()) {
                Slot { pid, zero, labels: words, numbers }.add(inside);
            }
        } else {
            Line { pid, zero, at, words: &words }.add(kind, inside);
        }
    }
}

/// A word as it was before it was made fit for a line.
fn plain(word: &str) -> String {
    let mut text = String::with_capacity(word.len());
    let mut letters = word.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('t') => text.push('\t'),
                Some('n') => text.push('\n'),
                Some(other) => text.push(other),
                None => {}
            },
            other => text.push(other),
        }
    }
    text
}

/// A line of a log.
struct Line<'a> {
    pid: i32,
    zero: i64,
    at: i64,
    words: &'a [String],
}

impl Line<'_> {
    fn add(&self, kind: &str, inside: &mut Inside) {
        let pid = self.pid;
        let worker = inside.workers.iter_mut().rev().find(|worker| worker.pid == pid);
        match kind {
            "python" => inside.interpreters.push((pid, self.text("version"))),
            "launch" => inside.launches.push(self.launch()),
            "worker" => inside.workers.push(self.worker()),
            "ready" => {
                if let Some(worker) = worker {
                    worker.ready = Some(self.since(self.at));
                    worker.start_cpu = self.number("cpu") as f64 * 1e-9;
                }
            }
            "left" => {
                if let Some(worker) = worker {
                    worker.left = Some(self.since(self.at));
                }
            }
            "segment" => inside.segments.push((self.text("name"), self.unsigned("bytes"))),
            "random" | "generator" => inside.random.push(self.random()),
            "array" => inside.arrays.push(self.array()),
            "allocation" => inside.allocations.push(Allocation {
                pid,
                place: self.text("place"),
                bytes: self.unsigned("bytes"),
            }),
            "blas" => inside.blas.push(self.blas()),
            "own" => inside.own.extend(i32::try_from(self.number("thread"))),
            _ => {}
        }
    }

    fn launch(&self) -> Launch {
        let begin = self.number("begin");
        Launch {
            parent: self.pid,
            child: i32::try_from(self.number("child")).unwrap_or_default(),
            method: self.text("method"),
            at: self.since(begin),
            took: (self.at - begin) as f64 * 1e-9,
        }
    }

    fn worker(&self) -> Worker {
        Worker {
            pid: self.pid,
            name: self.text("name"),
            target: self.text("target"),
            at: self.since(self.at),
            ready: None,
            start_cpu: self.number("cpu") as f64 * 1e-9,
            left: None,
        }
    }

    fn random(&self) -> Random {
        Random {
            pid: self.pid,
            when: self.text("when"),
            generator: self.text("generator"),
            state: self.text("state"),
            position: self.field("position").and_then(|position| position.parse().ok()),
            stream: self.text("stream"),
        }
    }

    fn array(&self) -> Array {
        Array {
            pid: self.pid,
            name: self.text("name"),
            shape: self.text("shape"),
            dtype: self.text("dtype"),
            bytes: self.unsigned("bytes"),
            private: self.unsigned("private"),
            content: self.text("content"),
        }
    }

    fn blas(&self) -> Blas {
        Blas {
            pid: self.pid,
            library: self.text("library"),
            version: self.text("version"),
            threads: usize::try_from(self.number("threads")).unwrap_or_default(),
        }
    }

    fn since(&self, moment: i64) -> f64 {
        (moment - self.zero) as f64 * 1e-9
    }

    fn field(&self, key: &str) -> Option<&str> {
        self.words.iter().find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
    }

    fn text(&self, key: &str) -> String {
        self.field(key).unwrap_or_default().to_owned()
    }

    fn number(&self, key: &str) -> i64 {
        self.field(key).and_then(|number| number.parse().ok()).unwrap_or_default()
    }

    fn unsigned(&self, key: &str) -> u64 {
        u64::try_from(self.number(key)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_read_with_its_numbers() {
        let mut counts = vec![0; 24];
        counts[8..14].copy_from_slice(&[3, 5000, 2_000_000_000, 2000, 1, 2000]);
        let text = "python\tat=5\tversion=3.12.1\texecutable=/usr/bin/python3\n\
                    slot\tat=1\tpickle\tpool task\two\\trk\n\
                    slot\tat=9\tpickle\tnowhere\n\
                    launch\tat=3000000005\tchild=8\tmethod=fork\tname=W\tbegin=1000000005\nhalf a li";
        let mut inside = Inside::default();
        process(text, &counts, 7, 5, &mut inside);
        assert_eq!(inside.interpreters, [(7, "3.12.1".to_owned())]);
        let packed = &inside.pickles[0];
        assert_eq!((inside.pickles.len(), packed.messages, packed.bytes), (1, 3, 5000));
        assert_eq!((&*packed.via, &*packed.function), ("pool task", "wo\trk"));
        assert_eq!((packed.seconds, packed.described), (2.0, (1, 2000)));
        let launch = &inside.launches[0];
        assert_eq!((launch.child, launch.at, launch.took), (8, 1.0, 2.0));
    }

    #[test]
    fn a_folder_that_is_not_there_says_nothing() {
        assert!(!read(Path::new("/nowhere/at/all"), 0).seen());
    }
}
