//! The class layer: features to the network's own 1000 classes, in integers.
//!
//! Features are used with 13 bits and weights as the bytes they are shipped as, so that 1280 products
//! of the largest of both still fit in an i32: nothing can overflow, and the sum is exact. One
//! multiplication and one addition in f32 bring each sum to its logit.

use super::scales;
use super::simd::*;
use crate::backbone::weights::QuantisedLayer;

/// What a feature is divided by so that 32,767 becomes 13 bits.
const COARSER: i32 = 4;

/// The class layer. Its weights stay bytes: they are read once a photo, and half the memory is half the
/// time.
pub(super) struct Classes {
    /// `[classes / 8][features][8 classes]`.
    kernel: Vec<[i8; 8]>,
    /// What one unit of a sum is worth, `[classes]`.
    factors: Vec<f32>,
    bias: Vec<f32>,
}

impl Classes {
    /// Brings the weights into the order of reading.
    pub fn new(values: &QuantisedLayer) -> Self {
        let classes = values.bias.len();
        let features = values.kernel.len() / classes;
        let mut kernel = vec![[0; 8]; classes / 8 * features];
        for (group, ordered) in kernel.chunks_exact_mut(features).enumerate() {
            copy_group(&values.kernel, classes, group, ordered);
        }
        let unit = COARSER as f32 / scales::CLAMPED;
        Self {
            kernel,
            factors: values.scales.iter().map(|scale| scale * unit).collect(),
            bias: values.bias.clone(),
        }
    }

    /// Logits from each feature's sum over so many pixels, in `scales::CLAMPED` units.
    pub fn run(&self, sums: &[i32], pixels: i32) -> Vec<f32> {
        let divisor = COARSER * pixels;
        let features = sums
            .iter()
            .map(|sum| ((sum + divisor / 2) / divisor) as i16);
        let features: Vec<i16> = features.collect();
        let groups = self.kernel.chunks_exact(features.len());
        let sums = groups.flat_map(|kernel| multiply(&features, kernel));
        let logits = sums.zip(&self.factors).zip(&self.bias);
        logits
            .map(|((sum, factor), bias)| sum as f32 * factor + bias)
            .collect()
    }
}

/// Copies each feature's weights of classes `8·group..`.
#[inline(never)]
fn copy_group(kernel: &[i8], classes: usize, group: usize, ordered: &mut [[i8; 8]]) {
    for (eight, row) in ordered.iter_mut().zip(kernel.chunks_exact(classes)) {
        eight.copy_from_slice(&row[group * 8..][..8]);
    }
}

/// Sums of features times the weights of 8 classes.
#[inline(never)]
fn multiply(features: &[i16], kernel: &[[i8; 8]]) -> [i32; 8] {
    let (mut low, mut high) = (i16x8_splat(0), i16x8_splat(0));
    let pairs = features
        .as_chunks::<2>()
        .0
        .iter()
        .zip(kernel.as_chunks::<2>().0);
    for (features, [first, second]) in pairs {
        // SAFETY: there are two features, and 8 weights of each.
        let (pair, first, second) = unsafe {
            (
                load32_splat(features.as_ptr()),
                i16x8_load_extend_i8x8(first.as_ptr()),
                i16x8_load_extend_i8x8(second.as_ptr()),
            )
        };
        low = i32x4_add(
            low,
            i32x4_dot_i16x8(pair, i16x8_interleave_low(first, second)),
        );
        high = i32x4_add(
            high,
            i32x4_dot_i16x8(pair, i16x8_interleave_high(first, second)),
        );
    }
    let mut sums = [0; 8];
    // SAFETY: there are 8 sums.
    unsafe {
        store(sums.as_mut_ptr(), low);
        store(sums.as_mut_ptr().add(4), high);
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logits_are_features_times_weights() {
        // Two pixels; features of 1 and 3 units of 13 bits, and the largest there is.
        let sums = [8, 24, 2 * 32_767, 0];
        let kernel: Vec<i8> = (0..4 * 16).map(|i| (i * 37 % 255 - 127) as i8).collect();
        let bias: Vec<f32> = (0..16).map(|i| i as f32).collect();
        let scales = vec![scales::CLAMPED / COARSER as f32; 16];
        let logits = Classes::new(&QuantisedLayer {
            kernel: kernel.clone(),
            scales,
            bias,
        })
        .run(&sums, 2);
        for (class, logit) in logits.into_iter().enumerate() {
            let weight = |feature: usize| f32::from(kernel[feature * 16 + class]);
            let expected = weight(0) + 3.0 * weight(1) + 8192.0 * weight(2) + class as f32;
            assert!((logit - expected).abs() <= 1e-6 * expected.abs());
        }
    }
}
