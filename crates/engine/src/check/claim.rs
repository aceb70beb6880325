//! The claim: a result as it is read back from its JSON. Nothing in it is believed here.

use crate::Error;
use crate::input::{BUNDLED, Reading};
use crate::report::html;
use crate::report::{Certificate, Found, Informal, Status};
use crate::settings::Terms;
use serde::Deserialize;
use std::path::Path;

/// What a result says, as far as it can be checked.
#[derive(Debug, Clone, Deserialize)]
pub struct Claim {
    #[serde(skip)]
    pub(crate) file: String,
    pub(crate) status: Status,
    #[serde(default)]
    pub(crate) best: Option<Found>,
    #[serde(default)]
    pub(crate) top: Vec<Found>,
    #[serde(default)]
    pub(crate) certificate: Option<Certificate>,
    #[serde(default)]
    pub(crate) riskless: Option<Informal>,
    pub(crate) settings: Wanted,
}

/// Those of the settings that say what was asked.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    pub(crate) source: String,
    #[serde(default)]
    pub(crate) score: Option<String>,
    #[serde(default)]
    pub(crate) pick: Option<usize>,
    #[serde(default)]
    pub(crate) at_most: Option<usize>,
    #[serde(flatten)]
    pub(crate) terms: Terms,
}

impl Claim {
    /// Reads the result of a search or a solution.
    ///
    /// # Errors
    /// A file that cannot be read or is no result.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let file = path.display().to_string();
        match std::fs::read(path) {
            Ok(json) => Self::parse(&file, &json),
            Err(reason) => Err(Error::Read { file, reason }),
        }
    }

    /// Takes the JSON of a result, or the page that holds it, which messages call `name`.
    ///
    /// # Errors
    /// JSON that is no result.
    pub fn parse(name: &str, json: &[u8]) -> Result<Self, Error> {
        let file = name.to_owned();
        match serde_json::from_slice::<Self>(html::json_in(json)) {
            Ok(claim) => Ok(Self { file, ..claim }),
            Err(reason) => Err(Error::NoResult { file, reason: reason.to_string() }),
        }
    }

    /// What messages call it.
    pub fn name(&self) -> &str {
        &self.file
    }

    /// What the numbers were read from, as the result says.
    pub fn source(&self) -> &str {
        &self.settings.source
    }

    /// Whether it was found from the prices that come with the program.
    pub fn is_bundled(&self) -> bool {
        self.settings.source.is_empty() || self.settings.source == BUNDLED.0
    }

    /// How the table that it speaks of was read.
    pub fn reading(&self) -> Reading {
        Reading::from(&self.settings.terms)
    }
}
