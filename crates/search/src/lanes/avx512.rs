//! Sixteen lanes as one AVX-512 register.
#![expect(unsafe_code, reason = "named instructions of the processor")]

use super::{LANES, Lanes, Row, Task, Words};
#[allow(clippy::wildcard_imports, reason = "forty instructions by their own names")]
use std::arch::x86_64::*;

/// Proof that this machine has AVX-512 F and DQ (and with them AVX2 and FMA): the only constructor asks the processor.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Avx512(());

impl Avx512 {
    /// The proof, if there is one.
    pub(crate) fn new() -> Option<Self> {
        let found = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("fma");
        found.then_some(Self(()))
    }
}

#[target_feature(enable = "avx512f,avx512dq,avx2,fma")]
fn compiled_for_avx512<T: Task>(lanes: Avx512, task: T) -> T::Output {
    task.run(lanes)
}

macro_rules! instructions {
    ($(fn $name:ident $(<const $n:ident: i32>)? (self $(, $arg:ident: $kind:ty)*) -> $out:ty $body:block)*) => {$(
        #[inline(always)]
        fn $name $(<const $n: i32>)? (self $(, $arg: $kind)*) -> $out {
            // SAFETY: the instructions need AVX-512 F and DQ, and `self` is proof of both; those that take a pointer are
            // given a reference to 64 bytes.
            unsafe { $body }
        }
    )*};
}

impl Lanes for Avx512 {
    type Floats = __m512;
    type Bits = __m512i;
    const WIDE: bool = true;

    #[inline(always)]
    fn run<T: Task>(self, task: T) -> T::Output {
        // SAFETY: the function needs AVX-512 F, DQ, AVX2 and FMA, and `self` is proof of them.
        unsafe { compiled_for_avx512(self, task) }
    }

    instructions! {
        fn splat(self, x: f32) -> __m512 { _mm512_set1_ps(x) }
        fn load(self, row: &Row) -> __m512 { _mm512_load_ps(row.0.as_ptr()) }
        fn store(self, x: __m512, row: &mut Row) -> () { _mm512_store_ps(row.0.as_mut_ptr(), x) }
        fn add(self, a: __m512, b: __m512) -> __m512 { _mm512_add_ps(a, b) }
        fn sub(self, a: __m512, b: __m512) -> __m512 { _mm512_sub_ps(a, b) }
        fn mul(self, a: __m512, b: __m512) -> __m512 { _mm512_mul_ps(a, b) }
        fn mul_add(self, a: __m512, b: __m512, c: __m512) -> __m512 { _mm512_fmadd_ps(a, b, c) }
        fn abs(self, a: __m512) -> __m512 { _mm512_abs_ps(a) }
        fn max(self, a: __m512, b: __m512) -> __m512 { _mm512_max_ps(a, b) }
        fn at_least(self, a: __m512, b: __m512) -> u16 { _mm512_cmp_ps_mask::<_CMP_GE_OQ>(a, b) }

        fn words(self, words: [u64; 8]) -> __m512i { _mm512_loadu_si512(words.as_ptr().cast()) }
        fn store_bits(self, a: __m512i, words: &mut Words) -> () {
            _mm512_store_si512(words.0.as_mut_ptr().cast(), a);
        }
        fn xor(self, a: __m512i, b: __m512i) -> __m512i { _mm512_xor_si512(a, b) }
        fn xor3(self, a: __m512i, b: __m512i, c: __m512i) -> __m512i {
            _mm512_ternarylogic_epi64::<0x96>(a, b, c)
        }
        fn add64(self, a: __m512i, b: __m512i) -> __m512i { _mm512_add_epi64(a, b) }
        fn mul64(self, a: __m512i, b: __m512i) -> __m512i { _mm512_mullo_epi64(a, b) }
        fn shl64<const N: i32>(self, a: __m512i) -> __m512i {
            _mm512_sll_epi64(a, _mm_cvtsi32_si128(N))
        }
        fn shr64<const N: i32>(self, a: __m512i) -> __m512i {
            _mm512_srl_epi64(a, _mm_cvtsi32_si128(N))
        }
        fn rotl64<const N: i32>(self, a: __m512i) -> __m512i { _mm512_rol_epi64::<N>(a) }
        fn uniform(self, bits: __m512i) -> __m512 {
            // (bits & mask) | 1, in one instruction.
            _mm512_cvtepi32_ps(_mm512_ternarylogic_epi32::<0xf8>(
                _mm512_set1_epi32(1), bits, _mm512_set1_epi32(0x7fff_fffe),
            ))
        }
        fn split(self, x: __m512) -> (__m512, __m512) {
            (_mm512_getexp_ps(x), _mm512_getmant_ps::<_MM_MANT_NORM_1_2, _MM_MANT_SIGN_SRC>(x))
        }
        fn exp2_whole(self, n: __m512) -> __m512 { _mm512_scalef_ps(_mm512_set1_ps(1.0), n) }
        fn round(self, x: __m512) -> __m512 {
            _mm512_roundscale_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(x)
        }
        fn chosen(self, bits: __m512i, table: &[i32; 32], index: __m512) -> __m512 {
            let (low, high) = table.split_at(LANES);
            let (low, high) =
                (_mm512_loadu_si512(low.as_ptr().cast()), _mm512_loadu_si512(high.as_ptr().cast()));
            let limit = _mm512_permutex2var_epi32(low, _mm512_cvtps_epi32(index), high);
            let below = _mm512_cmple_epi32_mask(_mm512_srli_epi32::<1>(bits), limit);
            _mm512_maskz_mov_ps(below, _mm512_set1_ps(1.0))
        }
    }
}
