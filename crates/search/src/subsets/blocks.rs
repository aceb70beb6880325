//! Blocks: ranges of ranks with fixed borders, the unit of work of every executor.

/// A range of ranks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// The lowest rank.
    pub first: u64,
    /// How many ranks.
    pub subsets: u64,
}

/// How a search is cut into blocks: a function of the number of subsets alone, never of the machine or the workers, so
/// that the same block gives the same bits everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blocks {
    subsets: u64,
    size: u64,
}

/// Enough blocks to share out, even among many workers ...
const AIM: u64 = 256;
/// ... of at most so many subsets, so that progress and Ctrl-C are prompt.
const LARGEST: u64 = 1024;

impl Blocks {
    /// The blocks of `subsets` subsets.
    pub fn new(subsets: u64) -> Self {
        Self { subsets, size: (subsets / AIM).clamp(1, LARGEST) }
    }

    /// How many blocks.
    pub fn count(&self) -> u64 {
        self.subsets.div_ceil(self.size)
    }

    /// How many subsets, all blocks together.
    pub fn subsets(&self) -> u64 {
        self.subsets
    }

    /// Block `index`, which is below [`Blocks::count`].
    pub fn get(&self, index: u64) -> Block {
        let first = index * self.size;
        Block { first, subsets: self.size.min(self.subsets - first) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_cover_every_rank_once() {
        for subsets in [1, 2, 255, 256, 257, 142_506, 184_756, 1 << 40, u64::MAX - 1] {
            let blocks = Blocks::new(subsets);
            let last = blocks.get(blocks.count() - 1);
            assert_eq!(last.first + last.subsets, subsets);
            assert_eq!(blocks.get(0).first, 0);
            for i in [0, 1, 7].into_iter().filter(|i| i + 1 < blocks.count()) {
                assert_eq!(blocks.get(i).first + blocks.get(i).subsets, blocks.get(i + 1).first);
            }
        }
    }
}
