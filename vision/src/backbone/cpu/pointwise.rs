//! 1×1 convolutions: nine tenths of the network's work.
//!
//! Eight outputs at a time over all pixels; which eight is the caller's loop, so that the depthwise
//! convolution can take each group of 8 channels while it is in the cache.

use super::aligned::Aligned;
use super::planes::{Padded, Planes};
use super::scales::EXPAND_SHIFT;
use super::tile::*;

/// A 1×1 convolution with packed weights.
pub(super) struct Pointwise {
    /// `[outputs / 8][inputs / 2][8 outputs][2 inputs]`.
    pub weights: Aligned<i16>,
    /// `[outputs]`: start values of the sums.
    pub bias: Aligned<i32>,
    /// Channels in, even.
    pub inputs: usize,
}

impl Pointwise {
    /// Channels out, a multiple of 8.
    pub fn outputs(&self) -> usize {
        self.bias.len()
    }

    /// ReLU6 of outputs `8·group..` of each pixel, each to its place within the borders.
    pub fn expand(&self, group: usize, input: Planes, output: &mut Padded) {
        let (output, offsets) = output.places();
        assert_eq!(input.count(), offsets.len());
        // SAFETY: `places` holds 8 values for each offset, and there is one offset per pixel.
        unsafe {
            self.tiles(group, input, |pixel| ClampScatter::<EXPAND_SHIFT> {
                output,
                offsets: offsets[pixel..].as_ptr(),
            });
        }
    }

    /// Outputs `8·group..` of each pixel times `factors`, plus `residual` if there is one; `output` and
    /// `residual` are `[pixel][8]`.
    pub fn project(
        &self,
        group: usize,
        input: Planes,
        factors: &[f32],
        residual: Option<&[i16]>,
        output: &mut [i16],
    ) {
        let factors = factors[group * 8..][..8].as_ptr();
        assert_eq!(input.count() * 8, output.len());
        let output = output.as_mut_ptr();
        // SAFETY: `output` and the residual hold 8 values for each pixel, `factors` holds 8.
        unsafe {
            match residual {
                Some(residual) => {
                    assert_eq!(input.count() * 8, residual.len());
                    self.tiles(group, input, |pixel| Rescale::<true> {
                        factors,
                        output: output.add(pixel * 8),
                        residual: residual[pixel * 8..].as_ptr(),
                    });
                }
                None => self.tiles(group, input, |pixel| Rescale::<false> {
                    factors,
                    output: output.add(pixel * 8),
                    residual: std::ptr::null(),
                }),
            }
        }
    }

    /// Runs the tiles; `epilogue` makes the one that starts at a given pixel.
    ///
    /// # Safety
    /// Each epilogue must hold all pixels of `input` from its first.
    unsafe fn tiles<E: Epilogue>(
        &self,
        group: usize,
        input: Planes,
        epilogue: impl Fn(usize) -> E,
    ) {
        let weights = self.weights[group * self.inputs * 8..][..self.inputs * 8].as_ptr();
        let bias = self.bias[group * 8..][..8].as_ptr();
        let start = input.pointer(self.inputs);
        let mut pixel = 0;
        for (size, count) in split(input.count()) {
            if count == 0 {
                continue;
            }
            let steps = Steps {
                input: input.stride(),
                weights: 64,
                pairs: self.inputs / 2,
                pixels: size,
            };
            // SAFETY: `start` reaches all pixels of all inputs, weights and bias were sliced to what a
            // tile reads, and the tiles add up to the pixels there are.
            unsafe {
                let (input, epilogue) = (start.add(pixel * 8), epilogue(pixel));
                match size {
                    5 => pointwise5(input, weights, bias, &steps, count, epilogue),
                    4 => pointwise4(input, weights, bias, &steps, count, epilogue),
                    _ => pointwise1(input, weights, bias, &steps, count, epilogue),
                }
            }
            pixel += size * count;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::backbone::cpu::planes::Inner;

    /// A convolution and an input of these sizes, with arbitrary values.
    fn sample(inputs: usize, pixels: usize, seed: u32) -> (Pointwise, Vec<i16>) {
        let mut state = seed;
        let mut random = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) as i16
        };
        let (mut weights, mut bias) = (Aligned::zeros(16 * inputs), Aligned::zeros(16));
        weights.fill_with(|| random() / 8);
        bias.fill_with(|| i32::from(random()) * 1000);
        let input = (0..inputs * pixels).map(|_| random() / 2).collect();
        (
            Pointwise {
                weights,
                bias,
                inputs,
            },
            input,
        )
    }

    /// The sum of an output at a pixel, by the layouts' definitions.
    fn sum(
        convolution: &Pointwise,
        input: &[i16],
        plane: usize,
        pixel: usize,
        output: usize,
    ) -> i32 {
        let inputs = convolution.inputs;
        let weight = |i: usize| {
            convolution.weights[((output / 8 * inputs / 2 + i / 2) * 8 + output % 8) * 2 + i % 2]
        };
        let value = |i: usize| input[(i / 8 * plane + pixel) * 8 + i % 8];
        let products = (0..inputs).map(|i| i32::from(value(i)) * i32::from(weight(i)));
        products.fold(convolution.bias[output], i32::wrapping_add)
    }

    proptest! {
        #[test]
        fn every_output_is_its_sum(groups in 1usize..5, plane in 1usize..70, first in 0usize..9, seed: u32) {
            let (convolution, input) = sample(groups * 8, plane, seed);
            let first = first.min(plane - 1);
            let count = plane - first;
            let window = Planes::new(&input, plane).window(first, count);
            let sum = |pixel, output| sum(&convolution, &input, plane, first + pixel, output);

            let inner = Inner { above: 1, left: 2, rows: 1, columns: count };
            let mut padded = Padded::with_capacity(3 * (count + 3) * 8);
            padded.shape(3, count + 3, inner);
            convolution.expand(0, window, &mut padded);
            for (at, &value) in padded.row(0).iter().enumerate() {
                let clamped = (sum(at / 8, at % 8) >> EXPAND_SHIFT).clamp(0, 32_767);
                prop_assert_eq!(i32::from(value), clamped);
            }

            let factors: Vec<f32> = (1..=16).map(|i| i as f32 / 16_384.0).collect();
            let residual: Vec<i16> = (0..count * 8).map(|i| (i * 7919) as i16).collect();
            let mut output = vec![0; count * 8];
            for residual in [None, Some(&residual[..])] {
                convolution.project(1, window, &factors, residual, &mut output);
                for (at, &value) in output.iter().enumerate() {
                    let scaled = sum(at / 8, 8 + at % 8) as f32 * factors[8 + at % 8];
                    let scaled = scaled.round_ties_even().clamp(-32_768.0, 32_767.0) as i16;
                    prop_assert_eq!(value, scaled.saturating_add(residual.map_or(0, |all| all[at])));
                }
            }
        }
    }
}
