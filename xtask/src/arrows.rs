//! The arrows between the rooms are these and no others.

use anyhow::{Result, bail};
use serde_json::Value;
use std::process::Command;

/// Who may depend on whom.
const ARROWS: [(&str, &[&str]); 8] = [
    ("sharpest-search", &[]),
    ("sharpest-arrays", &[]),
    ("sharpest-workers", &["sharpest-arrays"]),
    ("sharpest-engine", &["sharpest-search", "sharpest-workers", "sharpest-arrays"]),
    ("sharpest-doctor", &[]),
    ("sharpest", &["sharpest-engine", "sharpest-arrays", "sharpest-doctor"]),
    (
        "sharpest-python",
        &["sharpest", "sharpest-arrays", "sharpest-doctor", "sharpest-engine", "sharpest-workers"],
    ),
    ("xtask", &["sharpest-search"]),
];

/// Holds `cargo metadata` against [`ARROWS`].
pub(crate) fn check() -> Result<()> {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .output()?;
    let metadata: Value = serde_json::from_slice(&metadata.stdout)?;
    let rooms = metadata["packages"].as_array().map_or(&[][..], Vec::as_slice);
    let names: Vec<_> = rooms.iter().filter_map(|room| room["name"].as_str()).collect();
    for (room, name) in rooms.iter().zip(&names) {
        let Some((_, allowed)) = ARROWS.iter().find(|(room, _)| room == name) else {
            bail!(
                "the room {name} has no place in the house: add its arrows here and in ARCHITECTURE.md"
            );
        };
        let needed = room["dependencies"].as_array().map_or(&[][..], Vec::as_slice);
        let needed = needed.iter().filter_map(|needed| needed["name"].as_str());
        if let Some(other) = needed.into_iter().find(|n| names.contains(n) && !allowed.contains(n))
        {
            bail!("{name} depends on {other}: ARCHITECTURE.md has no such arrow");
        }
    }
    if names.len() != ARROWS.len() {
        bail!("{} rooms, but arrows for {}", names.len(), ARROWS.len());
    }
    Ok(())
}
