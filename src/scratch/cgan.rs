//! The article's conditional GAN (Mirza and Osindero, 2014): one generator that makes pictures of any
//! label, and the discriminator it is trained against.
//!
//! * Generator: noise times the label's row of a table; three times dense, LeakyReLU, batch norm; dense,
//!   tanh.
//! * Discriminator: picture times the label's row of a table; three times dense, LeakyReLU (dropout after
//!   the second and third); dense to one logit.
//! * A step: the discriminator once on real pictures, once on generated ones; then the generator through
//!   the discriminator held fixed, with dropout on and an Adam of its own.
//!
//! Pictures are from -1 to 1 here. Everything is as in Keras; the label tables' gradient is the sum over
//! the batch, where Keras 3 squares each row's apart.

use burn::tensor::{Device, Tensor, activation};

use super::adam::{Adam, AdamConfig};
use super::network::{Initializer, dropout, uniform};
use super::random::Random;
use super::tensors::{gradients, tensor, value};
use super::widen::widen_table;
use crate::Result;

const SLOPE: f64 = 0.2;
const BATCH_NORM_EPSILON: f32 = 1e-3;
/// How much of the moving statistics a step keeps.
const MOMENTUM: f32 = 0.8;
/// Keras's start of an embedding.
const EMBEDDING_LIMIT: f32 = 0.05;
/// Both optimisers'.
pub const ADAM: AdamConfig = AdamConfig {
    learning_rate: 2e-4,
    beta1: 0.5,
    ..AdamConfig::KERAS
};

/// Sizes of the two networks.
#[derive(Debug, Clone, PartialEq)]
pub struct GanConfig {
    /// Values of a picture.
    pub pixels: usize,
    /// Values of the noise.
    pub latent: usize,
    /// Hidden units of the generator.
    pub generator: Vec<usize>,
    /// Hidden units of the discriminator.
    pub discriminator: Vec<usize>,
    /// Rate of the discriminator's dropout.
    pub dropout: f32,
    /// Rows of the label tables.
    pub labels: usize,
}

/// A conditional GAN.
#[derive(Debug, Clone)]
pub struct Gan {
    /// Its sizes.
    pub config: GanConfig,
    /// The generator's label table; kernel, bias, gamma and beta of each hidden layer; kernel and bias of
    /// the last.
    pub generator: Vec<Tensor<2>>,
    /// Moving mean and variance of each hidden layer of the generator, `[1, units]` each.
    pub moving: Vec<[Tensor<2>; 2]>,
    /// The discriminator's label table, then kernel and bias of each layer.
    pub discriminator: Vec<Tensor<2>>,
    /// The generator's optimiser.
    pub generator_adam: Adam,
    /// The discriminator's.
    pub discriminator_adam: Adam,
}

/// Losses of one step, binary cross-entropy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GanLoss {
    /// Of the discriminator, the mean of real and generated.
    pub discriminator: f32,
    /// Of the generator.
    pub generator: f32,
}

impl GanConfig {
    /// The article's sizes, for `pixels` values and `labels` labels.
    pub fn article(pixels: usize, labels: usize) -> GanConfig {
        GanConfig {
            pixels,
            latent: 100,
            generator: vec![256, 512, 1024],
            discriminator: vec![512, 512, 512],
            dropout: 0.4,
            labels,
        }
    }

    /// Shapes of the generator's parameters.
    pub fn generator_shapes(&self) -> Vec<[usize; 2]> {
        let mut shapes = vec![[self.labels, self.latent]];
        let mut inputs = self.latent;
        for &units in &self.generator {
            shapes.extend([[inputs, units], [1, units], [1, units], [1, units]]);
            inputs = units;
        }
        shapes.extend([[inputs, self.pixels], [1, self.pixels]]);
        shapes
    }

    /// Shapes of the discriminator's parameters.
    pub fn discriminator_shapes(&self) -> Vec<[usize; 2]> {
        let mut shapes = vec![[self.labels, self.pixels]];
        let mut inputs = self.pixels;
        for &units in self.discriminator.iter().chain([&1]) {
            shapes.extend([[inputs, units], [1, units]]);
            inputs = units;
        }
        shapes
    }

