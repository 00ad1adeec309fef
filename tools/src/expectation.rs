//! What each layer may expect of its inputs on average, told by batch norm alone: no photo needed.
//!
//! Batch norm makes a channel's values have mean β and deviation |γ|. Taking them as normally
//! distributed gives their mean after ReLU6; residual sums add up.
//! Source: Nagel et al., *Data-Free Quantization through Weight Equalization and Bias Correction*
//! (ICCV 2019), section 4.2.

use crate::Result;
use crate::fold::{Names, names};
use crate::state_dict::StateDict;
use keepsake_vision::backbone::table::{Layer, Spec};
use std::f64::consts::{PI, SQRT_2};

/// ImageNet's mean colour (0.485, 0.456, 0.406 of 255) as the network takes it: `(x − 127) / 128`.
const PIXEL: [f64; 3] = [-0.026, -0.084, -0.183];

/// The expected mean of every input channel of every layer, in the order of the table.
///
/// # Errors
/// A tensor is missing or has another shape than the table says.
pub fn input_means(dict: &StateDict, spec: Spec) -> Result<Vec<Vec<f64>>> {
    let network = spec.network();
    let mut layers = names(&network).into_iter();
    let mut inputs = Vec::new();
    // Notes what goes into the next layer, and returns what comes out.
    let mut pass = |means: Vec<f64>| {
        inputs.push(means);
        match layers.next() {
            Some((layer, names)) => output_means(dict, layer, &names),
            None => Ok(Vec::new()),
        }
    };
    let mut means = pass(PIXEL.to_vec())?;
    for block in &network.blocks {
        let start = means.clone();
        if block.expand.is_some() {
            means = pass(means)?;
        }
        means = pass(means)?;
        means = pass(means)?;
        if block.residual {
            means
                .iter_mut()
                .zip(start)
                .for_each(|(mean, add)| *mean += add);
        }
    }
    means = pass(means)?;
    pass(means)?;
    Ok(inputs)
}

/// The expected mean of each output channel; none for the class layer, which has no batch norm.
fn output_means(dict: &StateDict, layer: &Layer, names: &Names) -> Result<Vec<f64>> {
    let Some(norm) = &names.norm else {
        return Ok(Vec::new());
    };
    let beta = dict.tensor(&format!("{norm}.bias"), &[layer.outputs])?;
    let gamma = dict.tensor(&format!("{norm}.weight"), &[layer.outputs])?;
    let channels = beta.values.iter().zip(&gamma.values);
    let mean = |(&beta, &gamma): (&f32, &f32)| match layer.relu6 {
        true => relu6_mean(f64::from(beta), f64::from(gamma.abs())),
        false => f64::from(beta),
    };
    Ok(channels.map(mean).collect())
}

/// Mean of a normal distribution whose values are clamped to 0..=6.
fn relu6_mean(mean: f64, deviation: f64) -> f64 {
    let deviation = deviation.max(1e-9); // a channel that never varies
    let density = |x: f64| libm::exp(-0.5 * x * x) / (2.0 * PI).sqrt();
    let below = |x: f64| 0.5 * libm::erfc(-x / SQRT_2);
    let (low, high) = (-mean / deviation, (6.0 - mean) / deviation);
    deviation * (density(low) - density(high))
        + mean * (below(high) - below(low))
        + 6.0 * (1.0 - below(high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_after_relu6_is_that_of_the_clamped_values() {
        for (mean, deviation) in [(0.0, 1.0), (-2.0, 0.5), (3.0, 4.0), (8.0, 1.0), (1.5, 0.0)] {
            // The distribution cut into 10,000 slices of equal width, out to 8 deviations.
            let slices = (0..10_000).map(|i| -8.0 + 16.0 * (f64::from(i) + 0.5) / 10_000.0);
            let (sum, weight) = slices.fold((0.0, 0.0), |(sum, weight), x: f64| {
                let density = (-0.5 * x * x).exp();
                (
                    sum + density * (mean + deviation * x).clamp(0.0, 6.0),
                    weight + density,
                )
            });
            let (ours, expected) = (relu6_mean(mean, deviation), sum / weight);
            assert!(
                (ours - expected).abs() < 1e-6,
                "{mean} {deviation}: {ours} {expected}"
            );
        }
    }
}
