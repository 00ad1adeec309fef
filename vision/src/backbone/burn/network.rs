//! EfficientNet-Lite, put together from the table.

use burn::tensor::{Device, Tensor};

use super::layer::Convolution;
use crate::backbone::table::Layer;
use crate::backbone::weights::FloatWeights;
use crate::error::{Error, Result, WeightsError};

/// The network of one size.
#[derive(Debug)]
pub(super) struct Lite {
    stem: Convolution,
    blocks: Vec<InvertedResidual>,
    /// Indices of the blocks that end stages 5, 6 and 7.
    ends: [Option<usize>; 3],
    head: Convolution,
    classes: Convolution,
}

/// One block: expand, filter each channel, project; and the input added.
#[derive(Debug)]
struct InvertedResidual {
    layers: Vec<Convolution>,
    residual: bool,
}

impl Lite {
    /// Uploads all layers.
    ///
    /// # Errors
    /// [`WeightsError::Damaged`] when there are fewer layers than the table names.
    pub fn init(weights: &FloatWeights, device: &Device) -> Result<Self> {
        let network = weights.spec().network();
        let mut values = weights.layers().iter();
        // In the order of the file, which is that of `Network::layers`.
        let mut upload = |layer: &Layer| match values.next() {
            Some(values) => Ok(Convolution::init(layer, values, device)),
            None => Err(Error::from(WeightsError::Damaged)),
        };
        let stem = upload(&network.stem)?;
        let mut blocks = Vec::with_capacity(network.blocks.len());
        for block in &network.blocks {
            let layers = block.expand.iter();
            let layers = layers.chain([&block.depthwise, &block.project]);
            blocks.push(InvertedResidual {
                layers: layers.map(&mut upload).collect::<Result<_>>()?,
                residual: block.residual,
            });
        }
        Ok(Self {
            stem,
            blocks,
            ends: [5, 6, 7].map(|stage| network.stage_end(stage)),
            head: upload(&network.head)?,
            classes: upload(&network.classes)?,
        })
    }

    /// `[n, 3, side, side]` to `[n, 3208]`: features, logits and pools in one row per photo, so that one
    /// read brings all of them back.
    pub fn forward(&self, maps: Tensor<4>) -> Tensor<2> {
        let mut maps = self.stem.forward(maps);
        let mut ends = [const { None }; 3];
        for (index, block) in self.blocks.iter().enumerate() {
            maps = block.forward(maps);
            if let Some(stage) = self.ends.iter().position(|&end| end == Some(index)) {
                ends[stage] = Some(maps.clone());
            }
        }
        let features = mean(self.head.forward(maps));
        let logits = self.classes.forward(features.clone());
        let [fifth, sixth, seventh] = ends;
        let pools = [
            seventh.map(mean),
            sixth.clone().map(mean),
            fifth.clone().map(mean),
            sixth.map(largest),
            fifth.map(largest),
        ];
        let parts = [features, logits]
            .into_iter()
            .chain(pools.into_iter().flatten());
        Tensor::cat(parts.collect(), 1).flatten(1, 3)
    }
}

impl InvertedResidual {
    fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let maps = self
            .layers
            .iter()
            .fold(input.clone(), |maps, layer| layer.forward(maps));
        if self.residual { maps + input } else { maps }
    }
}

/// Mean of each channel, `[n, channels, 1, 1]`.
fn mean(maps: Tensor<4>) -> Tensor<4> {
    maps.mean_dims(&[2, 3])
}

/// Largest value of each channel, `[n, channels, 1, 1]`.
fn largest(maps: Tensor<4>) -> Tensor<4> {
    maps.max_dims(&[2, 3])
}
