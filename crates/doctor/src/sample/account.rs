//! The account of one process: CPU, faults, bytes, switches, and each thread's time in the run queue.

use super::text::{Text, number};
use crate::recording::Thread;
use std::fs;

/// What /proc/PID/stat says. CPU times are seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Stat {
    pub(crate) parent: i32,
    pub(crate) zombie: bool,
    pub(crate) asleep: bool,
    pub(crate) faults: u64,
    pub(crate) user: f64,
    pub(crate) system: f64,
    /// CPU of children that it has waited for, and of theirs.
    pub(crate) reaped: f64,
    pub(crate) threads: usize,
    /// Ticks after boot at which it started: with its number, its identity.
    pub(crate) start: u64,
    pub(crate) resident_pages: u64,
    pub(crate) image: Image,
}

/// What a process executes, as far as it tells one program from the next: each of it changes at exec, and none at fork.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Image {
    /// The kernel's name for it, cut to 15 bytes.
    name: [u8; 15],
    /// Where code, stack and arguments begin; 0 where the system does not say.
    addresses: [u64; 3],
}

/// Bytes through read and write. Sockets' send and recv are not among them.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Io {
    pub(crate) read: u64,
    pub(crate) written: u64,
    pub(crate) disk_read: u64,
    pub(crate) disk_written: u64,
}

/// Reads /proc/PID/stat; `tick` is seconds.
pub(crate) fn stat(pid: i32, tick: f64, text: &mut Text) -> Option<Stat> {
    parse(text.of(&format!("/proc/{pid}/stat"))?, tick)
}

fn parse(text: &str, tick: f64) -> Option<Stat> {
    // The name stands in parentheses and may hold anything, parentheses too.
    let (begin, end) = (text.find('(')? + 1, text.rfind(')')?);
    let rest = &text[end + 1..];
    let words: Vec<&str> = rest.split_whitespace().collect();
    let count = |index: usize| words.get(index).and_then(|word| word.parse::<u64>().ok());
    let seconds = |index| Some(count(index)? as f64 * tick);
    Some(Stat {
        parent: words.get(1)?.parse().ok()?,
        zombie: matches!(*words.first()?, "Z" | "X"),
        asleep: matches!(*words.first()?, "S" | "D"),
        faults: count(7)?,
        user: seconds(11)?,
        system: seconds(12)?,
        reaped: seconds(13)? + seconds(14)?,
        threads: usize::try_from(count(17)?).ok()?,
        start: count(19)?,
        resident_pages: count(21)?,
        image: Image {
            name: cut(text.get(begin..end)?),
            addresses: [23, 25, 45].map(|index| count(index).unwrap_or_default()),
        },
    })
}

fn cut(name: &str) -> [u8; 15] {
    let mut bytes = [0; 15];
    bytes.iter_mut().zip(name.bytes()).for_each(|(kept, byte)| *kept = byte);
    bytes
}

/// Reads /proc/PID/io.
pub(crate) fn io(pid: i32, text: &mut Text) -> Option<Io> {
    let text = text.of(&format!("/proc/{pid}/io"))?;
    Some(Io {
        read: number(text, "rchar")?,
        written: number(text, "wchar")?,
        disk_read: number(text, "read_bytes")?,
        disk_written: number(text, "write_bytes")?,
    })
}

/// Voluntary and involuntary switches of the main thread; /proc has no sum over the threads.
pub(crate) fn switches(pid: i32, text: &mut Text) -> Option<(u64, u64)> {
    let text = text.of(&format!("/proc/{pid}/status"))?;
    Some((number(text, "voluntary_ctxt_switches")?, number(text, "nonvoluntary_ctxt_switches")?))
}

/// What a process sleeps for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sleep {
    Lock,
    Message,
    Child,
    Clock,
    Other,
}

/// Reads /proc/PID/wchan. Nothing where the kernel does not say.
pub(crate) fn sleep(pid: i32, text: &mut Text) -> Option<Sleep> {
    place(text.of(&format!("/proc/{pid}/wchan"))?)
}

