//! A classifier as a list of layers: configuration → parameters → forward pass.
//!
//! By default it is the article's: 2×2 convolution with 64 filters and ReLU, flatten, one dense layer
//! with an output for each label. Values lie as in Keras, `[batch, row, column, channel]` with the
//! channel fastest, so that Keras's weights fit as they are; every parameter is a matrix.

use burn::tensor::{Device, Tensor, activation};
use serde::{Deserialize, Serialize};

use super::convolution::{convolve, max_pool};
use super::random::Random;
use super::tensors::tensor;
use crate::Result;
use crate::error::RequestError;

/// The most values that a network may have: at four bytes each, and three times that for training,
/// more would not fit into a browser's 32-bit memory beside everything else.
pub const MOST_VALUES: usize = 48 << 20;
/// The largest side of a sketch in pixels.
pub const LARGEST_SIDE: usize = 128;

const LARGEST_KERNEL: usize = 16;

/// What follows a layer's sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Activation {
    /// Nothing.
    Linear,
    /// `max(0, x)`, with derivative 0 at 0.
    Relu,
}

/// One layer before the last, which is always a dense one with an output for each label.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum LayerConfig {
    /// Square kernels at every pixel; zeros beyond the border, of an odd number one more at the bottom
    /// and right (TensorFlow's "same").
    Conv2d {
        /// Channels out.
        filters: usize,
        /// Side of the kernel in pixels.
        kernel: usize,
        /// What follows.
        activation: Activation,
    },
    /// The largest of each square of `size` × `size` pixels; what is left over at the border is dropped.
    MaxPool {
        /// Side of the square in pixels.
        size: usize,
    },
    /// While training, this share of the values is set to 0 and the rest scaled up.
    Dropout {
        /// In `0.0..1.0`.
        rate: f32,
    },
    /// Every value with every unit. The first one flattens.
    Dense {
        /// Values out.
        units: usize,
        /// What follows.
        activation: Activation,
    },
}

/// How a network's weights begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Initializer {
    /// Keras's: uniform within ±√(6 / (in + out)), biases 0 (Glorot and Bengio, 2010).
    Glorot,
    /// PyTorch's: weights and biases uniform within ±1/√in.
    FanIn,
}

/// A classifier to be.
#[derive(Debug, Clone, PartialEq)]
pub struct NetworkConfig {
    /// Side of the grey input in pixels.
    pub side: usize,
    /// The layers before the last.
    pub layers: Vec<LayerConfig>,
    /// Values of the last layer.
    pub outputs: usize,
}

/// Height, width and channels between two layers.
type Size = [usize; 3];

/// A classifier.
#[derive(Debug, Clone)]
pub struct Network {
    /// Its architecture.
    pub config: NetworkConfig,
    /// Kernel and bias of each layer that has them. A convolution's kernel is `[kernel · kernel · in,
    /// filters]` (row, column and channel in, the channel fastest), a dense layer's `[in, units]`, a
    /// bias `[1, out]`.
    pub parameters: Vec<Tensor<2>>,
}

/// The article's layers.
pub fn article_layers() -> Vec<LayerConfig> {
    vec![LayerConfig::Conv2d {
        filters: 64,
        kernel: 2,
        activation: Activation::Relu,
    }]
}

/// Fails for a side that no picture may have.
///
/// # Errors
/// `request/invalid`.
pub(super) fn check_side(side: usize) -> Result<()> {
    match (1..=LARGEST_SIDE).contains(&side) {
        true => Ok(()),
        false => Err(invalid(&format!(
            "a picture's side is from 1 to {LARGEST_SIDE} pixels"
        ))),
    }
}

impl NetworkConfig {
    /// Shapes of the parameters, in their order.
    ///
    /// # Errors
    /// `request/invalid` for an architecture that cannot be, or that is too large.
    pub fn shapes(&self) -> Result<Vec<[usize; 2]>> {
        check_side(self.side)?;
        let output = LayerConfig::Dense {
            units: self.outputs,
            activation: Activation::Linear,
        };
        let (mut size, mut total, mut shapes) = ([self.side, self.side, 1], 0usize, Vec::new());
        for layer in self.layers.iter().chain([&output]) {
            if let Some(kernel) = layer.kernel(size)? {
                total = total.saturating_add(kernel[0].saturating_mul(kernel[1]));
                shapes.extend([kernel, [1, kernel[1]]]);
            }
            size = layer.out(size);
            total = total.saturating_add(product(&size));
            if total > MOST_VALUES {
                return Err(invalid("its layers are too large for a browser's memory"));
            }
        }
        Ok(shapes)
    }

    /// With random weights.
    ///
    /// # Errors
    /// As [`NetworkConfig::shapes`].
    pub fn init(
        self,
        initializer: Initializer,
        random: &mut Random,
        device: &Device,
    ) -> Result<Network> {
        let shapes = self.shapes()?;
        let parameters = shapes.chunks_exact(2).flat_map(|shapes| {
            let [inputs, outputs] = shapes[0];
            let (weights, biases) = initializer.limits(inputs, outputs);
            let weights = uniform(shapes[0], weights, random, device);
            [weights, uniform(shapes[1], biases, random, device)]
        });
        Ok(Network {
            parameters: parameters.collect(),
            config: self,
        })
    }
}

