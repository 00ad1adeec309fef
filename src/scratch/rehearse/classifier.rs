//! The classifier's part of a lesson: new pictures, generated ones of every label, and its own answers
//! from before as a teacher (Li and Hoiem 2016; Hinton and others 2015).
//!
//! Half of a new label's rows are generated, too: otherwise "real" would come to mean "new". The loss is
//! the mean over all rows of
//!
//! ```text
//! new label:  cross-entropy
//! old label:  ½ cross-entropy + ½ T² Σ −softmax(teacher / T) · log softmax(student / T)     T = 2
//! ```

use burn::tensor::{Device, Tensor, activation};

use super::super::adam::{Adam, AdamConfig};
use super::super::network::{Activation, Initializer, LayerConfig, Network, NetworkConfig};
use super::super::random::Random;
use super::super::tensors::{gradients, read, tensor, value};
use super::super::train::Rounds;
use super::super::widen::widen_network;
use super::recipe::Recipe;
use crate::Result;

const TEMPERATURE: f32 = 2.0;
/// Weight of the teacher's answers in an old label's loss.
const DISTILLED: f32 = 0.5;
/// Pictures answered at once.
const AT_ONCE: usize = 256;

/// Where a label's rows of a batch come from.
pub(super) struct Source {
    pub output: usize,
    /// Real pictures, `[count, pixels]`; only of labels that are taught now.
    pub real: Vec<f32>,
    /// Generated ones.
    pub made: Vec<f32>,
}

/// A lesson's rows, and how they are drawn.
pub(super) struct Lesson {
    pixels: usize,
    sources: Vec<Drawn>,
    /// Outputs that the teacher has.
    taught: usize,
    recipe: Recipe,
    /// Which old label is next.
    turn: usize,
}

struct Drawn {
    source: Source,
    /// The teacher's softened answers to the made pictures, `[count, taught]`; of old labels.
    answers: Vec<f32>,
    real: Rounds,
    made: Rounds,
}

/// Layers before the last; small pictures are pooled as often as they can be.
pub(super) fn layers(side: usize) -> Vec<LayerConfig> {
    let mut layers = Vec::new();
    for (filters, side) in [(16, side), (32, side / 2)] {
        layers.push(LayerConfig::Conv2d {
            filters,
            kernel: 3,
            activation: Activation::Relu,
        });
        if side >= 2 {
            layers.push(LayerConfig::MaxPool { size: 2 });
        }
    }
    layers.push(LayerConfig::Dropout { rate: 0.3 });
    layers
}

/// A network with `outputs` outputs: `old` widened, or a new one.
pub(super) fn widened(
    old: Option<&Network>,
    side: usize,
    outputs: usize,
    random: &mut Random,
    device: &Device,
) -> Result<Network> {
    let config = NetworkConfig {
        side,
        layers: layers(side),
        outputs,
    };
    let Some(old) = old else {
        return config.init(Initializer::FanIn, random, device);
    };
    config.shapes()?;
    let mut network = old.clone();
    // Each lesson has an optimiser of its own, so what this one remembers is not used.
    let mut adam = Adam::new(AdamConfig::TEXTBOOK, &network.parameters);
    while network.config.outputs < outputs {
        widen_network(&mut network, &mut adam, random);
    }
    Ok(network)
}

/// Probabilities of each output at a temperature, `[count, outputs]`.
pub(super) async fn probabilities(
    network: &Network,
    pictures: &[f32],
    temperature: f32,
    device: &Device,
) -> Result<Vec<f32>> {
    let pixels = network.config.side * network.config.side;
    let mut probabilities = Vec::new();
    for pictures in pictures.chunks(AT_ONCE * pixels) {
        let shape = [pictures.len() / pixels, pixels];
        let logits = network.logits(tensor(pictures.to_vec(), shape, device));
        probabilities.extend(read(activation::softmax(logits / temperature, 1)).await?);
    }
    Ok(probabilities)
}

