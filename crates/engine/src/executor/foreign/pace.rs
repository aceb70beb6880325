//! The pace: how many blocks go into a task, from what the last ones took. The answer never depends on it.

use std::time::Duration;

/// A task should take so long that its way there and back costs little: with Dask some 7 ms of processors (2026-11-24), with a
/// pool of processes less than one ...
const AIM: Duration = Duration::from_millis(250);
/// ... and, among many workers, that whoever hands out has this time for each.
const EACH: Duration = Duration::from_millis(10);
/// Towards the end tasks become smaller, so that all end together; but not smaller than this share of the aim.
const LAST: u32 = 4;

/// What is known of how long blocks take.
#[derive(Debug)]
pub(super) struct Pace {
    slots: u64,
    aim: Duration,
    /// Seconds a block; none before the first answer.
    block: Option<f64>,
}

impl Pace {
    pub(super) fn new(slots: usize) -> Self {
        let each = EACH * u32::try_from(slots).unwrap_or(u32::MAX);
        Self { slots: slots as u64, aim: AIM.max(each), block: None }
    }

    /// So many blocks took so long.
    pub(super) fn hear(&mut self, blocks: u64, time: Duration) {
        let latest = time.as_secs_f64() / blocks as f64;
        self.block = Some(self.block.map_or(latest, |before| 0.5 * (before + latest)));
    }

    /// Whether it is known how long blocks take.
    pub(super) fn is_known(&self) -> bool {
        self.block.is_some()
    }

    /// How many blocks to send, of so many that are left: 1 or more.
    pub(super) fn blocks(&self, left: u64) -> u64 {
        let Some(block) = self.block else { return 1 };
        let fit = |time: Duration| (time.as_secs_f64() / block) as u64; // at most the largest number
        let share = left.saturating_mul(2) / (3 * self.slots);
        share.clamp(fit(self.aim / LAST), fit(self.aim)).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_fit_the_aim_and_become_smaller_towards_the_end() {
        let mut pace = Pace::new(2);
        assert_eq!(pace.blocks(257), 1, "nothing is known");
        pace.hear(1, Duration::from_millis(5));
        let sizes = [1 << 60, 257, 120, 60, 45, 10, 1].map(|left| pace.blocks(left));
        assert_eq!(sizes, [50, 50, 40, 20, 15, 12, 12]);
        pace.hear(10, Duration::from_millis(150));
        assert_eq!(pace.blocks(257), 25, "between what was and what is");
        pace.hear(1, Duration::from_secs(10));
        assert_eq!(pace.blocks(257), 1);
        pace.hear(1, Duration::ZERO);
        (0..2000).for_each(|_| pace.hear(1, Duration::ZERO));
        assert!(pace.blocks(1 << 40) >= 1 << 38, "no time at all");
    }

    #[test]
    fn among_many_workers_tasks_are_longer() {
        let mut pace = Pace::new(1000);
        pace.hear(10, Duration::from_millis(100));
        assert_eq!(pace.blocks(1 << 40), 1000);
    }
}
