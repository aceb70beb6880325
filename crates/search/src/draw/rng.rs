//! Random bits as a function of where they are needed: xoshiro256+ started anew for each group of 16 draws.
//!
//! A group's 8 generators (64 bits each, two lanes of 32) start from a hash of the seed, the subset's rank and the group's
//! number, so any draw can be made again without those before it, by any worker, on any machine. (xoshiro256+: Blackman
//! and Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47, 2021. The hash is the finalizer of
//! SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.)
//!
//! Of the scramblers, `+` costs two instructions less than `++`. Its weakness is in the lowest bits of 64, of which the lanes
//! drop the lowest and the rest are the last of 30.

use crate::lanes::{LANES, Lanes};

/// The odd constant by which SplitMix64 counts: 2^64 over the golden ratio.
const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;
const MULTIPLY_1: u64 = 0xbf58_476d_1ce4_e5b9;
const MULTIPLY_2: u64 = 0x94d0_49bb_1331_11eb;

/// What the draws are for: two purposes never see the same random bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The draws of one subset.
    Fresh { rank: u64 },
    /// The one set of draws for all subsets.
    Shared,
    /// The rows of one replicate of the luck test.
    Luck { number: u64 },
}

/// Where a subset's random bits come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key([u64; 2]);

/// The finalizer of SplitMix64: every bit of the input reaches every bit of the output.
#[inline(always)]
pub(crate) fn mix(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(MULTIPLY_1);
    let x = (x ^ (x >> 27)).wrapping_mul(MULTIPLY_2);
    x ^ (x >> 31)
}

impl Key {
    /// The key of a seed and a purpose.
    pub(crate) fn new(seed: u64, purpose: Purpose) -> Self {
        let (domain, rank) = match purpose {
            Purpose::Fresh { rank } => (1, rank),
            Purpose::Shared => (2, 0),
            Purpose::Luck { number } => (3, number),
        };
        let half = |half: u64| {
            let seeded = mix(mix(seed).wrapping_add(GAMMA.wrapping_mul(2 * domain + half)));
            mix(seeded ^ mix(rank.wrapping_add(half.wrapping_mul(GAMMA))))
        };
        Self([half(0), half(1)])
    }

    /// Word `word` of the starting state of generator `generator` of group `group`.
    fn start(self, group: u64, word: u64, generator: u64) -> u64 {
        let count = group.wrapping_mul(32).wrapping_add(8 * word + generator + 1);
        mix(self.0[word as usize / 2].wrapping_add(count.wrapping_mul(GAMMA)))
    }
}

/// The eight generators of one group: a `u32` for each of 16 lanes at a time.
#[derive(Clone, Copy)]
pub(crate) struct Generators<L: Lanes> {
    state: [L::Bits; 4],
}

impl<L: Lanes> Generators<L> {
    /// The generators of `group`, at their start.
    #[inline(always)]
    pub(crate) fn new(l: L, key: Key, group: u64) -> Self {
        Self {
            state: [
                Self::word(l, key, group, 0),
                Self::word(l, key, group, 1),
                Self::word(l, key, group, 2),
                Self::word(l, key, group, 3),
            ],
        }
    }

    /// Word `word` of the starting states: [`Key::start`] for 8 generators. (A function, not a closure: a closure is not
    /// inlined here, and then is compiled without the vector instructions.)
    #[inline(always)]
    fn word(l: L, key: Key, group: u64, word: u64) -> L::Bits {
        let count = group.wrapping_mul(32).wrapping_add(8 * word + 1);
        let base = key.0[word as usize / 2].wrapping_add(count.wrapping_mul(GAMMA));
        let x = l.add64(l.words([base; 8]), l.words(MULTIPLES));
        let x = l.mul64(l.xor(x, l.shr64::<30>(x)), l.words([MULTIPLY_1; 8]));
        let x = l.mul64(l.xor(x, l.shr64::<27>(x)), l.words([MULTIPLY_2; 8]));
        l.xor(x, l.shr64::<31>(x))
    }

    /// The next 512 bits.
    #[inline(always)]
    pub(crate) fn next(&mut self, l: L) -> L::Bits {
        let [s0, s1, s2, s3] = self.state;
        let out = l.add64(s0, s3);
        self.state = [
            l.xor3(s0, s1, s3),
            l.xor3(s0, s1, s2),
            l.xor3(s0, s2, l.shl64::<17>(s1)),
            l.rotl64::<45>(l.xor(s1, s3)),
        ];
        out
    }
}

/// `j * GAMMA` for generator j.
const MULTIPLES: [u64; 8] = {
    let mut multiples = [0; 8];
    let mut j = 1;
    while j < 8 {
        multiples[j] = GAMMA.wrapping_mul(j as u64);
        j += 1;
    }
    multiples
};

/// One lane of a group's generators, alone: what the reference draws with.
#[derive(Debug, Clone)]
pub(crate) struct Lane {
    state: [u64; 4],
    /// 0 or 32: which half of each output is this lane's.
    shift: usize,
}

impl Lane {
    /// Lane `lane` of `group`, at its start.
    #[inline(always)]
    pub(crate) fn new(key: Key, group: u64, lane: usize) -> Self {
        debug_assert!(lane < LANES);
        let word = |word| key.start(group, word, lane as u64 / 2);
        Self { state: [word(0), word(1), word(2), word(3)], shift: 32 * (lane % 2) }
    }

    /// The next 32 bits.
    #[inline(always)]
    pub(crate) fn next(&mut self) -> u32 {
        (self.next64() >> self.shift) as u32
    }

    /// The next 64 bits, which lane pairs share.
    #[inline(always)]
    pub(crate) fn next64(&mut self) -> u64 {
        let [s0, s1, s2, s3] = self.state;
        let out = s0.wrapping_add(s3);
        self.state = [s0 ^ s1 ^ s3, s0 ^ s1 ^ s2, s0 ^ s2 ^ (s1 << 17), (s1 ^ s3).rotate_left(45)];
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::{Portable, Words};
    use std::collections::HashSet;

    #[test]
    fn xoshiro_steps_as_published() {
        // Worked by hand from the published step: state 1, 2, 3, 4.
        let mut lane = Lane { state: [1, 2, 3, 4], shift: 0 };
        assert_eq!(lane.next64(), 5);
        assert_eq!(lane.state, [7, 0, 262146, 211106232532992]);
    }

    #[test]
    fn a_lane_alone_sees_what_it_sees_in_its_group() {
        let key = Key::new(7, Purpose::Fresh { rank: 12 });
        for group in [0, 1, 70, u64::MAX / 3] {
            let mut generators = Generators::new(Portable, key, group);
            let mut lanes: Vec<_> = (0..LANES).map(|lane| Lane::new(key, group, lane)).collect();
            for _ in 0..10 {
                let mut words = Words([0; LANES]);
                Portable.store_bits(generators.next(Portable), &mut words);
                let alone: Vec<_> = lanes.iter_mut().map(Lane::next).collect();
                assert_eq!(words.0[..], alone);
            }
        }
    }

    #[test]
    fn seeds_ranks_groups_and_purposes_start_apart() {
        let mut keys = vec![Key::new(0, Purpose::Shared), Key::new(1, Purpose::Shared)];
        for seed in 0..20 {
            keys.extend((0..200).map(|rank| Key::new(seed, Purpose::Fresh { rank })));
        }
        let mut seen = HashSet::new();
        for key in &keys {
            for group in 0..3 {
                for lane in (0..LANES).step_by(2) {
                    assert!(seen.insert(Lane::new(*key, group, lane).state));
                }
            }
        }
        assert_eq!(seen.len(), keys.len() * 24);
    }
}
