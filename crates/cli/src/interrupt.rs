//! Ctrl-C: the first asks the search to stop, the second ends the program at once, with no half-written file left. Whoever asks
//! it to terminate (`kill`, a batch system, a terminal that closes) is answered in the same way.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Signals this close together are one press.
const SAME_PRESS: Duration = Duration::from_millis(300);

/// Whether Ctrl-C was pressed, and what to remove if it is pressed again.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interrupt {
    pressed: Arc<AtomicBool>,
    first: Arc<Mutex<Option<Instant>>>,
    unfinished: Arc<Mutex<Vec<PathBuf>>>,
}

impl Interrupt {
    /// Listens from now on. Where the system refuses, Ctrl-C ends the program as it always did.
    pub(crate) fn listen() -> Self {
        let interrupt = Self::default();
        let heard = interrupt.clone();
        drop(ctrlc::set_handler(move || heard.hear()));
        #[cfg(unix)]
        interrupt.listen_to_others();
        interrupt
    }

    /// Whether it was pressed.
    pub(crate) fn pressed(&self) -> bool {
        self.pressed.load(Ordering::Relaxed)
    }

    /// Names a file that must not be left behind.
    pub(crate) fn remove_on_exit(&self, path: PathBuf) {
        self.unfinished.lock().unwrap_or_else(PoisonError::into_inner).push(path);
    }

    fn hear(&self) {
        self.pressed.store(true, Ordering::Relaxed);
        // Wrappers send a signal to the program and to its group: two within a moment are one.
        let mut first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
        if first.get_or_insert_with(Instant::now).elapsed() > SAME_PRESS {
            self.leave();
        }
    }

    /// Listens to the request to terminate, and to a terminal that closes unless that is ignored, as under `nohup`.
    #[cfg(unix)]
    fn listen_to_others(&self) {
        use signal_hook::consts::{SIGHUP, SIGTERM};
        let listened: &[i32] = if ignores(SIGHUP) { &[SIGTERM] } else { &[SIGTERM, SIGHUP] };
        if let Ok(mut signals) = signal_hook::iterator::Signals::new(listened) {
            let heard = self.clone();
            std::thread::spawn(move || signals.forever().for_each(|_| heard.hear()));
        }
    }

    fn leave(&self) -> ! {
        for path in self.unfinished.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            drop(std::fs::remove_file(path)); // it may be gone already
        }
        std::process::exit(130)
    }
}

/// Whether this process was started with a signal ignored. Where the system does not say, it counts as ignored: then it does
/// what it does without us.
#[cfg(unix)]
fn ignores(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_none_or(|mask| mask >> (signal - 1) & 1 == 1)
}

/// How often Ctrl-C was pressed, for a command that has its own idea of what each press means.
#[derive(Debug, Clone, Default)]
pub(crate) struct Presses(Arc<AtomicUsize>);

impl Presses {
    /// Counts from now on.
    pub(crate) fn count() -> Self {
        let presses = Self::default();
        let heard = Arc::clone(&presses.0);
        let mut last: Option<Instant> = None;
        drop(ctrlc::set_handler(move || {
            if last.is_none_or(|last| last.elapsed() > SAME_PRESS) {
                heard.fetch_add(1, Ordering::Relaxed);
            }
            last = Some(Instant::now());
        }));
        presses
    }

    /// Presses so far.
    pub(crate) fn pressed(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}
