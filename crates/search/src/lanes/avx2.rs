//! Sixteen lanes as two AVX2 registers.
#![expect(unsafe_code, reason = "named instructions of the processor")]

use super::{Lanes, Row, Task, Words};
#[allow(clippy::wildcard_imports, reason = "forty instructions by their own names")]
use std::arch::x86_64::*;

/// Proof that this machine has AVX2 and FMA: the only constructor asks the processor.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Avx2(());

type Floats = [__m256; 2];
type Bits = [__m256i; 2];

impl Avx2 {
    /// The proof, if there is one.
    pub(crate) fn new() -> Option<Self> {
        let found = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
        found.then_some(Self(()))
    }
}

#[target_feature(enable = "avx2,fma")]
fn compiled_for_avx2<T: Task>(lanes: Avx2, task: T) -> T::Output {
    task.run(lanes)
}

/// Methods that do the same to the lower and to the upper half of their arguments.
macro_rules! halves {
    ($(fn $name:ident $(<const $n:ident: i32>)? (self $(, $arg:ident: $kind:ty)*) -> $out:ty $body:block)*) => {$(
        #[inline(always)]
        fn $name $(<const $n: i32>)? (self $(, $arg: $kind)*) -> $out {
            // SAFETY: the instructions need AVX2 and FMA, and `self` is proof of both.
            unsafe { [{ $(let $arg = $arg[0];)* $body }, { $(let $arg = $arg[1];)* $body }] }
        }
    )*};
}

/// Methods that see their arguments whole.
macro_rules! whole {
    ($(fn $name:ident (self $(, $arg:ident: $kind:ty)*) -> $out:ty $body:block)*) => {$(
        #[inline(always)]
        fn $name(self $(, $arg: $kind)*) -> $out {
            // SAFETY: the instructions need AVX2 and FMA, and `self` is proof of both; those that take a pointer are given
            // a reference to 64 bytes, or to the upper 32 of them.
            unsafe { $body }
        }
    )*};
}

impl Lanes for Avx2 {
    type Floats = Floats;
    type Bits = Bits;
    const WIDE: bool = false;

    #[inline(always)]
    fn run<T: Task>(self, task: T) -> T::Output {
        // SAFETY: the function needs AVX2 and FMA, and `self` is proof of both.
        unsafe { compiled_for_avx2(self, task) }
    }

    halves! {
        fn add(self, a: Floats, b: Floats) -> Floats { _mm256_add_ps(a, b) }
        fn sub(self, a: Floats, b: Floats) -> Floats { _mm256_sub_ps(a, b) }
        fn mul(self, a: Floats, b: Floats) -> Floats { _mm256_mul_ps(a, b) }
        fn mul_add(self, a: Floats, b: Floats, c: Floats) -> Floats { _mm256_fmadd_ps(a, b, c) }
        fn abs(self, a: Floats) -> Floats {
            _mm256_and_ps(a, _mm256_castsi256_ps(_mm256_set1_epi32(0x7fff_ffff)))
        }
        fn max(self, a: Floats, b: Floats) -> Floats { _mm256_max_ps(a, b) }
        fn xor(self, a: Bits, b: Bits) -> Bits { _mm256_xor_si256(a, b) }
        fn xor3(self, a: Bits, b: Bits, c: Bits) -> Bits {
            _mm256_xor_si256(a, _mm256_xor_si256(b, c))
        }
        fn add64(self, a: Bits, b: Bits) -> Bits { _mm256_add_epi64(a, b) }
        fn mul64(self, a: Bits, b: Bits) -> Bits {
            // The two cross products of the halves, in the upper half, plus the product of the lower halves.
            _mm256_add_epi64(
                _mm256_mul_epu32(a, b),
                _mm256_slli_epi64::<32>(_mm256_add_epi64(
                    _mm256_mul_epu32(a, _mm256_srli_epi64::<32>(b)),
                    _mm256_mul_epu32(_mm256_srli_epi64::<32>(a), b),
                )),
            )
        }
        fn shl64<const N: i32>(self, a: Bits) -> Bits { _mm256_slli_epi64::<N>(a) }
        fn shr64<const N: i32>(self, a: Bits) -> Bits { _mm256_srli_epi64::<N>(a) }
        fn rotl64<const N: i32>(self, a: Bits) -> Bits {
            _mm256_or_si256(
                _mm256_slli_epi64::<N>(a),
                _mm256_srl_epi64(a, _mm_cvtsi32_si128(64 - N)),
            )
        }
        fn uniform(self, bits: Bits) -> Floats {
            _mm256_cvtepi32_ps(_mm256_or_si256(
                _mm256_and_si256(bits, _mm256_set1_epi32(0x7fff_fffe)),
                _mm256_set1_epi32(1),
            ))
        }
        fn exp2_whole(self, n: Floats) -> Floats {
            _mm256_castsi256_ps(_mm256_slli_epi32::<23>(_mm256_add_epi32(
                _mm256_cvtps_epi32(n),
                _mm256_set1_epi32(127),
            )))
        }
        fn round(self, x: Floats) -> Floats {
            _mm256_round_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(x)
        }
    }

