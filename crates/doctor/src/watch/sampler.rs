//! The sampler: asks for the accounts of every process of the program, again and again, and keeps what has grown.

use super::adopted;
use super::follow::own_cpu;
use super::program::Program;
use super::subject::Subject;
use crate::recording::{Machine, Moment, Recording, Watching};
use crate::sample::machine::{self, Busy};
use crate::sample::{Text, account};
use crate::tree::Tree;
use std::collections::HashMap;
use std::fs;
use std::time::Instant;

/// Moments that are kept; beyond, every other one is dropped, so that a program of days fits in memory.
const MOMENTS: usize = 4000;

/// What has been seen so far.
#[derive(Debug)]
pub(super) struct Sampler {
    begun: Instant,
    own: i32,
    tick: f64,
    /// Seconds since boot when the watching began.
    boot: f64,
    tree: Tree,
    subjects: HashMap<i32, Subject>,
    gone: Vec<Subject>,
    recording: Recording,
    busy: (Busy, Busy),
    last: (f64, f64),
    ran: f64,
    spent_before: f64,
    text: Text,
}

impl Sampler {
    pub(super) fn new(program: &Program) -> Self {
        let mut text = Text::default();
        let busy = machine::busy(&mut text);
        let cores = machine::cores(&mut text);
        let affinity =
            rustix::thread::sched_getaffinity(rustix::process::Pid::from_raw(program.pid));
        let allowed = affinity.map_or(cores, |set| set.count() as usize) as f64;
        let limit = machine::limit(program.pid, &mut text).unwrap_or(f64::INFINITY);
        let machine = Machine {
            cores,
            usable: allowed.min(limit),
            others: 0.0,
            memory: machine::memory(&mut text),
        };
        let uptime = text.of("/proc/uptime").and_then(|text| text.split(' ').next()?.parse().ok());
        Self {
            begun: Instant::now(),
            own: i32::try_from(std::process::id()).unwrap_or_default(),
            tick: 1.0 / rustix::param::clock_ticks_per_second() as f64,
            boot: uptime.unwrap_or_default(),
            tree: Tree::new(&program.roots()),
            subjects: HashMap::new(),
            gone: Vec::new(),
            recording: Recording { machine, ..Recording::default() },
            busy: (busy, busy),
            last: (0.0, 0.0),
            ran: 0.0,
            spent_before: own_cpu(),
            text,
        }
    }

    /// Seconds since it began.
    pub(super) fn now(&self) -> f64 {
        self.begun.elapsed().as_secs_f64()
    }

    /// CPU seconds that the program was seen to use.
    pub(super) fn ran(&self) -> f64 {
        self.ran
    }

    /// Takes a sample.
    pub(super) fn sample(&mut self) {
        let members = self.members();
        let at = self.now();
        for &pid in &members {
            self.look_at(pid, at);
        }
        self.part_with(&members, at);
        self.keep_moment(at, members.len());
        self.recording.watching.samples += 1;
    }

    /// Members that still run, the first process apart.
    pub(super) fn alive(&mut self) -> Vec<i32> {
        let members = self.members();
        let stat = |pid: &i32, text: &mut Text| account::stat(*pid, self.tick, text);
        let mut text = Text::default();
        let lives = |pid: &i32| match stat(pid, &mut text) {
            Some(stat) if stat.zombie => {
                adopted::bury(*pid);
                false
            }
            found => found.is_some(),
        };
        members.into_iter().filter(lives).collect()
    }

    /// Everything that was seen.
    pub(super) fn finish(mut self) -> Recording {
        let wall = self.now();
        let mut all: Vec<Subject> =
            self.gone.into_iter().chain(self.subjects.into_values()).collect();
        all.sort_by(|a, b| {
            a.seen.started.total_cmp(&b.seen.started).then(a.seen.pid.cmp(&b.seen.pid))
        });
        let recording = &mut self.recording;
        recording.wall = wall;
        (recording.unseen_cpu, recording.tails) = unseen(&mut all);
        for subject in &mut all {
            recording.mapped.append(&mut subject.names);
        }
        recording.mapped.sort();
        recording.mapped.dedup();
        recording.processes = all.into_iter().map(|subject| subject.seen).collect();
        recording.forks = self.busy.1.forks - self.busy.0.forks;
        let busy = (self.busy.1.ticks - self.busy.0.ticks) as f64 * self.tick;
        let own = own_cpu() - self.spent_before;
        let others = (busy - recording.cpu() - own) / wall.max(1e-3);
        recording.machine.others = others.clamp(0.0, recording.machine.cores as f64);
        recording.watching =
            Watching { cpu: own, samples: recording.watching.samples, inside: 0.0 };
        self.recording
    }