    /// With random weights.
    pub fn init(self, random: &mut Random, device: &Device) -> Gan {
        let mut dense = |[inputs, units]: [usize; 2]| {
            let (limit, _) = Initializer::Glorot.limits(inputs, units);
            uniform([inputs, units], limit, random, device)
        };
        let zeros = |units: usize| Tensor::<2>::zeros([1, units], device);
        let ones = |units: usize| Tensor::<2>::ones([1, units], device);
        let mut generator = Vec::new();
        for pair in self.generator_shapes()[1..].chunks(4) {
            generator.extend([dense(pair[0]), zeros(pair[0][1])]);
            if pair.len() == 4 {
                generator.extend([ones(pair[0][1]), zeros(pair[0][1])]);
            }
        }
        let mut discriminator = Vec::new();
        for pair in self.discriminator_shapes()[1..].chunks_exact(2) {
            discriminator.extend([dense(pair[0]), zeros(pair[0][1])]);
        }
        let mut table = |values| uniform([self.labels, values], EMBEDDING_LIMIT, random, device);
        generator.insert(0, table(self.latent));
        discriminator.insert(0, table(self.pixels));
        let moving = self.generator.iter();
        Gan {
            moving: moving.map(|&units| [zeros(units), ones(units)]).collect(),
            generator_adam: Adam::new(ADAM, &generator),
            discriminator_adam: Adam::new(ADAM, &discriminator),
            generator,
            discriminator,
            config: self,
        }
    }
}

impl Gan {
    /// A row for one more label in both tables; what the old labels make is unchanged.
    pub fn widen(&mut self, random: &mut Random) {
        self.config.labels += 1;
        let tables = [
            (&mut self.generator[0], &mut self.generator_adam),
            (&mut self.discriminator[0], &mut self.discriminator_adam),
        ];
        for (table, adam) in tables {
            let shape = [1, table.dims()[1]];
            let fresh = uniform(shape, EMBEDDING_LIMIT, random, &table.device());
            widen_table(table, &mut adam.moments[0], fresh);
        }
    }

    /// Pictures of `labels` from `noise` (`[batch, latent]`), with the moving statistics.
    pub fn generate(&self, noise: Tensor<2>, labels: &[usize]) -> Tensor<2> {
        let rows = self.one_hot(labels, &noise.device());
        generate(&self.generator, noise, rows, |layer, values| {
            let [mean, variance] = self.moving[layer].clone();
            normalise(values, mean, variance)
        })
    }

    /// Pictures of `labels` as a training step makes them: with the batch's own statistics, which move
    /// the moving ones.
    pub fn generate_in_training(&mut self, noise: Tensor<2>, labels: &[usize]) -> Tensor<2> {
        let rows = self.one_hot(labels, &noise.device());
        let moving = &mut self.moving;
        generate(&self.generator, noise, rows, |layer, values| {
            normalise_by_batch(values, &mut moving[layer])
        })
    }

    /// The discriminator's logit of each picture (`[batch, 1]`): above 0 it takes it for real.
    pub fn discriminate(&self, pictures: Tensor<2>, labels: &[usize]) -> Tensor<2> {
        let rows = self.one_hot(labels, &pictures.device());
        discriminate(&self.discriminator, pictures, rows, |values| values)
    }

    /// `[count, latent]` normal numbers.
    pub fn noise(&self, count: usize, random: &mut Random, device: &Device) -> Tensor<2> {
        let values = (0..count * self.config.latent).map(|_| random.normal());
        tensor(values.collect(), [count, self.config.latent], device)
    }

    /// One step on `pictures` (`[batch, pixels]`) of `labels`.
    ///
    /// # Errors
    /// [`crate::Error::Compute`] when the device fails.
    pub async fn step(
        &mut self,
        pictures: Tensor<2>,
        labels: &[usize],
        random: &mut Random,
    ) -> Result<GanLoss> {
        let device = pictures.device();
        let noise = self.noise(labels.len(), random, &device);
        let fakes = self.generate(noise, labels);
        let real = self
            .train_discriminator(pictures, labels, true, random)
            .await?;
        let fake = self
            .train_discriminator(fakes, labels, false, random)
            .await?;
        let wanted: Vec<usize> = labels
            .iter()
            .map(|_| labels[random.below(labels.len())])
            .collect();
        let noise = self.noise(wanted.len(), random, &device);
        let generator = self.train_generator(noise, &wanted, random).await?;
        let discriminator = value((real + fake) / 2.0).await?;
        let generator = value(generator).await?;
        Ok(GanLoss {
            discriminator,
            generator,
        })
    }

