//! From one byte per weight to what the kernels read: 16 bits, scaled, in the order of reading.
//!
//! Done once when the weights are loaded, in vectors and in many short calls: a browser runs fresh
//! code slowly at first, and the first photo waits for this.

use super::aligned::Aligned;
use super::depthwise::{Depthwise, row_pairs};
use super::pointwise::Pointwise;
use super::scales;
use super::simd::*;
use super::stem::{ROW, Stem};
use crate::backbone::table::Layer;
use crate::backbone::weights::QuantisedLayer;
use crate::error::{Result, WeightsError};

/// A projection: its sums times `factors` are block ends.
pub(super) struct Project {
    pub convolution: Pointwise,
    /// `[outputs]`.
    pub factors: Aligned<f32>,
}

/// The stem.
pub(super) fn stem(values: &QuantisedLayer) -> Stem {
    let outputs = values.bias.len();
    let mut weights = Aligned::zeros(outputs * 3 * ROW);
    let (mut bias, mut factors) = (Aligned::zeros(outputs), Aligned::zeros(outputs));
    for output in 0..outputs {
        let step = values.scales[output];
        let filter = values.kernel[output..].iter().step_by(outputs);
        let filter = filter.map(|&q| f32::from(q) * step);
        let largest = filter
            .clone()
            .fold(0.0f32, |largest, weight| largest.max(weight.abs()));
        let scale = scales::full_range(largest);
        for (tap, weight) in filter.enumerate() {
            // [group of outputs][row][pair][output][value of the pair]
            let (row, value) = (tap / 9, tap % 9);
            let place = (output / 8 * 3 + row) * (ROW / 2) + value / 2;
            let place = (place * 8 + output % 8) * 2 + value % 2;
            weights[place] = (weight * scale).round_ties_even() as i16;
        }
        bias[output] = (values.bias[output] * scale * scales::PIXEL).round_ties_even() as i32;
        factors[output] = scales::CLAMPED / (scale * scales::PIXEL);
    }
    Stem {
        weights,
        bias,
        factors,
    }
}

/// An expansion or the head.
///
/// # Errors
/// [`WeightsError::Format`] when a weight is too large for the scale.
pub(super) fn expand(layer: &Layer, values: &QuantisedLayer) -> Result<Pointwise> {
    let columns = columns(values, scales::expand_weight(), &layer.name)?;
    let rows = vec![1.0; layer.inputs];
    Ok(Pointwise {
        weights: matrix(&values.kernel, &rows, &columns),
        bias: clamped_bias(values, scales::EXPAND_SHIFT),
        inputs: layer.inputs,
    })
}

/// A depthwise convolution, and the scale of each output.
pub(super) fn depthwise(layer: &Layer, values: &QuantisedLayer) -> (Depthwise, Vec<f32>) {
    let (kernel, channels) = (layer.kernel, layer.outputs);
    let size = 2 * row_pairs(kernel) * kernel * 8;
    let mut weights = Aligned::zeros(channels / 8 * size);
    let (mut bias, mut limits) = (Aligned::zeros(channels), Aligned::zeros(channels));
    let mut output_scales = vec![0.0; channels];
    for (group, weights) in weights.chunks_exact_mut(size).enumerate() {
        let filters = Rows {
            kernel: &values.kernel[group * 8..],
            rows: kernel * kernel,
            stride: channels,
        };
        let (positive, negative) = filters.sums();
        let mut columns = [0.0; 8];
        for index in 0..8 {
            let channel = group * 8 + index;
            let (step, start) = (values.scales[channel], values.bias[channel]);
            let scale = scales::depthwise(positive[index] * step, negative[index] * step, start);
            columns[index] = step * scales::depthwise_weight(scale);
            bias[channel] = scales::shifted_bias(start, scale, scales::DEPTHWISE_SHIFT);
            limits[channel] = (6.0 * scale).round_ties_even() as i16;
            output_scales[channel] = scale;
        }
        filters.pack_filters(kernel, &columns, weights);
    }
    let depthwise = Depthwise {
        kernel,
        stride: layer.stride,
        weights,
        bias,
        limits,
    };
    (depthwise, output_scales)
}

