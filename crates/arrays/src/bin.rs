//! Warm segments that wait for their next use.
//!
//! Pages are the price of a segment: filling 100 MB of fresh ones takes some 90 ms, of warm ones 4 to 8. So a working
//! segment that nobody else ever saw is kept for the next of about its size. The bin is bounded in number and in bytes.

use crate::error::Result;
use crate::os::{self, File, Map};
use crate::process::PerProcess;
use std::time::{Duration, Instant};

/// How many segments wait at most.
const MOST: usize = 16;
/// What they hold at most, as a share of what is available when one is put in.
const SHARE: u64 = 8;

/// Maps of segments that were handed over, which come back as often as not: see [`hand_over`].
#[cfg(all(target_os = "linux", not(sharpest_unsupported)))]
const AWAY: usize = 2;
/// What those hold at most, as a share of what is available: each of many workers keeps some, and whoever got the segment may
/// have dropped it.
#[cfg(all(target_os = "linux", not(sharpest_unsupported)))]
const AWAY_SHARE: u64 = 8 * SHARE;

/// How long an answer to how much is available holds: to ask takes longer than to hand a segment over.
const MOMENT: Duration = Duration::from_millis(100);

static BIN: PerProcess<Vec<Warm>> = PerProcess::new();
static GONE: PerProcess<Vec<(u64, Map)>> = PerProcess::new();
static AVAILABLE: PerProcess<Option<(Instant, u64)>> = PerProcess::new();

/// A segment without a content.
#[derive(Debug)]
pub(crate) struct Warm {
    pub(crate) file: File,
    pub(crate) len: usize,
    /// Where whoever had it last had mapped it.
    pub(crate) map: Option<Map>,
    /// It was made by another process, to which it may go back.
    pub(crate) foreign: bool,
}

impl Warm {
    /// Its file and a map of it, with its pages.
    pub(crate) fn mapped(self) -> Result<(File, Map)> {
        let Warm { file, len, map, .. } = self;
        if let Some(map) = map {
            return Ok((file, map));
        }
        let map = Map::write(&file, len)?;
        map.populate();
        Ok((file, map))
    }
}

/// The descriptor of a segment that goes to another process. To map a segment that was away before, and fault its pages in,
/// takes longer than to fill it. So the last maps are kept for its return, where nobody here can have a view of them.
#[cfg(all(target_os = "linux", not(sharpest_unsupported)))]
pub(crate) fn hand_over(file: File, map: Map) -> Result<File> {
    let (inode, _) = os::identity(&file)?;
    let bound = available() / AWAY_SHARE;
    let mut gone = GONE.lock();
    gone.push((inode, map));
    let held = |gone: &[(u64, Map)]| gone.iter().map(|(_, map)| map.len() as u64).sum::<u64>();
    while gone.len() > AWAY || held(&gone) > bound {
        gone.remove(0);
    }
    Ok(file)
}

/// Keeps a segment that came from another process, as often as not back.
#[cfg(all(target_os = "linux", not(sharpest_unsupported)))]
pub(crate) fn take_back(file: File) -> Result<()> {
    let (inode, len) = os::identity(&file)?;
    let mut gone = GONE.lock();
    let place = gone.iter().position(|(known, map)| *known == inode && map.len() == len);
    let map = place.map(|place| gone.remove(place).1);
    drop(gone);
    put(Warm { file, len, map, foreign: false }); // it was made for this process to fill
    Ok(())
}

/// The smallest warm segment that holds `len` bytes and is not much larger; rather an own one than one that may go back.
pub(crate) fn take(len: usize) -> Option<Warm> {
    let mut bin = BIN.lock();
    let fits = |warm: &Warm| (len..=len.saturating_mul(2)).contains(&warm.len);
    let fitting = bin.iter().enumerate().filter(|(_, warm)| fits(warm));
    let (at, _) = fitting.min_by_key(|(_, warm)| (warm.foreign, warm.len))?;
    Some(bin.swap_remove(at))
}

/// The warm segment of another process that was put in last.
#[cfg(all(target_os = "linux", not(sharpest_unsupported)))]
pub(crate) fn take_foreign() -> Option<Warm> {
    let mut bin = BIN.lock();
    let at = bin.iter().rposition(|warm| warm.foreign)?;
    Some(bin.remove(at))
}

/// Keeps a segment, and lets older ones go where it would be too many.
pub(crate) fn put(warm: Warm) {
    let bound = available() / SHARE;
    let mut bin = BIN.lock();
    bin.push(warm);
    let held = |bin: &[Warm]| bin.iter().map(|warm| warm.len as u64).sum::<u64>();
    while bin.len() > MOST || held(&bin) > bound {
        bin.remove(0);
    }
}

/// Bytes that could be had a moment ago.
fn available() -> u64 {
    let mut asked = AVAILABLE.lock();
    if asked.is_none_or(|(when, _)| when.elapsed() > MOMENT) {
        *asked = Some((Instant::now(), os::available().map_or(0, |(free, _)| free)));
    }
    asked.map_or(0, |(_, free)| free)
}

/// Lets all of them go.
pub fn trim() {
    BIN.lock().clear();
    GONE.lock().clear();
}
