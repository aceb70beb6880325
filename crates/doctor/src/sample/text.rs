//! Reading a small file of /proc into a buffer that is used again.

use std::fs::File;
use std::io::Read;

/// A buffer for the text of a file.
#[derive(Debug, Default)]
pub(crate) struct Text(Vec<u8>);

impl Text {
    /// The text of a file, if it can be read and is text.
    pub(crate) fn of(&mut self, path: &str) -> Option<&str> {
        self.0.clear();
        File::open(path).ok()?.read_to_end(&mut self.0).ok()?;
        std::str::from_utf8(&self.0).ok()
    }
}

/// The number after `key` on a line of its own, as in `rchar: 17`.
pub(crate) fn number(text: &str, key: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(key))?;
    line.trim_start_matches(':').split_whitespace().next()?.parse().ok()
}