/// What a function of the kernel waits for. Names change from version to version, parts of them less so.
fn place(function: &str) -> Option<Sleep> {
    const PARTS: [(&str, Sleep); 13] = [
        ("futex", Sleep::Lock),
        ("pipe", Sleep::Message),
        ("unix_stream", Sleep::Message),
        ("skb", Sleep::Message),
        ("sk_wait", Sleep::Message),
        ("tcp_", Sleep::Message),
        ("poll", Sleep::Message),
        ("select", Sleep::Message),
        ("do_wait", Sleep::Child),
        ("nanosleep", Sleep::Clock),
        ("pause", Sleep::Clock),
        ("sigtimedwait", Sleep::Clock),
        ("sigsuspend", Sleep::Clock),
    ];
    if function.is_empty() || function == "0" {
        return None;
    }
    let known = PARTS.iter().find(|(part, _)| function.contains(part));
    Some(known.map_or(Sleep::Other, |(_, sleep)| *sleep))
}

/// What each thread ran and waited since it began. A process with one thread needs no listing.
pub(crate) fn threads(pid: i32, count: usize, text: &mut Text) -> Vec<Thread> {
    if count <= 1 {
        return thread(pid, pid, text).into_iter().collect();
    }
    let Ok(entries) = fs::read_dir(format!("/proc/{pid}/task")) else {
        return Vec::new();
    };
    let ids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter_map(|id| thread(pid, id, text)).collect()
}

fn thread(pid: i32, id: i32, text: &mut Text) -> Option<Thread> {
    let text = text.of(&format!("/proc/{pid}/task/{id}/schedstat"))?;
    let mut words = text.split_whitespace();
    let mut seconds = || Some(words.next()?.parse::<u64>().ok()? as f64 * 1e-9);
    Some(Thread { id, ran: seconds()?, waited: seconds()? })
}

/// The command, words apart by spaces, or the name of a process that has none.
pub(crate) fn command(pid: i32, text: &mut Text) -> String {
    let words = text.of(&format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let words = words.trim_end_matches('\0').replace(['\0', '\n'], " ");
    if !words.is_empty() {
        return words.chars().take(200).collect();
    }
    text.of(&format!("/proc/{pid}/comm")).unwrap_or_default().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_parentheses_and_spaces() {
        let text =
            "42 (a) b (c) R 7 42 42 0 -1 4194304 900 5 1 0 150 50 20 10 20 0 3 0 8812 1000 250 1";
        let stat = parse(text, 0.01).unwrap();
        assert_eq!((stat.parent, stat.faults, stat.threads, stat.start), (7, 900, 3, 8812));
        assert_eq!((stat.user, stat.system, stat.resident_pages), (1.5, 0.5, 250));
        assert!((stat.reaped - 0.3).abs() < 1e-12 && !stat.zombie);
        assert_eq!(parse("42 (cut sho", 0.01), None);
    }

    #[test]
    fn what_is_slept_for_is_known_by_the_place() {
        for name in ["futex_wait_queue_me", "futex_do_wait"] {
            assert_eq!(place(name), Some(Sleep::Lock));
        }
        for name in ["pipe_read", "anon_pipe_read", "ep_poll", "unix_stream_read_generic"] {
            assert_eq!(place(name), Some(Sleep::Message));
        }
        assert_eq!(place("hrtimer_nanosleep"), Some(Sleep::Clock));
        assert_eq!(place("do_wait"), Some(Sleep::Child));
        assert_eq!(place("folio_wait_bit_common"), Some(Sleep::Other));
        assert_eq!((place("0"), place("")), (None, None));
    }

    #[test]
    fn this_process_has_an_account() {
        let (mut text, pid) = (Text::default(), std::process::id() as i32);
        let stat = stat(pid, 0.01, &mut text).unwrap();
        assert!(stat.threads >= 1 && stat.resident_pages > 0);
        assert!(io(pid, &mut text).unwrap().read > 0);
        assert!(!threads(pid, stat.threads, &mut text).is_empty());
        assert!(!command(pid, &mut text).is_empty());
    }
}
