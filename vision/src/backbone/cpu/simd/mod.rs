//! Vector operations under one set of names.
//!
//! The kernels are written once, against [`V128`] and the functions here; each target supplies them in
//! a file of its own: `wasm` (SIMD128), `x86` (SSE2, which every x86-64 has, so no build flag is
//! needed) and `portable` (plain Rust, for everything else and as the yardstick of the tests). The
//! names are WebAssembly's. Every operation is exact or rounds by IEEE 754, so all three give the same
//! bits.

#[cfg(any(
    test,
    not(any(
        target_arch = "x86_64",
        all(target_arch = "wasm32", target_feature = "simd128")
    ))
))]
mod portable;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod wasm;
#[cfg(target_arch = "x86_64")]
mod x86;

#[cfg(not(any(
    target_arch = "x86_64",
    all(target_arch = "wasm32", target_feature = "simd128")
)))]
pub(crate) use portable::*;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(crate) use wasm::*;
#[cfg(target_arch = "x86_64")]
pub(crate) use x86::*;

/// 1.5 · 2²³: added to an f32 of magnitude below 2²², it leaves the value, rounded half to even, in
/// the low bits of the sum.
const ROUNDING: f32 = 12_582_912.0;

/// The nearest integers (ties to even) of four f32 with magnitude below 2²².
///
/// Done by adding a constant, not by a conversion instruction: that differs between targets (SSE2
/// rounds by a mode register, WebAssembly truncates), an addition does not.
#[inline(always)]
pub(crate) fn i32x4_nearest_f32x4(a: V128) -> V128 {
    let rounding = f32x4_splat(ROUNDING);
    i32x4_sub(f32x4_add(a, rounding), rounding)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// One of the three implementations, as a function from two vectors' bytes to one's.
    macro_rules! binary {
        ($module:ident, $operation:ident) => {
            |a: [u8; 16], b: [u8; 16]| {
                let mut out = [0u8; 16];
                // SAFETY: all three are 16 bytes.
                unsafe {
                    let result =
                        $module::$operation($module::load(a.as_ptr()), $module::load(b.as_ptr()));
                    $module::store(out.as_mut_ptr(), result);
                }
                out
            }
        };
    }

    macro_rules! unary {
        ($module:ident, $operation:ident $(::<$n:literal>)?) => {
            |a: [u8; 16]| {
                let mut out = [0u8; 16];
                // SAFETY: both are 16 bytes.
                unsafe {
                    $module::store(out.as_mut_ptr(), $module::$operation$(::<$n>)?($module::load(a.as_ptr())));
                }
                out
            }
        };
    }

    use super as this_target;

    proptest! {
        #[test]
        fn every_operation_equals_the_portable_one(a: [u8; 16], b: [u8; 16]) {
            macro_rules! equal {
                ($($operation:ident)*) => { $(
                    prop_assert_eq!(
                        binary!(this_target, $operation)(a, b),
                        binary!(portable, $operation)(a, b),
                        "{}", stringify!($operation)
                    );
                )* };
            }
            equal!(i32x4_add i32x4_sub i32x4_dot_i16x8 i16x8_narrow_i32x4 i16x8_sub i16x8_add_sat
                i16x8_min i16x8_max i16x8_interleave_low i16x8_interleave_high);
        }

        #[test]
        fn every_conversion_equals_the_portable_one(a: [u8; 16]) {
            macro_rules! equal {
                ($($operation:ident $(::<$n:literal>)?),*) => { $(
                    prop_assert_eq!(
                        unary!(this_target, $operation $(::<$n>)?)(a),
                        unary!(portable, $operation $(::<$n>)?)(a),
                        "{}", stringify!($operation)
                    );
                )* };
            }
            equal!(i32x4_extend_low_i16x8, i32x4_extend_high_i16x8, f32x4_convert_i32x4,
                i32x4_shr::<5>, i32x4_shr::<10>, i32x4_shr::<15>);
        }

        #[test]
        fn loads_and_splats_equal_the_portable_ones(bytes: [u8; 16], i: i16, f: f32) {
            let mut ours = [[0u8; 16]; 7];
            let mut theirs = ours;
            // SAFETY: every pointer is to 16 bytes.
            unsafe {
                let p = bytes.as_ptr();
                let all = [load32_splat(p), load64_splat(p), load_low_half(p), i16x8_load_extend_u8x8(p), i16x8_load_extend_i8x8(p.cast()), i16x8_splat(i), f32x4_splat(f)];
                for (out, v) in ours.iter_mut().zip(all) { store(out.as_mut_ptr(), v); }
                use portable as q;
                let all = [q::load32_splat(p), q::load64_splat(p), q::load_low_half(p), q::i16x8_load_extend_u8x8(p), q::i16x8_load_extend_i8x8(p.cast()), q::i16x8_splat(i), q::f32x4_splat(f)];
                for (out, v) in theirs.iter_mut().zip(all) { q::store(out.as_mut_ptr(), v); }
            }
            prop_assert_eq!(ours, theirs);
        }

        #[test]
        fn half_stores_write_eight_bytes(bytes: [u8; 16]) {
            let mut out = [7u8; 16];
            // SAFETY: both are 16 bytes.
            unsafe { store_low_half(out.as_mut_ptr(), load(bytes.as_ptr())) };
            prop_assert_eq!(&out[..8], &bytes[..8]);
            prop_assert_eq!(&out[8..], &[7; 8]);
            // SAFETY: as above.
            unsafe { store_high_half(out.as_mut_ptr(), load(bytes.as_ptr())) };
            prop_assert_eq!(&out[..8], &bytes[8..]);
            prop_assert_eq!(&out[8..], &[7; 8]);
        }

        #[test]
        fn floats_are_ieee(a in prop::array::uniform4(-1e6f32..1e6), b in prop::array::uniform4(-1e6f32..1e6)) {
            let mut out = [[0f32; 4]; 3];
            // SAFETY: every pointer is to four f32.
            unsafe {
                let (x, y) = (load(a.as_ptr()), load(b.as_ptr()));
                store(out[0].as_mut_ptr(), f32x4_add(x, y));
                store(out[1].as_mut_ptr(), f32x4_mul(x, y));
                store(out[2].as_mut_ptr(), f32x4_max(x, y));
            }
            for i in 0..4 {
                prop_assert_eq!(out[0][i], a[i] + b[i]);
                prop_assert_eq!(out[1][i], a[i] * b[i]);
                prop_assert_eq!(out[2][i], a[i].max(b[i]));
            }
        }

        #[test]
        fn nearest_rounds_half_to_even(a in prop::array::uniform4(-4_000_000f32..4_000_000.0)) {
            let halves = a.map(|v| (v * 2.0).round() / 2.0);
            for values in [a, halves] {
                let mut out = [0i32; 4];
                // SAFETY: both are 16 bytes.
                unsafe { store(out.as_mut_ptr(), i32x4_nearest_f32x4(load(values.as_ptr()))) };
                prop_assert_eq!(out, values.map(|v| v.round_ties_even() as i32));
            }
        }
    }
}
