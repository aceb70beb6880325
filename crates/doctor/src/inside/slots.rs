//! Slots: eight numbers under a label, in the order in which the hook keeps them.

use super::{Attach, Inside, Lock, Part, Pickles, Pooled, Tasks, Unpacked};

/// Numbers of a slot.
pub(super) const WIDTH: usize = 8;
/// Seconds that counting one message costs a program; measured 2026-11-27, 0.1 to 0.4 µs.
const COUNTING: f64 = 0.25e-6;

/// One slot of one process.
#[derive(Debug)]
pub(super) struct Slot<'a> {
    pub(super) pid: i32,
    /// The clock's nanoseconds when the watching began.
    pub(super) zero: i64,
    pub(super) labels: Vec<String>,
    pub(super) numbers: &'a [i64; WIDTH],
}

impl Slot<'_> {
    /// Adds what it says.
    pub(super) fn add(&self, inside: &mut Inside) {
        match self.label(0) {
            "task" => inside.tasks.push(self.tasks()),
            "pickle" => {
                inside.cost += self.count(0) as f64 * COUNTING;
                inside.pickles.push(self.pickles());
            }
            "part" => inside.parts.push(self.part()),
            "pool" => inside.pools.push(self.pooled()),
            "unpickle" => {
                inside.cost += self.count(0) as f64 * COUNTING;
                let unpacked = self.unpacked(inside);
                unpacked.messages += self.count(0);
                unpacked.bytes += self.count(1);
                unpacked.seconds += self.seconds(2);
                unpacked.heavy += self.seconds(4);
            }
            "read" => self.unpacked(inside).receiving += self.seconds(2),
            "lock" => inside.locks.push(self.lock()),
            "attach" => inside.attaches.push(self.attach()),
            "spent" => inside.cost += self.seconds(0),
            _ => {} // a younger hook may know more
        }
    }

    fn label(&self, index: usize) -> &str {
        self.labels.get(index).map_or("", String::as_str)
    }

    fn text(&self, index: usize) -> String {
        self.label(index).to_owned()
    }

    fn count(&self, index: usize) -> u64 {
        self.numbers[index].max(0).unsigned_abs()
    }

    fn seconds(&self, index: usize) -> f64 {
        self.numbers[index] as f64 * 1e-9
    }

    fn moment(&self, index: usize) -> f64 {
        (self.numbers[index] - self.zero) as f64 * 1e-9
    }

    fn tasks(&self) -> Tasks {
        let open = self.numbers[7] != 0;
        let end = if self.numbers[6] == 0 { self.moment(5) } else { self.moment(6) };
        Tasks {
            pid: self.pid,
            pooled: self.label(1) == "pool",
            function: self.text(2),
            place: self.text(3),
            messages: self.count(0),
            items: self.count(1),
            wall: self.seconds(2),
            cpu: self.seconds(3),
            longest: self.seconds(4),
            span: (self.moment(5), end),
            unfinished: open.then(|| self.moment(7)),
        }
    }

    fn pickles(&self) -> Pickles {
        Pickles {
            pid: self.pid,
            via: self.text(1),
            function: self.text(2),
            messages: self.count(0),
            bytes: self.count(1),
            seconds: self.seconds(2),
            largest: self.count(3),
            described: (self.count(4), self.count(5)),
        }
    }

    fn part(&self) -> Part {
        Part {
            pid: self.pid,
            via: self.text(1),
            function: self.text(2),
            path: self.text(3),
            what: self.text(4),
            count: self.count(0),
            bytes: self.count(1),
            shared: self.count(2),
        }
    }

    fn pooled(&self) -> Pooled {
        Pooled {
            pid: self.pid,
            function: self.text(1),
            tasks: self.count(0),
            shared: self.count(1),
            shared_back: self.count(2),
            queued: self.seconds(3),
            run: self.seconds(4),
            deliver: self.seconds(5),
        }
    }

    fn unpacked<'i>(&self, inside: &'i mut Inside) -> &'i mut Unpacked {
        let found = inside.unpacked.iter().position(|unpacked| unpacked.pid == self.pid);
        let index = found.unwrap_or_else(|| {
            inside.unpacked.push(Unpacked { pid: self.pid, ..Unpacked::default() });
            inside.unpacked.len() - 1
        });
        &mut inside.unpacked[index]
    }

    fn lock(&self) -> Lock {
        Lock {
            pid: self.pid,
            function: self.text(1),
            place: self.text(2),
            waits: self.count(0),
            seconds: self.seconds(1),
            longest: self.seconds(2),
        }
    }

    fn attach(&self) -> Attach {
        Attach {
            pid: self.pid,
            function: self.text(1),
            place: self.text(2),
            times: self.count(0),
            seconds: self.seconds(1),
            segments: self.count(2),
        }
    }
}
