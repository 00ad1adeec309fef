//! The article's GAN, and which labels it can make pictures of.

use burn::tensor::Device;

use super::super::Sketch;
use super::super::cgan::{Gan, GanConfig, GanLoss};
use super::super::random::Random;
use super::super::tensors::{read, tensor};
use super::super::train::Batch;
use crate::Result;

/// Pictures that the generator makes at once.
const AT_ONCE: usize = 256;

/// The GAN, and what it can make.
#[derive(Debug, Clone)]
pub(super) struct Rehearsal {
    pub gan: Gan,
    /// Outputs of the labels that it was trained on, ascending.
    pub known: Vec<usize>,
}

impl Rehearsal {
    pub fn new(side: usize, outputs: usize, random: &mut Random, device: &Device) -> Rehearsal {
        Rehearsal {
            gan: GanConfig::article(side * side, outputs).init(random, device),
            known: Vec::new(),
        }
    }

    /// One step of the GAN.
    pub async fn step(
        &mut self,
        batch: Batch,
        random: &mut Random,
        device: &Device,
    ) -> Result<GanLoss> {
        for output in &batch.outputs {
            if let Err(place) = self.known.binary_search(output) {
                self.known.insert(place, *output);
            }
        }
        let shape = [batch.outputs.len(), self.gan.config.pixels];
        let values = batch.values.iter().map(|value| value * 2.0 - 1.0).collect();
        let pictures = tensor(values, shape, device);
        self.gan.step(pictures, &batch.outputs, random).await
    }
}

/// Pictures of an output.
pub(super) async fn make(
    gan: &Gan,
    output: usize,
    count: usize,
    random: &mut Random,
    device: &Device,
) -> Result<Vec<Sketch>> {
    let pixels = gan.config.pixels;
    let side = pixels.isqrt();
    let mut sketches = Vec::with_capacity(count);
    while sketches.len() < count {
        let labels = vec![output; (count - sketches.len()).min(AT_ONCE)];
        let noise = gan.noise(labels.len(), random, device);
        let values = read(gan.generate(noise, &labels)).await?;
        sketches.extend(values.chunks_exact(pixels).map(|values| {
            Sketch {
                side,
                values: values
                    .iter()
                    .map(|value| ((value + 1.0) / 2.0).clamp(0.0, 1.0))
                    .collect(),
            }
        }));
    }
    Ok(sketches)
}