    fn members(&mut self) -> Vec<i32> {
        let Ok(entries) = fs::read_dir("/proc") else {
            return Vec::new();
        };
        let own = self.own;
        let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        let running: Vec<i32> = pids.filter(|&pid| pid != own).collect();
        let (text, tick) = (&mut self.text, self.tick);
        self.tree.sort(&running, |pid| {
            account::stat(pid, tick, text).map(|stat| (stat.parent, stat.start))
        })
    }

    fn look_at(&mut self, pid: i32, at: f64) {
        let Some(stat) = account::stat(pid, self.tick, &mut self.text) else {
            return;
        };
        let started = stat.start as f64 * self.tick - self.boot;
        let attached = self.recording.watching.samples == 0;
        let subject =
            self.subjects.entry(pid).or_insert_with(|| Subject::new(pid, started, attached));
        subject.update(&stat, at, &mut self.text);
        if stat.zombie && stat.parent == self.own && subject.seen.parent != self.own {
            adopted::bury(pid);
        }
    }

    /// Parts with those that have gone. A parent's account grows by theirs, which must not count twice.
    fn part_with(&mut self, members: &[i32], at: f64) {
        let gone: Vec<i32> =
            self.subjects.keys().copied().filter(|pid| !members.contains(pid)).collect();
        for pid in gone {
            self.tree.forget(pid);
            if let Some(mut subject) = self.subjects.remove(&pid) {
                subject.has_gone(at);
                if let Some(parent) = self.subjects.get_mut(&subject.seen.parent) {
                    parent.inherit(&subject);
                }
                self.gone.push(subject);
            }
        }
        self.recording.wall = at;
    }

    fn keep_moment(&mut self, at: f64, processes: usize) {
        let busy = machine::busy(&mut self.text);
        let long = (at - self.last.0).max(1e-3);
        let total = (busy.ticks - self.busy.1.ticks) as f64 * self.tick / long;
        let slices = self.subjects.values().filter_map(|subject| subject.latest(at));
        let (mut cores, mut runnable) = (0.0, 0.0);
        for slice in slices {
            self.ran += slice.ran;
            cores += slice.ran / long;
            runnable += (slice.ran + slice.waited) / long;
        }
        let others = (total - cores).max(0.0);
        let runnable = runnable.round() as usize;
        self.recording.moments.push(Moment { at, cores, others, processes, runnable });
        if self.recording.moments.len() > MOMENTS {
            let mut index = 0;
            self.recording.moments.retain(|_| (index % 2 == 0, index += 1).0);
        }
        self.busy.1 = busy;
        self.last = (at, total);
    }
}

/// CPU seconds of processes that nobody saw: what parents have waited for, without the children that were seen, and without
/// what those may have done between the last look at each and its end, which comes second.
fn unseen(all: &mut [Subject]) -> (f64, f64) {
    let mut children: HashMap<i32, Vec<usize>> = HashMap::new();
    for (index, subject) in all.iter().enumerate() {
        children.entry(subject.seen.parent).or_default().push(index);
    }
    let (mut unseen, mut tails) = (0.0, 0.0);
    for index in 0..all.len() {
        let pid = all[index].seen.pid;
        let more = (all[index].reaped() - below(pid, all, &children, 0)).max(0.0);
        let mut most = 0.0;
        for &child in children.get(&pid).into_iter().flatten() {
            let tail = all[child].tail();
            all[child].seen.tail = tail.min(more);
            most += tail;
        }
        tails += more.min(most);
        unseen += (more - most).max(0.0);
    }
    (unseen, tails)
}

/// CPU seconds of the descendants of `pid`: a process that ended soon after its children may never have been seen to have
/// waited for them.
fn below(pid: i32, all: &[Subject], children: &HashMap<i32, Vec<usize>>, depth: usize) -> f64 {
    let Some(found) = children.get(&pid).filter(|_| depth < 50) else {
        return 0.0;
    };
    let total = |child: &Subject| {
        child.seen.cpu() + child.reaped().max(below(child.seen.pid, all, children, depth + 1))
    };
    found.iter().map(|&index| total(&all[index])).sum()
}
