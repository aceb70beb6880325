//! The choice of assets by name, and near names for one that is unknown.

use crate::Error;

/// How many names are offered.
const OFFERED: usize = 3;
/// From which likeness (0 to 1) a name is near.
const NEAR: f64 = 0.75;

/// The columns of the `wanted` assets, in the order of the table; none wanted means all.
///
/// # Errors
/// An asset that is not in the table.
pub(crate) fn choose(
    file: &str,
    assets: &[String],
    wanted: Option<&[String]>,
) -> Result<Vec<usize>, Error> {
    let Some(wanted) = wanted else {
        return Ok((0..assets.len()).collect());
    };
    match wanted.iter().find(|name| !assets.contains(name)) {
        Some(name) => Err(Error::UnknownAsset {
            file: file.to_owned(),
            asset: name.clone(),
            hint: hint(name, assets),
        }),
        None => Ok((0..assets.len()).filter(|&i| wanted.contains(&assets[i])).collect()),
    }
}

/// Names like `name`, or else the first few.
fn hint(name: &str, assets: &[String]) -> String {
    let plain = name.to_lowercase();
    let likeness = |asset: &String| strsim::jaro_winkler(&plain, &asset.to_lowercase());
    let scored = assets.iter().map(|asset| (likeness(asset), asset.as_str()));
    let mut near: Vec<(f64, &str)> = scored.filter(|(likeness, _)| *likeness >= NEAR).collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0)); // stable: of equals the first in the table
    let near: Vec<&str> = near.into_iter().take(OFFERED).map(|(_, name)| name).collect();
    match near.is_empty() {
        false => format!("near names are {}", near.join(", ")),
        true => {
            let first = &assets[..assets.len().min(OFFERED)];
            format!("its {} assets begin with {}", assets.len(), first.join(", "))
        }
    }
}
