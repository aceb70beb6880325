//! Price histories: columns of open, high, low, close and volume, of one asset or of several side by side. Of each asset one
//! price is read: the adjusted close where there is one, else the close.

use super::bars::are_bars;
use super::fields::{Field, tuple};
use super::grid::Grid;
use super::long::{asset_column, only_asset};
use super::profile::Profile;
use super::roles::Roles;
use crate::Error;

/// Which columns hold the prices of assets.
#[derive(Debug)]
pub(super) enum History {
    /// The history of one asset: the column of its price, and its name if the table says it.
    One { column: usize, asset: Option<String> },
    /// Those of several.
    Many { columns: Vec<(usize, String)>, notes: Vec<String> },
}

/// A column, what it holds, and of which asset.
type Named = (usize, Field, String);

impl History {
    /// The histories in `grid`, if that is what it holds. Assets that are `named` are not taken for bars by their numbers.
    ///
    /// # Errors
    /// Columns of histories among others; an asset without a close.
    pub(super) fn of(
        grid: &Grid,
        profiles: &[Profile],
        roles: &Roles,
        named: bool,
    ) -> Result<Option<Self>, Error> {
        let columns: Vec<usize> = (0..grid.width())
            .filter(|column| roles.values.contains(column) || roles.texts.contains(column))
            .filter(|&column| !profiles[column].is_text())
            .collect();
        let split = names(grid, &columns);
        let several = split.iter().any(|(_, field, asset)| {
            split.iter().any(|(_, other, same)| same == asset && other != field)
        });
        if several && split.len() == columns.len() {
            return Self::of_assets(grid, profiles, &split).map(Some);
        }
        if several && split.len() * 2 > columns.len() {
            let named = |column: &&usize| split.iter().any(|(at, ..)| at == *column);
            let other = columns.iter().find(|column| !named(column));
            return Err(Error::AmongHistories {
                file: grid.origin.file.clone(),
                columns: (grid.title(split[0].0), grid.title(*other.unwrap_or(&0))),
            });
        }
        if let Some(many) = Self::of_closes(grid, &split, &columns) {
            return Ok(Some(many));
        }
        let bars = || !named && are_bars(grid, &columns, &roles.in_time(grid.rows()));
        Self::of_one(grid, profiles, &columns, bars)
    }

    /// Columns of closes and nothing else, each of one asset.
    fn of_closes(grid: &Grid, split: &[Named], columns: &[usize]) -> Option<Self> {
        let (_, first, _) = split.first()?;
        let explicit = |&column: &usize| levels(grid, column).is_some();
        let same = split.iter().all(|(_, field, _)| field == first);
        let closes = matches!(first, Field::Close | Field::Adjusted)
            || *first == Field::Price && columns.iter().all(explicit);
        (same && closes && split.len() == columns.len()).then(|| Self::Many {
            columns: split.iter().map(|(column, _, asset)| (*column, asset.clone())).collect(),
            notes: vec![grid.note(&format!(
                "the columns are read as the {} of assets, the first as that of {}",
                if *first == Field::Adjusted { "Adj Close" } else { "Close" },
                split[0].2
            ))],
        })
    }

    /// The history of one asset, whose columns have the names of fields.
    fn of_one(
        grid: &Grid,
        profiles: &[Profile],
        columns: &[usize],
        bars: impl FnOnce() -> bool,
    ) -> Result<Option<Self>, Error> {
        if grid.nature.array {
            return Ok(None);
        }
        let fields: Vec<Option<Field>> =
            columns.iter().map(|&column| Field::of(&grid.name(column))).collect();
        if !Field::are_history(&fields) && !bars() {
            return Ok(None);
        }
        let priced = columns.iter().zip(&fields).filter_map(|(&column, field)| {
            let field = (*field)?;
            profiles[column].is_numbers().then_some((field.preference()?, column))
        });
        let Some((_, column)) = priced.min() else {
            return Err(Error::NoClose {
                file: grid.origin.file.clone(),
                asset: String::new(),
                columns: list(grid, columns),
            });
        };
        let asset = asset_column(grid, profiles, true);
        Ok(Some(Self::One { column, asset: asset.and_then(|asset| only_asset(grid, asset)) }))
    }

