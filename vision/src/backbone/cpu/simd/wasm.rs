//! The operations in WebAssembly SIMD128 (no relaxed SIMD: its results may differ between machines).

use std::arch::wasm32 as w;

/// 128 bits, seen as i16, i32 or f32 lanes by the operation that takes them.
pub(crate) type V128 = w::v128;

/// Sixteen bytes from `p`, of any alignment.
///
/// # Safety
/// `p` must be valid for reading 16 bytes.
#[inline(always)]
pub(crate) unsafe fn load<T>(p: *const T) -> V128 {
    unsafe { w::v128_load(p.cast()) }
}

/// Eight bytes from `p`, of any alignment, then zeros.
///
/// # Safety
/// `p` must be valid for reading 8 bytes.
#[inline(always)]
pub(crate) unsafe fn load_low_half<T>(p: *const T) -> V128 {
    unsafe { w::v128_load64_zero(p.cast()) }
}

/// Writes sixteen bytes to `p`, of any alignment.
///
/// # Safety
/// `p` must be valid for writing 16 bytes.
#[inline(always)]
pub(crate) unsafe fn store<T>(p: *mut T, v: V128) {
    unsafe { w::v128_store(p.cast(), v) }
}

/// Writes the first eight bytes of `v` to `p`, of any alignment.
///
/// # Safety
/// `p` must be valid for writing 8 bytes.
#[inline(always)]
pub(crate) unsafe fn store_low_half<T>(p: *mut T, v: V128) {
    unsafe { w::v128_store64_lane::<0>(v, p.cast()) }
}

/// Writes the last eight bytes of `v` to `p`, of any alignment.
///
/// # Safety
/// `p` must be valid for writing 8 bytes.
#[inline(always)]
pub(crate) unsafe fn store_high_half<T>(p: *mut T, v: V128) {
    unsafe { w::v128_store64_lane::<1>(v, p.cast()) }
}

/// Four bytes from `p`, of any alignment, four times.
///
/// # Safety
/// `p` must be valid for reading 4 bytes.
#[inline(always)]
pub(crate) unsafe fn load32_splat<T>(p: *const T) -> V128 {
    unsafe { w::v128_load32_splat(p.cast()) }
}

/// Eight bytes from `p`, of any alignment, twice.
///
/// # Safety
/// `p` must be valid for reading 8 bytes.
#[inline(always)]
pub(crate) unsafe fn load64_splat<T>(p: *const T) -> V128 {
    unsafe { w::v128_load64_splat(p.cast()) }
}

/// Eight bytes from `p` as i16.
///
/// # Safety
/// `p` must be valid for reading 8 bytes.
#[inline(always)]
pub(crate) unsafe fn i16x8_load_extend_u8x8(p: *const u8) -> V128 {
    unsafe { w::i16x8_load_extend_u8x8(p) }
}

/// Eight signed bytes from `p` as i16.
///
/// # Safety
/// `p` must be valid for reading 8 bytes.
#[inline(always)]
pub(crate) unsafe fn i16x8_load_extend_i8x8(p: *const i8) -> V128 {
    unsafe { w::i16x8_load_extend_i8x8(p) }
}

pub(crate) use w::{
    f32x4_add, f32x4_convert_i32x4, f32x4_mul, f32x4_splat, i16x8_add_sat, i16x8_max, i16x8_min,
    i16x8_narrow_i32x4, i16x8_splat, i16x8_sub, i32x4_add, i32x4_dot_i16x8,
    i32x4_extend_high_i16x8, i32x4_extend_low_i16x8, i32x4_sub,
};

/// The larger of each pair; which one for NaN or zeros of both signs is left open.
#[inline(always)]
pub(crate) fn f32x4_max(a: V128, b: V128) -> V128 {
    w::f32x4_pmax(a, b)
}

/// Each i32 shifted right by `N` bits, keeping its sign.
#[inline(always)]
pub(crate) fn i32x4_shr<const N: i32>(a: V128) -> V128 {
    w::i32x4_shr(a, N as u32)
}

/// Lanes 0 to 3 of two vectors in turn: a₀ b₀ a₁ b₁ …
#[inline(always)]
pub(crate) fn i16x8_interleave_low(a: V128, b: V128) -> V128 {
    w::i16x8_shuffle::<0, 8, 1, 9, 2, 10, 3, 11>(a, b)
}

/// Lanes 4 to 7 of two vectors in turn: a₄ b₄ a₅ b₅ …
#[inline(always)]
pub(crate) fn i16x8_interleave_high(a: V128, b: V128) -> V128 {
    w::i16x8_shuffle::<4, 12, 5, 13, 6, 14, 7, 15>(a, b)
}
