//! Depthwise convolutions: one 3×3 or 5×5 filter per channel.
//!
//! A tile is seven outputs of a row (7 divides every width of Lite0) in four channels. Each input column
//! is loaded once and multiplied into every output it belongs to. Two kernel rows are done at once: their
//! inputs are interleaved, so that `i32x4_dot_i16x8` adds the products of both. The other four channels
//! of the group of 8 are a second pass over the same pixels.
//!
//! The rules of [`tile`](super::tile) for the hot loop hold here too.

use super::aligned::Aligned;
use super::planes::Padded;
use super::scales::DEPTHWISE_SHIFT;
use super::simd::*;
use super::tile::opaque;

/// Outputs of a tile.
pub(super) const TILE: usize = 7;

/// A depthwise convolution with packed weights.
pub(super) struct Depthwise {
    /// Width and height of the filters: 3 or 5.
    pub kernel: usize,
    /// 1 or 2.
    pub stride: usize,
    /// `[channels / 8][2 halves][row pairs][kernel columns][4 channels][2 rows]`; the last row of an
    /// odd kernel is paired with zeros.
    pub weights: Aligned<i16>,
    /// `[channels]`: start values of the sums.
    pub bias: Aligned<i32>,
    /// `[channels]`: what 6 is, the upper end of ReLU6.
    pub limits: Aligned<i16>,
}

/// Distances and counts a tile reads afresh from memory.
struct Steps {
    /// From a row pair to the next, in i16.
    input: usize,
    /// From the weights of a row pair to the next, in i16.
    weights: usize,
    /// Input columns to visit: those of a tile times the row pairs.
    columns: usize,
    /// Per row pair, from its first row to its second, in i16: 0 for the last, whose second row has
    /// weight zero and may lie outside.
    second: [usize; 3],
}

/// Kernel rows in pairs.
pub(super) const fn row_pairs(kernel: usize) -> usize {
    kernel.div_ceil(2)
}

impl Depthwise {
    /// ReLU6 of channels `8·group..` into `output`, `[rows][width][8]`. The rows of `input` must be
    /// those these outputs need, no more.
    pub fn run(&self, group: usize, input: &Padded, width: usize, output: &mut [i16]) {
        let (kernel, stride) = (self.kernel, self.stride);
        let rows = output.len() / (width * 8);
        assert!(width >= TILE && output.len() == rows * width * 8 && rows > 0);
        assert_eq!(input.width(), (width - 1) * stride + kernel);
        assert_eq!(input.rows(), (rows - 1) * stride + kernel);
        let pairs = row_pairs(kernel);
        let half = pairs * kernel * 8;
        let weights = &self.weights[group * 2 * half..][..2 * half];
        let row = input.width() * 8;
        let mut second = [row; 3];
        second[pairs - 1] = 0;
        let steps = Steps {
            input: 2 * row,
            weights: kernel * 8,
            columns: pairs * ((TILE - 1) * stride + kernel),
            second,
        };
        let tile = match (kernel, stride) {
            (3, 1) => tile3,
            (3, _) => tile3_stride2,
            (_, 1) => tile5,
            _ => tile5_stride2,
        };
        for (y, output) in output.chunks_exact_mut(width * 8).enumerate() {
            for channel in [0, 4] {
                let bias = self.bias[group * 8 + channel..][..4].as_ptr();
                let limits = self.limits[group * 8 + channel..][..4].as_ptr();
                let weights = weights[channel / 4 * half..].as_ptr();
                let input = input.values()[y * stride * row + channel..].as_ptr();
                let output = output[channel..].as_mut_ptr();
                // SAFETY: by the assertions, `kernel` input rows hold every column these tiles visit,
                // and `output` holds `width` pixels. Weights, bias and limits are of four channels.
                unsafe {
                    tile(input, weights, bias, limits, &steps, output, width / TILE);
                    // What is left of a row is done by a tile that ends with it; it computes some
                    // outputs once more.
                    if !width.is_multiple_of(TILE) {
                        let x = width - TILE;
                        let (input, output) = (input.add(x * stride * 8), output.add(x * 8));
                        tile(input, weights, bias, limits, &steps, output, 1);
                    }
                }
            }
        }
    }
}

