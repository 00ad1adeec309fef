//! One inverted-residual block after its expansion: depthwise, project, plus the block's input.
//!
//! The expanded channels, six times as many as the block's, are never in memory all at once: 8 of them
//! are expanded into a padded buffer and go through the depthwise convolution while they are in the
//! cache. Large images go through in bands of rows for the same reason; the rows that two bands share
//! are expanded twice.

use std::ops::Range;

use super::aligned::Aligned;
use super::depthwise::{Depthwise, TILE};
use super::packing::{self, Project};
use super::planes::{Inner, Padded, Planes};
use crate::backbone::table::{self, Layer};
use crate::backbone::weights::QuantisedLayer;
use crate::error::{Result, WeightsError};

/// Depthwise outputs of a band in i16: half a megabyte, which a second-level cache holds.
const BAND: usize = 256 * 1024;

/// A block with packed weights, but for its expansion.
pub(super) struct Block {
    depthwise: Depthwise,
    project: Project,
    residual: bool,
    /// Channels between expansion and projection.
    channels: usize,
    input_side: usize,
    output_side: usize,
    /// Zero pixels before each row and column.
    before: usize,
    /// Output rows of a band.
    band: usize,
}

/// Buffers shared by all blocks.
pub(super) struct Scratch {
    padded: Padded,
    /// Depthwise outputs of a band, `[channels / 8][pixel][8]`.
    middle: Aligned<i16>,
}

impl Scratch {
    /// Buffers that are large enough for each of these blocks.
    pub fn new<'a>(blocks: impl Iterator<Item = &'a Block> + Clone) -> Self {
        let padded = blocks
            .clone()
            .map(|b| b.padded_rows(b.band) * b.padded_rows(b.output_side) * 8);
        let middle = blocks.map(|b| b.band * b.output_side * b.channels);
        Self {
            padded: Padded::with_capacity(padded.max().unwrap_or(0)),
            middle: Aligned::zeros(middle.max().unwrap_or(0)),
        }
    }

    /// The buffer for 8 expanded channels.
    pub fn padded(&mut self) -> &mut Padded {
        &mut self.padded
    }
}

impl Block {
    /// Packs the weights of the depthwise convolution and of the projection.
    ///
    /// # Errors
    /// [`WeightsError::Format`] when the depthwise convolution has a shape that the kernels do not know.
    pub fn new(
        block: &table::Block,
        depthwise: &QuantisedLayer,
        project: &QuantisedLayer,
    ) -> Result<Self> {
        let layer = &block.depthwise;
        let (channels, output_side) = (layer.outputs, layer.output_side());
        if !matches!((layer.kernel, layer.stride), (3 | 5, 1 | 2)) || output_side < TILE {
            return Err(unknown(layer));
        }
        let (depthwise, scales) = packing::depthwise(layer, depthwise);
        let project = packing::project(&block.project, project, &scales);
        let most = (BAND / (output_side * channels)).clamp(1, output_side);
        Ok(Self {
            depthwise,
            project,
            residual: block.residual,
            channels,
            input_side: layer.side,
            output_side,
            before: layer.padding().0,
            band: output_side.div_ceil(output_side.div_ceil(most)),
        })
    }

    /// Channels that come out.
    pub fn outputs(&self) -> usize {
        self.project.convolution.outputs()
    }

    /// Pixels that come out.
    pub fn output_pixels(&self) -> usize {
        self.output_side * self.output_side
    }

    /// Width and height of what comes in, in pixels.
    pub fn input_side(&self) -> usize {
        self.input_side
    }

    /// Padded input rows that so many output rows need.
    fn padded_rows(&self, rows: usize) -> usize {
        (rows - 1) * self.depthwise.stride + self.depthwise.kernel
    }

    /// Computes the block's end, `[outputs / 8][pixel][8]`.
    ///
    /// `input` is the end of the block before, for the residual. `widen(group, rows, padded)` puts the
    /// channels `8·group..` of these input rows into `padded`: the expansion, or the stem.
    pub fn run(
        &self,
        input: Option<Planes>,
        widen: impl Fn(usize, Range<usize>, &mut Padded),
        output: &mut [i16],
        scratch: &mut Scratch,
    ) {
        for first in (0..self.output_side).step_by(self.band) {
            let band = first..self.output_side.min(first + self.band);
            self.filter(band.clone(), &widen, scratch);
            self.narrow(
                band,
                input.filter(|_| self.residual),
                output,
                &scratch.middle,
            );
        }
    }

    /// Widening and depthwise convolution of a band of output rows, 8 channels at a time.
    fn filter(
        &self,
        band: Range<usize>,
        widen: &impl Fn(usize, Range<usize>, &mut Padded),
        scratch: &mut Scratch,
    ) {
        let Scratch { padded, middle } = scratch;
        // The rows that the band needs: in the padded image, and those of them in the image itself.
        let (top, padded_rows) = (
            band.start * self.depthwise.stride,
            self.padded_rows(band.len()),
        );
        let start = top.saturating_sub(self.before);
        let rows = start..self.input_side.min(top + padded_rows - self.before);
        let inner = Inner {
            above: start + self.before - top,
            left: self.before,
            rows: rows.len(),
            columns: self.input_side,
        };
        padded.shape(padded_rows, self.padded_rows(self.output_side), inner);
        let plane = band.len() * self.output_side * 8;
        let groups = middle[..self.channels / 8 * plane].chunks_exact_mut(plane);
        for (group, filtered) in groups.enumerate() {
            widen(group, rows.clone(), padded);
            self.depthwise
                .run(group, padded, self.output_side, filtered);
        }
    }

    /// Projection of a band of rows, plus the residual.
    fn narrow(
        &self,
        band: Range<usize>,
        residual: Option<Planes>,
        output: &mut [i16],
        middle: &[i16],
    ) {
        let (first, count) = (band.start * self.output_side, band.len() * self.output_side);
        let middle = Planes::new(middle, count);
        let Project {
            convolution,
            factors,
        } = &self.project;
        for (group, plane) in output
            .chunks_exact_mut(self.output_pixels() * 8)
            .enumerate()
        {
            let residual = residual.map(|input| input.window(first, count).group(group));
            let output = &mut plane[first * 8..][..count * 8];
            convolution.project(group, middle, factors, residual, output);
        }
    }
}

/// The error of a layer that is not like those of the family.
pub(super) fn unknown(layer: &Layer) -> crate::Error {
    WeightsError::Format(format!("layer {} is of an unknown kind", layer.name)).into()
}
