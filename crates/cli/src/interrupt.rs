//! Ctrl-C: the first asks the search to stop, the second ends the program at once, with no half-written file left.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Signals this close together are one press.
const SAME_PRESS: Duration = Duration::from_millis(300);

/// Whether Ctrl-C was pressed, and what to remove if it is pressed again.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interrupt {
    pressed: Arc<AtomicBool>,
    unfinished: Arc<Mutex<Vec<PathBuf>>>,
}

impl Interrupt {
    /// Listens from now on. Where the system refuses, Ctrl-C ends the program as it always did.
    pub(crate) fn listen() -> Self {
        let interrupt = Self::default();
        let heard = interrupt.clone();
        let mut first = None;
        drop(ctrlc::set_handler(move || {
            heard.pressed.store(true, Ordering::Relaxed);
            // Wrappers send a signal to the program and to its group: two within a moment are one.
            if first.get_or_insert_with(Instant::now).elapsed() > SAME_PRESS {
                heard.leave();
            }
        }));
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

    fn leave(&self) -> ! {
        for path in self.unfinished.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            drop(std::fs::remove_file(path)); // it may be gone already
        }
        std::process::exit(130)
    }
}
