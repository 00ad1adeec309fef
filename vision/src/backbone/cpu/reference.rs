//! The network in plain f32: no tricks, so that it can be read beside the paper and trusted.
//!
//! Everything else that computes the network is tested against this. It takes about a tenth of a
//! second per photo; the page never runs it.

use crate::backbone::table::{Block, Kind, Layer, Network};
use crate::backbone::weights::{FloatLayer, FloatWeights};
use crate::backbone::{Input, Outputs};
use crate::error::{RequestError, Result};

/// A square image of many channels.
#[derive(Debug, Clone, PartialEq)]
pub struct Map {
    /// Width and height in pixels.
    pub side: usize,
    /// Number of channels.
    pub channels: usize,
    /// `[side, side, channels]`, rows first.
    pub values: Vec<f32>,
}

/// The network in f32.
pub struct Reference {
    network: Network,
    weights: FloatWeights,
}

impl Reference {
    /// The network with these weights.
    pub fn new(weights: FloatWeights) -> Self {
        Self {
            network: weights.spec().network(),
            weights,
        }
    }

    /// Outputs of one photo.
    ///
    /// # Errors
    /// [`RequestError::Invalid`] when the input has another size than the network wants.
    pub fn run(&self, input: &Input) -> Result<Outputs> {
        self.run_observed(input, |_, _| ())
    }

    /// As [`Reference::run`], and shows what comes out of `stem`, `block00`, `block01`, …, `head`.
    ///
    /// # Errors
    /// As [`Reference::run`].
    pub fn run_observed(
        &self,
        input: &Input,
        mut observe: impl FnMut(&str, &Map),
    ) -> Result<Outputs> {
        let side = self.weights.spec().side;
        if input.side != side || input.rgb.len() != side * side * 3 {
            let what = format!("The network takes {side} × {side} pixels of three bytes.");
            return Err(RequestError::Invalid(what).into());
        }
        let values = input
            .rgb
            .iter()
            .map(|&byte| (f32::from(byte) - 127.0) / 128.0)
            .collect();
        let mut map = Map {
            side,
            channels: 3,
            values,
        };

        let mut layers = self.network.layers().zip(self.weights.layers());
        let mut apply = |map: &Map| match layers.next() {
            Some((layer, weights)) => layer_output(layer, weights, map),
            None => map.clone(),
        };
        let mut outputs = Outputs::default();
        map = apply(&map);
        observe("stem", &map);
        for (index, block) in self.network.blocks.iter().enumerate() {
            map = block_output(block, &map, &mut apply);
            observe(&format!("block{index:02}"), &map);
            let ends = |stage| self.network.stage_end(stage) == Some(index);
            if ends(5) {
                outputs.stages[2] = mean(&map);
                outputs.stages[4] = largest(&map);
            } else if ends(6) {
                outputs.stages[1] = mean(&map);
                outputs.stages[3] = largest(&map);
            } else if ends(7) {
                outputs.stages[0] = mean(&map);
            }
        }
        map = apply(&map);
        observe("head", &map);
        outputs.features = mean(&map);
        let pooled = Map {
            side: 1,
            channels: map.channels,
            values: outputs.features.clone(),
        };
        outputs.logits = apply(&pooled).values;
        Ok(outputs)
    }
}

/// Runs the layers of a block, taken from `apply` in order.
fn block_output(block: &Block, input: &Map, apply: &mut impl FnMut(&Map) -> Map) -> Map {
    let expanded = block.expand.as_ref().map(|_| apply(input));
    let filtered = apply(expanded.as_ref().unwrap_or(input));
    let mut output = apply(&filtered);
    if block.residual {
        for (value, add) in output.values.iter_mut().zip(&input.values) {
            *value += add;
        }
    }
    output
}

/// One layer on one image, with its activation.
fn layer_output(layer: &Layer, weights: &FloatLayer, input: &Map) -> Map {
    let side = layer.output_side();
    let mut values = Vec::with_capacity(side * side * layer.outputs);
    for y in 0..side {
        for x in 0..side {
            values.extend_from_slice(&weights.bias);
            let start = values.len() - layer.outputs;
            let sums = &mut values[start..];
            for (tap, pixel) in taps(layer, input, y, x) {
                match layer.kind {
                    Kind::Depthwise => add_products(sums, tap_of(layer, weights, tap), pixel),
                    Kind::Convolution | Kind::Matrix => {
                        let rows = tap_of(layer, weights, tap).chunks_exact(layer.outputs);
                        for (row, &value) in rows.zip(pixel) {
                            add_scaled(sums, row, value);
                        }
                    }
                }
            }
        }
    }
    if layer.relu6 {
        values
            .iter_mut()
            .for_each(|value| *value = value.clamp(0.0, 6.0));
    }
    Map {
        side,
        channels: layer.outputs,
        values,
    }
}

/// The positions of the kernel that fall on the image for the output at `(y, x)`, each with the
/// channels of the pixel there. Beyond the border everything is zero, so it adds nothing.
fn taps<'a>(
    layer: &Layer,
    input: &'a Map,
    y: usize,
    x: usize,
) -> impl Iterator<Item = (usize, &'a [f32])> {
    let (kernel, stride, before) = (layer.kernel, layer.stride, layer.padding().0);
    let inside = move |at: usize, tap: usize| {
        (at * stride + tap)
            .checked_sub(before)
            .filter(|&at| at < input.side)
    };
    (0..kernel * kernel).filter_map(move |tap| {
        let row = inside(y, tap / kernel)?;
        let column = inside(x, tap % kernel)?;
        let start = (row * input.side + column) * input.channels;
        Some((tap, &input.values[start..start + input.channels]))
    })
}

/// The part of a kernel that belongs to one of its positions.
fn tap_of<'a>(layer: &Layer, weights: &'a FloatLayer, tap: usize) -> &'a [f32] {
    let length = weights.kernel.len() / (layer.kernel * layer.kernel);
    &weights.kernel[tap * length..(tap + 1) * length]
}

fn add_products(sums: &mut [f32], weights: &[f32], values: &[f32]) {
    for ((sum, weight), value) in sums.iter_mut().zip(weights).zip(values) {
        *sum += weight * value;
    }
}

fn add_scaled(sums: &mut [f32], weights: &[f32], value: f32) {
    for (sum, weight) in sums.iter_mut().zip(weights) {
        *sum += weight * value;
    }
}

/// Mean of each channel over the image.
fn mean(map: &Map) -> Vec<f32> {
    let mut sums = vec![0.0; map.channels];
    for pixel in map.values.chunks_exact(map.channels) {
        add_scaled(&mut sums, pixel, 1.0);
    }
    let pixels = (map.side * map.side) as f32;
    sums.iter().map(|sum| sum / pixels).collect()
}

/// Largest value of each channel over the image.
fn largest(map: &Map) -> Vec<f32> {
    let mut largest = vec![f32::NEG_INFINITY; map.channels];
    for pixel in map.values.chunks_exact(map.channels) {
        for (largest, &value) in largest.iter_mut().zip(pixel) {
            *largest = largest.max(value);
        }
    }
    largest
}
