//! The record: what a checkpoint says, as the bytes of its file. A line with a checksum, then JSON that a person can read.

use super::asked::Asked;
use super::runs::Runs;
use crate::executor::finding;
use serde::{Deserialize, Serialize};
use sharpest_search::Best;
use std::fmt::Write;
use std::time::Duration;
use twox_hash::XxHash3_128;

/// What every file begins with.
const KIND: &str = "sharpest checkpoint ";
/// The layout that this version writes and reads.
const LAYOUT: &str = "1";

/// How far a search has come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Record {
    /// What is searched.
    pub(super) asked: Asked,
    /// The blocks that are done.
    pub(super) done: Runs,
    /// How many bytes of lines those blocks have, if lines are wanted.
    pub(super) lines: Option<u64>,
    /// How long it took.
    pub(super) time: Duration,
    /// What was found in them, bit by bit.
    best: String,
}

impl Record {
    pub(super) fn new(
        asked: Asked,
        done: Runs,
        lines: Option<u64>,
        time: Duration,
        best: &Best,
    ) -> Self {
        let mut hex = String::new();
        for byte in finding::to_bytes(best, b"") {
            let _ = write!(hex, "{byte:02x}"); // a String takes everything
        }
        Self { asked, done, lines, time, best: hex }
    }

    /// The best `top`; none where what is written is no best.
    pub(super) fn best(&self, top: usize) -> Option<Best> {
        let digits = self.best.as_bytes().chunks(2);
        let bytes = digits.map(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok());
        let (best, rest) = finding::from_bytes(&bytes.collect::<Option<Vec<u8>>>()?, top)?;
        rest.is_empty().then_some(best)
    }

    pub(super) fn to_bytes(&self) -> serde_json::Result<Vec<u8>> {
        let body = serde_json::to_string_pretty(self)?;
        let sum = XxHash3_128::oneshot(body.as_bytes());
        Ok(format!("{KIND}{LAYOUT} {sum:032x}\n{body}\n").into_bytes())
    }

    /// What [`Record::to_bytes`] wrote, or why it is something else.
    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, String> {
        let damaged = || "it is damaged; remove it to begin anew".to_owned();
        let text = bytes.strip_prefix(KIND.as_bytes());
        let text = text.ok_or("it is no checkpoint of sharpest; give another name")?;
        let text = str::from_utf8(text).map_err(|_| damaged())?;
        let (head, body) = text.split_once('\n').ok_or_else(damaged)?;
        let (layout, sum) = head.split_once(' ').ok_or_else(damaged)?;
        if layout != LAYOUT {
            return Err(format!(
                "it has the layout {layout} of another version of sharpest, this one reads {LAYOUT}; go on with that version, or remove the file to begin anew"
            ));
        }
        let body = body.strip_suffix('\n').ok_or_else(damaged)?;
        if sum != format!("{:032x}", XxHash3_128::oneshot(body.as_bytes())) {
            return Err(damaged());
        }
        serde_json::from_str(body).map_err(|_| damaged())
    }
}

#[cfg(test)]
mod tests {
    use super::super::asked::tests::asked;
    use super::*;
    use sharpest_search::Portfolio;

    fn record() -> Record {
        let mut best = Best::new(2);
        for (rank, score) in [(7, 0.1 + 0.2), (9, f64::NEG_INFINITY)] {
            let (assets, weights) = (vec![0, 3], vec![1.0 / 3.0, 2.0 / 3.0]);
            best.keep(Portfolio { rank, draw: 3, score, assets, weights });
        }
        best.subsets = 12;
        let mut done = Runs::default();
        [0..3, 5..6].into_iter().for_each(|blocks| done.insert(blocks));
        Record::new(asked(), done, Some(4711), Duration::from_millis(800), &best)
    }

    #[test]
    fn it_is_read_as_it_was_written() {
        let record = record();
        let again = Record::from_bytes(&record.to_bytes().unwrap()).unwrap();
        assert_eq!(again, record);
        let best = again.best(2).unwrap();
        assert_eq!((best.subsets, best.portfolios().len()), (12, 2));
        assert_eq!(best.first().unwrap().score.to_bits(), (0.1f64 + 0.2).to_bits());
    }

    #[test]
    fn every_cut_and_every_flipped_bit_is_noticed() {
        let bytes = record().to_bytes().unwrap();
        for end in 0..bytes.len() {
            assert!(Record::from_bytes(&bytes[..end]).is_err(), "cut at {end}");
        }
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut flipped = bytes.clone();
                flipped[at] ^= 1 << bit;
                assert!(Record::from_bytes(&flipped).is_err(), "bit {bit} of byte {at}");
            }
        }
    }
}
