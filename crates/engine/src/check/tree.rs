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
    /// The next tree of the list, which is so many parts deep.
    fn tree(&mut self, depth: usize) -> Result<Tree, String> {
        let Some(part) = self.parts.next() else {
            return Err("the tree ends before its last part".into());
        };
        // Each branch and each fix decides an asset at least, and there is one split.
        let deep = depth > self.names.len();
        match part {
            Part::Leaf { dual, prices } => {
                Ok(Tree::Leaf { dual: self.numbers(dual)?, prices: self.numbers(prices)? })
            }
            Part::Branch { assets } if assets.is_empty() || deep => {
                Err("the tree has a branch without anything to decide".into())
            }
            Part::Branch { assets } => {
                let assets = self.assets(assets)?;
                let parts = (0..=assets.len()).map(|_| self.tree(depth + 1));
                let parts = parts.collect::<Result<_, _>>()?;
                Ok(Tree::Branch { assets, parts })
            }
            Part::Fix { .. } | Part::Split { .. } if deep => {
                Err("the tree is deeper than there are assets to decide".into())
            }
            Part::Fix { held, left_out, dual, prices } => {
                let (forced, excluded) = (self.assets(held)?, self.assets(left_out)?);
                let (dual, prices) = (self.numbers(dual)?, self.numbers(prices)?);
                let part = Box::new(self.tree(depth + 1)?);
                Ok(Tree::Fix { forced, excluded, dual, prices, part })
            }
            Part::Split { diagonal } => {
                let diagonal = self.numbers(diagonal)?;
                Ok(Tree::Split { diagonal, part: Box::new(self.tree(depth + 1)?) })
            }
        }
    }

    fn assets(&self, names: &[String]) -> Result<Vec<usize>, String> {
        names.iter().map(|name| self.asset(name)).collect()
    }

    fn numbers(&self, named: &[(String, f64)]) -> Result<Vec<(usize, f64)>, String> {
        named.iter().map(|(name, number)| Ok((self.asset(name)?, *number))).collect()
    }

    fn asset(&self, name: &str) -> Result<usize, String> {
        self.names.get(name).copied().ok_or_else(|| format!("there is no asset {name:?}"))
    }
}
