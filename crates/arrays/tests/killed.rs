//! Locks whose users are killed: children are this program again, in a role that an environment variable gives.
#![cfg(target_os = "linux")]
#![allow(unsafe_code, reason = "forks, as Python programs do")]

use sharpest_arrays::sync::{Arrived, Barrier, Condition, Entered, GaveUp, Lock, Patience, Slot};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A watchdog, not a measure: nothing here takes a second.
const WATCHDOG: Duration = Duration::from_secs(60);

fn patiently<T>(f: impl FnOnce(&mut Patience<'_>) -> T) -> T {
    f(&mut Patience::new(Some(WATCHDOG), &mut || true))
}

fn take(lock: &Lock) -> Entered {
    patiently(|patience| lock.lock(patience)).unwrap()
}

fn take_at_once(lock: &Lock) -> Result<Entered, GaveUp> {
    lock.lock(&mut Patience::new(Some(Duration::ZERO), &mut || true))
}

/// Starts a child in a role, and waits until it says that it is ready.
fn child(role: &str, slots: &[&Slot]) -> Child {
    let hex = |slot: &&Slot| slot.handle().unwrap().map(|byte| format!("{byte:02x}")).concat();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "another_process", "--ignored", "--nocapture"])
        .env("ROLE", role)
        .env("SLOTS", slots.iter().map(hex).collect::<Vec<_>>().join(" "))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let out = child.stdout.take().unwrap();
    let mut lines = BufReader::new(out).lines();
    assert!(lines.any(|line| line.unwrap().ends_with("ready")), "{role} did not come so far");
    child
}

fn kill(mut child: Child) -> u32 {
    child.kill().unwrap();
    child.wait().unwrap();
    child.id()
}

#[test]
#[ignore = "the part of the other tests that runs in a process of its own"]
fn another_process() {
    let Ok(role) = std::env::var("ROLE") else { return };
    let unhex = |text: &str| -> Vec<u8> {
        let pair = |at| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
        (0..text.len()).step_by(2).map(pair).collect()
    };
    let slots: Vec<_> = std::env::var("SLOTS").unwrap().split(' ').map(unhex).collect();
    match &*role {
        "holder" => hold(&Lock::open(&slots[0]).unwrap()),
        "waiter" => wait(&Lock::open(&slots[0]).unwrap()),
        "busy" => take_and_give_back(&Lock::open(&slots[0]).unwrap()),
        "listener" => {
            listen(&Lock::open(&slots[0]).unwrap(), &Condition::open(&slots[1]).unwrap());
        }
        "last" => come_last(&Barrier::open(&slots[0]).unwrap()),
        other => panic!("no role {other}"),
    }
}

fn ready() {
    println!("ready");
}

fn rest() {
    std::thread::sleep(WATCHDOG);
}

fn hold(lock: &Lock) {
    let _ = take(lock);
    ready();
    rest();
}

fn wait(lock: &Lock) {
    ready();
    let _ = take(lock);
    rest();
}

fn take_and_give_back(lock: &Lock) {
    ready();
    loop {
        let _ = take(lock);
        lock.mend();
        lock.unlock().unwrap();
    }
}

fn listen(lock: &Lock, condition: &Condition) {
    let _ = take(lock);
    ready();
    let woken = patiently(|patience| condition.wait(lock, patience)).unwrap();
    woken.notified.unwrap();
    lock.unlock().unwrap();
    std::process::exit(0); // nobody reads what the harness would say
}

fn come_last(barrier: &Barrier) {
    let mut action = || {
        ready();
        rest();
        true
    };
    let arrived = patiently(|patience| barrier.wait(patience, &mut action));
    panic!("not killed: {arrived:?}");
}

