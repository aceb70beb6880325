//! Sixteen numbers at a time, with the same bits on every instruction set.
//!
//! The kernels are written once, against [`Lanes`]: 16 lanes of `f32`, or the same 512 bits as 8 words of 64 or 16 of 32
//! bits (the low half of word j is lane 2j). `portable` is plain arrays; `avx512` is one register, `avx2` two. On 64-bit
//! Arm, whose vectors and fused multiply-add every machine has, the plain arrays are what the compiler vectorizes.
//! Every operation is exact or rounds once as IEEE 754 says, so the choice changes the speed and nothing else.
//!
//! Plain arrays alone, in a prototype with the target feature switched on, drew and scored 27 to 32 million portfolios a
//! second (k = 25, one core) where the named instructions reach 80 (2026-11). Not measured here again.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod portable;

pub(crate) use portable::Portable;
#[cfg(target_arch = "x86_64")]
pub(crate) use {avx2::Avx2, avx512::Avx512};

/// The number of lanes, on every machine.
pub(crate) const LANES: usize = 16;

/// Sixteen floats in memory.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(align(64))]
pub(crate) struct Row(pub(crate) [f32; LANES]);

impl Row {
    pub(crate) const ZERO: Self = Self([0.0; LANES]);
}

/// Sixteen 32-bit words in memory.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(align(64))]
pub(crate) struct Words(pub(crate) [u32; LANES]);

/// What an instruction set does with sixteen lanes. A value of the type is proof that the machine has the instructions.
pub(crate) trait Lanes: Copy {
    /// 16 floats.
    type Floats: Copy;
    /// 512 bits.
    type Bits: Copy;
    /// Whether there are registers enough to work on four groups of sixteen at once.
    const WIDE: bool;

    /// Runs `task` in a function that is compiled for this instruction set.
    fn run<T: Task>(self, task: T) -> T::Output;

    fn splat(self, x: f32) -> Self::Floats;
    fn load(self, row: &Row) -> Self::Floats;
    fn store(self, x: Self::Floats, row: &mut Row);
    fn add(self, a: Self::Floats, b: Self::Floats) -> Self::Floats;
    fn sub(self, a: Self::Floats, b: Self::Floats) -> Self::Floats;
    fn mul(self, a: Self::Floats, b: Self::Floats) -> Self::Floats;
    /// `a * b + c`, rounded once.
    fn mul_add(self, a: Self::Floats, b: Self::Floats, c: Self::Floats) -> Self::Floats;
    fn abs(self, a: Self::Floats) -> Self::Floats;
    /// `a > b ? a : b`.
    fn max(self, a: Self::Floats, b: Self::Floats) -> Self::Floats;
    /// A bit for each lane in which `a >= b`, the lowest for lane 0.
    fn at_least(self, a: Self::Floats, b: Self::Floats) -> u16;

    fn words(self, words: [u64; 8]) -> Self::Bits;
    fn store_bits(self, a: Self::Bits, words: &mut Words);
    fn xor(self, a: Self::Bits, b: Self::Bits) -> Self::Bits;
    fn xor3(self, a: Self::Bits, b: Self::Bits, c: Self::Bits) -> Self::Bits;
    /// The sum of 64-bit words.
    fn add64(self, a: Self::Bits, b: Self::Bits) -> Self::Bits;
    /// The low half of the product of 64-bit words.
    fn mul64(self, a: Self::Bits, b: Self::Bits) -> Self::Bits;
    fn shl64<const N: i32>(self, a: Self::Bits) -> Self::Bits;
    fn shr64<const N: i32>(self, a: Self::Bits) -> Self::Bits;
    fn rotl64<const N: i32>(self, a: Self::Bits) -> Self::Bits;

    /// `((bits & 0x7fff_fffe) | 1) as f32`, lane by lane: uniform in (0, 2^31], never 0.
    fn uniform(self, bits: Self::Bits) -> Self::Floats;
    /// Exponent and mantissa of a positive normal float: `x = mantissa * 2^exponent` with a mantissa in [1, 2).
    fn split(self, x: Self::Floats) -> (Self::Floats, Self::Floats);
    /// `2^n` for a whole number n in -126..=127.
    fn exp2_whole(self, n: Self::Floats) -> Self::Floats;
    /// The nearest whole number, ties to even, of a float below 2^22 in size.
    fn round(self, x: Self::Floats) -> Self::Floats;
    /// 1.0 where `(bits >> 1) <= table[index]` (so -1 is never, `i32::MAX` always), else 0.0; `index` is a whole number in
    /// 0..32.
    fn chosen(self, bits: Self::Bits, table: &[i32; 32], index: Self::Floats) -> Self::Floats;
}

/// Work for sixteen lanes.
pub(crate) trait Task {
    type Output;
    /// Must be `#[inline(always)]`, as all that it calls with `lanes` in hand: it is compiled for the instruction set of
    /// the function that it is inlined into.
    fn run<L: Lanes>(self, lanes: L) -> Self::Output;
}

#[cfg(test)]
mod tests;
