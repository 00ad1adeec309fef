//! The class layer: features to the network's own 1000 classes, in integers.
//!
//! Features are used with 13 bits and weights as the bytes they are shipped as, so that 1280 products
//! of the largest of both still fit in an i32: nothing can overflow, and the sum is exact. One
//! multiplication and one addition in f32 bring each sum to its logit.

use super::aligned::Aligned;
use super::planes::Planes;
use super::pointwise::Pointwise;
use super::{packing, scales};
use crate::backbone::table::Layer;
use crate::backbone::weights::QuantisedLayer;

/// What a feature is divided by so that 32,767 becomes 13 bits.
const COARSER: i32 = 4;

/// The class layer with packed weights.
pub(super) struct Classes {
    matrix: Pointwise,
    /// What one unit of a sum is worth, `[classes]`.
    factors: Vec<f32>,
    bias: Vec<f32>,
    /// `[features]`, 13 bits each.
    features: Aligned<i16>,
}

impl Classes {
    /// Packs the weights.
    pub fn new(layer: &Layer, values: &QuantisedLayer) -> Self {
        let unit = COARSER as f32 / scales::CLAMPED;
        Self {
            matrix: packing::integers(layer, values),
            factors: values.scales.iter().map(|scale| scale * unit).collect(),
            bias: values.bias.clone(),
            features: Aligned::zeros(layer.inputs),
        }
    }

    /// Logits from each feature's sum over so many pixels, in `scales::CLAMPED` units.
    pub fn run(&mut self, sums: &[i32], pixels: i32) -> Vec<f32> {
        let divisor = COARSER * pixels;
        for (feature, sum) in self.features.iter_mut().zip(sums) {
            *feature = ((sum + divisor / 2) / divisor) as i16;
        }
        let input = Planes::new(&self.features, 1);
        let mut sums = vec![0; self.bias.len()];
        for (group, sums) in sums.chunks_exact_mut(8).enumerate() {
            self.matrix.raw(group, input, sums);
        }
        let scaled = sums
            .iter()
            .zip(&self.factors)
            .map(|(&sum, factor)| sum as f32 * factor);
        scaled
            .zip(&self.bias)
            .map(|(logit, bias)| logit + bias)
            .collect()
    }
}