#[test]
fn the_next_one_is_told_that_the_holder_was_killed() {
    let lock = Lock::new(false).unwrap();
    let holder = child("holder", &[lock.slot()]);
    assert_eq!(lock.holder(), Some(holder.id()));
    assert_eq!(take_at_once(&lock), Err(GaveUp::TimedOut));
    std::thread::scope(|scope| {
        let next = scope.spawn(|| {
            let entered = take(&lock);
            lock.unlock().unwrap();
            entered
        });
        std::thread::sleep(Duration::from_millis(20)); // most likely it waits by now
        let pid = kill(holder);
        assert_eq!(next.join().unwrap(), Entered::AfterDeath { pid: Some(pid) });
    });
    let stats = lock.stats();
    assert_eq!((stats.acquired, stats.contended), (2, 2));
    assert!(stats.waited > Duration::ZERO);
}

#[test]
fn a_waiter_that_is_killed_takes_nothing_with_it() {
    let lock = Lock::new(false).unwrap();
    assert_eq!(take(&lock), Entered::Clean);
    let waiters: Vec<_> = (0..3).map(|_| child("waiter", &[lock.slot()])).collect();
    waiters.into_iter().for_each(|waiter| assert_ne!(kill(waiter), 0));
    lock.unlock().unwrap();
    assert_eq!(take(&lock), Entered::Clean);
    lock.unlock().unwrap();
}

#[test]
fn whenever_processes_are_killed_the_lock_can_be_had() {
    let lock = Lock::new(true).unwrap();
    for round in 0..30 {
        let busy: Vec<_> = (0..3).map(|_| child("busy", &[lock.slot()])).collect();
        std::thread::sleep(Duration::from_micros(round * 137));
        busy.into_iter().for_each(|child| assert_ne!(kill(child), 0));
        let _ = take(&lock);
        lock.mend();
        lock.unlock().unwrap();
    }
}

#[test]
fn a_notification_passes_over_who_was_killed() {
    let (lock, condition) = (Lock::new(false).unwrap(), Condition::new().unwrap());
    let slots = [lock.slot(), condition.slot()];
    let (first, mut second) = (child("listener", &slots), child("listener", &slots));
    let _ = take(&lock); // both wait
    lock.unlock().unwrap();
    kill(first);
    let _ = take(&lock);
    assert_eq!(condition.notify(&lock, 1), Ok(1));
    lock.unlock().unwrap();
    assert!(second.wait().unwrap().success());
    assert_eq!(condition.waiting(), 0);
}

#[test]
fn a_barrier_breaks_when_its_last_one_is_killed_in_the_middle_of_it() {
    let barrier = Barrier::new(2).unwrap();
    std::thread::scope(|scope| {
        let first = scope.spawn(|| patiently(|patience| barrier.wait(patience, &mut || true)));
        while barrier.waiting() == 0 {
            std::thread::yield_now();
        }
        kill(child("last", &[barrier.slot()]));
        assert_eq!(first.join().unwrap(), Ok(Arrived::Broken));
    });
    assert!(barrier.is_broken());
    barrier.reset();
    assert!(!barrier.is_broken());
}

#[test]
fn a_forked_child_of_the_holder_does_not_hold_it() {
    let lock = Lock::new(true).unwrap();
    let _ = take(&lock);
    // SAFETY: the child takes no lock that another thread may have at this moment, and never leaves this function.
    let pid = unsafe { libc::fork() };
    if pid == 0 {
        let right = lock.depth() == 0 && lock.unlock().is_err() && take_at_once(&lock).is_err();
        // Says so by the signal that ends it: at an exit, valgrind would count as lost what the parent's other threads hold.
        // SAFETY: ends the child without the parent's exit handlers.
        unsafe { libc::raise(if right { libc::SIGKILL } else { libc::SIGTERM }) };
    }
    let mut status = 0;
    // SAFETY: waits for the child that was made above.
    assert_eq!(unsafe { libc::waitpid(pid, &raw mut status, 0) }, pid);
    assert_eq!(status, libc::SIGKILL);
    assert_eq!(lock.depth(), 1);
    lock.unlock().unwrap();
}
