//! The classifier on the CPU: its answers, and its gradients, without a graph of operations.
//!
//! ```text
//! picture ──► block ──► block ──► (dropout) ──► dense ──► logits
//! ```
//!
//! The same network as `Network::forward` of [`layers`](super::layers::layers), which a graphics
//! card takes; here a step costs a third of it.

use burn::tensor::Tensor;

use super::super::network::Network;
use super::super::random::Random;
use super::super::tensors::{read, tensor};
use super::block::{Block, Kernels};
use super::layers::{DROPOUT, FILTERS};
use crate::{Result, device};

/// Pictures that are passed through at once: their values stay in the processor's cache.
const AT_ONCE: usize = 16;

/// See the module.
#[derive(Debug)]
pub(super) struct ByHand {
    blocks: [Block; 2],
    kernels: [Kernels; 2],
    biases: [Vec<f32>; 2],
    /// `[features, outputs]`
    dense: Vec<f32>,
    dense_bias: Vec<f32>,
}

/// What the way back needs of the way there.
pub(super) struct Trace {
    /// Inputs of the blocks, with their borders.
    inputs: [Vec<f32>; 2],
    chosen: [Vec<u8>; 2],
    /// After dropout. `[rows, features]`
    features: Vec<f32>,
    /// What dropout multiplied each feature by; empty without.
    mask: Vec<f32>,
    /// `[rows, outputs]`
    pub logits: Vec<f32>,
}

impl ByHand {
    /// `None` on a graphics card, and where pictures are too small to be pooled twice.
    pub async fn of(network: &Network) -> Result<Option<ByHand>> {
        let side = network.config.side;
        let on_cpu = network
            .parameters
            .iter()
            .all(|parameter| parameter.device() == device::cpu());
        if !on_cpu || side < 4 {
            return Ok(None);
        }
        let first = Block {
            side,
            channels: 1,
            filters: FILTERS[0],
        };
        let second = Block {
            side: first.pooled(),
            channels: FILTERS[0],
            filters: FILTERS[1],
        };
        let mut parameters = Vec::with_capacity(network.parameters.len());
        for parameter in &network.parameters {
            parameters.push(read(parameter.clone()).await?);
        }
        let Ok([kernel1, bias1, kernel2, bias2, dense, dense_bias]) =
            <[Vec<f32>; 6]>::try_from(parameters)
        else {
            return Ok(None);
        };
        Ok(Some(ByHand {
            kernels: [first.kernels(&kernel1), second.kernels(&kernel2)],
            blocks: [first, second],
            biases: [bias1, bias2],
            dense,
            dense_bias,
        }))
    }

    /// Logits of pictures (`[rows, side · side]`), `[rows, outputs]`.
    pub fn logits(&self, pictures: &[f32]) -> Vec<f32> {
        let side = self.blocks[0].side;
        let parts = pictures.chunks(AT_ONCE * side * side);
        parts
            .flat_map(|pictures| self.forwards(pictures, None).logits)
            .collect()
    }

    /// The same in one go, with dropout where there is `random`.
    pub fn forwards(&self, pictures: &[f32], random: Option<&mut Random>) -> Trace {
        let [first, second] = &self.blocks;
        let rows = pictures.len() / (first.side * first.side);
        let input = bordered(pictures, first.side);
        let mut middle = vec![0.0; rows * second.bordered()];
        let chosen1 = first.forwards(&input, &self.kernels[0], &self.biases[0], 1, &mut middle);
        let pooled = second.pooled();
        let mut features = vec![0.0; rows * pooled * pooled * second.filters];
        let chosen2 = second.forwards(&middle, &self.kernels[1], &self.biases[1], 0, &mut features);
        let mask: Vec<f32> = match random {
            Some(random) => {
                let kept = 1.0 / (1.0 - DROPOUT);
                let drop = |_: &f32| {
                    if random.uniform() < DROPOUT {
                        0.0
                    } else {
                        kept
                    }
                };
                features.iter().map(drop).collect()
            }
            None => Vec::new(),
        };
        for (feature, factor) in features.iter_mut().zip(&mask) {
            *feature *= factor;
        }
        Trace {
            logits: self.dense_forwards(&features),
            inputs: [input, middle],
            chosen: [chosen1, chosen2],
            features,
            mask,
        }
    }

    fn dense_forwards(&self, features: &[f32]) -> Vec<f32> {
        let outputs = self.dense_bias.len();
        let rows = features.chunks_exact(self.dense.len() / outputs);
        let logits = rows.flat_map(|features| {
            let mut logits = self.dense_bias.clone();
            for (&feature, weights) in features.iter().zip(self.dense.chunks_exact(outputs)) {
                if feature != 0.0 {
                    add(&mut logits, feature, weights);
                }
            }
            logits
        });
        logits.collect()
    }

    /// Gradients of the parameters, in their order and shapes, from that of the logits.
    pub fn backwards(&self, trace: &Trace, logits: &[f32]) -> Vec<Tensor<2>> {
        let outputs = self.dense_bias.len();
        let length = self.dense.len() / outputs;
        let mut dense = vec![0.0; self.dense.len()];
        let mut dense_bias = vec![0.0; outputs];
        let mut features = vec![0.0; trace.features.len()];
        let rows = trace.features.chunks_exact(length);
        let found = features.chunks_exact_mut(length);
        for ((row, found), logits) in rows.zip(found).zip(logits.chunks_exact(outputs)) {
            add(&mut dense_bias, 1.0, logits);
            let weights = self.dense.chunks_exact(outputs);
            let gradients = dense.chunks_exact_mut(outputs);
            let features = row.iter().zip(found);
            for ((&feature, found), (weights, gradients)) in features.zip(weights.zip(gradients)) {
                // What dropout or ReLU stopped leads nowhere back.
                if feature != 0.0 {
                    add(gradients, feature, logits);
                    *found = weights.iter().zip(logits).map(|(w, g)| w * g).sum();
                }
            }
        }
        for (found, factor) in features.iter_mut().zip(&trace.mask) {
            *found *= factor;
        }
        let [first, second] = &self.blocks;
        let [kernels1, kernels2] = &self.kernels;
        let [input, middle] = &trace.inputs;
        let [chosen1, chosen2] = &trace.chosen;
        let late = second.backwards(&features, 0, chosen2, middle, kernels2, true);
        let before = late.input.unwrap_or_default();
        let early = first.backwards(&before, 1, chosen1, input, kernels1, false);
        let shaped = |values: Vec<f32>, columns: usize| {
            let rows = values.len() / columns;
            tensor(values, [rows, columns], &device::cpu())
        };
        vec![
            shaped(early.kernel, first.filters),
            shaped(early.bias, first.filters),
            shaped(late.kernel, second.filters),
            shaped(late.bias, second.filters),
            shaped(dense, outputs),
            shaped(dense_bias, outputs),
        ]
    }
}

/// Pictures with a border of one pixel of zeros around each.
fn bordered(pictures: &[f32], side: usize) -> Vec<f32> {
    let wide = side + 2;
    let count = pictures.len() / (side * side);
    let mut values = vec![0.0; count * wide * wide];
    let whole = values.chunks_exact_mut(wide * wide);
    for (whole, picture) in whole.zip(pictures.chunks_exact(side * side)) {
        let rows = whole.chunks_exact_mut(wide).skip(1);
        for (row, values) in rows.zip(picture.chunks_exact(side)) {
            row[1..=side].copy_from_slice(values);
        }
    }
    values
}

fn add(sums: &mut [f32], factor: f32, values: &[f32]) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += factor * value;
    }
}
