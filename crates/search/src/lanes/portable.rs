//! Sixteen lanes as plain arrays: what the other files must agree with, and what runs where they cannot.

use super::{LANES, Lanes, Row, Task, Words};
use std::array::from_fn;

/// Any machine. Without a fused multiply-add in hardware `f32::mul_add` is computed in software: the same bits, slowly.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Portable;

type Floats = [f32; LANES];
type Bits = [u64; 8];

/// The 32-bit words of 64-bit ones, the low half first.
fn halves(a: Bits) -> [u32; LANES] {
    from_fn(|lane| (a[lane / 2] >> (32 * (lane % 2))) as u32)
}

impl Lanes for Portable {
    type Floats = Floats;
    type Bits = Bits;
    const WIDE: bool = false;

    #[inline(always)]
    fn run<T: Task>(self, task: T) -> T::Output {
        task.run(self)
    }

    #[inline(always)]
    fn splat(self, x: f32) -> Floats {
        [x; LANES]
    }

    #[inline(always)]
    fn load(self, row: &Row) -> Floats {
        row.0
    }

    #[inline(always)]
    fn store(self, x: Floats, row: &mut Row) {
        row.0 = x;
    }

    #[inline(always)]
    fn add(self, a: Floats, b: Floats) -> Floats {
        from_fn(|i| a[i] + b[i])
    }

    #[inline(always)]
    fn sub(self, a: Floats, b: Floats) -> Floats {
        from_fn(|i| a[i] - b[i])
    }

    #[inline(always)]
    fn mul(self, a: Floats, b: Floats) -> Floats {
        from_fn(|i| a[i] * b[i])
    }

    #[inline(always)]
    fn mul_add(self, a: Floats, b: Floats, c: Floats) -> Floats {
        from_fn(|i| a[i].mul_add(b[i], c[i]))
    }

    #[inline(always)]
    fn abs(self, a: Floats) -> Floats {
        a.map(f32::abs)
    }

    #[inline(always)]
    fn max(self, a: Floats, b: Floats) -> Floats {
        from_fn(|i| if a[i] > b[i] { a[i] } else { b[i] })
    }

    #[inline(always)]
    fn at_least(self, a: Floats, b: Floats) -> u16 {
        (0..LANES).fold(0, |mask, i| mask | (u16::from(a[i] >= b[i]) << i))
    }

    #[inline(always)]
    fn words(self, words: [u64; 8]) -> Bits {
        words
    }

    #[inline(always)]
    fn store_bits(self, a: Bits, words: &mut Words) {
        words.0 = halves(a);
    }

    #[inline(always)]
    fn xor(self, a: Bits, b: Bits) -> Bits {
        from_fn(|i| a[i] ^ b[i])
    }

    #[inline(always)]
    fn xor3(self, a: Bits, b: Bits, c: Bits) -> Bits {
        from_fn(|i| a[i] ^ b[i] ^ c[i])
    }

    #[inline(always)]
    fn add64(self, a: Bits, b: Bits) -> Bits {
        from_fn(|i| a[i].wrapping_add(b[i]))
    }

    #[inline(always)]
    fn mul64(self, a: Bits, b: Bits) -> Bits {
        from_fn(|i| a[i].wrapping_mul(b[i]))
    }

    #[inline(always)]
    fn shl64<const N: i32>(self, a: Bits) -> Bits {
        a.map(|x| x << N)
    }

    #[inline(always)]
    fn shr64<const N: i32>(self, a: Bits) -> Bits {
        a.map(|x| x >> N)
    }

    #[inline(always)]
    fn rotl64<const N: i32>(self, a: Bits) -> Bits {
        a.map(|x| x.rotate_left(N as u32))
    }

    #[inline(always)]
    fn uniform(self, bits: Bits) -> Floats {
        halves(bits).map(|x| ((x & 0x7fff_fffe) | 1) as f32)
    }

    #[inline(always)]
    fn split(self, x: Floats) -> (Floats, Floats) {
        let exponent = x.map(|x| ((x.to_bits() >> 23) as i32 - 127) as f32);
        let mantissa = x.map(|x| f32::from_bits((x.to_bits() & 0x007f_ffff) | 0x3f80_0000));
        (exponent, mantissa)
    }

    #[inline(always)]
    fn exp2_whole(self, n: Floats) -> Floats {
        n.map(|n| f32::from_bits(((n as i32 + 127) as u32) << 23))
    }

    #[inline(always)]
    fn round(self, x: Floats) -> Floats {
        x.map(f32::round_ties_even)
    }

    #[inline(always)]
    fn chosen(self, bits: Bits, table: &[i32; 32], index: Floats) -> Floats {
        let bits = halves(bits);
        from_fn(|i| if (bits[i] >> 1) as i32 <= table[index[i] as usize % 32] { 1.0 } else { 0.0 })
    }
}
