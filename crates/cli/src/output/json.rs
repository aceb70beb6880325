//! JSON: the report as it is, for programs.

use super::file::Output;
use crate::error::Error;
use serde::Serialize;
use std::io::Write;

/// Writes the report and finishes the file.
pub(crate) fn write(report: &impl Serialize, mut output: Output) -> Result<(), Error> {
    let refuse = |reason| Error::write(output.name(), reason);
    let mut text = serde_json::to_vec_pretty(report).map_err(|error| refuse(error.into()))?;
    text.push(b'\n');
    output.write_all(&text).map_err(|reason| Error::write(output.name(), reason))?;
    output.finish()
}
