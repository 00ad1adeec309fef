//! One step of a classifier, and the batches it is trained on.

use burn::tensor::{Device, Tensor, activation};

use super::Sketch;
use super::adam::Adam;
use super::network::Network;
use super::random::Random;
use super::tensors::{gradients, tensor, value};
use crate::Result;

/// Mean cross-entropy of `logits` (`[batch, labels]`) and `targets` of the same shape, whose rows sum
/// to 1.
pub fn cross_entropy(logits: Tensor<2>, targets: Tensor<2>) -> Tensor<1> {
    let rows = logits.dims()[0] as f32;
    (activation::log_softmax(logits, 1) * targets).sum() / -rows
}

/// One step on a batch. Returns the loss before it.
///
/// # Errors
/// [`crate::Error::Compute`] when the device fails.
pub async fn step(
    network: &mut Network,
    adam: &mut Adam,
    pictures: Tensor<2>,
    targets: Tensor<2>,
    random: &mut Random,
) -> Result<f32> {
    let (loss, gradients) = gradients(&network.parameters, |parameters| {
        let logits = network.forward(parameters, pictures, Some(random));
        cross_entropy(logits, targets)
    });
    adam.step(&mut network.parameters, gradients).await?;
    value(loss).await
}

/// Rows of a batch: pictures, one after another, and the output that each should light.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// `[rows, side · side]`.
    pub values: Vec<f32>,
    /// The output of each row.
    pub outputs: Vec<usize>,
}

impl Batch {
    /// Adds a row.
    pub fn push(&mut self, picture: &Sketch, output: usize) {
        self.values.extend_from_slice(&picture.values);
        self.outputs.push(output);
    }

    /// `[rows, side · side]` and, with 1 at each row's output, `[rows, outputs]`.
    pub fn tensors(self, outputs: usize, device: &Device) -> (Tensor<2>, Tensor<2>) {
        let rows = self.outputs.len();
        let pixels = self.values.len() / rows.max(1);
        let mut targets = vec![0.0; rows * outputs];
        for (row, output) in self.outputs.iter().enumerate() {
            targets[row * outputs + output] = 1.0;
        }
        let pictures = tensor(self.values, [rows, pixels], device);
        (pictures, tensor(targets, [rows, outputs], device))
    }
}

/// The numbers `0..count` in a random order, over and over, each round in another one.
#[derive(Debug)]
pub struct Rounds {
    order: Vec<usize>,
    at: usize,
}

impl Rounds {
    /// Of `count` numbers, at least 1.
    pub fn new(count: usize) -> Rounds {
        let order: Vec<usize> = (0..count.max(1)).collect();
        Rounds {
            at: order.len(),
            order,
        }
    }

    /// The next number.
    pub fn next(&mut self, random: &mut Random) -> usize {
        if self.at == self.order.len() {
            random.shuffle(&mut self.order);
            self.at = 0;
        }
        self.at += 1;
        self.order[self.at - 1]
    }
}
