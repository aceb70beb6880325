//! What keeps a segment alive while its token is under way.
//!
//! A token borrows. In `pool.apply_async(f, (share(a),))` nothing but the token is left when `f` begins, and a result that
//! a worker returns is a temporary there. So a segment is pinned when a token of it is made. Whoever opens the token says so
//! by writing the pin's number to its place on the owner's *board*, a memory file. A token may be opened again when its
//! place is another pin's: then the number is not that one's. A pin that nobody opens ends after a minute, or earlier where
//! more than a share of the memory is pinned.

use crate::error::Result;
use crate::open::Opened;
use crate::os::{self, File, Seal};
use crate::process::PerProcess;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How long a token can be opened that nothing else keeps alive.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// What is pinned at most, as a share of the memory that is available.
const SHARE: u64 = 4;
/// Pins at a time, and places on the board.
const MOST: usize = 1 << 12;
/// How often it is looked whether a token was opened.
const PERIOD: Duration = Duration::from_millis(20);

/// Bytes of a place on the board.
const PLACE: usize = size_of::<u32>();

static PINS: PerProcess<Pins> = PerProcess::new();
/// The board of another process that was written last.
static LAST: PerProcess<Option<File>> = PerProcess::new();

/// Where to say that a token was opened, and what: a place in a file of its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pin {
    pub(crate) number: i32,
    pub(crate) inode: u64,
    pub(crate) slot: u32,
    pub(crate) serial: u32,
}

impl Pin {
    /// Nothing is pinned, and nobody need be told.
    pub(crate) const NONE: Pin = Pin { number: -1, inode: 0, slot: 0, serial: 0 };
}

/// The pins of a process.
#[derive(Debug, Default)]
struct Pins {
    board: Option<Board>,
    /// In the order in which they were made.
    pinned: VecDeque<Pinned>,
    free: Vec<u32>,
    next: u32,
    serial: u32,
    watched: bool,
}

#[derive(Debug)]
struct Board {
    file: File,
    inode: u64,
}

#[derive(Debug)]
struct Pinned {
    slot: u32,
    serial: u32,
    since: Instant,
    segment: Opened,
}

/// Keeps a segment alive until the token that is being made of it was opened.
pub(crate) fn pin(segment: &Opened) -> Result<Pin> {
    let mut pins = PINS.lock();
    pins.sweep();
    pins.make_room(len(segment));
    let (number, inode) = pins.board()?;
    let slot = pins.free.pop().unwrap_or_else(|| {
        pins.next += 1;
        pins.next - 1
    });
    pins.serial = pins.serial.checked_add(1).unwrap_or(1);
    let serial = pins.serial;
    pins.pinned.push_back(Pinned { slot, serial, since: Instant::now(), segment: segment.clone() });
    if !pins.watched {
        // Without a watch the pins are looked at whenever the next one is made: that is enough where no thread can be had.
        let watch = std::thread::Builder::new().name("sharpest-pins".into()).spawn(watch);
        pins.watched = watch.is_ok();
    }
    Ok(Pin { number, inode, slot, serial })
}

/// Tells the owner that its token was opened. That it cannot be told is no error: the pin ends by itself.
pub(crate) fn opened(pid: u32, pin: Pin) {
    if pin == Pin::NONE {
        return;
    }
    // The board that was written last stays open, since most tokens come from one process, and opening it again would be a
    // quarter of what opening a token takes. It is the same one only if the kernel says so.
    let is_its = |board: &File| os::identity(board).is_ok_and(|(inode, _)| inode == pin.inode);
    let mut board = LAST.lock();
    if !board.as_ref().is_some_and(is_its) {
        *board = os::reopen(pid, pin.number, true).ok().filter(is_its);
    }
    if let Some(board) = board.as_ref() {
        let _ = os::write(board, &pin.serial.to_ne_bytes(), pin.slot as usize * PLACE);
    }
}

/// Waits until every token of a frozen segment of this process was opened, or `patience` is over: for a process that is about to end with its
/// results still under way. Returns how many were not.
pub fn linger(patience: Duration) -> usize {
    let end = Instant::now() + patience;
    loop {
        let left = {
            let mut pins = PINS.lock();
            pins.sweep();
            // Of writable segments there is no result under way: whoever shares a lock has it still.
            let result = |pinned: &&Pinned| matches!(pinned.segment, Opened::Frozen(_));
            pins.pinned.iter().filter(result).count()
        };
        if left == 0 || Instant::now() >= end {
            return left;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Lets go of the copies of an ancestor's pins, and of boards.
pub(crate) fn forked() {
    drop(PINS.lock());
    drop(LAST.lock());
}

/// Lets go of what was opened, as long as there is anything.
fn watch() {
    loop {
        std::thread::sleep(PERIOD);
        let mut pins = PINS.lock();
        pins.sweep();
        if pins.pinned.is_empty() {
            pins.watched = false;
            return;
        }
    }
}

/// What a segment takes.
fn len(segment: &Opened) -> u64 {
    match segment {
        Opened::Frozen(segment) => segment.bytes().len() as u64,
        Opened::Control(segment) => segment.layout().len() as u64,
    }
}

impl Pins {
    /// Lets go of what was opened, and of what nobody opened in time.
    fn sweep(&mut self) {
        let Some(board) = self.board.as_ref().filter(|_| !self.pinned.is_empty()) else { return };
        let opened = os::read(&board.file, self.next as usize * PLACE, 0).unwrap_or_default();
        let free = &mut self.free;
        self.pinned.retain(|pinned| {
            let place = pinned.slot as usize * PLACE;
            let said = opened.get(place..place + PLACE);
            let done =
                said == Some(&pinned.serial.to_ne_bytes()[..]) || pinned.since.elapsed() > PATIENCE;
            if done {
                free.push(pinned.slot);
            }
            !done
        });
    }

    /// Lets go of the oldest where there are too many, or they hold too much.
    fn make_room(&mut self, wanted: u64) {
        let held: u64 = self.pinned.iter().map(|pinned| len(&pinned.segment)).sum();
        let mut over = match held + wanted {
            more if more > 1 << 26 => {
                more.saturating_sub(os::available().map_or(0, |(free, _)| (free + held) / SHARE))
            }
            _ => 0,
        };
        while !self.pinned.is_empty() && (self.pinned.len() >= MOST || over > 0) {
            if let Some(oldest) = self.pinned.pop_front() {
                over = over.saturating_sub(len(&oldest.segment));
                self.free.push(oldest.slot);
            }
        }
    }

    /// The number of the board's descriptor and its inode. Its length is sealed: who writes to it cannot take it away.
    fn board(&mut self) -> Result<(i32, u64)> {
        if self.board.is_none() {
            let file = os::memory_file()?;
            os::allocate(&file, MOST * PLACE)?;
            os::seal(&file, Seal::Length)?;
            let (inode, _) = os::identity(&file)?;
            self.board = Some(Board { file, inode });
        }
        Ok(self.board.as_ref().map_or((-1, 0), |board| (os::number(&board.file), board.inode)))
    }
}