/// ReLU6 of two sums of four channels.
#[inline(always)]
fn relu6(first: V128, second: V128, limits: V128) -> V128 {
    let shifted = (
        i32x4_shr::<DEPTHWISE_SHIFT>(first),
        i32x4_shr::<DEPTHWISE_SHIFT>(second),
    );
    let narrowed = i16x8_narrow_i32x4(shifted.0, shifted.1);
    i16x8_min(i16x8_max(narrowed, i16x8_splat(0)), limits)
}

/// Writes ReLU6 of a tile's sums; two pixels at a time fill a vector. Spelled out, so that it does not
/// become a loop where size is optimised for.
///
/// # Safety
/// `output` must hold 7 pixels of 8 channels, from the first of the four channels on.
#[inline(always)]
unsafe fn finish([a, b, c, d, e, f, g]: [V128; TILE], limits: V128, output: *mut i16) {
    let (ab, cd) = (relu6(a, b, limits), relu6(c, d, limits));
    let (ef, g) = (relu6(e, f, limits), relu6(g, g, limits));
    unsafe {
        store_low_half(output, ab);
        store_high_half(output.add(8), ab);
        store_low_half(output.add(16), cd);
        store_high_half(output.add(24), cd);
        store_low_half(output.add(32), ef);
        store_high_half(output.add(40), ef);
        store_low_half(output.add(48), g);
    }
}

/// Defines a loop over tiles of a row.
///
/// `name, stride, (weights by kernel column), (sums), [input column: (sum it belongs to, weight)…]`
///
/// # Safety
/// Of the function defined: `tiles` ≥ 1; from `input` on, all input columns of all tiles must be there
/// in all kernel rows; `output` must hold 7 pixels per tile, `bias` and `limits` 4 values, `weights` 8
/// for each kernel column of each row pair.
macro_rules! tile {
    ($name:ident, $stride:literal, ($($kx:literal $weight:ident),+), ($($all:ident)+),
        [$($column:literal: $(($sum:ident, $by:ident))+;)+]) => {
        #[inline(never)]
        unsafe fn $name(
            mut input: *const i16,
            weights: *const i16,
            bias: *const i32,
            limits: *const i16,
            steps: &Steps,
            mut output: *mut i16,
            mut tiles: usize,
        ) {
            unsafe {
                let limits = load64_splat(limits);
                loop {
                    let start = load(bias);
                    $( let mut $all = start; )+
                    let (mut x, mut w) = (input, weights);
                    let mut columns = opaque(&steps.columns);
                    let mut second = steps.second.as_ptr();
                    loop {
                        let below = x.add(opaque(&*second));
                        $( let $weight = load(w.add($kx * 8)); )+
                        $(
                            let pair = i16x8_interleave_low(
                                load_low_half(x.add($column * 8)),
                                load_low_half(below.add($column * 8)),
                            );
                            $( $sum = i32x4_add($sum, i32x4_dot_i16x8(pair, $by)); )+
                            columns -= 1;
                            if columns == 0 {
                                break;
                            }
                        )+
                        x = x.add(opaque(&steps.input));
                        w = w.add(opaque(&steps.weights));
                        second = second.add(1);
                    }
                    finish([$($all),+], limits, output);
                    tiles -= 1;
                    if tiles == 0 {
                        break;
                    }
                    input = input.add(TILE * $stride * 8);
                    output = output.add(TILE * 8);
                }
            }
        }
    };
}

