//! The tree of a branch and bound as it is read back: a list becomes branches and leaves again. What it proves is
//! `search`'s to say; here only names become assets.

use crate::report::Part;
use sharpest_search::exact::sparse::Tree;
use std::collections::HashMap;

/// The tree in a list of parts.
///
/// # Errors
/// A name that is no asset; a list that ends too early, goes on too long, or decides more than there is to decide.
pub(super) fn read(parts: &[Part], assets: &[String]) -> Result<Tree, String> {
    let names = assets.iter().enumerate().map(|(i, name)| (name.as_str(), i)).collect();
    let mut reader = Reader { parts: parts.iter(), names };
    let tree = reader.tree(0)?;
    match reader.parts.next() {
        None => Ok(tree),
        Some(_) => Err("the tree goes on after its last part".into()),
    }
}

struct Reader<'a> {
    parts: std::slice::Iter<'a, Part>,
    names: HashMap<&'a str, usize>,
}

impl Reader<'_> {
    /// The next tree of the list, which is so many branches deep.
    fn tree(&mut self, depth: usize) -> Result<Tree, String> {
        match self.parts.next() {
            None => Err("the tree ends before its last part".into()),
            Some(Part::Leaf { dual }) => {
                let number = |(name, v): &(String, f64)| Ok((self.asset(name)?, *v));
                Ok(Tree::Leaf { dual: dual.iter().map(number).collect::<Result<_, String>>()? })
            }
            // Each branch decides an asset at least.
            Some(Part::Branch { assets }) if assets.is_empty() || depth >= self.names.len() => {
                Err("the tree has a branch without anything to decide".into())
            }
            Some(Part::Branch { assets }) => {
                let assets: Vec<usize> =
                    assets.iter().map(|name| self.asset(name)).collect::<Result<_, _>>()?;
                let parts = (0..=assets.len()).map(|_| self.tree(depth + 1));
                let parts = parts.collect::<Result<_, _>>()?;
                Ok(Tree::Branch { assets, parts })
            }
        }
    }

    fn asset(&self, name: &str) -> Result<usize, String> {
        self.names.get(name).copied().ok_or_else(|| format!("there is no asset {name:?}"))
    }
}
