//! The operations in SSE2, part of every x86-64.

use std::arch::x86_64::*;

/// Calls of SSE2 operations that touch no memory.
macro_rules! sse2 {
    ($call:expr) => {
        // SAFETY: SSE2 is part of every x86-64.
        unsafe { $call }
    };
}

/// 128 bits, seen as i16, i32 or f32 lanes by the operation that takes them.
pub(crate) type V128 = __m128i;

/// Sixteen bytes from `p`, of any alignment.
///
/// # Safety
/// `p` must be valid for reading 16 bytes.
#[inline(always)]
pub(crate) unsafe fn load<T>(p: *const T) -> V128 {
    unsafe { _mm_loadu_si128(p.cast()) }
}

/// Eight bytes from `p`, of any alignment, then zeros.
///
/// # Safety
/// `p` must be valid for reading 8 bytes.
#[inline(always)]
pub(crate) unsafe fn load_low_half<T>(p: *const T) -> V128 {
    unsafe { _mm_loadl_epi64(p.cast()) }
}

/// Writes sixteen bytes to `p`, of any alignment.
///
/// # Safety
/// `p` must be valid for writing 16 bytes.
#[inline(always)]
pub(crate) unsafe fn store<T>(p: *mut T, v: V128) {
    unsafe { _mm_storeu_si128(p.cast(), v) }
}

/// Writes the first eight bytes of `v` to `p`, of any alignment.
///
/// # Safety
/// `p` must be valid for writing 8 bytes.
#[inline(always)]
pub(crate) unsafe fn store_low_half<T>(p: *mut T, v: V128) {
    unsafe { _mm_storel_epi64(p.cast(), v) }
}

/// Writes the last eight bytes of `v` to `p`, of any alignment.
///
/// # Safety
/// `p` must be valid for writing 8 bytes.
#[inline(always)]
pub(crate) unsafe fn store_high_half<T>(p: *mut T, v: V128) {
    unsafe { _mm_storeh_pd(p.cast(), _mm_castsi128_pd(v)) }
}

/// Four bytes from `p`, of any alignment, four times.
///
/// # Safety
/// `p` must be valid for reading 4 bytes.
#[inline(always)]
pub(crate) unsafe fn load32_splat<T>(p: *const T) -> V128 {
    i32x4_splat(unsafe { p.cast::<i32>().read_unaligned() })
}

/// Eight bytes from `p`, of any alignment, twice.
///
/// # Safety
/// `p` must be valid for reading 8 bytes.
#[inline(always)]
pub(crate) unsafe fn load64_splat<T>(p: *const T) -> V128 {
    unsafe {
        let low = _mm_loadl_epi64(p.cast());
        _mm_unpacklo_epi64(low, low)
    }
}

/// Eight bytes from `p` as i16.
///
/// # Safety
/// `p` must be valid for reading 8 bytes.
#[inline(always)]
pub(crate) unsafe fn i16x8_load_extend_u8x8(p: *const u8) -> V128 {
    unsafe { _mm_unpacklo_epi8(_mm_loadl_epi64(p.cast()), _mm_setzero_si128()) }
}

/// Eight signed bytes from `p` as i16.
///
/// # Safety
/// `p` must be valid for reading 8 bytes.
#[inline(always)]
pub(crate) unsafe fn i16x8_load_extend_i8x8(p: *const i8) -> V128 {
    unsafe {
        let bytes = _mm_loadl_epi64(p.cast());
        _mm_srai_epi16::<8>(_mm_unpacklo_epi8(bytes, bytes))
    }
}

/// `v` in every lane.
#[inline(always)]
fn i32x4_splat(v: i32) -> V128 {
    sse2!(_mm_set1_epi32(v))
}

/// `v` in every lane.
#[inline(always)]
pub(crate) fn i16x8_splat(v: i16) -> V128 {
    sse2!(_mm_set1_epi16(v))
}

/// `v` in every lane.
#[inline(always)]
pub(crate) fn f32x4_splat(v: f32) -> V128 {
    sse2!(_mm_castps_si128(_mm_set1_ps(v)))
}

/// Wrapping sums.
#[inline(always)]
pub(crate) fn i32x4_add(a: V128, b: V128) -> V128 {
    sse2!(_mm_add_epi32(a, b))
}

