//! One byte per weight: symmetric, with a scale per output channel.

use crate::Result;
use keepsake::backbone::weights::{FloatLayer, FloatWeights, QuantisedLayer, Weights};

/// The largest kernel value; −128 stays unused so that both signs reach equally far.
const LARGEST: f32 = 127.0;

/// The whole network, one byte per weight.
///
/// # Errors
/// A weight that is not a number.
pub fn quantise(floats: &FloatWeights) -> Result<Weights> {
    let layers = floats.layers().iter().map(quantise_layer).collect();
    Weights::new(floats.spec(), layers).map_err(|error| error.to_string())
}

fn quantise_layer(layer: &FloatLayer) -> QuantisedLayer {
    let outputs = layer.bias.len();
    let mut largest = vec![f32::MIN_POSITIVE; outputs];
    for row in layer.kernel.chunks_exact(outputs) {
        for (largest, value) in largest.iter_mut().zip(row) {
            *largest = largest.max(value.abs());
        }
    }
    let scales: Vec<f32> = largest.iter().map(|largest| largest / LARGEST).collect();
    let rows = layer.kernel.chunks_exact(outputs);
    let kernel = rows
        .flat_map(|row| row.iter().zip(&scales))
        .map(|(value, scale)| (value / scale).round_ties_even().clamp(-LARGEST, LARGEST) as i8)
        .collect();
    QuantisedLayer {
        kernel,
        scales,
        bias: layer.bias.clone(),
    }
}
