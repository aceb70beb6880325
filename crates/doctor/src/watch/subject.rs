//! One process that is watched: its accounts at the last look, and what has grown since.

use crate::recording::{Process, Slice, Thread};
use crate::sample::account::{self, Io, Sleep, Stat};
use crate::sample::{Text, memory};

/// Slices that are kept of one process; beyond, neighbors are joined.
const SLICES: usize = 1000;
/// The first dear look comes at this age, in seconds, the next ones each time at three times the age. A process that executes
/// another program is young again.
const FIRST_LOOK: f64 = 0.15;
/// A process that has lived longer, in seconds, when it was last looked at is none of a moment.
const MOMENT: f64 = 0.1;
/// A process that has worked less, in CPU seconds, and holds less, in bytes, explains nothing: no dear look at it.
const IDLE: (f64, u64) = (0.01, 16 << 20);

/// What is known of a process.
#[derive(Debug)]
pub(super) struct Subject {
    pub(super) seen: Process,
    /// Names in /dev/shm that it had mapped.
    pub(super) names: Vec<String>,
    /// Its accounts when it was first seen, if it ran before the watching; otherwise nothing.
    base: Option<(Stat, Io, Vec<Thread>)>,
    attached: bool,
    last: (Stat, Io),
    at: f64,
    /// When the program began that it executes now.
    began: f64,
    next_look: f64,
    /// Bytes of children that were seen to go.
    inherited: Io,
    /// When it was found to have gone.
    gone: Option<f64>,
    switches: Option<(u64, u64)>,
}

impl Subject {
    /// A process that is seen for the first time; `attached` if it ran before anyone looked.
    pub(super) fn new(pid: i32, started: f64, attached: bool) -> Self {
        let seen = Process { pid, started, ..Process::default() };
        Self {
            seen,
            names: Vec::new(),
            base: None,
            attached: attached && started < -0.05,
            last: Default::default(),
            at: started.max(0.0),
            began: started.max(0.0),
            next_look: FIRST_LOOK,
            inherited: Default::default(),
            gone: None,
            switches: None,
        }
    }

    /// Takes what its accounts say at `at`.
    pub(super) fn update(&mut self, stat: &Stat, at: f64, text: &mut Text) {
        let pid = self.seen.pid;
        let io = account::io(pid, text).unwrap_or(self.last.1);
        let threads =
            if stat.zombie { Vec::new() } else { account::threads(pid, stat.threads, text) };
        let known = !self.seen.command.is_empty();
        if !known {
            self.seen.parent = stat.parent;
            if self.attached {
                self.base = Some((*stat, io, threads.clone()));
                self.last = (*stat, io);
                self.at = at;
            }
        }
        let mut slice = self.grown(stat, &io, at);
        slice.waited = self.threads(&threads);
        slice.resident = stat.resident_pages * page();
        if stat.asleep {
            self.slept(slice.long - slice.ran - slice.waited, text);
        }
        let executed = known && !stat.zombie && stat.image != self.last.0.image;
        if executed {
            (self.began, self.next_look) = (at, FIRST_LOOK);
            self.seen.environment.clear();
        }
        if executed || !known {
            self.seen.command = account::command(pid, text);
        }
        if !stat.zombie {
            self.seen.threads = self.seen.threads.max(stat.threads);
            self.seen.resident = self.seen.resident.max(stat.resident_pages * page());
            self.look_rarely(at, text);
        }
        self.last = (*stat, io);
        self.at = at;
        self.seen.ended = at;
        self.keep(slice);
    }

    /// A child has gone: its bytes are now in this one's account, if this one waited for it.
    pub(super) fn inherit(&mut self, child: &Subject) {
        let io = child.last.1;
        self.inherited.read += io.read;
        self.inherited.written += io.written;
        self.inherited.disk_read += io.disk_read;
        self.inherited.disk_written += io.disk_written;
    }

    /// CPU seconds of children that it has waited for.
    pub(super) fn reaped(&self) -> f64 {
        let before = self.base.as_ref().map_or(0.0, |base| base.0.reaped);
        self.last.0.reaped - before
    }

    /// It was found to have gone.
    pub(super) fn has_gone(&mut self, at: f64) {
        self.gone = Some(at);
    }

    /// CPU seconds that it may have used after it was last looked at, if it is one that lives for longer than a moment.
    pub(super) fn tail(&self) -> f64 {
        match self.gone {
            Some(gone) if !self.last.0.zombie && self.seen.life() >= MOMENT => {
                (gone - self.at).max(0.0) * self.seen.threads.max(1) as f64
            }
            _ => 0.0,
        }
    }

