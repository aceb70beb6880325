//! A gauge: how long arithmetic takes that stays in a core's own cache, on each of some cores, again and again while a program
//! runs there. Two hyperthreads of one core slow each other down, and so does another virtual machine on the other half of a
//! core; both come and go, neither shows in anything that a guest can read, and both would be taken for memory that is slow.
//! Memory that is slow leaves this arithmetic as quick as it was.

use super::nanoseconds;
use rustix::thread::{CpuSet, sched_setaffinity};
use rustix::time::ClockId;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How long a core is measured, and how long it is left alone.
const BURST: Duration = Duration::from_millis(1);
const PAUSE: Duration = Duration::from_millis(9);
/// Numbers in each of two arrays, which together are 128 kB: too large for the first cache and small enough for the second. What
/// comes from there suffers most from a neighbor on the same core, 1.8 times on an EPYC; from the first, 1.4 times.
const LENGTH: usize = 8192;

/// Measures until it is read.
#[derive(Debug)]
pub(super) struct Gauge {
    enough: Arc<AtomicBool>,
    threads: Vec<JoinHandle<(i64, u64)>>,
}

impl Gauge {
    /// On each of these cores.
    pub(super) fn start(cores: &[usize]) -> Self {
        let enough = Arc::new(AtomicBool::new(false));
        let measure = |&core: &usize| {
            let enough = Arc::clone(&enough);
            // Where no thread can be had, the others tell.
            thread::Builder::new().spawn(move || measure(core, &enough)).ok()
        };
        Self { threads: cores.iter().filter_map(measure).collect(), enough }
    }

    /// Ends: CPU nanoseconds of one pass over the arrays, on average.
    pub(super) fn read(self) -> f64 {
        self.enough.store(true, Ordering::Relaxed);
        let bursts = self.threads.into_iter().filter_map(|thread| thread.join().ok());
        let (took, passes) = bursts.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        took as f64 / passes.max(1) as f64
    }
}

/// CPU nanoseconds and passes.
fn measure(core: usize, enough: &AtomicBool) -> (i64, u64) {
    let mut set = CpuSet::new();
    set.set(core);
    let _ = sched_setaffinity(None, &set); // this thread's; where it may not, it runs where it is put
    let (mut sums, terms) = (vec![1.0; LENGTH], vec![0.5; LENGTH]);
    let (mut took, mut passes) = (0, 0_u64);
    loop {
        pass(&mut sums, &terms); // the program has had the cache meanwhile
        let (begin, end) = (nanoseconds(ClockId::ThreadCPUTime), Instant::now() + BURST);
        while {
            pass(&mut sums, &terms);
            passes += 1;
            Instant::now() < end
        } {}
        took += nanoseconds(ClockId::ThreadCPUTime) - begin;
        if enough.load(Ordering::Relaxed) {
            return (took, passes);
        }
        thread::sleep(PAUSE);
    }
}

fn pass(sums: &mut [f64], terms: &[f64]) {
    for (sum, term) in sums.iter_mut().zip(black_box(terms)) {
        *sum = 0.5 * *sum + term;
    }
    black_box(sums);
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::thread::sched_getaffinity;

    fn read(cores: &[usize]) -> f64 {
        let gauge = Gauge::start(cores);
        thread::sleep(Duration::from_millis(300));
        gauge.read()
    }

    #[test]
    fn a_core_is_as_quick_whoever_else_stands_in_its_queue() {
        let allowed = sched_getaffinity(None).unwrap();
        let core = (0..CpuSet::MAX_CPU).find(|&core| allowed.is_set(core)).unwrap();
        let [alone, four] = [read(&[core]), read(&[core; 4])]; // by the clock these would take longer
        assert!(alone > 0.0 && (0.5..2.0).contains(&(four / alone)), "{four} and {alone}");
    }
}
