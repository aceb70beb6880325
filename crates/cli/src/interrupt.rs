//! Ctrl-C: the first asks the search to stop, the second ends the program at once, with no half-written file left.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

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
        drop(ctrlc::set_handler(move || {
            if heard.pressed.swap(true, Ordering::Relaxed) {
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
