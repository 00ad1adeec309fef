//! Inverse transforms of a block's low frequencies: what comes out is the block at a fraction of its
//! size, as bytes around 128.
//!
//! The 8 × 8 coefficients of a block and the n × n ones of the same block reduced are the same numbers
//! but for a factor, so n × n of them are transformed by the transform of n points.

use super::block::Coefficients;

/// The block as one value: its mean.
#[inline(always)]
pub(super) fn one(c: &Coefficients) -> [[u8; 1]; 1] {
    [[byte(((c[0] + 4) >> 3) + 128)]]
}

/// The block at a quarter of its size.
#[inline(always)]
pub(super) fn two(c: &Coefficients) -> [[u8; 2]; 2] {
    // 128 and a half, both times 8, by which everything is divided.
    let mean = c[0] + (128 << 3) + 4;
    let row = |mean: i32, slope: i32| [byte((mean + slope) >> 3), byte((mean - slope) >> 3)];
    [row(mean + c[4], c[1] + c[5]), row(mean - c[4], c[1] - c[5])]
}

/// The block at half its size.
#[inline(always)]
pub(super) fn four(c: &Coefficients) -> [[u8; 4]; 4] {
    let mut columns = [[0; 4]; 4];
    for x in 0..4 {
        let column = four_points([c[x], c[4 + x], c[8 + x], c[12 + x]], 0);
        // 3 of the 12 fractional bits stay.
        columns[x] = column.map(|value| value >> 9);
    }
    let mut rows = [[0; 4]; 4];
    for (y, row) in rows.iter_mut().enumerate() {
        // 3 fractional bits from before, 12 of this transform, 3 for a division by 8.
        const HALF: i32 = 1 << 17;
        let values = four_points(columns.map(|column| column[y]), (128 << 18) + HALF);
        *row = values.map(|value| byte(value >> 18));
    }
    rows
}

/// The inverse transform of four points, times 2^12, plus `add`.
#[inline(always)]
fn four_points([f0, f1, f2, f3]: [i32; 4], add: i32) -> [i32; 4] {
    /// √2 · cos(π/8) and √2 · sin(π/8), times 2^12.
    const COS: i32 = 5352;
    const SIN: i32 = 2217;
    let (even, odd) = (((f0 + f2) << 12) + add, ((f0 - f2) << 12) + add);
    let (outer, inner) = (f1 * COS + f3 * SIN, f1 * SIN - f3 * COS);
    [even + outer, odd + inner, odd - inner, even - outer]
}

#[inline(always)]
fn byte(value: i32) -> u8 {
    value.clamp(0, 255) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The transform by its definition (T.81, A.3.3) with `N` points, in double precision.
    fn exact<const N: usize>(c: &Coefficients) -> [[f64; N]; N] {
        let wave = |frequency: usize, at: usize| {
            let scale = if frequency == 0 { 0.5f64.sqrt() } else { 1.0 };
            let angle = (2 * at + 1) as f64 * frequency as f64 * std::f64::consts::PI;
            scale * (angle / (2 * N) as f64).cos()
        };
        std::array::from_fn(|y| {
            std::array::from_fn(|x| {
                let terms = (0..N).flat_map(|v| (0..N).map(move |u| (u, v)));
                let sum = terms.map(|(u, v)| f64::from(c[4 * v + u]) * wave(u, x) * wave(v, y));
                (sum.sum::<f64>() / 4.0 + 128.0).clamp(0.0, 255.0)
            })
        })
    }

    fn close<const N: usize>(ours: [[u8; N]; N], exact: [[f64; N]; N]) -> bool {
        let pairs = ours.as_flattened().iter().zip(exact.as_flattened());
        pairs
            .into_iter()
            .all(|(&a, b)| (f64::from(a) - b).abs() <= 0.6)
    }

    #[test]
    fn they_are_the_definition_s() {
        let mut random = 1u32;
        for _ in 0..2000 {
            let mut c = [0; 17];
            for value in &mut c[..16] {
                random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *value = (random >> 24) as i32 - 128;
            }
            assert!(close(one(&c), exact::<1>(&c)), "{c:?}");
            assert!(close(two(&c), exact::<2>(&c)), "{c:?}");
            assert!(close(four(&c), exact::<4>(&c)), "{c:?}");
        }
    }

    #[test]
    fn the_largest_coefficients_do_not_overflow() {
        for signs in 0..1 << 16 {
            let mut c = [0; 17];
            for (bit, value) in c[..16].iter_mut().enumerate() {
                *value =
                    super::super::block::dequantised(1 << 14, 65535) * (1 - 2 * (signs >> bit & 1));
            }
            four(&c);
            two(&c);
            one(&c);
        }
    }
}