/// A projection from depthwise outputs of these scales.
pub(super) fn project(layer: &Layer, values: &QuantisedLayer, input_scales: &[f32]) -> Project {
    let rows: Vec<f32> = input_scales.iter().map(|scale| 1.0 / scale).collect();
    let mut columns = largest(&values.kernel, &rows, layer.outputs);
    let (mut bias, mut factors) = (Aligned::zeros(layer.outputs), Aligned::zeros(layer.outputs));
    for (output, column) in columns.iter_mut().enumerate() {
        let scale = scales::full_range(*column * values.scales[output]);
        *column = values.scales[output] * scale;
        bias[output] = (values.bias[output] * scale).round_ties_even() as i32;
        factors[output] = scales::BLOCK / scale;
    }
    let weights = matrix(&values.kernel, &rows, &columns);
    Project {
        convolution: Pointwise {
            weights,
            bias,
            inputs: layer.inputs,
        },
        factors,
    }
}

/// What one step of a byte is worth per output, in integers of `per_unit`.
fn columns(values: &QuantisedLayer, per_unit: f32, name: &str) -> Result<Vec<f32>> {
    let columns: Vec<f32> = values.scales.iter().map(|scale| scale * per_unit).collect();
    // Bytes reach 127; half an integer more would still round to the largest i16.
    if columns.iter().any(|column| column * 127.0 >= 32_767.5) {
        return Err(WeightsError::Format(format!("weights of {name} are too large")).into());
    }
    Ok(columns)
}

/// Start values of the sums of a layer with ReLU6.
fn clamped_bias(values: &QuantisedLayer, shift: i32) -> Aligned<i32> {
    let mut bias = Aligned::zeros(values.bias.len());
    for (integer, &value) in bias.iter_mut().zip(&values.bias) {
        *integer = scales::shifted_bias(value, scales::CLAMPED, shift);
    }
    bias
}

/// `kernel[i, o] · rows[i] · columns[o]`, rounded, as `[outputs / 8][inputs / 2][8 outputs][2 inputs]`.
fn matrix(kernel: &[i8], rows: &[f32], columns: &[f32]) -> Aligned<i16> {
    assert_eq!(kernel.len(), rows.len() * columns.len());
    let mut packed = Aligned::zeros(kernel.len());
    let (columns, _) = columns.as_chunks::<8>();
    for (group, packed) in packed.chunks_exact_mut(rows.len() * 8).enumerate() {
        Rows::of_group(kernel, rows.len(), group).pack_pairs(rows, &columns[group], packed);
    }
    packed
}

/// Per output, the largest `|kernel[i, o]| · rows[i]`.
fn largest(kernel: &[i8], rows: &[f32], outputs: usize) -> Vec<f32> {
    let groups = 0..outputs / 8;
    groups
        .flat_map(|group| Rows::of_group(kernel, rows.len(), group).largest(rows))
        .collect()
}

/// The bytes of 8 outputs: a few at the start of each of some rows.
struct Rows<'a> {
    /// From the first output of the first row on.
    kernel: &'a [i8],
    rows: usize,
    /// From one row to the next.
    stride: usize,
}

impl<'a> Rows<'a> {
    /// Outputs `8·group..` of a kernel `[rows, outputs]`.
    fn of_group(kernel: &'a [i8], rows: usize, group: usize) -> Self {
        let kernel_of_group = &kernel[group * 8..];
        Self {
            kernel: kernel_of_group,
            rows,
            stride: kernel.len() / rows,
        }
    }

    /// The bytes of one row as i16.
    #[inline(always)]
    fn load(&self, row: usize) -> V128 {
        let bytes = &self.kernel[row * self.stride..][..8];
        // SAFETY: there are 8 bytes.
        unsafe { i16x8_load_extend_i8x8(bytes.as_ptr()) }
    }

    /// One row times `scale` times `columns`, rounded.
    #[inline(always)]
    fn scaled(&self, row: usize, scale: f32, (low, high): (V128, V128)) -> V128 {
        let (bytes, scale) = (self.load(row), f32x4_splat(scale));
        let (first, second) = floats(bytes);
        let first = i32x4_nearest_f32x4(f32x4_mul(f32x4_mul(first, scale), low));
        let second = i32x4_nearest_f32x4(f32x4_mul(f32x4_mul(second, scale), high));
        i16x8_narrow_i32x4(first, second)
    }

