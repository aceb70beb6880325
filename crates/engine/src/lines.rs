//! Lines: one for each subset, as CSV, in rank order, while the search runs. Workers format their own blocks; what is
//! written is the same for any number of them. Where the bytes go is the caller's business.

use sharpest_search::Line;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// How many bytes wait for an earlier block before the workers that are ahead wait too.
const AHEAD: usize = 4 << 20;

/// The lines of all blocks, each block's in one piece.
pub struct Lines<'w> {
    names: Vec<String>,
    state: Mutex<State<'w>>,
    turn: Condvar,
    failed: AtomicBool,
}

struct State<'w> {
    writer: &'w mut (dyn Write + Send),
    /// The block that is written next.
    next: u64,
    /// Blocks that came early, and their bytes together.
    early: BTreeMap<u64, Vec<u8>>,
    bytes: usize,
    error: Option<io::Error>,
}

/// The lines of one block. It hands itself in when dropped, whatever happened: others may be waiting for it.
pub(crate) struct Page<'a, 'w> {
    lines: &'a Lines<'w>,
    block: u64,
    text: Vec<u8>,
}

impl<'w> Lines<'w> {
    /// Writes the header: `rank,assets,sharpe` and a column an asset, in which an empty cell means "not picked".
    pub fn new(assets: &[String], writer: &'w mut (dyn Write + Send)) -> Self {
        let names: Vec<String> = assets.iter().map(|name| name.replace('"', "\"\"")).collect();
        let columns: Vec<String> = names.iter().map(|name| quoted(name)).collect();
        let header = format!("rank,assets,sharpe,{}\n", columns.join(","));
        let error = writer.write_all(header.as_bytes()).err();
        let failed = AtomicBool::new(error.is_some());
        let state = State { writer, next: 0, early: BTreeMap::new(), bytes: 0, error };
        Self { names, state: Mutex::new(state), turn: Condvar::new(), failed }
    }

    /// Begins the lines of `block`; blocks are begun in order, each once.
    pub(crate) fn page(&self, block: u64) -> Page<'_, 'w> {
        Page { lines: self, block, text: Vec::new() }
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
    fn hand_in(&self, block: u64, text: Vec<u8>) {
        let mut state = self.lock();
        while block != state.next && state.bytes + text.len() > AHEAD {
            state = self.turn.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.bytes += text.len();
        state.early.insert(block, text);
        while let Some(text) = state.take_next() {
            if let Err(error) = state.write(&text) {
                self.failed.store(true, Ordering::Relaxed);
                state.error = Some(error);
            }
        }
        self.turn.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State<'w>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State<'_> {
    fn take_next(&mut self) -> Option<Vec<u8>> {
        let text = self.early.remove(&self.next)?;
        self.next += 1;
        self.bytes -= text.len();
        Some(text)
    }

    /// Writes, unless an earlier write failed.
    fn write(&mut self, text: &[u8]) -> io::Result<()> {
        if self.error.is_some() { Ok(()) } else { self.writer.write_all(text) }
    }
}

impl Page<'_, '_> {
    /// Adds the line of a subset; where it has no Sharpe ratio (NaN), that cell is empty.
    pub(crate) fn push(&mut self, line: &Line<'_>) {
        let mut digits = zmij::Buffer::new();
        let names = &self.lines.names;
        let text = &mut self.text;
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

impl Drop for Page<'_, '_> {
    fn drop(&mut self) {
        self.lines.hand_in(self.block, std::mem::take(&mut self.text));
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
        let lines = Lines::new(&names(), &mut bytes);
        lines.page(0).push(&line(7));
        lines.finish().unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let header = "rank,assets,sharpe,A,\"B,C\",\"D\"\"E\",F\n";
        assert_eq!(text, format!("{header}7,\"B,C;F\",1.5,,0.25,,1e-7\n"));
    }

    #[test]
    fn blocks_come_out_in_order_whoever_is_first() {
        let mut bytes = Vec::new();
        let lines = Lines::new(&names(), &mut bytes);
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
        let lines = Lines::new(&names(), &mut bytes);
        std::thread::scope(|scope| {
            for block in 1..5 {
                let mut page = lines.page(block);
                page.text = vec![b'0' + block as u8; AHEAD / 2 + 1];
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
        let lines = Lines::new(&names(), &mut full);
        lines.page(0).push(&line(0));
        assert!(lines.failed());
        assert_eq!(lines.finish().unwrap_err().kind(), io::ErrorKind::StorageFull);
    }
}
