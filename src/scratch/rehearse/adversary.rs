//! Adversarial training of a generator: a discriminator learns to tell its pictures from real ones, and
//! it learns to be taken for real (Goodfellow and others, 2014).
//!
//! Each label has a generator of its own, and the discriminator is thrown away afterwards. With ten
//! pictures of a label this adds about a point to the prior, with many next to nothing
//! (`ARCHITECTURE.md`).

use burn::tensor::{Device, Tensor, activation};

use super::super::adam::{Adam, AdamConfig};
use super::super::network::{Initializer, dropout, uniform};
use super::super::random::Random;
use super::super::tensors::{gradients, read, tensor, value};
use super::super::train::Rounds;
use super::generator::{Canvas, Generator};
use super::prior::round;
use crate::Result;

/// Pictures of a step, real ones and as many generated.
const BATCH: usize = 32;
const HIDDEN: [usize; 2] = [256, 128];
const SLOPE: f64 = 0.2;
const DROPOUT: f32 = 0.3;
const GENERATOR_RATE: f64 = 2e-4;
const DISCRIMINATOR_RATE: f64 = 5e-4;
const ADAM: AdamConfig = AdamConfig {
    beta1: 0.5,
    beta2: 0.99,
    ..AdamConfig::TEXTBOOK
};

/// One generator in training.
#[derive(Debug)]
pub(super) struct Contest {
    /// As it began.
    generator: Generator,
    /// `[count, pixels]`
    real: Vec<f32>,
    canvas: Canvas,
    /// The generator's parameters as they move, and their running mean: what is kept.
    moving: Vec<Tensor<2>>,
    mean: Vec<Tensor<2>>,
    generator_adam: Adam,
    discriminator: Vec<Tensor<2>>,
    discriminator_adam: Adam,
    rounds: Rounds,
    /// Steps done, and how many there are.
    pub step: usize,
    pub steps: usize,
}

impl Contest {
    /// Between a generator and the pictures it should be taken for (`[count, pixels]`).
    pub fn new(
        generator: Generator,
        real: Vec<f32>,
        steps: usize,
        random: &mut Random,
        device: &Device,
    ) -> Contest {
        let pixels = generator.prior.principal.mean.len();
        let mut inputs = pixels;
        let mut discriminator = Vec::new();
        for units in HIDDEN.into_iter().chain([1]) {
            let (weights, biases) = Initializer::FanIn.limits(inputs, units);
            discriminator.push(uniform([inputs, units], weights, random, device));
            discriminator.push(uniform([1, units], biases, random, device));
            inputs = units;
        }
        Contest {
            canvas: generator.canvas(device),
            moving: generator.parameters.clone(),
            mean: generator.parameters.clone(),
            generator_adam: Adam::new(ADAM, &generator.parameters),
            discriminator_adam: Adam::new(ADAM, &discriminator),
            discriminator,
            rounds: Rounds::new(real.len() / pixels),
            generator,
            real,
            step: 0,
            steps,
        }
    }

    /// One step of each. Returns the generator's loss.
    pub async fn step(&mut self, random: &mut Random, device: &Device) -> Result<f32> {
        let pace = (2.0 * (1.0 - self.step as f64 / self.steps as f64)).clamp(0.05, 1.0);
        self.generator_adam.config.learning_rate = GENERATOR_RATE * pace;
        self.discriminator_adam.config.learning_rate = DISCRIMINATOR_RATE * pace;

        let real = self.real_batch(random, device);
        let drawn = self.generator.draw(BATCH, random, device);
        let fake = Generator::pictures(&self.moving, drawn, &self.canvas);
        let both = Tensor::cat(vec![real, fake], 0);
        let (_, found) = gradients(&self.discriminator, |discriminator| {
            let logits = judge(discriminator, both, random);
            let real = logits.clone().narrow(0, 0, BATCH);
            let fake = logits.narrow(0, BATCH, BATCH);
            softplus(-real).mean() + softplus(fake).mean()
        });
        self.discriminator_adam
            .step(&mut self.discriminator, found)
            .await?;

        let drawn = self.generator.draw(BATCH, random, device);
        let (loss, found) = gradients(&self.moving, |parameters| {
            let fake = Generator::pictures(parameters, drawn, &self.canvas);
            softplus(-judge(&self.discriminator, fake, random)).mean()
        });
        self.generator_adam.step(&mut self.moving, found).await?;

        self.step += 1;
        let keep = ((self.step as f32) / (self.step as f32 + 9.0)).min(0.99);
        for (mean, moving) in self.mean.iter_mut().zip(&self.moving) {
            mean.inplace(|mean| mean * keep + moving.clone() * (1.0 - keep));
        }
        value(loss).await
    }

    /// The parameters as far as they have come.
    pub fn so_far(&self) -> Vec<Tensor<2>> {
        self.mean.clone()
    }

    /// The parameters to keep, as 16-bit floats.
    pub async fn parameters(&self, device: &Device) -> Result<Vec<Tensor<2>>> {
        let mut kept = Vec::with_capacity(self.mean.len());
        for parameter in &self.mean {
            let shape = parameter.dims();
            let mut values = read(parameter.clone()).await?;
            round(&mut values);
            kept.push(tensor(values, shape, device));
        }
        Ok(kept)
    }

    fn real_batch(&mut self, random: &mut Random, device: &Device) -> Tensor<2> {
        let pixels = self.generator.prior.principal.mean.len();
        let mut values = Vec::with_capacity(BATCH * pixels);
        for _ in 0..BATCH {
            let at = self.rounds.next(random);
            values.extend_from_slice(&self.real[at * pixels..][..pixels]);
        }
        tensor(values, [BATCH, pixels], device)
    }
}

/// The discriminator's logits, `[rows, 1]`: above 0 for what it takes for real.
fn judge(parameters: &[Tensor<2>], pictures: Tensor<2>, random: &mut Random) -> Tensor<2> {
    let mut values = pictures * 2.0 - 1.0;
    for (layer, pair) in parameters.chunks_exact(2).enumerate() {
        values = values.matmul(pair[0].clone()) + pair[1].clone();
        if layer < HIDDEN.len() {
            values = dropout(activation::leaky_relu(values, SLOPE), DROPOUT, random);
        }
    }
    values
}

fn softplus(values: Tensor<2>) -> Tensor<2> {
    -activation::log_sigmoid(-values)
}
