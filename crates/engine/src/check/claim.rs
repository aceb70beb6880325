//! The claim: a result as it is read back from its JSON. Nothing in it is believed here.

use crate::Error;
use crate::report::{Certificate, Found, Informal, Status};
use crate::settings::{TableKind, Terms};
use serde::Deserialize;
use std::path::Path;

/// What a result says, as far as it can be checked.
#[derive(Debug, Clone, Deserialize)]
pub struct Claim {
    #[serde(skip)]
    pub(super) file: String,
    pub(super) status: Status,
    #[serde(default)]
    pub(super) best: Option<Found>,
    #[serde(default)]
    pub(super) top: Vec<Found>,
    #[serde(default)]
    pub(super) certificate: Option<Certificate>,
    #[serde(default)]
    pub(super) riskless: Option<Informal>,
    pub(super) settings: Wanted,
}

/// Those of the settings that say what was asked.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    pub(super) pick: Option<usize>,
    #[serde(default)]
    pub(super) at_most: Option<usize>,
    #[serde(flatten)]
    pub(super) terms: Terms,
}

impl Claim {
    /// Reads the result of a search or a solution.
    ///
    /// # Errors
    /// A file that cannot be read or is no result.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let file = path.display().to_string();
        let text =
            std::fs::read(path).map_err(|reason| Error::Read { file: file.clone(), reason })?;
        match serde_json::from_slice::<Self>(&text) {
            Ok(claim) => Ok(Self { file, ..claim }),
            Err(reason) => Err(Error::NoResult { file, reason: reason.to_string() }),
        }
    }

    /// What the table held that it speaks of.
    pub fn table(&self) -> TableKind {
        self.settings.terms.table
    }
}
