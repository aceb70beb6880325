//! The command `check`: from a result and prices to an exit status.

use crate::Ending;
use crate::error::Error;
use crate::flags::CheckFlags;
use crate::options::source;
use crate::output;
use crate::output::text::wrap::styled;
use anstyle::Style;
use sharpest_engine::Source;
use sharpest_engine::check::{Claim, Verdict};

/// Holds a result against prices, and says what was proven or what is wrong.
pub(crate) fn check(flags: &CheckFlags) -> Result<Ending, Error> {
    let source = source(&flags.prices, flags.moments.as_ref())?;
    let claim = Claim::read(&flags.result)?;
    if source == Source::Bundled && !claim.is_bundled() {
        return Err(Error::Flags(format!(
            "{} was found from {}, so it cannot be checked against the bundled prices: name the file, as in sharpest check {} {}",
            flags.result.display(),
            claim.source(),
            flags.result.display(),
            claim.source()
        )));
    }
    let data = sharpest_engine::read(&source, &claim.reading())?;
    match sharpest_engine::check(&data, &claim)? {
        Verdict::Proven(sentence) => {
            output::print(&said("proven", &sentence))?;
            Ok(Ending::Answered)
        }
        Verdict::Confirmed(sentence) => {
            output::print(&said("confirmed", &sentence))?;
            Ok(Ending::Answered)
        }
        Verdict::Refuted(sentence) => {
            output::note("refuted", &sentence);
            Ok(Ending::NoAnswer)
        }
    }
}

/// A verdict in lines that every terminal has room for.
fn said(word: &str, sentence: &str) -> String {
    styled(&format!("{word}: {sentence}"), Style::new(), 0, 2)
}
