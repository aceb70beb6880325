//! The timeline: a row a process, a column a stretch of time, and in each cell what the process did most there.

use crate::recording::{Process, Recording};

/// What a process did in a stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doing {
    /// It was not there.
    Absent,
    /// It waited for something: work, a lock, a disk, a clock.
    Idle,
    /// It was ready, and waited for a core.
    Queued,
    /// It moved bytes, mostly.
    Moving,
    /// It worked in the kernel, mostly.
    Kernel,
    /// It worked.
    Working,
}

/// A row.
#[derive(Debug)]
pub(super) struct Row<'a> {
    pub(super) process: &'a Process,
    pub(super) cells: Vec<Doing>,
}

/// Bytes a second from which a stretch is moving bytes.
const MOVING: f64 = 50e6;

/// The rows of the processes that did most, in the order in which they started.
pub(super) fn rows(recording: &Recording, columns: usize, most: usize) -> Vec<Row<'_>> {
    let mut processes: Vec<&Process> =
        recording.processes.iter().filter(|one| one.cpu() + one.waited > 0.0).collect();
    processes.sort_by(|a, b| (b.cpu() + b.waited).total_cmp(&(a.cpu() + a.waited)));
    processes.truncate(most);
    processes.sort_by(|a, b| a.started.total_cmp(&b.started));
    let width = recording.wall.max(1e-3) / columns as f64;
    processes
        .into_iter()
        .map(|process| {
            let cell = |column| doing(process, column as f64 * width, (column + 1) as f64 * width);
            Row { process, cells: (0..columns).map(cell).collect() }
        })
        .collect()
}

/// What `process` did most from `from` to `to`.
fn doing(process: &Process, from: f64, to: f64) -> Doing {
    if process.ended <= from || process.started >= to {
        return Doing::Absent;
    }
    let (mut ran, mut system, mut waited, mut moved) = (0.0, 0.0, 0.0, 0.0);
    for slice in &process.slices {
        let overlap = slice.at.min(to) - (slice.at - slice.long).max(from);
        if overlap > 0.0 && slice.long > 0.0 {
            let part = overlap / slice.long;
            ran += part * slice.ran;
            system += part * slice.system;
            waited += part * slice.waited;
            moved += part * slice.moved as f64;
        }
    }
    let long = (process.ended.min(to) - process.started.max(from)).max(1e-9);
    match () {
        () if ran + waited < 0.25 * long => Doing::Idle,
        () if waited > ran => Doing::Queued,
        () if moved > MOVING * long => Doing::Moving,
        () if system > 0.5 * ran => Doing::Kernel,
        () => Doing::Working,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::Slice;

    #[test]
    fn each_cell_says_what_was_done_most() {
        let slice = |at, ran, waited, moved| Slice {
            at,
            long: 1.0,
            ran,
            waited,
            moved,
            ..Slice::default()
        };
        let process = Process {
            started: 0.0,
            ended: 4.0,
            user: 2.0,
            slices: vec![
                slice(1.0, 0.9, 0.0, 0),
                slice(2.0, 0.3, 0.6, 0),
                slice(3.0, 0.5, 0.0, 200_000_000),
                slice(4.0, 0.0, 0.0, 0),
            ],
            ..Process::default()
        };
        let recording = Recording { wall: 5.0, processes: vec![process], ..Recording::default() };
        let rows = rows(&recording, 5, 3);
        use Doing::{Absent, Idle, Moving, Queued, Working};
        assert_eq!(rows[0].cells, [Working, Queued, Moving, Idle, Absent]);
    }
}