/// Wrapping differences.
#[inline(always)]
pub(crate) fn i32x4_sub(a: V128, b: V128) -> V128 {
    sse2!(_mm_sub_epi32(a, b))
}

/// Products of i16 lanes, neighbours added: lane i is a₂ᵢ·b₂ᵢ + a₂ᵢ₊₁·b₂ᵢ₊₁.
#[inline(always)]
pub(crate) fn i32x4_dot_i16x8(a: V128, b: V128) -> V128 {
    sse2!(_mm_madd_epi16(a, b))
}

/// The lanes of `a`, then of `b`, saturated to i16.
#[inline(always)]
pub(crate) fn i16x8_narrow_i32x4(a: V128, b: V128) -> V128 {
    sse2!(_mm_packs_epi32(a, b))
}

/// Wrapping differences.
#[inline(always)]
pub(crate) fn i16x8_sub(a: V128, b: V128) -> V128 {
    sse2!(_mm_sub_epi16(a, b))
}

/// Saturating sums.
#[inline(always)]
pub(crate) fn i16x8_add_sat(a: V128, b: V128) -> V128 {
    sse2!(_mm_adds_epi16(a, b))
}

/// The smaller of each pair.
#[inline(always)]
pub(crate) fn i16x8_min(a: V128, b: V128) -> V128 {
    sse2!(_mm_min_epi16(a, b))
}

/// The larger of each pair.
#[inline(always)]
pub(crate) fn i16x8_max(a: V128, b: V128) -> V128 {
    sse2!(_mm_max_epi16(a, b))
}

/// Lanes 0 to 3 as i32.
#[inline(always)]
pub(crate) fn i32x4_extend_low_i16x8(a: V128) -> V128 {
    sse2!(_mm_srai_epi32::<16>(_mm_unpacklo_epi16(a, a)))
}

/// Lanes 4 to 7 as i32.
#[inline(always)]
pub(crate) fn i32x4_extend_high_i16x8(a: V128) -> V128 {
    sse2!(_mm_srai_epi32::<16>(_mm_unpackhi_epi16(a, a)))
}

/// Each i32 as f32, rounded to nearest, ties to even (the processor's default mode, which Rust
/// requires to be in force).
#[inline(always)]
pub(crate) fn f32x4_convert_i32x4(a: V128) -> V128 {
    sse2!(_mm_castps_si128(_mm_cvtepi32_ps(a)))
}

/// Sums.
#[inline(always)]
pub(crate) fn f32x4_add(a: V128, b: V128) -> V128 {
    sse2!(_mm_castps_si128(_mm_add_ps(
        _mm_castsi128_ps(a),
        _mm_castsi128_ps(b)
    )))
}

/// Products.
#[inline(always)]
pub(crate) fn f32x4_mul(a: V128, b: V128) -> V128 {
    sse2!(_mm_castps_si128(_mm_mul_ps(
        _mm_castsi128_ps(a),
        _mm_castsi128_ps(b)
    )))
}

/// The larger of each pair; which one for NaN or zeros of both signs is left open.
#[inline(always)]
pub(crate) fn f32x4_max(a: V128, b: V128) -> V128 {
    sse2!(_mm_castps_si128(_mm_max_ps(
        _mm_castsi128_ps(a),
        _mm_castsi128_ps(b)
    )))
}

/// Each i32 shifted right by `N` bits, keeping its sign.
#[inline(always)]
pub(crate) fn i32x4_shr<const N: i32>(a: V128) -> V128 {
    sse2!(_mm_srai_epi32::<N>(a))
}

/// Lanes 0 to 3 of two vectors in turn: a₀ b₀ a₁ b₁ …
#[inline(always)]
pub(crate) fn i16x8_interleave_low(a: V128, b: V128) -> V128 {
    sse2!(_mm_unpacklo_epi16(a, b))
}

/// Lanes 4 to 7 of two vectors in turn: a₄ b₄ a₅ b₅ …
#[inline(always)]
pub(crate) fn i16x8_interleave_high(a: V128, b: V128) -> V128 {
    sse2!(_mm_unpackhi_epi16(a, b))
}