    /// Pairs of rows, each row times its own scale, as `[rows / 2][8 outputs][2 rows]`.
    #[inline(never)]
    fn pack_pairs(&self, scales: &[f32], columns: &[f32; 8], packed: &mut [i16]) {
        let columns = halves(columns);
        let pairs = packed
            .as_chunks_mut::<16>()
            .0
            .iter_mut()
            .zip(scales.as_chunks::<2>().0);
        for (pair, (packed, scales)) in pairs.enumerate() {
            let first = self.scaled(2 * pair, scales[0], columns);
            let second = self.scaled(2 * pair + 1, scales[1], columns);
            let (low, high) = packed.split_at_mut(8);
            // SAFETY: both halves hold 8 values.
            unsafe {
                store(low.as_mut_ptr(), i16x8_interleave_low(first, second));
                store(high.as_mut_ptr(), i16x8_interleave_high(first, second));
            }
        }
    }

    /// Filters of `kernel` × `kernel` taps, one tap a row, as `[2 halves][row pairs of the filter]
    /// [filter columns][4 outputs][2]`.
    #[inline(never)]
    fn pack_filters(&self, kernel: usize, columns: &[f32; 8], packed: &mut [i16]) {
        let columns = halves(columns);
        let (low, high) = packed.split_at_mut(packed.len() / 2);
        let pairs = low
            .as_chunks_mut::<8>()
            .0
            .iter_mut()
            .zip(high.as_chunks_mut::<8>().0);
        let (mut tap, mut column) = (0, 0);
        for (low, high) in pairs {
            let first = self.scaled(tap, 1.0, columns);
            let second = match tap + kernel {
                below if below < self.rows => self.scaled(below, 1.0, columns),
                _ => i16x8_splat(0),
            };
            // SAFETY: both hold 8 values.
            unsafe {
                store(low.as_mut_ptr(), i16x8_interleave_low(first, second));
                store(high.as_mut_ptr(), i16x8_interleave_high(first, second));
            }
            (tap, column) = (tap + 1, column + 1);
            if column == kernel {
                // The second row of this pair is done already.
                (tap, column) = (tap + kernel, 0);
            }
        }
    }

    /// Per output, the sums of the positive values and of the negative ones' magnitudes.
    #[inline(never)]
    fn sums(&self) -> ([f32; 8], [f32; 8]) {
        let zero = i16x8_splat(0);
        let (mut positive, mut negative) = (zero, zero);
        for row in 0..self.rows {
            let bytes = self.load(row);
            // 25 bytes fit in an i16 many times over.
            positive = i16x8_add_sat(positive, i16x8_max(bytes, zero));
            negative = i16x8_add_sat(negative, i16x8_max(i16x8_sub(zero, bytes), zero));
        }
        (values(floats(positive)), values(floats(negative)))
    }

    /// Per output, the largest magnitude of a row's value times the row's scale.
    #[inline(never)]
    fn largest(&self, scales: &[f32]) -> [f32; 8] {
        let zero = i16x8_splat(0);
        let (mut low, mut high) = (zero, zero);
        for (row, &scale) in scales.iter().enumerate() {
            let bytes = self.load(row);
            let bytes = i16x8_max(bytes, i16x8_sub(zero, bytes));
            let scale = f32x4_splat(scale);
            let (first, second) = floats(bytes);
            low = f32x4_max(low, f32x4_mul(first, scale));
            high = f32x4_max(high, f32x4_mul(second, scale));
        }
        values((low, high))
    }
}

/// Eight values as two vectors.
#[inline(always)]
fn halves(values: &[f32; 8]) -> (V128, V128) {
    // SAFETY: there are 8 values.
    unsafe { (load(values.as_ptr()), load(values.as_ptr().add(4))) }
}

/// Two vectors as eight values.
#[inline(always)]
fn values((low, high): (V128, V128)) -> [f32; 8] {
    let mut values = [0.0; 8];
    // SAFETY: there are 8 values.
    unsafe {
        store(values.as_mut_ptr(), low);
        store(values.as_mut_ptr().add(4), high);
    }
    values
}

/// Eight i16 as f32.
#[inline(always)]
fn floats(integers: V128) -> (V128, V128) {
    let low = f32x4_convert_i32x4(i32x4_extend_low_i16x8(integers));
    let high = f32x4_convert_i32x4(i32x4_extend_high_i16x8(integers));
    (low, high)
}