impl Lesson {
    pub async fn new(
        sources: Vec<Source>,
        teacher: Option<&Network>,
        side: usize,
        recipe: Recipe,
        device: &Device,
    ) -> Result<Lesson> {
        let pixels = side * side;
        let mut drawn = Vec::with_capacity(sources.len());
        for source in sources {
            let old = source.real.is_empty();
            drawn.push(Drawn {
                answers: match teacher {
                    Some(teacher) if old => {
                        probabilities(teacher, &source.made, TEMPERATURE, device).await?
                    }
                    _ => Vec::new(),
                },
                real: Rounds::new(source.real.len() / pixels),
                made: Rounds::new(source.made.len() / pixels),
                source,
            });
        }
        Ok(Lesson {
            pixels,
            sources: drawn,
            taught: teacher.map_or(0, |teacher| teacher.config.outputs),
            recipe,
            turn: 0,
        })
    }

    /// One step. Returns the loss before it.
    pub async fn step(
        &mut self,
        network: &mut Network,
        adam: &mut Adam,
        step: usize,
        random: &mut Random,
        device: &Device,
    ) -> Result<f32> {
        let pace = self.recipe.pace(step);
        adam.config.learning_rate = pace.learning_rate;
        adam.config.beta1 = pace.beta1;
        let outputs = network.config.outputs;
        let rows = self.rows(outputs, random, device);
        let (loss, found) = gradients(&network.parameters, |parameters| {
            let logits = network.forward(parameters, rows.pictures, Some(random));
            let hard = activation::log_softmax(logits.clone(), 1) * rows.truth;
            let soft = activation::log_softmax(logits / TEMPERATURE, 1) * rows.taught;
            (hard.sum() + soft.sum()) / -(rows.count as f32)
        });
        adam.step(&mut network.parameters, found).await?;
        value(loss).await
    }

    /// A batch: equally many rows of each label, the old ones in turn.
    fn rows(&mut self, outputs: usize, random: &mut Random, device: &Device) -> Rows {
        let (new, old): (Vec<usize>, Vec<usize>) =
            (0..self.sources.len()).partition(|&at| !self.sources[at].source.real.is_empty());
        let each = (self.recipe.batch / self.sources.len()).max(4);
        let mut places: Vec<usize> = new.iter().flat_map(|&at| vec![at; each]).collect();
        if !old.is_empty() {
            for _ in places.len()..self.recipe.batch {
                places.push(old[self.turn % old.len()]);
                self.turn += 1;
            }
        }
        let count = places.len();
        let mut pictures = Vec::with_capacity(count * self.pixels);
        let mut truth = vec![0.0; count * outputs];
        let mut taught = vec![0.0; count * outputs];
        for (row, place) in places.into_iter().enumerate() {
            let Drawn {
                source,
                answers,
                real,
                made,
            } = &mut self.sources[place];
            let use_real = !source.real.is_empty() && (source.made.is_empty() || row % 2 == 0);
            let (from, at) = match use_real {
                true => (&source.real, real.next(random)),
                false => (&source.made, made.next(random)),
            };
            pictures.extend_from_slice(&from[at * self.pixels..][..self.pixels]);
            let is_old = !answers.is_empty();
            truth[row * outputs + source.output] = if is_old { 1.0 - DISTILLED } else { 1.0 };
            if is_old {
                let answer = &answers[at * self.taught..][..self.taught];
                let weight = DISTILLED * TEMPERATURE * TEMPERATURE;
                for (taught, answer) in taught[row * outputs..].iter_mut().zip(answer) {
                    *taught = weight * answer;
                }
            }
        }
        Rows {
            pictures: tensor(pictures, [count, self.pixels], device),
            truth: tensor(truth, [count, outputs], device),
            taught: tensor(taught, [count, outputs], device),
            count,
        }
    }
}

/// A batch.
struct Rows {
    /// `[count, pixels]`
    pictures: Tensor<2>,
    /// Weight of each output in the cross-entropy, `[count, outputs]`.
    truth: Tensor<2>,
    /// The same against the teacher.
    taught: Tensor<2>,
    count: usize,
}