    whole! {
        fn splat(self, x: f32) -> Floats { [_mm256_set1_ps(x); 2] }
        fn load(self, row: &Row) -> Floats {
            [_mm256_load_ps(row.0.as_ptr()), _mm256_load_ps(row.0[8..].as_ptr())]
        }
        fn store(self, x: Floats, row: &mut Row) -> () {
            _mm256_store_ps(row.0.as_mut_ptr(), x[0]);
            _mm256_store_ps(row.0[8..].as_mut_ptr(), x[1]);
        }
        fn at_least(self, a: Floats, b: Floats) -> u16 {
            let low = _mm256_movemask_ps(_mm256_cmp_ps::<_CMP_GE_OQ>(a[0], b[0]));
            let high = _mm256_movemask_ps(_mm256_cmp_ps::<_CMP_GE_OQ>(a[1], b[1]));
            (low | high << 8) as u16
        }
        fn words(self, words: [u64; 8]) -> Bits {
            [
                _mm256_loadu_si256(words.as_ptr().cast()),
                _mm256_loadu_si256(words[4..].as_ptr().cast()),
            ]
        }
        fn store_bits(self, a: Bits, words: &mut Words) -> () {
            _mm256_store_si256(words.0.as_mut_ptr().cast(), a[0]);
            _mm256_store_si256(words.0[8..].as_mut_ptr().cast(), a[1]);
        }
        fn split(self, x: Floats) -> (Floats, Floats) {
            let (low, high) = (split(x[0]), split(x[1]));
            ([low.0, high.0], [low.1, high.1])
        }
        fn chosen(self, bits: Bits, table: &[i32; 32], index: Floats) -> Floats {
            [chosen(bits[0], table, index[0]), chosen(bits[1], table, index[1])]
        }
    }
}

/// [`Lanes::split`] of half the lanes.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn split(x: __m256) -> (__m256, __m256) {
    let bits = _mm256_castps_si256(x);
    let exponent = _mm256_sub_epi32(_mm256_srli_epi32::<23>(bits), _mm256_set1_epi32(127));
    let fraction = _mm256_and_si256(bits, _mm256_set1_epi32(0x007f_ffff));
    let mantissa = _mm256_or_si256(fraction, _mm256_set1_epi32(0x3f80_0000));
    (_mm256_cvtepi32_ps(exponent), _mm256_castsi256_ps(mantissa))
}

/// [`Lanes::chosen`] of half the lanes: four registers hold the table, and bits 3 and 4 of the index choose among them.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn chosen(bits: __m256i, table: &[i32; 32], index: __m256) -> __m256 {
    let index = _mm256_cvtps_epi32(index);
    let bit3 = _mm256_castsi256_ps(_mm256_slli_epi32::<28>(index));
    let bit4 = _mm256_castsi256_ps(_mm256_slli_epi32::<27>(index));
    let low = _mm256_blendv_ps(quarter(table, 0, index), quarter(table, 8, index), bit3);
    let high = _mm256_blendv_ps(quarter(table, 16, index), quarter(table, 24, index), bit3);
    let limit = _mm256_castps_si256(_mm256_blendv_ps(low, high, bit4));
    let above = _mm256_cmpgt_epi32(_mm256_srli_epi32::<1>(bits), limit);
    _mm256_andnot_ps(_mm256_castsi256_ps(above), _mm256_set1_ps(1.0))
}

/// The entries of one register's worth of the table, from `at`, at the lowest three bits of each index.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn quarter(table: &[i32; 32], at: usize, index: __m256i) -> __m256 {
    let words = &table[at..at + 8];
    // SAFETY: eight words lie there.
    let words = unsafe { _mm256_loadu_si256(words.as_ptr().cast()) };
    _mm256_castsi256_ps(_mm256_permutevar8x32_epi32(words, index))
}
