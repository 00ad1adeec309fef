//! What dreams a label: its prior, and a small network that bends what is drawn from it.
//!
//! ```text
//! a ~ prior, t = [a, 16 normals] ─► dense 128 ─► dense 128 ─► dense ─(+ a)─► h
//! picture = clamp(mean + axes · (deviations h))
//! ```
//!
//! The last layer begins at 0, so a generator works before its first step: it draws from the prior.

use std::sync::Arc;

use burn::tensor::{Device, Tensor, activation};

use super::super::Sketch;
use super::super::random::Random;
use super::super::tensors::{read, tensor};
use super::prior::{Prior, round};
use crate::Result;

/// Normals beside the coordinates.
const NOISE: usize = 16;
const HIDDEN: usize = 128;
const SLOPE: f64 = 0.2;
/// Pictures generated at once.
const AT_ONCE: usize = 256;

/// See the module.
#[derive(Debug, Clone)]
pub(super) struct Generator {
    /// Pictures it was made of.
    pub count: usize,
    pub prior: Arc<Prior>,
    /// Kernel and bias of the three layers.
    pub parameters: Vec<Tensor<2>>,
}

/// A generator's fixed part, on a device.
#[derive(Debug)]
pub(super) struct Canvas {
    mean: Tensor<2>,
    axes: Tensor<2>,
    deviations: Tensor<2>,
}

impl Generator {
    /// One that draws from the prior.
    pub fn new(prior: Prior, count: usize, random: &mut Random, device: &Device) -> Generator {
        let shapes = Generator::shapes(prior.axes());
        let last = shapes.len() - 2;
        let parameters = shapes.iter().enumerate().map(|(at, &[inputs, units])| {
            // He and others (2015) for kernels; biases, of one row, and the last layer are 0.
            let scale = match inputs > 1 && at < last {
                true => (2.0 / inputs as f32).sqrt(),
                false => 0.0,
            };
            let mut values: Vec<f32> = (0..inputs * units)
                .map(|_| scale * random.normal())
                .collect();
            round(&mut values);
            tensor(values, [inputs, units], device)
        });
        Generator {
            count,
            parameters: parameters.collect(),
            prior: Arc::new(prior),
        }
    }

    /// Shapes of the parameters.
    pub fn shapes(axes: usize) -> Vec<[usize; 2]> {
        let inputs = axes + NOISE;
        vec![
            [inputs, HIDDEN],
            [1, HIDDEN],
            [HIDDEN, HIDDEN],
            [1, HIDDEN],
            [HIDDEN, axes],
            [1, axes],
        ]
    }

    pub fn canvas(&self, device: &Device) -> Canvas {
        let principal = &self.prior.principal;
        let (axes, pixels) = (self.prior.axes(), principal.mean.len());
        Canvas {
            mean: tensor(principal.mean.clone(), [1, pixels], device),
            axes: tensor(principal.axes.clone(), [axes, pixels], device),
            deviations: tensor(principal.deviations.clone(), [1, axes], device),
        }
    }

    /// What the network starts from, `[count, axes + 16]`.
    pub fn draw(&self, count: usize, random: &mut Random, device: &Device) -> Tensor<2> {
        let width = self.prior.axes() + NOISE;
        let mut values = Vec::with_capacity(count * width);
        for _ in 0..count {
            values.extend(self.prior.draw(random));
            values.extend((0..NOISE).map(|_| random.normal()));
        }
        tensor(values, [count, width], device)
    }

    /// Pictures, `[count, pixels]` in 0..=1. The clamp lets gradients through as if it were not there.
    pub fn pictures(parameters: &[Tensor<2>], drawn: Tensor<2>, canvas: &Canvas) -> Tensor<2> {
        let axes = canvas.deviations.dims()[1];
        let codes = drawn.clone().narrow(1, 0, axes);
        let mut values = drawn;
        for (layer, pair) in parameters.chunks_exact(2).enumerate() {
            values = values.matmul(pair[0].clone()) + pair[1].clone();
            if layer < 2 {
                values = activation::leaky_relu(values, SLOPE);
            }
        }
        let bent = (values + codes) * canvas.deviations.clone();
        let free = bent.matmul(canvas.axes.clone()) + canvas.mean.clone();
        free.clone() + (free.clone().clamp(0.0, 1.0) - free).detach()
    }

    /// `count` pictures, one after another.
    pub async fn dream(
        &self,
        count: usize,
        random: &mut Random,
        device: &Device,
    ) -> Result<Vec<f32>> {
        let canvas = self.canvas(device);
        let pixels = self.prior.principal.mean.len();
        let mut values = Vec::with_capacity(count * pixels);
        while values.len() < count * pixels {
            let rows = (count - values.len() / pixels).min(AT_ONCE);
            let drawn = self.draw(rows, random, device);
            let pictures = read(Generator::pictures(&self.parameters, drawn, &canvas)).await?;
            values.extend(pictures.into_iter().map(|value| value.clamp(0.0, 1.0)));
        }
        Ok(values)
    }

    /// The same as sketches.
    pub async fn sketches(
        &self,
        count: usize,
        side: usize,
        random: &mut Random,
        device: &Device,
    ) -> Result<Vec<Sketch>> {
        let values = self.dream(count, random, device).await?;
        let sketch = |values: &[f32]| Sketch {
            side,
            values: values.to_vec(),
        };
        Ok(values.chunks_exact(side * side).map(sketch).collect())
    }
}
