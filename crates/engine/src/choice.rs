//! The choice of assets by name, and near names for one that is unknown.

use crate::Error;
use crate::settings::Terms;

/// How many names are offered.
const OFFERED: usize = 3;
/// From which likeness (0 to 1) a name is near.
const NEAR: f64 = 0.75;

/// The columns of the assets that `terms` choose, in the order of the table; none named means all.
///
/// # Errors
/// An asset that is not in the table; none left.
pub(crate) fn choose(file: &str, assets: &[String], terms: &Terms) -> Result<Vec<usize>, Error> {
    let (wanted, unwanted) = (terms.assets.as_deref(), terms.exclude.as_deref().unwrap_or(&[]));
    let named = wanted.unwrap_or(&[]).iter().chain(unwanted);
    if let Some(name) = named.into_iter().find(|name| !assets.contains(name)) {
        return Err(Error::UnknownAsset {
            file: file.to_owned(),
            asset: name.clone(),
            hint: hint(name, assets),
        });
    }
    let chosen = |&i: &usize| {
        wanted.is_none_or(|wanted| wanted.contains(&assets[i])) && !unwanted.contains(&assets[i])
    };
    let chosen: Vec<usize> = (0..assets.len()).filter(chosen).collect();
    if chosen.is_empty() {
        return Err(Error::AllExcluded { file: file.to_owned() });
    }
    Ok(chosen)
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
            match assets.len() {
                1 => format!("its only asset is {}", first.join(", ")),
                count => format!("its {count} assets begin with {}", first.join(", ")),
            }
        }
    }
}
