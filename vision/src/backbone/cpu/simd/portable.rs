//! The operations in plain Rust: for targets without a file of their own, and what the others are
//! tested against.

use std::array::from_fn;

/// 128 bits, seen as i16, i32 or f32 lanes by the operation that takes them.
#[derive(Clone, Copy)]
pub(crate) struct V128([u8; 16]);

/// Lanes of one type.
macro_rules! lanes {
    ($read:ident, $write:ident, $type:ty, $count:literal) => {
        #[inline(always)]
        fn $read(v: V128) -> [$type; $count] {
            const SIZE: usize = 16 / $count;
            from_fn(|i| <$type>::from_ne_bytes(from_fn(|b| v.0[i * SIZE + b])))
        }

        #[inline(always)]
        fn $write(lanes: [$type; $count]) -> V128 {
            const SIZE: usize = 16 / $count;
            V128(from_fn(|b| lanes[b / SIZE].to_ne_bytes()[b % SIZE]))
        }
    };
}
lanes!(i16x8, from_i16x8, i16, 8);
lanes!(i32x4, from_i32x4, i32, 4);
lanes!(f32x4, from_f32x4, f32, 4);

/// Sixteen bytes from `p`, of any alignment.
///
/// # Safety
/// `p` must be valid for reading 16 bytes.
#[inline(always)]
pub(crate) unsafe fn load<T>(p: *const T) -> V128 {
    V128(unsafe { p.cast::<[u8; 16]>().read_unaligned() })
}

/// Eight bytes from `p`, of any alignment, then zeros.
///
/// # Safety
/// `p` must be valid for reading 8 bytes.
#[inline(always)]
pub(crate) unsafe fn load_low_half<T>(p: *const T) -> V128 {
    let bytes = unsafe { p.cast::<[u8; 8]>().read_unaligned() };
    V128(from_fn(|i| if i < 8 { bytes[i] } else { 0 }))
}

/// Writes sixteen bytes to `p`, of any alignment.
///
/// # Safety
/// `p` must be valid for writing 16 bytes.
#[inline(always)]
pub(crate) unsafe fn store<T>(p: *mut T, v: V128) {
    unsafe { p.cast::<[u8; 16]>().write_unaligned(v.0) }
}

/// Writes the first eight bytes of `v` to `p`, of any alignment.
///
/// # Safety
/// `p` must be valid for writing 8 bytes.
#[inline(always)]
#[cfg_attr(
    target_arch = "x86_64",
    allow(dead_code, reason = "only the native one is tested there")
)]
pub(crate) unsafe fn store_low_half<T>(p: *mut T, v: V128) {
    unsafe { p.cast::<[u8; 8]>().write_unaligned(from_fn(|i| v.0[i])) }
}

/// Writes the last eight bytes of `v` to `p`, of any alignment.
///
/// # Safety
/// `p` must be valid for writing 8 bytes.
#[inline(always)]
#[cfg_attr(
    target_arch = "x86_64",
    allow(dead_code, reason = "only the native one is tested there")
)]
pub(crate) unsafe fn store_high_half<T>(p: *mut T, v: V128) {
    unsafe { p.cast::<[u8; 8]>().write_unaligned(from_fn(|i| v.0[8 + i])) }
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
    let bytes = unsafe { p.cast::<[u8; 8]>().read_unaligned() };
    V128(from_fn(|i| bytes[i % 8]))
}

/// Eight bytes from `p` as i16.
///
/// # Safety
/// `p` must be valid for reading 8 bytes.
#[inline(always)]
pub(crate) unsafe fn i16x8_load_extend_u8x8(p: *const u8) -> V128 {
    from_i16x8(unsafe { p.cast::<[u8; 8]>().read() }.map(i16::from))
}

/// Eight signed bytes from `p` as i16.
///
/// # Safety
/// `p` must be valid for reading 8 bytes.
#[inline(always)]
pub(crate) unsafe fn i16x8_load_extend_i8x8(p: *const i8) -> V128 {
    from_i16x8(unsafe { p.cast::<[i8; 8]>().read() }.map(i16::from))
}

/// `v` in every lane.
#[inline(always)]
fn i32x4_splat(v: i32) -> V128 {
    from_i32x4([v; 4])
}

/// `v` in every lane.
#[inline(always)]
pub(crate) fn i16x8_splat(v: i16) -> V128 {
    from_i16x8([v; 8])
}

/// `v` in every lane.
#[inline(always)]
pub(crate) fn f32x4_splat(v: f32) -> V128 {
    from_f32x4([v; 4])
}

