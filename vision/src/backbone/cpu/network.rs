//! The whole network: from pixels to what it says of them.

use super::aligned::Aligned;
use super::block::{Block, Scratch, unknown};
use super::classes::Classes;
use super::planes::{Padded, Planes};
use super::pointwise::Pointwise;
use super::stem::{Image, Stem};
use super::{packing, pools, scales};
use crate::Result;
use crate::backbone::Outputs;
use crate::backbone::weights::Weights;

/// A network with packed weights, and the buffers to run it.
pub(super) struct Network {
    stem: Stem,
    /// The first block widens nothing: the stem has done so.
    first: Block,
    /// The other blocks, each after its expansion.
    blocks: Vec<(Pointwise, Block)>,
    head: Pointwise,
    classes: Classes,
    /// Stages whose ends are pooled: of the 7th, 6th and 5th, the last block as an index into `blocks`.
    pooled: [usize; 3],
    image: Image,
    scratch: Scratch,
    /// End of the block before, `[channels / 8][pixel][8]`.
    input: Aligned<i16>,
    /// End of the current block.
    output: Aligned<i16>,
}

impl Network {
    /// Packs the weights.
    ///
    /// # Errors
    /// [`WeightsError::Format`](crate::error::WeightsError::Format) when the network is not like those
    /// of the family, or weights are too large for the integers that stand for them.
    pub fn new(weights: &Weights) -> Result<Self> {
        let table = weights.spec().network();
        let mut values = weights.layers().iter();
        let mut next = |layer| values.next().ok_or_else(|| unknown(layer));
        let stem = packing::stem(next(&table.stem)?);
        let (mut first, mut blocks) = (None, Vec::new());
        for block in &table.blocks {
            let expand = match &block.expand {
                Some(layer) => Some(packing::expand(layer, next(layer)?)?),
                None => None,
            };
            let packed = Block::new(block, next(&block.depthwise)?, next(&block.project)?)?;
            match (expand, &first) {
                (None, None) => first = Some(packed),
                (Some(expand), Some(_)) => blocks.push((expand, packed)),
                _ => return Err(unknown(&block.depthwise)),
            }
        }
        let first = first.ok_or_else(|| unknown(&table.stem))?;
        let stage = |stage| table.stage_end(stage).and_then(|end| end.checked_sub(1));
        let pooled = match (stage(7), stage(6), stage(5)) {
            (Some(seventh), Some(sixth), Some(fifth)) => [seventh, sixth, fifth],
            _ => return Err(unknown(&table.head)),
        };
        let all = || std::iter::once(&first).chain(blocks.iter().map(|(_, block)| block));
        let largest = all()
            .map(|block| block.outputs() * block.output_pixels())
            .max()
            .unwrap_or(0);
        Ok(Self {
            head: packing::expand(&table.head, next(&table.head)?)?,
            classes: Classes::new(next(&table.classes)?),
            image: Image::new(table.stem.side, table.stem.padding()),
            scratch: Scratch::new(all()),
            input: Aligned::zeros(largest),
            output: Aligned::zeros(largest),
            stem,
            first,
            blocks,
            pooled,
        })
    }

    /// Width and height of the input in pixels.
    pub fn side(&self) -> usize {
        self.image.side()
    }

    /// What the network says of `rgb`, `[side, side, 3]`.
    pub fn run(&mut self, rgb: &[u8]) -> Outputs {
        let Self {
            stem,
            first,
            image,
            scratch,
            output,
            ..
        } = self;
        image.set(rgb);
        let (mut channels, mut pixels) = (first.outputs(), first.output_pixels());
        first.run(
            None,
            |group, rows, padded| stem.run(group, image, rows.start, padded),
            &mut output[..channels * pixels],
            scratch,
        );
        let mut outputs = Outputs::default();
        for (index, (expand, block)) in self.blocks.iter().enumerate() {
            std::mem::swap(&mut self.input, &mut self.output);
            let input = Planes::new(&self.input[..channels * pixels], pixels);
            let side = block.input_side();
            (channels, pixels) = (block.outputs(), block.output_pixels());
            let output = &mut self.output[..channels * pixels];
            block.run(
                Some(input),
                |group, rows, padded| {
                    let input = input.window(rows.start * side, rows.len() * side);
                    expand.expand(group, input, padded);
                },
                output,
                &mut self.scratch,
            );
            let end = Planes::new(output, pixels);
            let [seventh, sixth, fifth] = self.pooled;
            if index == seventh {
                outputs.stages[0] = pools::mean(end, channels);
            } else if index == sixth {
                outputs.stages[1] = pools::mean(end, channels);
                outputs.stages[3] = pools::max(end, channels);
            } else if index == fifth {
                outputs.stages[2] = pools::mean(end, channels);
                outputs.stages[4] = pools::max(end, channels);
            }
        }
        let end = Planes::new(&self.output[..channels * pixels], pixels);
        let sums = head_sums(&self.head, end, self.scratch.padded());
        let unit = pixels as f32 * scales::CLAMPED;
        outputs.features = sums.iter().map(|&sum| sum as f32 / unit).collect();
        outputs.logits = self.classes.run(&sums, pixels as i32);
        outputs
    }
}

/// Each feature's sum over the pixels, by way of `buffer`.
fn head_sums(head: &Pointwise, input: Planes, buffer: &mut Padded) -> Vec<i32> {
    buffer.shape_without_border(input.count());
    (0..head.outputs() / 8)
        .flat_map(|group| {
            head.expand(group, input, buffer);
            pools::sum(buffer.values())
        })
        .collect()
}
