//! The Mersenne twister MT19937, run forward from a state: whether a later state lies on the same stream, and how many
//! numbers lie between. That is proof: 256 bits do not agree by chance.

/// Words of a state.
const WORDS: usize = 624;
/// Blocks that are run at most: 62 million numbers, a tenth of a second.
const BLOCKS: usize = 100_000;

/// The numbers of 32 bits between a state and a later one of which the first eight words are known, if they are on one stream
/// and not too far apart.
pub(crate) fn between(state: &str, position: u32, later: &str, later_position: u32) -> Option<u64> {
    let mut words = words(state).filter(|words| words.len() == WORDS)?;
    let later = self::words(later).filter(|words| words.len() >= 8)?;
    for block in 0..BLOCKS as u64 {
        if words[..8] == later[..8] {
            let drawn = block * WORDS as u64 + u64::from(later_position);
            return drawn.checked_sub(u64::from(position));
        }
        twist(&mut words);
    }
    None
}

/// Words from hexadecimal, low byte first.
fn words(text: &str) -> Option<Vec<u32>> {
    let word = |chunk: &[u8]| {
        let number = u32::from_str_radix(std::str::from_utf8(chunk).ok()?, 16).ok()?;
        Some(number.swap_bytes())
    };
    text.as_bytes().chunks(8).map(word).collect()
}

/// The next block (Matsumoto and Nishimura, 1998).
fn twist(words: &mut [u32]) {
    for i in 0..WORDS {
        let mixed = (words[i] & 0x8000_0000) | (words[(i + 1) % WORDS] & 0x7fff_ffff);
        let odd = if mixed & 1 == 1 { 0x9908_b0df } else { 0 };
        words[i] = words[(i + 397) % WORDS] ^ (mixed >> 1) ^ odd;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The state after seeding with `seed`, as the authors' program does it.
    fn seeded(seed: u32) -> Vec<u32> {
        let mut words = vec![seed];
        for i in 1..WORDS as u32 {
            let last = words[i as usize - 1];
            words.push(1_812_433_253u32.wrapping_mul(last ^ (last >> 30)).wrapping_add(i));
        }
        words
    }

    fn hex(words: &[u32]) -> String {
        words.iter().map(|word| format!("{:08x}", word.swap_bytes())).collect()
    }

    fn first_number(words: &[u32]) -> u32 {
        let mut y = words[0];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c_5680;
        y ^= (y << 15) & 0xefc6_0000;
        y ^ (y >> 18)
    }

    #[test]
    fn it_is_the_twister() {
        let mut words = seeded(5489);
        twist(&mut words);
        assert_eq!(first_number(&words), 3_499_211_612); // the first number of the authors' mt19937ar.out
    }

    #[test]
    fn numbers_between_two_states_are_counted() {
        let start = seeded(1);
        let mut later = start.clone();
        (0..3).for_each(|_| twist(&mut later));
        assert_eq!(between(&hex(&start), 624, &hex(&later[..8]), 10), Some(2 * 624 + 10));
        assert_eq!(between(&hex(&start), 624, &hex(&start), 624), Some(0));
        assert_eq!(between("zz", 0, &hex(&start), 0), None);
    }

    #[test]
    fn another_seed_is_another_stream() {
        assert_eq!(between(&hex(&seeded(1)), 624, &hex(&seeded(2)[..8]), 10), None);
    }
}
