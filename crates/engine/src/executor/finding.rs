//! What was found in a block, as bytes: the best portfolios and the lines of the subsets. Numbers are 64 bits, the lowest byte
//! first, so that what one machine writes any other reads.

use sharpest_search::{Best, Portfolio};

/// What was found, as it is sent.
pub(crate) fn to_bytes(best: &Best, lines: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(64 + lines.len());
    let mut put = |word: u64| bytes.extend(word.to_le_bytes());
    [best.subsets, best.tried, best.portfolios().len() as u64].into_iter().for_each(&mut put);
    for portfolio in best.portfolios() {
        let score = portfolio.score.to_bits();
        [portfolio.rank, portfolio.draw, score, portfolio.assets.len() as u64]
            .into_iter()
            .for_each(&mut put);
        portfolio.assets.iter().for_each(|asset| put(*asset as u64));
        portfolio.weights.iter().for_each(|weight| put(weight.to_bits()));
    }
    bytes.extend(lines);
    bytes
}

/// What [`to_bytes`] wrote, with the best `top`; none for anything else.
pub(crate) fn from_bytes(mut bytes: &[u8], top: usize) -> Option<(Best, Vec<u8>)> {
    let mut best = Best::new(top);
    best.subsets = take(&mut bytes)?;
    best.tried = take(&mut bytes)?;
    for _ in 0..take(&mut bytes)? {
        let (rank, draw) = (take(&mut bytes)?, take(&mut bytes)?);
        let score = f64::from_bits(take(&mut bytes)?);
        let count =
            usize::try_from(take(&mut bytes)?).ok().filter(|count| *count <= bytes.len())?;
        let assets = (0..count).map(|_| usize::try_from(take(&mut bytes)?).ok());
        let assets = assets.collect::<Option<_>>()?;
        let weights = (0..count).map(|_| take(&mut bytes).map(f64::from_bits));
        let weights = weights.collect::<Option<_>>()?;
        best.keep(Portfolio { rank, draw, score, assets, weights });
    }
    Some((best, bytes.to_vec()))
}

fn take(bytes: &mut &[u8]) -> Option<u64> {
    let (word, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(u64::from_le_bytes(*word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_read_as_it_was_written() {
        let mut best = Best::new(3);
        for rank in [9, 4] {
            let (assets, weights) = (vec![0, 7, 300], vec![0.1, 1.0 / 3.0, 0.2]);
            best.keep(Portfolio {
                rank,
                draw: u64::MAX,
                score: 0.1 + rank as f64,
                assets,
                weights,
            });
        }
        (best.subsets, best.tried) = (17, u64::MAX);
        let bytes = to_bytes(&best, b"9,\"A\",1\n");
        assert_eq!(from_bytes(&bytes, 3), Some((best, b"9,\"A\",1\n".to_vec())));
        assert_eq!(from_bytes(&bytes[..60], 3), None);
    }

    #[test]
    fn the_lowest_byte_comes_first_on_any_machine() {
        let mut best = Best::new(1);
        let (assets, weights) = (vec![2], vec![1.0]);
        best.keep(Portfolio { rank: 258, draw: 3, score: -2.0, assets, weights });
        (best.subsets, best.tried) = (5, 1 << 40);
        let words: [[u8; 8]; 9] = [
            [5, 0, 0, 0, 0, 0, 0, 0],
            [0, 0, 0, 0, 0, 1, 0, 0],
            [1, 0, 0, 0, 0, 0, 0, 0],
            [2, 1, 0, 0, 0, 0, 0, 0],
            [3, 0, 0, 0, 0, 0, 0, 0],
            [0, 0, 0, 0, 0, 0, 0, 0xc0], // IEEE 754: -2 is 0xc000000000000000
            [1, 0, 0, 0, 0, 0, 0, 0],
            [2, 0, 0, 0, 0, 0, 0, 0],
            [0, 0, 0, 0, 0, 0, 0xf0, 0x3f], // and 1 is 0x3ff0000000000000
        ];
        assert_eq!(to_bytes(&best, b"x"), [words.as_flattened(), b"x"].concat());
    }
}
