//! Lines: one for each subset, as CSV, in rank order, while the search runs. Workers format their own blocks; what is
//! written is the same for any number of them. Where the bytes go is the caller's business.

use sharpest_search::Line;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// How many bytes wait for an earlier block before the workers that are ahead wait too.
const AHEAD: usize = 4 << 20;

/// The lines of all blocks, each block's in one piece.
pub struct Lines<'w> {
    columns: Columns,
    state: Mutex<State<'w>>,
    turn: Condvar,
    failed: AtomicBool,
}

struct State<'w> {
    writer: &'w mut (dyn Write + Send),
    /// The block that is written next.
    next: u64,
    /// Blocks that came early, and their bytes together.
    early: BTreeMap<u64, Text>,
    bytes: usize,
    /// The first block whose lines are not all written, and the bytes of those before it.
    mark: (u64, u64),
    error: Option<io::Error>,
}

/// The lines of some blocks, and whether there is one for each of their subsets.
struct Text {
    bytes: Vec<u8>,
    blocks: u64,
    whole: bool,
}

/// The columns of a line, and how one is written.
#[derive(Debug)]
pub(crate) struct Columns {
    /// Names of the assets, with their quotes doubled.
    names: Vec<String>,
}

/// The lines of one block. It hands itself in when dropped, whatever happened: others may be waiting for it.
pub(crate) struct Page<'a, 'w> {
    lines: &'a Lines<'w>,
    block: u64,
    text: Text,
}

impl<'w> Lines<'w> {
    /// Writes the header: `rank,assets,sharpe` and a column an asset, in which an empty cell means "not picked". Where an
    /// earlier run has written it, `mark` is the first block whose lines are missing, and the bytes of what is there.
    pub fn new(
        assets: &[String],
        writer: &'w mut (dyn Write + Send),
        mark: Option<(u64, u64)>,
    ) -> Self {
        let columns = Columns::new(assets);
        let (mark, error) = match mark {
            Some(mark) => (mark, None),
            None => {
                let header = columns.header();
                ((0, header.len() as u64), writer.write_all(header.as_bytes()).err())
            }
        };
        let failed = AtomicBool::new(error.is_some());
        let early = BTreeMap::new();
        let state = State { writer, next: mark.0, early, bytes: 0, mark, error };
        Self { columns, state: Mutex::new(state), turn: Condvar::new(), failed }
    }

    /// The first block whose lines are not all written, and the bytes of those before it.
    pub(crate) fn mark(&self) -> (u64, u64) {
        self.lock().mark
    }

    /// Begins the lines of `block`; blocks are begun in order, each once.
    pub(crate) fn page(&self, block: u64) -> Page<'_, 'w> {
        Page { lines: self, block, text: Text { bytes: Vec::new(), blocks: 1, whole: false } }
    }

    /// Takes the lines of some blocks from a single thread that hands out all blocks: it must not wait for itself. They are
    /// `whole` unless one of the blocks was stopped.
    pub(crate) fn put(&self, blocks: Range<u64>, bytes: Vec<u8>, whole: bool) {
        let text = Text { bytes, blocks: blocks.end - blocks.start, whole };
        self.file(&mut self.lock(), blocks.start, text);
    }

    /// Whether so much waits for an earlier block that later ones had better not begin.
    pub(crate) fn is_full(&self) -> bool {
        self.lock().bytes > AHEAD
    }

