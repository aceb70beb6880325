//! Every instruction set agrees with plain arrays, operation by operation, to the last bit.

use super::*;
use crate::draw::rng::mix;

/// Floats and bits worth trying: random, with the edges among them.
fn inputs(seed: u64) -> ([Row; 3], [[u64; 8]; 3]) {
    let word = |i: usize| mix(seed.wrapping_add(i as u64));
    let floats = std::array::from_fn(|row| {
        Row(std::array::from_fn(|lane| match (row + lane + seed as usize) % 11 {
            0 => 0.0,
            1 => 1.0,
            2 => -1.5,
            _ => (word(row * 16 + lane) as i64 as f32) * 2f32.powi((word(lane) % 60) as i32 - 90),
        }))
    });
    let bits = std::array::from_fn(|i| {
        std::array::from_fn(|j| match (i + j + seed as usize) % 7 {
            0 => u64::MAX,
            1 => 0,
            2 => 0x0000_0001_8000_0000,
            _ => word(1000 + 8 * i + j),
        })
    });
    (floats, bits)
}

/// Every operation once, written down bit by bit.
struct Everything([Row; 3], [[u64; 8]; 3]);

impl Task for Everything {
    type Output = Vec<[u32; LANES]>;

    #[inline(always)]
    fn run<L: Lanes>(self, l: L) -> Self::Output {
        let [a, b, c] = self.0.map(|row| l.load(&row));
        let [x, y, z] = self.1.map(|words| l.words(words));
        let positive = l.uniform(x);
        let (exponent, mantissa) = l.split(positive);
        let small = l.mul(l.sub(mantissa, l.splat(1.0)), l.splat(31.0));
        let table = std::array::from_fn(|i| (mix(i as u64) >> 33) as i32);
        let floats = [
            l.splat(0.3),
            l.add(a, b),
            l.sub(a, b),
            l.mul(a, b),
            l.mul_add(a, b, c),
            l.abs(a),
            l.max(a, b),
            positive,
            l.uniform(y),
            exponent,
            mantissa,
            l.round(small),
            l.exp2_whole(exponent),
            l.exp2_whole(l.sub(l.splat(-3.0), exponent)),
            l.chosen(y, &table, l.round(small)),
            l.chosen(x, &[i32::MAX; 32], l.splat(0.0)),
            l.chosen(x, &[-1; 32], l.splat(31.0)),
        ];
        let bits = [
            x,
            l.xor(x, y),
            l.xor3(x, y, z),
            l.add64(x, y),
            l.mul64(x, y),
            l.shl64::<17>(x),
            l.shr64::<33>(x),
            l.rotl64::<45>(x),
            l.rotl64::<23>(y),
        ];
        let mut out =
            vec![[u32::from(l.at_least(a, b)); LANES], [u32::from(l.at_least(b, b)); LANES]];
        for x in floats {
            let mut row = Row::ZERO;
            l.store(x, &mut row);
            out.push(row.0.map(f32::to_bits));
        }
        for x in bits {
            let mut words = Words([0; LANES]);
            l.store_bits(x, &mut words);
            out.push(words.0);
        }
        out
    }
}

fn agrees(lanes: impl Lanes) {
    for seed in 0..2000 {
        let (floats, bits) = inputs(seed);
        let expected = Portable.run(Everything(floats, bits));
        let found = lanes.run(Everything(floats, bits));
        if let Some(at) = (0..expected.len()).find(|&at| found[at] != expected[at]) {
            panic!("seed {seed}, result {at}: {:x?}, not {:x?}", found[at], expected[at]);
        }
    }
}

#[test]
fn plain_arrays_do_what_the_contract_says() {
    let l = Portable;
    let x = l.uniform(l.words([u64::from(u32::MAX), 0x7fff_ffff, 0, 5, 1 << 32, 0, 0, 0]));
    assert_eq!(x[..8], [2147483648.0, 1.0, 2147483648.0, 1.0, 1.0, 1.0, 5.0, 1.0]);
    let (exponent, mantissa) = l.split([24.0; LANES]);
    assert_eq!((exponent[3], mantissa[3]), (4.0, 1.5));
    assert_eq!(l.exp2_whole([-3.0; LANES])[7], 0.125);
    assert_eq!(l.round([2.5; LANES])[0], 2.0);
    let table = std::array::from_fn(|i| i as i32);
    assert_eq!(l.chosen([10 << 1; 8], &table, [10.0; LANES])[..2], [1.0, 1.0]); // 10 <= 10, and 0 <= 10
    assert_eq!(l.chosen([10 << 1; 8], &table, [9.0; LANES])[..2], [0.0, 1.0]);
}

#[cfg(target_arch = "x86_64")]
#[test]
fn avx512_agrees() {
    if let Some(lanes) = Avx512::new() {
        agrees(lanes);
    }
}

#[cfg(target_arch = "x86_64")]
#[test]
fn avx2_agrees() {
    if let Some(lanes) = Avx2::new() {
        agrees(lanes);
    }
}