    /// The slice that ended at `at`.
    pub(super) fn latest(&self, at: f64) -> Option<&Slice> {
        self.seen.slices.last().filter(|slice| slice.at == at)
    }

    /// What has grown since the last look; the totals grow with it.
    fn grown(&mut self, stat: &Stat, io: &Io, at: f64) -> Slice {
        let last = self.last;
        let user = (stat.user - last.0.user).max(0.0);
        let system = (stat.system - last.0.system).max(0.0);
        let faults = stat.faults.saturating_sub(last.0.faults);
        let inherited = &mut self.inherited;
        let read = own(io.read.saturating_sub(last.1.read), &mut inherited.read);
        let written = own(io.written.saturating_sub(last.1.written), &mut inherited.written);
        let disk_read = io.disk_read.saturating_sub(last.1.disk_read);
        let disk_written = io.disk_written.saturating_sub(last.1.disk_written);
        let seen = &mut self.seen;
        seen.user += user;
        seen.system += system;
        seen.faults += faults;
        seen.read += read;
        seen.written += written;
        seen.disk_read += own(disk_read, &mut inherited.disk_read);
        seen.disk_written += own(disk_written, &mut inherited.disk_written);
        let (ran, moved) = (user + system, read + written);
        Slice { at, long: at - self.at, ran, system, waited: 0.0, faults, moved, resident: 0 }
    }

    /// Takes the threads' accounts; gives the seconds in the run queue since the last look.
    fn threads(&mut self, threads: &[Thread]) -> f64 {
        let mut waited = 0.0;
        for thread in threads {
            let base =
                self.base.as_ref().and_then(|base| base.2.iter().find(|one| one.id == thread.id));
            let (ran, stood) = base.map_or((0.0, 0.0), |base| (base.ran, base.waited));
            let now =
                Thread { id: thread.id, ran: thread.ran - ran, waited: thread.waited - stood };
            match self.seen.by_thread.iter_mut().find(|one| one.id == now.id) {
                Some(known) => {
                    waited += (now.waited - known.waited).max(0.0);
                    *known = now;
                }
                None => {
                    waited += now.waited;
                    self.seen.by_thread.push(now);
                }
            }
        }
        self.seen.waited += waited;
        waited
    }

    /// Adds seconds of sleep to what it sleeps for now.
    fn slept(&mut self, seconds: f64, text: &mut Text) {
        let slept = &mut self.seen.slept;
        let place = match account::sleep(self.seen.pid, text) {
            Some(Sleep::Lock) => &mut slept.lock,
            Some(Sleep::Message) => &mut slept.message,
            Some(Sleep::Child) => &mut slept.child,
            Some(Sleep::Clock) => &mut slept.clock,
            Some(Sleep::Other) => &mut slept.other,
            None => return,
        };
        *place += seconds.max(0.0);
    }

    /// What is dear to ask for.
    fn look_rarely(&mut self, at: f64, text: &mut Text) {
        let age = at - self.began;
        let idle = self.seen.cpu() < IDLE.0 && self.seen.resident < IDLE.1;
        if age < self.next_look || idle {
            return;
        }
        self.next_look = age * 3.0;
        let pid = self.seen.pid;
        if let Some(memory) = memory::memory(pid, text) {
            self.seen.private = self.seen.private.max(memory.private);
            self.seen.proportional = memory.proportional;
        }
        self.seen.pipes = self.seen.pipes.max(memory::pipes(pid));
        let (libraries, names) = memory::mapped(pid, text);
        if !libraries.is_empty() {
            self.seen.blas = libraries;
        }
        self.names.extend(names);
        if self.seen.environment.is_empty() {
            self.seen.environment = memory::environment(pid, text);
        }
        if let Some(now) = account::switches(pid, text) {
            let base = *self.switches.get_or_insert(if self.attached { now } else { (0, 0) });
            self.seen.voluntary = now.0.saturating_sub(base.0);
            self.seen.involuntary = now.1.saturating_sub(base.1);
        }
    }

    fn keep(&mut self, slice: Slice) {
        let slices = &mut self.seen.slices;
        if slice.long > 0.0 {
            slices.push(slice);
        }
        if slices.len() > SLICES {
            *slices = slices.chunks(2).map(joined).collect();
        }
    }
}