impl Initializer {
    /// How far from 0 weights and biases may be.
    pub(super) fn limits(self, inputs: usize, outputs: usize) -> (f32, f32) {
        match self {
            Initializer::Glorot => ((6.0 / (inputs + outputs) as f32).sqrt(), 0.0),
            Initializer::FanIn => {
                let limit = 1.0 / (inputs as f32).sqrt();
                (limit, limit)
            }
        }
    }
}

/// Uniform within ±`limit`.
pub(super) fn uniform(
    shape: [usize; 2],
    limit: f32,
    random: &mut Random,
    device: &Device,
) -> Tensor<2> {
    let values = (0..shape[0] * shape[1]).map(|_| (2.0 * random.uniform() - 1.0) * limit);
    tensor(values.collect(), shape, device)
}

impl LayerConfig {
    /// Shape of the layer's kernel, where it has one.
    fn kernel(&self, size: Size) -> Result<Option<[usize; 2]>> {
        let [height, width, channels] = size;
        match *self {
            LayerConfig::Conv2d {
                filters, kernel, ..
            } => {
                if !(1..=LARGEST_KERNEL).contains(&kernel) || filters == 0 {
                    let what = "a kernel's side is from 1 to 16 pixels, with 1 filter or more";
                    return Err(invalid(what));
                }
                Ok(Some([product(&[kernel, kernel, channels]), filters]))
            }
            LayerConfig::MaxPool { size } => match (1..=height.min(width)).contains(&size) {
                true => Ok(None),
                false => Err(invalid("a pool is larger than its picture, or empty")),
            },
            LayerConfig::Dropout { rate } => match (0.0..1.0).contains(&rate) {
                true => Ok(None),
                false => Err(invalid("a dropout's rate is from 0 to below 1")),
            },
            LayerConfig::Dense { units, .. } => match units {
                0 => Err(invalid("a dense layer has 1 unit or more")),
                _ => Ok(Some([product(&size), units])),
            },
        }
    }

    /// What the layer makes of a size.
    fn out(&self, [height, width, channels]: Size) -> Size {
        match *self {
            LayerConfig::Conv2d { filters, .. } => [height, width, filters],
            LayerConfig::MaxPool { size } => [height / size, width / size, channels],
            LayerConfig::Dropout { .. } => [height, width, channels],
            LayerConfig::Dense { units, .. } => [1, 1, units],
        }
    }
}

impl Network {
    /// Logits of `pictures` (`[batch, side · side]`), `[batch, outputs]`.
    pub fn logits(&self, pictures: Tensor<2>) -> Tensor<2> {
        self.forward(&self.parameters, pictures, None)
    }

    /// The same with parameters that may be tracked, and with dropout where there is `random`.
    pub fn forward(
        &self,
        parameters: &[Tensor<2>],
        pictures: Tensor<2>,
        mut random: Option<&mut Random>,
    ) -> Tensor<2> {
        let [batch, pixels] = pictures.dims();
        let mut size = [self.config.side, self.config.side, 1];
        // `[batch · height · width, channels]`, the same values in the same order.
        let mut values = pictures.reshape([batch * pixels, 1]);
        let mut parameters = parameters.chunks_exact(2);
        let output = LayerConfig::Dense {
            units: self.config.outputs,
            activation: Activation::Linear,
        };
        for layer in self.config.layers.iter().chain([&output]) {
            let activation = match *layer {
                LayerConfig::MaxPool { size: side } => {
                    values = max_pool(values, batch, size, side);
                    Activation::Linear
                }
                LayerConfig::Dropout { rate } => {
                    if let Some(random) = random.as_deref_mut() {
                        values = dropout(values, rate, random);
                    }
                    Activation::Linear
                }
                LayerConfig::Conv2d {
                    kernel: side,
                    activation,
                    ..
                } => {
                    // There is a pair for each layer with a kernel: `shapes` made them.
                    let Some([kernel, bias]) = parameters.next() else {
                        break;
                    };
                    values = convolve(values, batch, size, side, kernel.clone()) + bias.clone();
                    activation
                }
                LayerConfig::Dense { activation, .. } => {
                    let Some([kernel, bias]) = parameters.next() else {
                        break;
                    };
                    let flat = values.reshape([batch, product(&size)]);
                    values = flat.matmul(kernel.clone()) + bias.clone();
                    activation
                }
            };
            if activation == Activation::Relu {
                values = activation::relu(values);
            }
            size = layer.out(size);
        }
        values
    }
}

/// Sets a share of `rate` of the values to 0 and scales up the rest, so that their sum stays the same
/// in the mean (Srivastava and others, 2014).
pub(super) fn dropout(values: Tensor<2>, rate: f32, random: &mut Random) -> Tensor<2> {
    let shape = values.dims();
    let kept = 1.0 / (1.0 - rate);
    let mask = (0..shape[0] * shape[1]).map(|_| if random.uniform() < rate { 0.0 } else { kept });
    let mask = tensor(mask.collect(), shape, &values.device().inner());
    values * mask
}

fn product(factors: &[usize]) -> usize {
    factors
        .iter()
        .fold(1, |product, &n| product.saturating_mul(n))
}

fn invalid(what: &str) -> crate::Error {
    RequestError::Invalid(format!("This network cannot be built: {what}.")).into()
}