    /// The histories of assets that the columns name.
    fn of_assets(grid: &Grid, profiles: &[Profile], split: &[Named]) -> Result<Self, Error> {
        let mut assets: Vec<&String> = Vec::new();
        for (_, _, asset) in split {
            if !assets.contains(&asset) {
                assets.push(asset);
            }
        }
        let (mut columns, mut fields, mut empty) = (Vec::new(), Vec::new(), Vec::new());
        for asset in &assets {
            let of_asset = split.iter().filter(|(_, _, name)| name == *asset);
            let best = of_asset.filter(|(_, field, _)| field.preference().is_some()).min_by_key(
                |(column, field, _)| (profiles[*column].is_blank(), field.preference()),
            );
            match best {
                Some((column, ..)) if profiles[*column].is_blank() => empty.push(asset.as_str()),
                Some((column, field, _)) => {
                    columns.push((*column, (*asset).clone()));
                    fields.push(*field);
                }
                None => {
                    return Err(Error::NoClose {
                        file: grid.origin.file.clone(),
                        asset: (*asset).clone(),
                        columns: String::new(),
                    });
                }
            }
        }
        if columns.is_empty() {
            return Err(Error::NoPrices { file: grid.origin.file.clone() });
        }
        Ok(Self::Many { columns, notes: notes(grid, &fields, &empty) })
    }
}

/// What is said of the columns that are read.
fn notes(grid: &Grid, fields: &[Field], empty: &[&str]) -> Vec<String> {
    let adjusted = fields.iter().filter(|field| **field == Field::Adjusted).count();
    let read = match adjusted {
        0 => {
            "the column Close is read, the others are not; yfinance adjusts it unless told auto_adjust=False"
        }
        all if all == fields.len() => "the column Adj Close is read, the others are not",
        _ => "the column Adj Close is read where an asset has one, else Close; the others are not",
    };
    let mut notes = vec![grid.note(read)];
    if !empty.is_empty() {
        notes.push(grid.note(&format!("no prices at all, left out: {}", empty.join(", "))));
    }
    notes
}

/// The levels of a column's name, where it has several.
fn levels(grid: &Grid, column: usize) -> Option<Vec<String>> {
    match grid.header[column].as_slice() {
        [name] => tuple(name),
        levels => Some(levels.to_vec()),
    }
}

/// The fields and the assets that the names of columns name, of those that name both.
fn names(grid: &Grid, columns: &[usize]) -> Vec<Named> {
    if grid.nature.array {
        return Vec::new();
    }
    let all: Vec<Option<Vec<String>>> =
        columns.iter().map(|&column| levels(grid, column)).collect();
    // Assets may have names of fields (OPEN and LOW are tickers): the level that names fields is that of most columns.
    let fields = |level: usize| {
        let named =
            |levels: &&Vec<String>| levels.get(level).is_some_and(|name| Field::of(name).is_some());
        all.iter().flatten().filter(named).count()
    };
    let depth = all.iter().flatten().map(Vec::len).max().unwrap_or(0);
    let level = (0..depth).max_by_key(|&level| (fields(level), std::cmp::Reverse(level)));
    let split = |(&column, levels): (&usize, &Option<Vec<String>>)| {
        let (field, asset) = match (levels, level) {
            (Some(levels), Some(level)) => Field::at_level(levels, level)?,
            _ => Field::split(&grid.header[column][0])?,
        };
        Some((column, field, asset))
    };
    columns.iter().zip(&all).filter_map(split).collect()
}

/// The names of columns.
pub(super) fn list(grid: &Grid, columns: &[usize]) -> String {
    const SHOWN: usize = 6;
    let names: Vec<String> = columns.iter().take(SHOWN).map(|&column| grid.title(column)).collect();
    let more = if columns.len() > SHOWN { ", ..." } else { "" };
    names.join(", ") + more
}

/// Names of columns of several levels that are no histories: the one level in which they differ.
///
/// # Errors
/// None or several such levels.
pub(super) fn distinct_level(grid: &Grid, columns: &[usize]) -> Result<Option<Vec<String>>, Error> {
    let depth = columns.iter().map(|&column| grid.header[column].len()).max().unwrap_or(1);
    if depth < 2 {
        return Ok(None);
    }
    let level = |at: usize| -> Vec<String> {
        let named = |&column: &usize| grid.header[column].get(at).cloned().unwrap_or_default();
        columns.iter().map(named).collect()
    };
    let distinct = |names: &Vec<String>| {
        let mut sorted = names.clone();
        sorted.sort_unstable();
        sorted.dedup();
        sorted.len() == names.len() && !names.iter().any(String::is_empty)
    };
    let mut found = (0..depth).map(level).filter(distinct);
    match (found.next(), found.next()) {
        (Some(names), None) => Ok(Some(names)),
        _ => Err(Error::Levels { file: grid.origin.file.clone(), lines: depth }),
    }
}
