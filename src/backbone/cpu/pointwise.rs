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

    /// The i32 sums of outputs `8·group..` as they are, `[pixel][8]`.
    pub fn raw(&self, group: usize, input: Planes, output: &mut [i32]) {
        assert_eq!(input.count() * 8, output.len());
        let output = output.as_mut_ptr();
        // SAFETY: `output` holds 8 values for each pixel.
        unsafe {
            self.tiles(group, input, |pixel| Raw {
                output: output.add(pixel * 8),
            })
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
