//! Memory, pipes and libraries of one process. Dear to ask for (the kernel walks the page tables), so asked rarely.

use super::text::{Text, number};
use std::fs;

/// Bytes of memory.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Memory {
    pub(crate) proportional: u64,
    pub(crate) private: u64,
}

/// Reads /proc/PID/smaps_rollup.
pub(crate) fn memory(pid: i32, text: &mut Text) -> Option<Memory> {
    let text = text.of(&format!("/proc/{pid}/smaps_rollup"))?;
    let bytes = |key| number(text, key).map(|kilobytes| kilobytes << 10);
    Some(Memory {
        proportional: bytes("Pss")?,
        private: bytes("Private_Clean")? + bytes("Private_Dirty")?,
    })
}

/// Pipes and sockets that are open.
pub(crate) fn pipes(pid: i32) -> usize {
    let Ok(entries) = fs::read_dir(format!("/proc/{pid}/fd")) else {
        return 0;
    };
    let targets = entries.flatten().filter_map(|entry| fs::read_link(entry.path()).ok());
    let is_pipe = |target: &str| target.starts_with("pipe:") || target.starts_with("socket:");
    targets.filter(|target| target.to_str().is_some_and(is_pipe)).count()
}

/// What is mapped that matters: libraries of linear algebra, and names in /dev/shm.
pub(crate) fn mapped(pid: i32, text: &mut Text) -> (Vec<String>, Vec<String>) {
    let text = text.of(&format!("/proc/{pid}/maps")).unwrap_or_default();
    let mut paths: Vec<&str> = text.lines().filter_map(path).collect();
    paths.sort_unstable();
    paths.dedup();
    let libraries = paths.iter().filter_map(|path| library(path)).map(str::to_owned).collect();
    let names = paths.iter().filter_map(|path| path.strip_prefix("/dev/shm/"));
    (libraries, names.map(str::to_owned).collect())
}

/// The path at the end of a line of maps.
fn path(line: &str) -> Option<&str> {
    line.find('/').map(|start| &line[start..])
}

/// The name of a library that starts threads for linear algebra.
fn library(path: &str) -> Option<&'static str> {
    const KNOWN: [(&str, &str); 6] = [
        ("openblas", "OpenBLAS"),
        ("libmkl_rt", "MKL"),
        ("libblis", "BLIS"),
        ("libgomp", "GNU OpenMP"),
        ("libomp", "LLVM OpenMP"),
        ("libiomp", "Intel OpenMP"),
    ];
    let file = path.rsplit('/').next()?;
    KNOWN.iter().find(|(part, _)| file.contains(part)).map(|known| known.1)
}

/// What the environment says about threads.
pub(crate) fn environment(pid: i32, text: &mut Text) -> Vec<String> {
    let text = text.of(&format!("/proc/{pid}/environ")).unwrap_or_default();
    let about =
        |word: &&str| word.split_once('=').is_some_and(|(name, _)| name.ends_with("_NUM_THREADS"));
    text.split('\0').filter(about).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_are_known_by_their_files() {
        let line = "7f00-7f01 r-xp 0 00:00 9   /v/numpy.libs/libscipy_openblas64_-ff.so";
        assert_eq!(path(line).and_then(library), Some("OpenBLAS"));
        assert_eq!(library("/usr/lib/libm.so.6"), None);
    }

    #[test]
    fn this_process_has_memory() {
        let pid = std::process::id() as i32;
        assert!(memory(pid, &mut Text::default()).is_some_and(|memory| memory.private > 0));
    }
}
