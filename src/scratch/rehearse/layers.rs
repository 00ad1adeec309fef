//! What the classifier is made of.

use super::super::network::{Activation, LayerConfig};

/// Filters of the two convolutions.
pub(super) const FILTERS: [usize; 2] = [16, 32];
/// Share of the features that each picture of a step goes without.
pub(super) const DROPOUT: f32 = 0.3;

/// Layers before the last; small pictures are pooled as often as they can be.
pub(super) fn layers(side: usize) -> Vec<LayerConfig> {
    let mut layers = Vec::new();
    for (filters, side) in FILTERS.into_iter().zip([side, side / 2]) {
        layers.push(LayerConfig::Conv2d {
            filters,
            kernel: 3,
            activation: Activation::Relu,
        });
        if side >= 2 {
            layers.push(LayerConfig::MaxPool { size: 2 });
        }
    }
    layers.push(LayerConfig::Dropout { rate: DROPOUT });
    layers
}
