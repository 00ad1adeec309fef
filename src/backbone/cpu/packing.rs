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
    let pairs = row_pairs(kernel);
    let mut weights = Aligned::zeros(channels * pairs * kernel * 2);
    let (mut bias, mut limits) = (Aligned::zeros(channels), Aligned::zeros(channels));
    let mut output_scales = vec![0.0; channels];
    for channel in 0..channels {
        let step = values.scales[channel];
        let filter = values.kernel[channel..]
            .iter()
            .step_by(channels)
            .map(|&q| f32::from(q) * step);
        let scale = scales::depthwise(filter.clone(), values.bias[channel]);
        output_scales[channel] = scale;
        bias[channel] = scales::shifted_bias(values.bias[channel], scale, scales::DEPTHWISE_SHIFT);
        limits[channel] = (6.0 * scale).round_ties_even() as i16;
        for (tap, weight) in filter.enumerate() {
            let (row, column) = (tap / kernel, tap % kernel);
            // [group of 4 channels][row pair][column][channel][row of the pair]
            let place = (channel / 4 * pairs + row / 2) * kernel + column;
            weights[(place * 4 + channel % 4) * 2 + row % 2] =
                scales::depthwise_weight(weight, scale);
        }
    }
    (
        Depthwise {
            kernel,
            stride: layer.stride,
            weights,
            bias,
            limits,
        },
        output_scales,
    )
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

/// A matrix whose bytes are used as they are, without a bias.
pub(super) fn integers(layer: &Layer, values: &QuantisedLayer) -> Pointwise {
    let weights = matrix(
        &values.kernel,
        &vec![1.0; layer.inputs],
        &vec![1.0; layer.outputs],
    );
    Pointwise {
        weights,
        bias: Aligned::zeros(layer.outputs),
        inputs: layer.inputs,
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
    assert!(rows.len().is_multiple_of(2) && columns.len().is_multiple_of(8));
    assert_eq!(kernel.len(), rows.len() * columns.len());
    let mut packed = Aligned::zeros(kernel.len());
    let groups = packed.chunks_exact_mut(rows.len() * 8);
    for (group, packed) in groups.enumerate() {
        pack_group(&kernel[group * 8..], rows, columns, group, packed);
    }
    packed
}

/// One group of 8 outputs of [`matrix`]; `kernel` starts at its first output.
#[inline(never)]
fn pack_group(kernel: &[i8], rows: &[f32], columns: &[f32], group: usize, packed: &mut [i16]) {
    let outputs = columns.len();
    let columns = &columns[group * 8..][..8];
    assert!(kernel.len() >= (rows.len() - 1) * outputs + 8 && packed.len() == rows.len() * 8);
    // SAFETY: 8 columns; by the assertion every row holds 8 bytes at its start and every pair of rows
    // has 16 places.
    unsafe {
        let columns = (load(columns.as_ptr()), load(columns.as_ptr().add(4)));
        let scaled = |row: usize| {
            let bytes = i16x8_load_extend_i8x8(kernel.as_ptr().add(row * outputs));
            let scale = load32_splat(rows.as_ptr().add(row));
            let half = |bytes, columns| {
                let weight = f32x4_mul(f32x4_mul(f32x4_convert_i32x4(bytes), scale), columns);
                i32x4_nearest_f32x4(weight)
            };
            i16x8_narrow_i32x4(
                half(i32x4_extend_low_i16x8(bytes), columns.0),
                half(i32x4_extend_high_i16x8(bytes), columns.1),
            )
        };
        for (pair, packed) in packed.chunks_exact_mut(16).enumerate() {
            let (first, second) = (scaled(pair * 2), scaled(pair * 2 + 1));
            let packed = packed.as_mut_ptr();
            store(packed, i16x8_interleave_low(first, second));
            store(packed.add(8), i16x8_interleave_high(first, second));
        }
    }
}

/// Per output, the largest `|kernel[i, o]| · rows[i]`.
fn largest(kernel: &[i8], rows: &[f32], outputs: usize) -> Vec<f32> {
    assert!(outputs.is_multiple_of(8) && kernel.len() == rows.len() * outputs);
    let mut largest = vec![0.0; outputs];
    for (group, largest) in largest.chunks_exact_mut(8).enumerate() {
        largest_of_group(&kernel[group * 8..], rows, outputs, largest);
    }
    largest
}

/// One group of 8 outputs of [`largest`]; `kernel` starts at its first output.
#[inline(never)]
fn largest_of_group(kernel: &[i8], rows: &[f32], outputs: usize, largest: &mut [f32]) {
    assert!(kernel.len() >= (rows.len() - 1) * outputs + 8 && largest.len() == 8);
    // SAFETY: 8 results; by the assertion every row holds 8 bytes at its start.
    unsafe {
        let (mut low, mut high) = (f32x4_splat(0.0), f32x4_splat(0.0));
        for (row, scale) in rows.iter().enumerate() {
            let bytes = i16x8_load_extend_i8x8(kernel.as_ptr().add(row * outputs));
            let bytes = i16x8_max(bytes, i16x8_sub(i16x8_splat(0), bytes));
            let scale = f32x4_splat(*scale);
            let scaled = |bytes| f32x4_mul(f32x4_convert_i32x4(bytes), scale);
            low = f32x4_max(low, scaled(i32x4_extend_low_i16x8(bytes)));
            high = f32x4_max(high, scaled(i32x4_extend_high_i16x8(bytes)));
        }
        store(largest.as_mut_ptr(), low);
        store(largest.as_mut_ptr().add(4), high);
    }
}