/// What of `grown` is a process's own, where it may have inherited some.
fn own(grown: u64, inherited: &mut u64) -> u64 {
    let taken = grown.min(*inherited);
    // What a child had is added when it is waited for, all at once; a growth that is smaller is not that yet.
    if taken == *inherited {
        *inherited = 0;
        return grown - taken;
    }
    grown
}

fn joined(slices: &[Slice]) -> Slice {
    let last = slices.last().copied().unwrap_or_default();
    let others = &slices[..slices.len().saturating_sub(1)];
    others.iter().fold(last, |sum, one| Slice {
        at: last.at,
        long: sum.long + one.long,
        ran: sum.ran + one.ran,
        system: sum.system + one.system,
        waited: sum.waited + one.waited,
        faults: sum.faults + one.faults,
        moved: sum.moved + one.moved,
        resident: last.resident,
    })
}

fn page() -> u64 {
    rustix::param::page_size() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::process::{Command, Stdio};

    #[test]
    fn the_bytes_of_a_child_count_once() {
        let mut inherited = 1000;
        assert_eq!(own(10, &mut inherited), 10, "the child is not waited for yet");
        assert_eq!(own(1030, &mut inherited), 30, "now it is");
        assert_eq!(own(40, &mut inherited), 40);
    }

    /// Waits until a shell that was just started reads its input; on the way there it has no command yet.
    fn wait_for_reading(child: &mut std::process::Child) {
        let pid = i32::try_from(child.id()).unwrap();
        while account::sleep(pid, &mut Text::default()) != Some(Sleep::Message) {
            assert!(child.try_wait().unwrap().is_none());
        }
    }

    #[test]
    fn a_process_that_executes_another_program_late_gets_its_command() {
        let mut child = Command::new("sh")
            .args(["-c", "read line; exec sleep 60"])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let pid = i32::try_from(child.id()).unwrap();
        let (mut subject, mut text) = (Subject::new(pid, 0.0, false), Text::default());
        wait_for_reading(&mut child);
        let look = |subject: &mut Subject, at: f64, text: &mut Text| {
            let stat = account::stat(pid, 0.01, text).unwrap();
            subject.update(&stat, at, text);
            subject.seen.command.clone()
        };
        look(&mut subject, 1.0, &mut text);
        let before = look(&mut subject, 5.0, &mut text);
        child.stdin.take().unwrap().write_all(b"now\n").unwrap();
        while account::command(pid, &mut text) != "sleep 60" {
            assert!(child.try_wait().unwrap().is_none());
        }
        let after = look(&mut subject, 6.0, &mut text);
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!((&*before, &*after), ("sh -c read line; exec sleep 60", "sleep 60"));
    }

    #[test]
    fn what_a_process_sleeps_for_is_added_up() {
        let mut child =
            Command::new("sh").args(["-c", "read line"]).stdin(Stdio::piped()).spawn().unwrap();
        let pid = i32::try_from(child.id()).unwrap();
        let (mut subject, mut text) = (Subject::new(pid, 0.0, false), Text::default());
        wait_for_reading(&mut child);
        for at in [1.0, 3.0] {
            let stat = account::stat(pid, 0.01, &mut text).unwrap();
            subject.update(&stat, at, &mut text);
        }
        drop(child.stdin.take());
        child.wait().unwrap();
        let slept = subject.seen.slept;
        assert!(slept.message > 2.0 && slept.sum() == slept.message, "{slept:?}");
    }

    #[test]
    fn only_what_lived_for_longer_than_a_moment_may_have_worked_unseen() {
        let tail = |started: f64, zombie: bool| {
            let (mut subject, mut text) = (Subject::new(0, started, false), Text::default());
            subject.update(&Stat { zombie, threads: 2, ..Stat::default() }, 1.0, &mut text);
            assert_eq!(subject.tail(), 0.0, "it has not gone");
            subject.has_gone(1.5);
            subject.tail()
        };
        assert_eq!((tail(0.5, false), tail(0.95, false), tail(0.5, true)), (1.0, 0.0, 0.0));
    }

    #[test]
    fn joined_slices_keep_the_sums() {
        let one = Slice { at: 1.0, long: 0.5, ran: 0.2, faults: 3, ..Slice::default() };
        let two = Slice { at: 1.5, long: 0.5, ran: 0.3, faults: 4, ..Slice::default() };
        let sum = joined(&[one, two]);
        assert_eq!((sum.at, sum.long, sum.ran, sum.faults), (1.5, 1.0, 0.5, 7));
    }
}
