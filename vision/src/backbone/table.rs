//! EfficientNet-Lite as data: one table from which Lite0, Lite1 and Lite2 follow.
//!
//! Source: the `efficientnet/lite` folder of TensorFlow's `tpu` repository. All sizes share
//! [`STAGES`]; a larger one multiplies widths and repeats. *Lite* differs from EfficientNet in that
//! the stem and the head keep their width, the first and the last stage keep their repeats, there is
//! no squeeze-and-excite, and every activation is ReLU6.
//!
//! ```text
//! stem 3×3 /2 ─► blocks: [expand 1×1] ─► depthwise k×k ─► project 1×1 (+ input) ─► head 1×1 ─► mean ─► classes
//! ```
//!
//! ReLU6 follows the stem, every expansion, every depthwise convolution and the head; nothing follows
//! a projection, a residual sum or the class layer.

/// One size of the family.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spec {
    /// Name of the size, such as `lite0`.
    pub name: &'static str,
    /// Width and height of the input in pixels.
    pub side: usize,
    /// Factor on the channels of all stages.
    width: f64,
    /// Factor on the repeats of all stages but the first and the last.
    depth: f64,
}

/// One stage of Lite0: blocks of the same shape, of which only the first may shrink the image.
struct Stage {
    repeats: usize,
    kernel: usize,
    stride: usize,
    expand: usize,
    channels: usize,
}

const fn stage(
    repeats: usize,
    kernel: usize,
    stride: usize,
    expand: usize,
    channels: usize,
) -> Stage {
    Stage {
        repeats,
        kernel,
        stride,
        expand,
        channels,
    }
}

/// Repeats, kernel, stride of the first block, expansion, channels out.
const STAGES: [Stage; 7] = [
    stage(1, 3, 1, 1, 16),
    stage(2, 3, 2, 6, 24),
    stage(2, 5, 2, 6, 40),
    stage(3, 3, 2, 6, 80),
    stage(3, 5, 1, 6, 112),
    stage(4, 5, 2, 6, 192),
    stage(1, 3, 1, 6, 320),
];

/// Channels of the stem, in every size.
const STEM: usize = 32;

/// All sizes there are.
const SPECS: [Spec; 3] = [
    Spec {
        name: "lite0",
        side: 224,
        width: 1.0,
        depth: 1.0,
    },
    Spec {
        name: "lite1",
        side: 240,
        width: 1.0,
        depth: 1.1,
    },
    Spec {
        name: "lite2",
        side: 260,
        width: 1.1,
        depth: 1.2,
    },
];

/// What a layer computes, which also fixes how its kernel lies in memory. The output channel is
/// always the last axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Full convolution; kernel `[kernel, kernel, inputs, outputs]`.
    Convolution,
    /// One filter per channel; kernel `[kernel, kernel, outputs]`.
    Depthwise,
    /// 1×1 convolution or the class layer; kernel `[inputs, outputs]`.
    Matrix,
}

/// One layer with weights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// `stem`, `block00.expand`, `block00.depthwise`, `block00.project`, …, `head`, `classes`.
    pub name: String,
    /// What it computes.
    pub kind: Kind,
    /// Width and height of the kernel in pixels.
    pub kernel: usize,
    /// Step between outputs in pixels.
    pub stride: usize,
    /// Channels in.
    pub inputs: usize,
    /// Channels out.
    pub outputs: usize,
    /// Width and height of the image that comes in, in pixels.
    pub side: usize,
    /// Whether outputs are clamped to 0..=6.
    pub relu6: bool,
}

impl Layer {
    /// Number of values in the kernel.
    pub fn kernel_len(&self) -> usize {
        let area = self.kernel * self.kernel;
        match self.kind {
            Kind::Convolution | Kind::Matrix => area * self.inputs * self.outputs,
            Kind::Depthwise => area * self.outputs,
        }
    }

    /// Width and height of the image that goes out, in pixels.
    pub fn output_side(&self) -> usize {
        self.side.div_ceil(self.stride)
    }

    /// Zero pixels before and after each row and column.
    pub fn padding(&self) -> (usize, usize) {
        same_padding(self.side, self.kernel, self.stride)
    }
}

/// One inverted-residual block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The stage it belongs to, counted from 1.
    pub stage: usize,
    /// 1×1 to more channels; absent in the first block.
    pub expand: Option<Layer>,
    /// One filter per channel; the only layer that shrinks the image.
    pub depthwise: Layer,
    /// 1×1 to the block's channels.
    pub project: Layer,
    /// Whether the block's input is added to its output.
    pub residual: bool,
}

/// All layers of one size, with their shapes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    /// The first convolution.
    pub stem: Layer,
    /// The inverted-residual blocks in order.
    pub blocks: Vec<Block>,
    /// 1×1 to the 1280 features; their mean over the image follows.
    pub head: Layer,
    /// Features to logits.
    pub classes: Layer,
}

