//! The machine: its cores, how many of them a process may use, and how busy all of them are.

use super::text::{Text, number};

/// Ticks since boot that all cores worked, and processes and threads that were started.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Busy {
    pub(crate) ticks: u64,
    pub(crate) forks: u64,
}

/// Reads /proc/stat.
pub(crate) fn busy(text: &mut Text) -> Busy {
    let text = text.of("/proc/stat").unwrap_or_default();
    let words = text.lines().next().unwrap_or_default().split_whitespace().skip(1);
    let ticks: Vec<u64> = words.filter_map(|word| word.parse().ok()).collect();
    // user nice system idle iowait irq softirq; what a hypervisor steals was no one's work here
    let work = [0, 1, 2, 5, 6].iter().filter_map(|&index| ticks.get(index)).sum();
    Busy { ticks: work, forks: number(text, "processes").unwrap_or_default() }
}

/// Bytes of memory.
pub(crate) fn memory(text: &mut Text) -> u64 {
    let text = text.of("/proc/meminfo").unwrap_or_default();
    number(text, "MemTotal").unwrap_or_default() << 10
}

/// Cores that work.
pub(crate) fn cores(text: &mut Text) -> usize {
    let text = text.of("/proc/stat").unwrap_or_default();
    let is_core = |line: &&str| line.strip_prefix("cpu").is_some_and(|rest| !rest.starts_with(' '));
    text.lines().filter(is_core).count().max(1)
}

/// The first of the hyperthreads of a core, by the numbers that the kernel gives them.
pub(crate) fn first_thread(core: usize, text: &mut Text) -> Option<usize> {
    let path = format!("/sys/devices/system/cpu/cpu{core}/topology/thread_siblings_list");
    let list = text.of(&path)?.trim_end(); // 0,64 or 0-1
    list.split([',', '-']).next()?.parse().ok()
}

/// The share of the machine that the process's group may use, in cores, if there is a limit.
pub(crate) fn limit(pid: i32, text: &mut Text) -> Option<f64> {
    let groups = text.of(&format!("/proc/{pid}/cgroup"))?.to_owned();
    let limits = groups.lines().filter_map(|line| {
        let mut words = line.splitn(3, ':').skip(1);
        let (controllers, path) = (words.next()?, words.next()?);
        if controllers.is_empty() {
            return lowest(path, text, &|folder, text| {
                unified(text.of(&format!("/sys/fs/cgroup{folder}/cpu.max"))?)
            });
        }
        let is_cpu = controllers.split(',').any(|one| one == "cpu");
        is_cpu.then(|| lowest(path, text, &separate))?
    });
    limits.reduce(f64::min)
}

/// The lowest limit on the way from the group to the root.
fn lowest(
    path: &str,
    text: &mut Text,
    read: &dyn Fn(&str, &mut Text) -> Option<f64>,
) -> Option<f64> {
    let mut folder = path.trim_end_matches('/');
    let mut least: Option<f64> = None;
    loop {
        if let Some(limit) = read(folder, text) {
            least = Some(least.map_or(limit, |least| least.min(limit)));
        }
        match folder.rfind('/') {
            Some(end) => folder = &folder[..end],
            None => return least,
        }
    }
}

/// `200000 100000` is two cores, `max 100000` no limit.
fn unified(text: &str) -> Option<f64> {
    let mut words = text.split_whitespace();
    let quota: f64 = words.next()?.parse().ok()?;
    Some(quota / words.next()?.parse::<f64>().ok()?)
}

/// The same in the first version of groups, where the quota is −1 if there is none.
fn separate(folder: &str, text: &mut Text) -> Option<f64> {
    let mut value = |name: &str| -> Option<f64> {
        let path = format!("/sys/fs/cgroup/cpu{folder}/cpu.cfs_{name}_us");
        text.of(&path)?.trim().parse().ok()
    };
    let quota = value("quota").filter(|quota| *quota > 0.0)?;
    Some(quota / value("period")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read() {
        assert_eq!(unified("150000 100000\n"), Some(1.5));
        assert_eq!(unified("max 100000\n"), None);
    }

    #[test]
    fn the_lowest_limit_on_the_way_counts() {
        let read = |folder: &str, _: &mut Text| match folder {
            "/a/b" => Some(4.0),
            "/a" => Some(1.5),
            _ => None,
        };
        assert_eq!(lowest("/a/b/c", &mut Text::default(), &read), Some(1.5));
    }

    #[test]
    fn this_machine_has_cores_and_memory() {
        let mut text = Text::default();
        assert!(first_thread(0, &mut text).is_none_or(|first| first == 0));
        assert!(cores(&mut text) >= 1 && memory(&mut text) > 0 && busy(&mut text).ticks > 0);
    }
}
