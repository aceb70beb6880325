//! Whether a core is free for somebody who waits awake.
//!
//! On a machine whose cores all have work, waiting awake takes the time of the very process that is waited for, and the
//! scheduler holds it against the one who waits: a round trip then takes 220 microseconds awake and 13 asleep (at a load of
//! 15 on 2 cores, 2026-11-23). So the number of processes that want to run is looked at now and then.

use std::time::{Duration, Instant};

/// How often it is looked.
const PERIOD: Duration = Duration::from_millis(20);

/// The cores of this machine, as far as they are ours.
#[derive(Debug)]
pub(crate) struct Cores {
    usable: usize,
    online: usize,
    /// Whether all who wanted to run could, when last looked.
    free: bool,
    looked: Option<Instant>,
}

impl Cores {
    pub(crate) fn new() -> Cores {
        let usable = crate::usable_cores();
        let online = std::fs::read_to_string("/sys/devices/system/cpu/online");
        let online = online.ok().and_then(|text| count(text.trim())).unwrap_or(usable);
        Cores { usable, online, free: true, looked: None }
    }

    /// Whether somebody can wait awake beside `busy` workers.
    pub(crate) fn have_room(&mut self, busy: usize) -> bool {
        if busy >= self.usable {
            return false;
        }
        if self.looked.is_none_or(|looked| looked.elapsed() > PERIOD) {
            self.looked = Some(Instant::now());
            // Of those that run, one asks this, the busy ones are to be counted once, and one may be waiting awake.
            let running = std::fs::read_to_string("/proc/loadavg");
            let running = running.ok().and_then(|text| running_now(&text)).unwrap_or(0);
            self.free = running.saturating_sub(2 + busy) + busy < self.online;
        }
        self.free
    }
}

/// How many processors a list like `0-3,8` names.
fn count(list: &str) -> Option<usize> {
    let parts = list.split(',').map(|part| match part.split_once('-') {
        Some((first, last)) => {
            Some(last.parse::<usize>().ok()?.checked_sub(first.parse().ok()?)? + 1)
        }
        None => part.parse::<usize>().ok().map(|_| 1),
    });
    parts.sum()
}

/// The number of processes that run or want to, in the fourth field of /proc/loadavg.
fn running_now(text: &str) -> Option<usize> {
    text.split(' ').nth(3)?.split('/').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_is_understood() {
        assert_eq!(count("0-3,8,10-11"), Some(7));
        assert_eq!(count("0"), Some(1));
        assert_eq!(count("none"), None);
        assert_eq!(running_now("0.20 0.18 0.12 3/80 11206\n"), Some(3));
    }
}
