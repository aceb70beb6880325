//! How much memory there is to be had: what the machine has, and what the control group (a container, a service) allows.
//!
//! Memory files are not bound by the size of /dev/shm, and a group that goes over its limit is not told but killed. So the
//! question is asked before the memory is.

use std::fs::read_to_string;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Bytes that can be had, and whether it is the control group that says so; `None` where nobody says.
pub(crate) fn available() -> Option<(u64, bool)> {
    let machine = read_to_string("/proc/meminfo").ok().and_then(|text| machine(&text));
    let group = groups().iter().filter_map(|group| group.available()).min();
    match (machine, group) {
        (Some(machine), Some(group)) if group < machine => Some((group, true)),
        (Some(machine), _) => Some((machine, false)),
        (None, group) => group.map(|group| (group, true)),
    }
}

/// What /proc/meminfo says can be had without swapping, and the swap that is left.
fn machine(text: &str) -> Option<u64> {
    let field = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim_start_matches(':').trim().strip_suffix(" kB")?.parse::<u64>().ok()
    };
    Some((field("MemAvailable")? + field("SwapFree").unwrap_or(0)) * 1024)
}

/// One control group that bounds this process.
#[derive(Debug)]
struct Group {
    folder: PathBuf,
    limit: &'static str,
    usage: &'static str,
    /// File pages that nobody uses: they count as usage, and are given up when memory is wanted.
    idle: &'static str,
}

impl Group {
    fn available(&self) -> Option<u64> {
        let number =
            |file: &str| read_to_string(self.folder.join(file)).ok()?.trim().parse::<u64>().ok();
        let limit = number(self.limit).filter(|limit| *limit < 1 << 60)?;
        let stat = read_to_string(self.folder.join("memory.stat")).unwrap_or_default();
        let idle = stat
            .lines()
            .find_map(|line| line.strip_prefix(self.idle)?.strip_prefix(' ')?.parse().ok());
        Some((limit + idle.unwrap_or(0)).saturating_sub(number(self.usage)?))
    }
}

/// The groups of this process, from its own to the root, found once: a process seldom changes its group.
fn groups() -> &'static [Group] {
    static GROUPS: OnceLock<Vec<Group>> = OnceLock::new();
    GROUPS.get_or_init(|| {
        find(&read_to_string("/proc/self/cgroup").unwrap_or_default(), Path::new("/sys/fs/cgroup"))
    })
}

/// The groups that /proc/self/cgroup names, under both versions of the interface.
fn find(text: &str, mount: &Path) -> Vec<Group> {
    let entries = text.lines().filter_map(|line| {
        let mut parts = line.splitn(3, ':').skip(1);
        let (controllers, path) = (parts.next()?, parts.next()?);
        let version_1 = controllers.split(',').any(|name| name == "memory");
        (version_1 || controllers.is_empty()).then(|| (version_1, path.trim_start_matches('/')))
    });
    let mut groups = Vec::new();
    for (version_1, path) in entries {
        let root = if version_1 { mount.join("memory") } else { mount.to_owned() };
        // In a container the path may be the host's: its folders are not there, and the root is the container's own.
        let folders = Path::new(path)
            .ancestors()
            .map(|path| root.join(path))
            .filter(|folder| folder.is_dir());
        groups.extend(folders.map(|folder| match version_1 {
            true => Group {
                folder,
                limit: "memory.limit_in_bytes",
                usage: "memory.usage_in_bytes",
                idle: "total_inactive_file",
            },
            false => Group {
                folder,
                limit: "memory.max",
                usage: "memory.current",
                idle: "inactive_file",
            },
        }));
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_machine_says_how_much_it_has() {
        let text = "MemTotal:  100 kB\nMemFree: 7 kB\nMemAvailable:   40 kB\nSwapFree:  2 kB\n";
        assert_eq!(machine(text), Some(42 * 1024));
        assert_eq!(machine("MemTotal: 100 kB\n"), None);
    }

    #[test]
    fn this_machine_has_memory() {
        assert!(available().is_some_and(|(bytes, _)| bytes > 1 << 20));
    }

    #[test]
    fn the_tightest_group_of_either_version_counts() {
        let mount = std::env::temp_dir().join(format!("sharpest-cgroup-{}", std::process::id()));
        let write = |path: &str, text: &str| {
            let path = mount.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("memory/box/memory.limit_in_bytes", "9223372036854771712\n");
        write("memory/memory.limit_in_bytes", "1000\n");
        write("memory/memory.usage_in_bytes", "900\n");
        write("memory/memory.stat", "inactive_file 1\ntotal_inactive_file 50\n");
        write("slice/memory.max", "500\n");
        write("slice/memory.current", "100\n");
        write("slice/deep/memory.max", "max\n");
        let old = find("4:cpu,memory:/box\n0::/\n", &mount);
        assert_eq!(old.iter().filter_map(Group::available).collect::<Vec<_>>(), [150]);
        let new = find("0::/slice/deep\n", &mount);
        assert_eq!(new.iter().filter_map(Group::available).collect::<Vec<_>>(), [400]);
        let elsewhere = find("4:memory:/of/the/host\n", &mount);
        assert_eq!(elsewhere.iter().filter_map(Group::available).collect::<Vec<_>>(), [150]);
        fs::remove_dir_all(mount).unwrap();
    }
}
