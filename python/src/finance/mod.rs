//! Search, solve and check for Python: numbers come in as sheets, options as the flags that would be typed, answers go out as
//! the JSON of the command. Nothing is computed here, and nothing of Python is known behind this door.

mod carrier;
mod commands;
mod failure;
mod scoring;
mod sheet;
mod watch;

pub(crate) use carrier::Inbox;
pub(crate) use commands::{answer, assist, bundled, charts, check, json_in, picture, report, text};
pub(crate) use scoring::Scoring;
pub(crate) use sheet::Sheet;
