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
use super::super::network::{Initializer, Network, NetworkConfig};
use super::super::random::Random;
use super::super::tensors::{gradients, read, tensor, value};
use super::super::train::Rounds;
use super::super::widen::widen_network;
use super::by_hand::ByHand;
use super::layers::layers;
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
    let outputs = network.config.outputs;
    if let Some(network) = ByHand::of(network).await? {
        let mut logits = network.logits(pictures);
        for row in logits.chunks_exact_mut(outputs) {
            row.iter_mut().for_each(|logit| *logit /= temperature);
            softmax(row);
        }
        return Ok(logits);
    }
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
        let rows = self.rows(network.config.outputs, random);
        if let Some(by_hand) = ByHand::of(network).await? {
            let trace = by_hand.forwards(&rows.pictures, Some(random));
            let (loss, logits) = rows.loss(&trace.logits);
            let found = by_hand.backwards(&trace, &logits);
            adam.step(&mut network.parameters, found).await?;
            return Ok(loss);
        }
        let (loss, found) = rows.gradients(network, random, device);
        adam.step(&mut network.parameters, found).await?;
        value(loss).await
    }

    /// A batch: equally many rows of each label, the old ones in turn.
    fn rows(&mut self, outputs: usize, random: &mut Random) -> Rows {
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
            pictures,
            truth,
            taught,
            count,
        }
    }
}

/// A batch.
struct Rows {
    /// `[count, pixels]`
    pictures: Vec<f32>,
    /// Weight of each output in the cross-entropy, `[count, outputs]`.
    truth: Vec<f32>,
    /// The same against the teacher.
    taught: Vec<f32>,
    count: usize,
}

impl Rows {
    /// The loss at these logits (`[count, outputs]`), and its gradient there.
    fn loss(&self, logits: &[f32]) -> (f32, Vec<f32>) {
        let outputs = logits.len() / self.count;
        let mut loss = 0.0;
        let mut gradient = vec![0.0; logits.len()];
        for (weights, temperature) in [(&self.truth, 1.0), (&self.taught, TEMPERATURE)] {
            let rows = logits.chunks_exact(outputs);
            let weights = weights.chunks_exact(outputs);
            let gradients = gradient.chunks_exact_mut(outputs);
            for ((logits, weights), gradients) in rows.zip(weights).zip(gradients) {
                let whole: f32 = weights.iter().sum();
                let mut answer: Vec<f32> = logits.iter().map(|logit| logit / temperature).collect();
                softmax(&mut answer);
                for ((answer, weight), gradient) in answer.iter().zip(weights).zip(gradients) {
                    // Below the smallest number the logarithm has no end, and so no use.
                    loss -= weight * answer.max(f32::MIN_POSITIVE).ln();
                    *gradient += (whole * answer - weight) / (temperature * self.count as f32);
                }
            }
        }
        (loss / self.count as f32, gradient)
    }

    /// The same loss on any device, and the gradients of the network's parameters.
    fn gradients(
        self,
        network: &Network,
        random: &mut Random,
        device: &Device,
    ) -> (Tensor<1>, Vec<Tensor<2>>) {
        let on = |values: Vec<f32>| {
            let columns = values.len() / self.count;
            tensor(values, [self.count, columns], device)
        };
        let [pictures, truth, taught] = [self.pictures, self.truth, self.taught].map(on);
        gradients(&network.parameters, |parameters| {
            let logits = network.forward(parameters, pictures, Some(random));
            let hard = activation::log_softmax(logits.clone(), 1) * truth;
            let soft = activation::log_softmax(logits / TEMPERATURE, 1) * taught;
            (hard.sum() + soft.sum()) / -(self.count as f32)
        })
    }
}

/// Exponentials that sum to 1.
fn softmax(values: &mut [f32]) {
    let largest = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    values
        .iter_mut()
        .for_each(|value| *value = (*value - largest).exp());
    let sum: f32 = values.iter().sum();
    values.iter_mut().for_each(|value| *value /= sum);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device;
    use pollster::block_on;

    /// A batch of random pictures, labels and teacher's answers.
    fn batch(count: usize, side: usize, outputs: usize, random: &mut Random) -> Rows {
        let mut values =
            |length: usize| (0..length).map(|_| random.uniform()).collect::<Vec<f32>>();
        Rows {
            pictures: values(count * side * side),
            truth: values(count * outputs),
            taught: values(count * outputs),
            count,
        }
    }

    #[test]
    fn by_hand_it_is_what_the_operations_on_tensors_are() {
        // Of 7 and 9 pixels a row is left over by one pool, of 10 by the second.
        for (side, outputs) in [(28, 9), (14, 3), (4, 2), (7, 2), (9, 2), (10, 17)] {
            let device = device::cpu();
            let mut random = Random::new(side as u64);
            let network = widened(None, side, outputs, &mut random, &device).unwrap();
            let rows = batch(5, side, outputs, &mut random);
            let by_hand = block_on(ByHand::of(&network)).unwrap().unwrap();
            let trace = by_hand.forwards(&rows.pictures, Some(&mut random.clone()));
            let (loss, logits) = rows.loss(&trace.logits);
            let found = by_hand.backwards(&trace, &logits);

            let answers = by_hand.logits(&rows.pictures);
            let pictures = tensor(rows.pictures.clone(), [5, side * side], &device);
            let expected = block_on(read(network.logits(pictures))).unwrap();
            assert_close(&answers, &expected, 1e-5);
            let (expected_loss, expected) = rows.gradients(&network, &mut random, &device);
            let expected_loss = block_on(value(expected_loss)).unwrap();
            assert!((loss - expected_loss).abs() < 1e-4 * expected_loss);
            for (found, expected) in found.into_iter().zip(expected) {
                assert_eq!(found.dims(), expected.dims());
                let found = block_on(read(found)).unwrap();
                let expected = block_on(read(expected)).unwrap();
                let largest = expected.iter().fold(0.0, |a: f32, b| a.max(b.abs()));
                assert!(largest > 0.0);
                assert_close(&found, &expected, 1e-4 * largest);
            }
        }
    }

    fn assert_close(found: &[f32], expected: &[f32], tolerance: f32) {
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() <= tolerance, "{found} {expected}");
        }
    }
}