    /// Whether writing failed, so that there is no point in going on.
    pub(crate) fn failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }

    /// Flushes what was written.
    ///
    /// # Errors
    /// The first failure of any write.
    pub fn finish(self) -> io::Result<()> {
        let state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        debug_assert!(state.early.is_empty(), "a block was begun and never handed in");
        match state.error {
            Some(error) => Err(error),
            None => state.writer.flush(),
        }
    }

    /// Takes the lines of a block; writes them if it is their turn, and all that waited for them.
    fn hand_in(&self, block: u64, text: Text) {
        let mut state = self.lock();
        while block != state.next && state.bytes + text.bytes.len() > AHEAD {
            state = self.turn.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        self.file(&mut state, block, text);
        self.turn.notify_all();
    }

    /// Writes what can be written, and keeps the rest.
    fn file(&self, state: &mut State<'w>, block: u64, text: Text) {
        state.bytes += text.bytes.len();
        state.early.insert(block, text);
        while let Some(text) = state.take_next() {
            if let Err(error) = state.write(&text) {
                self.failed.store(true, Ordering::Relaxed);
                state.error = Some(error);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<'w>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State<'_> {
    fn take_next(&mut self) -> Option<Text> {
        let text = self.early.remove(&self.next)?;
        self.next += text.blocks;
        self.bytes -= text.bytes.len();
        Some(text)
    }

    /// Writes the lines of the blocks before the next, unless an earlier write failed.
    fn write(&mut self, text: &Text) -> io::Result<()> {
        if self.error.is_some() {
            return Ok(());
        }
        self.writer.write_all(&text.bytes)?;
        let (block, bytes) = self.mark;
        if text.whole && block + text.blocks == self.next {
            self.mark = (self.next, bytes + text.bytes.len() as u64);
        }
        Ok(())
    }
}

impl Columns {
    pub(crate) fn new(assets: &[String]) -> Self {
        Self { names: assets.iter().map(|name| name.replace('"', "\"\"")).collect() }
    }

    fn header(&self) -> String {
        let columns: Vec<String> = self.names.iter().map(|name| quoted(name)).collect();
        format!("rank,assets,sharpe,{}\n", columns.join(","))
    }

    /// Adds the line of a subset; where it has no Sharpe ratio (NaN), that cell is empty.
    pub(crate) fn push(&self, text: &mut Vec<u8>, line: &Line<'_>) {
        let mut digits = zmij::Buffer::new();
        let names = &self.names;
        text.extend_from_slice(line.rank.to_string().as_bytes());
        text.extend_from_slice(b",\"");
        for (i, &asset) in line.assets.iter().enumerate() {
            if i > 0 {
                text.push(b';');
            }
            text.extend_from_slice(names[asset].as_bytes());
        }
        text.extend_from_slice(b"\",");
        if !line.sharpe.is_nan() {
            text.extend_from_slice(digits.format(line.sharpe).as_bytes());
        }
        let mut columns = 0;
        for (&asset, &weight) in line.assets.iter().zip(line.weights) {
            text.resize(text.len() + asset + 1 - columns, b',');
            text.extend_from_slice(digits.format(weight).as_bytes());
            columns = asset + 1;
        }
        text.resize(text.len() + names.len() - columns, b',');
        text.push(b'\n');
    }
}

impl Page<'_, '_> {
    /// Adds the line of a subset.
    pub(crate) fn push(&mut self, line: &Line<'_>) {
        self.lines.columns.push(&mut self.text.bytes, line);
    }

    /// Says that a line for each subset is there.
    pub(crate) fn complete(&mut self) {
        self.text.whole = true;
    }
}

impl Drop for Page<'_, '_> {
    fn drop(&mut self) {
        let (bytes, whole) = (std::mem::take(&mut self.text.bytes), self.text.whole);
        self.lines.hand_in(self.block, Text { bytes, blocks: 1, whole });
    }
}

/// A name whose quotes are doubled, in quotes if it needs them.
fn quoted(name: &str) -> String {
    let plain = !name.contains([',', '"', '\n', '\r']);
    if plain { name.to_owned() } else { format!("\"{name}\"") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Vec<String> {
        ["A", "B,C", "D\"E", "F"].map(String::from).to_vec()
    }

    fn line(rank: u64) -> Line<'static> {
        Line { rank, assets: &[1, 3], sharpe: 1.5, weights: &[0.25, 1e-7] }
    }

    #[test]
    fn a_line_holds_names_and_one_column_an_asset() {
        let mut bytes = Vec::new();
        let lines = Lines::new(&names(), &mut bytes, None);
        lines.page(0).push(&line(7));
        lines.finish().unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let header = "rank,assets,sharpe,A,\"B,C\",\"D\"\"E\",F\n";
        assert_eq!(text, format!("{header}7,\"B,C;F\",1.5,,0.25,,1e-7\n"));
    }

    #[test]
    fn blocks_come_out_in_order_whoever_is_first() {
        let mut bytes = Vec::new();
        let lines = Lines::new(&names(), &mut bytes, None);
        for block in [2, 0, 3, 1] {
            lines.page(block).push(&line(block));
        }
        lines.finish().unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let ranks: Vec<&str> =
            text.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
        assert_eq!(ranks, ["0", "1", "2", "3"]);
    }

    #[test]
    fn a_worker_far_ahead_waits_for_the_one_behind() {
        let mut bytes = Vec::new();
        let lines = Lines::new(&names(), &mut bytes, None);
        std::thread::scope(|scope| {
            for block in 1..5 {
                let mut page = lines.page(block);
                page.text.bytes = vec![b'0' + block as u8; AHEAD / 2 + 1];
                scope.spawn(move || drop(page));
            }
            lines.page(0).push(&line(0)); // dropped here: the others go on
        });
        assert_eq!(lines.lock().next, 5);
        lines.finish().unwrap();
        assert!(bytes.ends_with(b"4"));
    }

    #[test]
    fn the_first_failure_is_kept_and_the_rest_is_silent() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::StorageFull.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let mut full = Full;
        let lines = Lines::new(&names(), &mut full, None);
        lines.page(0).push(&line(0));
        assert!(lines.failed());
        assert_eq!(lines.finish().unwrap_err().kind(), io::ErrorKind::StorageFull);
    }
}
