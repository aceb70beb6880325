//! The checks that every table of numbers passes once, at the door: shape, names, values.

use crate::Error;
use std::collections::HashSet;

/// Whole rows, and no asset twice.
pub(crate) fn check(assets: &[String], values: &[f64]) -> Result<(), Error> {
    if assets.is_empty() || !values.len().is_multiple_of(assets.len()) {
        return Err(Error::Ragged { values: values.len(), assets: assets.len() });
    }
    let mut seen = HashSet::with_capacity(assets.len());
    match assets.iter().find(|asset| !seen.insert(asset.as_str())) {
        Some(asset) => Err(Error::DuplicateAsset { asset: asset.clone() }),
        None => Ok(()),
    }
}

/// Every value passes `good`, or the first that does not is handed to `error` with its asset and row (from 1).
pub(crate) fn check_values(
    assets: &[String],
    values: &[f64],
    good: impl Fn(f64) -> bool,
    error: impl Fn(String, usize, f64) -> Error,
) -> Result<(), Error> {
    match values.iter().position(|&value| !good(value)) {
        Some(at) => {
            let (row, column) = (at / assets.len() + 1, at % assets.len());
            Err(error(assets[column].clone(), row, values[at]))
        }
        None => Ok(()),
    }
}

/// Every value is finite and above zero.
pub(crate) fn check_positive(
    assets: &[String],
    values: &[f64],
    what: &'static str,
) -> Result<(), Error> {
    let good = |value: f64| value.is_finite() && value > 0.0;
    check_values(assets, values, good, |asset, row, value| Error::NotPositive {
        asset,
        row,
        value,
        what,
    })
}
