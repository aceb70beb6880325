//! The worker's side: makes the search once, then does the blocks it is told.

use super::errand::Errand;
use crate::Error;
use crate::executor::finding;
use crate::lines::Columns;
use sharpest_search::{Line, Search, Sink};
use sharpest_workers::{Message, Seat, Task, serve};
use std::cell::{Cell, RefCell};
use std::io::{ErrorKind, Read};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

/// How often it is looked whether to stop.
const GLANCE: Duration = Duration::from_millis(5);

/// What a worker needs for any block.
struct Desk {
    search: Search,
    columns: Option<Columns>,
}

/// Works on the blocks of a search until there are no more: the whole life of a worker process. `place` is the argument that
/// was added to the command line that [`super::Processes`] was given.
///
/// # Errors
/// A place that is none; a search that goes away in the middle of an answer.
pub fn work(place: &str) -> Result<(), Error> {
    let seat = Seat::take(place)?;
    Ok(serve(seat, begin, block)?)
}

fn begin(bytes: &[u8]) -> Result<Desk, String> {
    let errand = Errand::from_bytes(bytes)?;
    let search = errand.search()?;
    let columns = errand.words.lines.then(|| Columns::new(search.moments().assets()));
    Ok(Desk { search, columns })
}

/// One block: what was found in it, and its lines.
fn block(desk: &mut Desk, task: &Task) -> Result<Message, String> {
    let number = task.body.bytes().try_into().map(u64::from_ne_bytes);
    let number = number.map_err(|_| "not the number of a block")?;
    if number >= desk.search.blocks().count() {
        return Err(format!("there is no block {number}"));
    }
    let stop = task.files.first().and_then(|file| file.try_clone().ok()).map(UnixStream::from);
    let mut clerk = Clerk {
        columns: desk.columns.as_ref(),
        text: Vec::new(),
        stop: stop.filter(|stop| stop.set_nonblocking(true).is_ok()).map(RefCell::new),
        looked: Cell::new(Instant::now()),
        stopped: Cell::new(false),
    };
    clerk.stopped.set(clerk.look());
    let best = desk.search.search_block(desk.search.blocks().get(number), &mut clerk);
    let best = best.map_err(|error| error.to_string())?;
    Ok(finding::to_bytes(&best, &clerk.text).into())
}

/// Takes the lines of a block, and sees whether to stop.
struct Clerk<'a> {
    columns: Option<&'a Columns>,
    text: Vec<u8>,
    stop: Option<RefCell<UnixStream>>,
    looked: Cell<Instant>,
    stopped: Cell<bool>,
}

impl Clerk<'_> {
    /// Whether the other end is shut.
    fn look(&self) -> bool {
        let Some(stop) = &self.stop else { return false };
        match stop.borrow_mut().read(&mut [0]) {
            Ok(0..) => true,
            Err(error) => !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted),
        }
    }
}

impl Sink for Clerk<'_> {
    fn line(&mut self, line: &Line<'_>) {
        if let Some(columns) = self.columns {
            columns.push(&mut self.text, line);
        }
    }

    fn wants_lines(&self) -> bool {
        self.columns.is_some()
    }

    fn stop(&self) -> bool {
        if !self.stopped.get() && self.looked.get().elapsed() >= GLANCE {
            self.looked.set(Instant::now());
            self.stopped.set(self.look());
        }
        self.stopped.get()
    }
}