impl Network {
    /// All layers in the order in which they run, which is the order of the weights file.
    pub fn layers(&self) -> impl Iterator<Item = &Layer> {
        let blocks = self.blocks.iter().flat_map(|block| {
            block
                .expand
                .iter()
                .chain([&block.depthwise, &block.project])
        });
        std::iter::once(&self.stem)
            .chain(blocks)
            .chain([&self.head, &self.classes])
    }

    /// Index of the last block of a stage (counted from 1), or none if there is no such stage.
    pub fn stage_end(&self, stage: usize) -> Option<usize> {
        self.blocks.iter().rposition(|block| block.stage == stage)
    }
}

impl Spec {
    /// 224 pixels, 4.65 million weights.
    pub fn lite0() -> Self {
        SPECS[0]
    }

    /// 240 pixels: Lite0 with more blocks.
    pub fn lite1() -> Self {
        SPECS[1]
    }

    /// 260 pixels: more blocks, and wider ones.
    pub fn lite2() -> Self {
        SPECS[2]
    }

    /// The size with this name.
    pub fn named(name: &str) -> Option<Self> {
        SPECS.into_iter().find(|spec| spec.name == name)
    }

    /// The layers of this size.
    pub fn network(&self) -> Network {
        let stem = Layer {
            name: "stem".to_owned(),
            kind: Kind::Convolution,
            kernel: 3,
            stride: 2,
            inputs: 3,
            outputs: STEM,
            side: self.side,
            relu6: true,
        };
        let (mut side, mut channels) = (stem.output_side(), stem.outputs);
        let mut blocks = Vec::new();
        for (index, stage) in STAGES.iter().enumerate() {
            let ends = index == 0 || index == STAGES.len() - 1;
            let repeats = if ends {
                stage.repeats
            } else {
                self.repeats(stage.repeats)
            };
            let outputs = self.channels(stage.channels);
            for repeat in 0..repeats {
                let stride = if repeat == 0 { stage.stride } else { 1 };
                let name = format!("block{:02}", blocks.len());
                let block = Block::new(&name, index + 1, stage, stride, side, channels, outputs);
                side = block.project.side;
                channels = outputs;
                blocks.push(block);
            }
        }
        let head = matrix("head".to_owned(), channels, super::FEATURES, side, true);
        let classes = matrix(
            "classes".to_owned(),
            super::FEATURES,
            super::CLASSES,
            1,
            false,
        );
        Network {
            stem,
            blocks,
            head,
            classes,
        }
    }

    /// Repeats of a stage, rounded up.
    fn repeats(&self, repeats: usize) -> usize {
        (repeats as f64 * self.depth).ceil() as usize
    }

    /// Channels of a stage: the nearest multiple of 8 that does not lose more than a tenth.
    fn channels(&self, channels: usize) -> usize {
        let wanted = channels as f64 * self.width;
        let rounded = (wanted + 4.0) as usize / 8 * 8;
        if (rounded as f64) < 0.9 * wanted {
            rounded + 8
        } else {
            rounded
        }
    }
}

impl Block {
    fn new(
        name: &str,
        stage_number: usize,
        stage: &Stage,
        stride: usize,
        side: usize,
        inputs: usize,
        outputs: usize,
    ) -> Self {
        let middle = inputs * stage.expand;
        let expand = (stage.expand > 1)
            .then(|| matrix(format!("{name}.expand"), inputs, middle, side, true));
        let depthwise = Layer {
            name: format!("{name}.depthwise"),
            kind: Kind::Depthwise,
            kernel: stage.kernel,
            stride,
            inputs: middle,
            outputs: middle,
            side,
            relu6: true,
        };
        let small = depthwise.output_side();
        let project = matrix(format!("{name}.project"), middle, outputs, small, false);
        let residual = stride == 1 && inputs == outputs;
        Self {
            stage: stage_number,
            expand,
            depthwise,
            project,
            residual,
        }
    }
}

fn matrix(name: String, inputs: usize, outputs: usize, side: usize, relu6: bool) -> Layer {
    Layer {
        name,
        kind: Kind::Matrix,
        kernel: 1,
        stride: 1,
        inputs,
        outputs,
        side,
        relu6,
    }
}

/// TensorFlow's *SAME* padding of one axis: zeros before and after. With stride 2 it is not
/// symmetric; treating it as symmetric costs 5.5 points of ImageNet top-1.
pub fn same_padding(side: usize, kernel: usize, stride: usize) -> (usize, usize) {
    let outputs = side.div_ceil(stride);
    let total = (outputs.saturating_sub(1) * stride + kernel).saturating_sub(side);
    (total / 2, total - total / 2)
}

#[cfg(test)]
mod tests;
