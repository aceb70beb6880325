//! The doctor beside an interpreter that asked for it. It works in a process of its own: a thread would make every fork of the
//! program one of a process with threads, of which Python warns, and its work could not be told from the program's.

use pyo3::prelude::*;
use serde_json::json;
use sharpest_doctor::{Diagnosis, fragment, text, watch_willing};
use std::io::{Write, stdin, stdout};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Watches the process `pid` until a line comes in. Prints two lines of JSON: where the start-up hook lies, as soon as the
/// process is watched, and at the end the diagnosis, `width` characters wide where it is text; or why there is none.
#[pyfunction]
pub(crate) fn watch(py: Python<'_>, pid: i32, width: usize) {
    let enough = asked_to_end();
    let ready = |hook: &Path| say(&json!({ "hook": hook }));
    let watched = py.detach(|| watch_willing(pid, &ready, &|| enough.load(Ordering::Relaxed)));
    match watched.map(Diagnosis::new) {
        Ok(diagnosis) => {
            let (text, html) = (text(&diagnosis, width), fragment(&diagnosis));
            say(&json!({ "diagnosis": diagnosis, "text": text, "html": html }));
        }
        Err(error) => say(&json!({ "error": error.to_string() })),
    }
}

/// Whether a line has come in. The end of input says nothing: a killed program's children may hold the pipe, and that it was
/// killed is seen anyway.
fn asked_to_end() -> Arc<AtomicBool> {
    let enough = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&enough);
    std::thread::spawn(move || {
        let read = stdin().read_line(&mut String::new());
        asked.store(read.is_ok_and(|length| length > 0), Ordering::Relaxed);
    });
    enough
}

/// Prints a line, to a reader that may have been killed.
fn say(line: &serde_json::Value) {
    let mut out = stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
