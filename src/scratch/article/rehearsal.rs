//! How the article's learner remembers: its GAN makes pictures of what was taught before, and these are
//! trained on beside the new ones, by the classifier and by the GAN itself.

use burn::tensor::Device;

use super::super::Sketch;
use super::super::cgan::{Gan, GanConfig, GanLoss};
use super::super::random::Random;
use super::super::tensors::{read, tensor};
use super::super::train::{Batch, Rounds};
use crate::Result;

/// Pictures of each old label that are made for one training.
const POOL: usize = 200;
/// Pictures that the generator makes at once.
const AT_ONCE: usize = 256;

/// The GAN, and what it can make.
#[derive(Debug)]
pub(super) struct Rehearsal {
    pub gan: Gan,
    /// Outputs of the labels that it was trained on, ascending.
    pub known: Vec<usize>,
}

/// What one training draws its batches from: new pictures, and made ones of the labels known before.
pub(super) struct Lessons<'a> {
    /// For each output with pictures: it, the new ones, and the made ones.
    sources: Vec<Source<'a>>,
    turn: usize,
}

struct Source<'a> {
    output: usize,
    new: Vec<&'a Sketch>,
    rounds: Rounds,
    made: Vec<Sketch>,
}

impl Rehearsal {
    pub fn new(side: usize, outputs: usize, random: &mut Random, device: &Device) -> Rehearsal {
        Rehearsal {
            gan: GanConfig::article(side * side, outputs).init(random, device),
            known: Vec::new(),
        }
    }

    /// Pictures of an output.
    pub async fn make(
        &self,
        output: usize,
        count: usize,
        random: &mut Random,
        device: &Device,
    ) -> Result<Vec<Sketch>> {
        let pixels = self.gan.config.pixels;
        let side = pixels.isqrt();
        let mut sketches = Vec::with_capacity(count);
        while sketches.len() < count {
            let labels = vec![output; (count - sketches.len()).min(AT_ONCE)];
            let noise = self.gan.noise(labels.len(), random, device);
            let values = read(self.gan.generate(noise, &labels)).await?;
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

impl<'a> Lessons<'a> {
    /// Of `new` pictures and their outputs; with `rehearsal` also of every label that it knows.
    pub async fn new(
        new: &[(usize, &'a [Sketch])],
        rehearsal: Option<&Rehearsal>,
        random: &mut Random,
        device: &Device,
    ) -> Result<Lessons<'a>> {
        let mut sources: Vec<Source> = Vec::new();
        for (output, pictures) in new {
            source(&mut sources, *output).new.extend(pictures.iter());
        }
        for source in &mut sources {
            source.rounds = Rounds::new(source.new.len());
        }
        if let Some(rehearsal) = rehearsal {
            for &output in &rehearsal.known {
                source(&mut sources, output).made =
                    rehearsal.make(output, POOL, random, device).await?;
            }
        }
        Ok(Lessons { sources, turn: 0 })
    }

    /// New pictures there are.
    pub fn new_pictures(&self) -> usize {
        self.sources.iter().map(|source| source.new.len()).sum()
    }

    /// Whether there are made ones.
    pub fn rehearse(&self) -> bool {
        self.sources.iter().any(|source| !source.made.is_empty())
    }

    /// The next `rows`: the labels take turns. A label that is known and taught again gives new and
    /// made pictures alike.
    pub fn batch(&mut self, rows: usize, random: &mut Random) -> Batch {
        let mut batch = Batch::default();
        for _ in 0..rows {
            let at = self.turn % self.sources.len();
            self.turn += 1;
            let source = &mut self.sources[at];
            let made = source.new.is_empty() || (!source.made.is_empty() && random.below(2) == 0);
            match made {
                true => {
                    let at = random.below(source.made.len());
                    batch.push(&source.made[at], source.output);
                }
                false => batch.push(source.new[source.rounds.next(random)], source.output),
            }
        }
        batch
    }
}

fn source<'s, 'a>(sources: &'s mut Vec<Source<'a>>, output: usize) -> &'s mut Source<'a> {
    let at = sources.iter().position(|source| source.output == output);
    let at = at.unwrap_or_else(|| {
        sources.push(Source {
            output,
            new: Vec::new(),
            rounds: Rounds::new(1),
            made: Vec::new(),
        });
        sources.len() - 1
    });
    &mut sources[at]
}
