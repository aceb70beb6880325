//! Who started the workers goes away.

use crate::desk::{WATCHDOG, ask, lives, number, order, pool, settings, submit};
use rustix::io::{FdFlags, fcntl_setfd};
use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
use sharpest_workers::{Hired, Pool};
use std::io::{BufRead, BufReader, Write};
use std::os::fd::AsRawFd;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A program with a pool whose workers are busy for ever.
pub(crate) fn parent() {
    let pool = pool(3);
    let _busy = [(); 3].map(|()| submit(&pool, b'z', u64::MAX));
    drop(pool.next(None, Some(Duration::from_millis(500))));
    let pids: Vec<String> = pool.workers().iter().map(u32::to_string).collect();
    println!("{}", pids.join(" "));
    std::io::stdout().flush().unwrap();
    drop(pool.next(None, None));
}

/// A program that adopts a worker which nobody told to die with it, and a third process that holds the pool's end of the
/// socket beyond its death: says who both are.
#[expect(clippy::zombie_processes, reason = "this program is killed, and both outlive it")]
pub(crate) fn adopting_parent() {
    let pool = Pool::adopting(settings(1)).unwrap();
    let (ours, theirs) =
        socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None).unwrap();
    fcntl_setfd(&theirs, FdFlags::empty()).unwrap();
    let place = format!("{}:{}", theirs.as_raw_fd(), std::process::id());
    let program = std::env::current_exe().unwrap();
    let worker = Command::new(program).arg("--worker").arg(place).spawn().unwrap();
    drop(theirs);
    let held = ours.try_clone().unwrap();
    fcntl_setfd(&held, FdFlags::empty()).unwrap();
    let holder = Command::new("sleep").arg("1000").stdout(Stdio::null()).spawn().unwrap();
    drop(held);
    pool.adopt(Hired::new(ours, worker.id()).unwrap()).unwrap();
    let _busy = submit(&pool, b'z', u64::MAX);
    drop(pool.next(None, Some(Duration::from_millis(300))));
    println!("{} {}", worker.id(), holder.id());
    std::io::stdout().flush().unwrap();
    drop(pool.next(None, None));
}

pub(crate) fn the_parent_is_killed() {
    let pids = killed("--parent");
    assert_eq!(pids.len(), 3);
    gone(&pids);
}

pub(crate) fn the_parent_is_killed_and_a_socket_held() {
    let pids = killed("--adopting-parent");
    gone(&pids[..1]);
    assert!(lives(pids[1]), "it held the socket until now");
    let holder = rustix::process::Pid::from_raw(pids[1] as i32).unwrap();
    rustix::process::kill_process(holder, rustix::process::Signal::KILL).unwrap();
}

/// Starts a parent, kills it, and says which processes it named.
fn killed(kind: &str) -> Vec<u32> {
    let mut parent = Command::new(std::env::current_exe().unwrap())
        .arg(kind)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(parent.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let pids: Vec<u32> = line.split_whitespace().map(|pid| pid.parse().unwrap()).collect();
    assert!(pids.iter().all(|pid| lives(*pid)));
    parent.kill().unwrap();
    parent.wait().unwrap();
    pids
}

pub(crate) fn the_thread_that_made_the_pool_ends() {
    let pool = std::thread::spawn(|| {
        let pool = pool(2);
        assert_eq!(number(&ask(&pool, order(b's', 3))), 9);
        pool
    });
    let pool = pool.join().unwrap();
    let start = Instant::now();
    while pool.workers().len() < 2 {
        assert!(start.elapsed() < WATCHDOG, "the second worker does not come");
        std::thread::sleep(Duration::from_millis(1)); // the first may be quick enough for the task above
    }
    let workers = pool.workers();
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(number(&ask(&pool, order(b's', 4))), 16);
    assert_eq!((pool.workers(), pool.ledger().deaths), (workers, 0));
}

pub(crate) fn a_dropped_pool_leaves_nobody() {
    let pool = pool(3);
    let _busy = [(); 6].map(|()| submit(&pool, b'z', u64::MAX));
    drop(pool.next(None, Some(Duration::from_millis(100))));
    let pids = pool.workers();
    drop(pool);
    assert!(pids.iter().all(|pid| !lives(*pid)), "they were waited for");
}

/// Waits until none of them is there.
fn gone(pids: &[u32]) {
    let start = Instant::now();
    while pids.iter().any(|pid| lives(*pid)) {
        assert!(start.elapsed() < WATCHDOG, "they live on");
        std::thread::sleep(Duration::from_millis(5));
    }
    println!("    gone after {:.0?}", start.elapsed());
}