tile!(tile3, 1, (0 w0, 1 w1, 2 w2), (s0 s1 s2 s3 s4 s5 s6), [
    0: (s0, w0); 1: (s0, w1) (s1, w0); 2: (s0, w2) (s1, w1) (s2, w0);
    3: (s1, w2) (s2, w1) (s3, w0); 4: (s2, w2) (s3, w1) (s4, w0); 5: (s3, w2) (s4, w1) (s5, w0);
    6: (s4, w2) (s5, w1) (s6, w0); 7: (s5, w2) (s6, w1); 8: (s6, w2);
]);
tile!(tile3_stride2, 2, (0 w0, 1 w1, 2 w2), (s0 s1 s2 s3 s4 s5 s6), [
    0: (s0, w0); 1: (s0, w1); 2: (s0, w2) (s1, w0); 3: (s1, w1); 4: (s1, w2) (s2, w0); 5: (s2, w1);
    6: (s2, w2) (s3, w0); 7: (s3, w1); 8: (s3, w2) (s4, w0); 9: (s4, w1); 10: (s4, w2) (s5, w0);
    11: (s5, w1); 12: (s5, w2) (s6, w0); 13: (s6, w1); 14: (s6, w2);
]);
tile!(tile5, 1, (0 w0, 1 w1, 2 w2, 3 w3, 4 w4), (s0 s1 s2 s3 s4 s5 s6), [
    0: (s0, w0); 1: (s0, w1) (s1, w0); 2: (s0, w2) (s1, w1) (s2, w0);
    3: (s0, w3) (s1, w2) (s2, w1) (s3, w0); 4: (s0, w4) (s1, w3) (s2, w2) (s3, w1) (s4, w0);
    5: (s1, w4) (s2, w3) (s3, w2) (s4, w1) (s5, w0);
    6: (s2, w4) (s3, w3) (s4, w2) (s5, w1) (s6, w0); 7: (s3, w4) (s4, w3) (s5, w2) (s6, w1);
    8: (s4, w4) (s5, w3) (s6, w2); 9: (s5, w4) (s6, w3); 10: (s6, w4);
]);
tile!(tile5_stride2, 2, (0 w0, 1 w1, 2 w2, 3 w3, 4 w4), (s0 s1 s2 s3 s4 s5 s6), [
    0: (s0, w0); 1: (s0, w1); 2: (s0, w2) (s1, w0); 3: (s0, w3) (s1, w1);
    4: (s0, w4) (s1, w2) (s2, w0); 5: (s1, w3) (s2, w1); 6: (s1, w4) (s2, w2) (s3, w0);
    7: (s2, w3) (s3, w1); 8: (s2, w4) (s3, w2) (s4, w0); 9: (s3, w3) (s4, w1);
    10: (s3, w4) (s4, w2) (s5, w0); 11: (s4, w3) (s5, w1); 12: (s4, w4) (s5, w2) (s6, w0);
    13: (s5, w3) (s6, w1); 14: (s5, w4) (s6, w2); 15: (s6, w3); 16: (s6, w4);
]);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::backbone::cpu::planes::Inner;

    proptest! {
        #[test]
        fn tiles_equal_the_sum_over_the_filter(
            kernel in prop::sample::select(vec![3usize, 5]),
            stride in 1usize..=2,
            width in TILE..24,
            rows in 1usize..4,
            seed: u32,
        ) {
            let mut state = seed;
            let mut random = |largest: i32| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                ((i64::from(state) * i64::from(largest)) >> 32) as i32
            };
            let (padded_width, padded_rows) = ((width - 1) * stride + kernel, (rows - 1) * stride + kernel);
            let inner = Inner { rows: padded_rows, columns: padded_width, ..Inner::default() };
            let mut input = Padded::with_capacity(padded_rows * padded_width * 8);
            input.shape(padded_rows, padded_width, inner);
            for row in 0..padded_rows {
                input.row(row).fill_with(|| random(32_768) as i16);
            }
            let pairs = row_pairs(kernel);
            let filters: Vec<i16> = (0..kernel * kernel * 8).map(|_| (random(4000) - 2000) as i16).collect();
            let mut depthwise = Depthwise {
                kernel,
                stride,
                weights: Aligned::zeros(2 * pairs * kernel * 8),
                bias: Aligned::zeros(8),
                limits: Aligned::zeros(8),
            };
            for (at, weight) in filters.iter().enumerate() {
                let (row, column, channel) = (at / 8 / kernel, at / 8 % kernel, at % 8);
                let place = ((channel / 4 * pairs + row / 2) * kernel + column) * 4 + channel % 4;
                depthwise.weights[place * 2 + row % 2] = *weight;
            }
            depthwise.bias.fill_with(|| random(1 << 30) - (1 << 29));
            depthwise.limits.fill_with(|| random(32_768) as i16);

            let mut output = vec![-1i16; rows * width * 8];
            depthwise.run(0, &input, width, &mut output);
            for (at, &value) in output.iter().enumerate() {
                let (row, column, channel) = (at / 8 / width, at / 8 % width, at % 8);
                let products = (0..kernel * kernel).map(|tap| {
                    let (y, x) = (row * stride + tap / kernel, column * stride + tap % kernel);
                    let pixel = input.values()[(y * padded_width + x) * 8 + channel];
                    i32::from(pixel) * i32::from(filters[tap * 8 + channel])
                });
                let sum = products.fold(depthwise.bias[channel], i32::wrapping_add) >> DEPTHWISE_SHIFT;
                prop_assert_eq!(i32::from(value), sum.clamp(0, depthwise.limits[channel].into()));
            }
        }
    }
}
