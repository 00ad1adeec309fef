//! One byte per weight: symmetric, with a scale per output channel.
//!
//! Rounding moves each weight a little, and what it moves an output by *on average* is known: the
//! rounding errors times the mean inputs. The bias takes that back. Measured over 100 photos, the
//! features' mean cosine with those of the f32 network rises from 0.9957 to 0.9990 by it, and lessons
//! on clothing and groceries lead to the same accuracy as with f32 within 0.35 points. Scales chosen
//! by squared error instead of the largest weight gained nothing.

use crate::Result;
use keepsake_vision::backbone::table::{Kind, Layer};
use keepsake_vision::backbone::weights::{FloatLayer, FloatWeights, QuantisedLayer, Weights};

/// The largest kernel value; −128 stays unused so that both signs reach equally far.
const LARGEST: f32 = 127.0;

/// The whole network, one byte per weight. `input_means` are those of
/// [`expectation::input_means`](crate::expectation::input_means).
///
/// # Errors
/// A weight that is not a number.
pub fn quantise(floats: &FloatWeights, input_means: &[Vec<f64>]) -> Result<Weights> {
    let network = floats.spec().network();
    let layers = network
        .layers()
        .zip(floats.layers())
        .zip(input_means)
        .map(|((layer, values), means)| {
            let mut quantised = round(values);
            correct_bias(&mut quantised, layer, values, means);
            quantised
        })
        .collect();
    Weights::new(floats.spec(), layers).map_err(|error| error.to_string())
}

fn round(layer: &FloatLayer) -> QuantisedLayer {
    let outputs = layer.bias.len();
    let mut largest = vec![f32::MIN_POSITIVE * LARGEST; outputs];
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

/// Adds to each bias what rounding the kernel took from the mean output.
fn correct_bias(quantised: &mut QuantisedLayer, layer: &Layer, exact: &FloatLayer, means: &[f64]) {
    let rounded = quantised.to_floats();
    let mut lost = vec![0.0; layer.outputs];
    let rows = exact.kernel.chunks_exact(layer.outputs);
    for (row, (exact, rounded)) in rows
        .zip(rounded.kernel.chunks_exact(layer.outputs))
        .enumerate()
    {
        for (output, lost) in lost.iter_mut().enumerate() {
            let input = match layer.kind {
                Kind::Depthwise => output,
                Kind::Convolution | Kind::Matrix => row % layer.inputs,
            };
            *lost += (f64::from(exact[output]) - f64::from(rounded[output])) * means[input];
        }
    }
    for (bias, lost) in quantised.bias.iter_mut().zip(lost) {
        *bias = (f64::from(*bias) + lost) as f32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keepsake_vision::backbone::table::Spec;

    #[test]
    fn the_largest_weight_of_a_channel_is_exact_and_zero_stays_zero() {
        let layer = FloatLayer {
            kernel: vec![0.5, 0.0, -1.0, 0.0],
            bias: vec![1.0, 2.0],
        };
        let rounded = round(&layer);
        assert_eq!(rounded.kernel, [64, 0, -127, 0]);
        assert_eq!(rounded.to_floats().kernel[2], -1.0);
        assert!(rounded.scales[1] > 0.0);
    }

    #[test]
    fn outputs_at_the_mean_input_are_kept() {
        let network = Spec::lite0().network();
        for (name, inputs) in [("block00.project", 32), ("block00.depthwise", 1)] {
            let layer = network.layers().find(|layer| layer.name == name).unwrap();
            let value = |i: usize| ((i * 7919 + 13) % 1009) as f32 / 1009.0 - 0.3;
            let exact = FloatLayer {
                kernel: (0..layer.kernel_len()).map(value).collect(),
                bias: vec![0.0; layer.outputs],
            };
            let means: Vec<f64> = (0..layer.inputs).map(|i| 0.5 + i as f64 / 10.0).collect();
            let mut quantised = round(&exact);
            correct_bias(&mut quantised, layer, &exact, &means);
            // Output 3 when every input is at its mean; a depthwise channel sees only itself.
            let output = |layer: &FloatLayer, outputs: usize| -> f64 {
                let weights = layer.kernel.iter().skip(3).step_by(outputs).enumerate();
                let mean = |row: usize| if inputs == 1 { means[3] } else { means[row] };
                let sum: f64 = weights
                    .map(|(row, &weight)| f64::from(weight) * mean(row))
                    .sum();
                sum + f64::from(layer.bias[3])
            };
            let (was, now) = (
                output(&exact, layer.outputs),
                output(&quantised.to_floats(), layer.outputs),
            );
            assert!((was - now).abs() < 1e-5, "{name}: {was} {now}");
        }
    }
}
