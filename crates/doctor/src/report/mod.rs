//! Reports: a diagnosis as a page in the terminal, in plain language, as a page for a browser, and as JSON.

mod explain;
mod html;
mod json;
mod text;
mod timeline;
mod words;

pub use explain::explain;
pub use html::{fragment, html};
pub use text::text;

use crate::findings::{Finding, findings};
use crate::recording::Recording;

/// A recording and what was found in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnosis {
    /// What was seen.
    pub recording: Recording,
    /// What it means, the most costly first; never empty.
    pub findings: Vec<Finding>,
}

impl Diagnosis {
    /// Finds what there is to find.
    pub fn new(recording: Recording) -> Self {
        let findings = findings(&recording);
        Self { recording, findings }
    }
}
