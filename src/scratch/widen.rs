//! A trained layer gets one more output, and knows as much as before.

use burn::tensor::Tensor;

use super::adam::{Adam, Moments};
use super::network::{Initializer, Network, uniform};
use super::random::Random;

/// One more output for the network's last layer. Kernels, biases and the optimiser's moments of the
/// old outputs are carried over, so their logits are what they were; the new output's weights begin at
/// random, its bias and moments at 0.
pub fn widen_network(network: &mut Network, adam: &mut Adam, random: &mut Random) {
    network.config.outputs += 1;
    let device = match network.parameters.last() {
        Some(bias) => bias.device(),
        None => return,
    };
    let kernel = network.parameters.len() - 2;
    let [inputs, outputs] = network.parameters[kernel].dims();
    let (limit, _) = Initializer::Glorot.limits(inputs, outputs + 1);
    let fresh = [
        uniform([inputs, 1], limit, random, &device),
        Tensor::zeros([1, 1], &device),
    ];
    for (at, fresh) in (kernel..).zip(fresh) {
        append(&mut network.parameters[at], &mut adam.moments[at], fresh, 1);
    }
}

/// One more row for a table of label embeddings, `fresh` (`[1, values]`).
pub fn widen_table(table: &mut Tensor<2>, moments: &mut Moments, fresh: Tensor<2>) {
    append(table, moments, fresh, 0);
}

fn append(parameter: &mut Tensor<2>, moments: &mut Moments, fresh: Tensor<2>, dimension: usize) {
    let still = fresh.zeros_like();
    parameter.inplace(|old| Tensor::cat(vec![old, fresh], dimension));
    for moment in [&mut moments.first, &mut moments.second] {
        moment.inplace(|old| Tensor::cat(vec![old, still.clone()], dimension));
    }
}