/// Lane by lane.
macro_rules! by_lane {
    ($($(#[$doc:meta])* $name:ident: $read:ident $write:ident $f:expr;)*) => { $(
        $(#[$doc])*
        #[inline(always)]
        pub(crate) fn $name(a: V128, b: V128) -> V128 {
            let (a, b) = ($read(a), $read(b));
            $write(from_fn(|i| $f(a[i], b[i])))
        }
    )* };
}
by_lane! {
    /// Wrapping sums.
    i32x4_add: i32x4 from_i32x4 i32::wrapping_add;
    /// Wrapping differences.
    i32x4_sub: i32x4 from_i32x4 i32::wrapping_sub;
    /// Wrapping differences.
    i16x8_sub: i16x8 from_i16x8 i16::wrapping_sub;
    /// Saturating sums.
    i16x8_add_sat: i16x8 from_i16x8 i16::saturating_add;
    /// The smaller of each pair.
    i16x8_min: i16x8 from_i16x8 |a: i16, b: i16| a.min(b);
    /// The larger of each pair.
    i16x8_max: i16x8 from_i16x8 |a: i16, b: i16| a.max(b);
}

/// Products of i16 lanes, neighbours added: lane i is a₂ᵢ·b₂ᵢ + a₂ᵢ₊₁·b₂ᵢ₊₁.
#[inline(always)]
pub(crate) fn i32x4_dot_i16x8(a: V128, b: V128) -> V128 {
    let (a, b) = (i16x8(a), i16x8(b));
    let product = |i: usize| i32::from(a[i]) * i32::from(b[i]);
    from_i32x4(from_fn(|i| product(2 * i).wrapping_add(product(2 * i + 1))))
}

/// The lanes of `a`, then of `b`, saturated to i16.
#[inline(always)]
pub(crate) fn i16x8_narrow_i32x4(a: V128, b: V128) -> V128 {
    let (a, b) = (i32x4(a), i32x4(b));
    let lane = |i: usize| if i < 4 { a[i] } else { b[i - 4] };
    from_i16x8(from_fn(|i| {
        lane(i).clamp(i16::MIN.into(), i16::MAX.into()) as i16
    }))
}

/// Lanes 0 to 3 as i32.
#[inline(always)]
pub(crate) fn i32x4_extend_low_i16x8(a: V128) -> V128 {
    from_i32x4(from_fn(|i| i16x8(a)[i].into()))
}

/// Lanes 4 to 7 as i32.
#[inline(always)]
pub(crate) fn i32x4_extend_high_i16x8(a: V128) -> V128 {
    from_i32x4(from_fn(|i| i16x8(a)[i + 4].into()))
}

/// Each i32 as f32, rounded to nearest, ties to even.
#[inline(always)]
pub(crate) fn f32x4_convert_i32x4(a: V128) -> V128 {
    from_f32x4(i32x4(a).map(|v| v as f32))
}

/// Sums.
#[inline(always)]
#[cfg_attr(
    target_arch = "x86_64",
    allow(dead_code, reason = "floats are tested against Rust's own")
)]
pub(crate) fn f32x4_add(a: V128, b: V128) -> V128 {
    let (a, b) = (f32x4(a), f32x4(b));
    from_f32x4(from_fn(|i| a[i] + b[i]))
}

/// Products.
#[inline(always)]
#[cfg_attr(
    target_arch = "x86_64",
    allow(dead_code, reason = "floats are tested against Rust's own")
)]
pub(crate) fn f32x4_mul(a: V128, b: V128) -> V128 {
    let (a, b) = (f32x4(a), f32x4(b));
    from_f32x4(from_fn(|i| a[i] * b[i]))
}

/// The larger of each pair; which one for NaN or zeros of both signs is left open.
#[inline(always)]
#[cfg_attr(
    target_arch = "x86_64",
    allow(dead_code, reason = "floats are tested against Rust's own")
)]
pub(crate) fn f32x4_max(a: V128, b: V128) -> V128 {
    let (a, b) = (f32x4(a), f32x4(b));
    from_f32x4(from_fn(|i| a[i].max(b[i])))
}

/// Each i32 shifted right by `N` bits, keeping its sign.
#[inline(always)]
pub(crate) fn i32x4_shr<const N: i32>(a: V128) -> V128 {
    from_i32x4(i32x4(a).map(|v| v >> N))
}

/// Lanes 0 to 3 of two vectors in turn: a₀ b₀ a₁ b₁ …
#[inline(always)]
pub(crate) fn i16x8_interleave_low(a: V128, b: V128) -> V128 {
    let (a, b) = (i16x8(a), i16x8(b));
    from_i16x8(from_fn(|i| if i % 2 == 0 { a[i / 2] } else { b[i / 2] }))
}

/// Lanes 4 to 7 of two vectors in turn: a₄ b₄ a₅ b₅ …
#[inline(always)]
pub(crate) fn i16x8_interleave_high(a: V128, b: V128) -> V128 {
    let (a, b) = (i16x8(a), i16x8(b));
    from_i16x8(from_fn(|i| {
        if i % 2 == 0 {
            a[4 + i / 2]
        } else {
            b[4 + i / 2]
        }
    }))
}