    /// One step of the discriminator on pictures that are all real, or none. Returns the loss before it.
    ///
    /// # Errors
    /// [`crate::Error::Compute`] when the device fails.
    pub async fn train_discriminator(
        &mut self,
        pictures: Tensor<2>,
        labels: &[usize],
        real: bool,
        random: &mut Random,
    ) -> Result<Tensor<1>> {
        let rows = self.one_hot(labels, &pictures.device());
        let rate = self.config.dropout;
        let (loss, gradients) = gradients(&self.discriminator, |parameters| {
            let drop = |values| dropout(values, rate, random);
            binary_cross_entropy(discriminate(parameters, pictures, rows, drop), real)
        });
        self.discriminator_adam
            .step(&mut self.discriminator, gradients)
            .await?;
        Ok(loss)
    }

    /// One step of the generator through the discriminator held fixed. Returns the loss before it.
    ///
    /// # Errors
    /// [`crate::Error::Compute`] when the device fails.
    pub async fn train_generator(
        &mut self,
        noise: Tensor<2>,
        labels: &[usize],
        random: &mut Random,
    ) -> Result<Tensor<1>> {
        let rows = self.one_hot(labels, &noise.device());
        let (moving, rate) = (&mut self.moving, self.config.dropout);
        let discriminator = &self.discriminator;
        let (loss, gradients) = gradients(&self.generator, |parameters| {
            let norm = |layer: usize, values| normalise_by_batch(values, &mut moving[layer]);
            let pictures = generate(parameters, noise, rows.clone(), norm);
            let drop = |values| dropout(values, rate, random);
            binary_cross_entropy(discriminate(discriminator, pictures, rows, drop), true)
        });
        self.generator_adam
            .step(&mut self.generator, gradients)
            .await?;
        Ok(loss)
    }

    /// `[batch, labels]`. A table's row by a product, so that its gradient is the sum over the batch.
    fn one_hot(&self, labels: &[usize], device: &Device) -> Tensor<2> {
        let mut values = vec![0.0; labels.len() * self.config.labels];
        for (row, label) in labels.iter().enumerate() {
            values[row * self.config.labels + label] = 1.0;
        }
        tensor(values, [labels.len(), self.config.labels], device)
    }
}

fn generate(
    parameters: &[Tensor<2>],
    noise: Tensor<2>,
    rows: Tensor<2>,
    mut norm: impl FnMut(usize, Tensor<2>) -> Tensor<2>,
) -> Tensor<2> {
    let mut values = noise * rows.matmul(parameters[0].clone());
    for (layer, parameters) in parameters[1..].chunks(4).enumerate() {
        let sums = values.matmul(parameters[0].clone()) + parameters[1].clone();
        values = match parameters {
            [_, _, gamma, beta] => {
                let values = norm(layer, activation::leaky_relu(sums, SLOPE));
                values * gamma.clone() + beta.clone()
            }
            _ => activation::tanh(sums),
        };
    }
    values
}

fn discriminate(
    parameters: &[Tensor<2>],
    pictures: Tensor<2>,
    rows: Tensor<2>,
    mut drop: impl FnMut(Tensor<2>) -> Tensor<2>,
) -> Tensor<2> {
    let mut values = pictures * rows.matmul(parameters[0].clone());
    let layers = parameters[1..].chunks_exact(2);
    let last = layers.len() - 1;
    for (layer, parameters) in layers.enumerate() {
        values = values.matmul(parameters[0].clone()) + parameters[1].clone();
        if layer < last {
            values = activation::leaky_relu(values, SLOPE);
            if layer > 0 {
                values = drop(values);
            }
        }
    }
    values
}

fn normalise(values: Tensor<2>, mean: Tensor<2>, variance: Tensor<2>) -> Tensor<2> {
    (values - mean) / (variance + BATCH_NORM_EPSILON).sqrt()
}

fn normalise_by_batch(values: Tensor<2>, moving: &mut [Tensor<2>; 2]) -> Tensor<2> {
    let mean = values.clone().mean_dim(0);
    let apart = values.clone() - mean.clone();
    let variance = (apart.clone() * apart).mean_dim(0);
    for (moving, batch) in moving.iter_mut().zip([&mean, &variance]) {
        let batch = batch.clone().inner();
        moving.inplace(|old| old * MOMENTUM + batch * (1.0 - MOMENTUM));
    }
    normalise(values, mean, variance)
}

/// Mean over the batch, of logits whose targets are all 1, or all 0.
fn binary_cross_entropy(logits: Tensor<2>, real: bool) -> Tensor<1> {
    let towards = if real { logits } else { -logits };
    -activation::log_sigmoid(towards).mean()
}
