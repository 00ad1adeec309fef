//! What one training draws its batches from: the new pictures, and ones that the learner makes of what it
//! was taught before.
//!
//! These are made by the GAN as it was before the training, and only those are used that the classifier
//! of before takes for their label: without this, each training blurs the old labels a little more.

use burn::tensor::Device;

use super::super::Sketch;
use super::super::cgan::Gan;
use super::super::network::Network;
use super::super::random::Random;
use super::super::tensors::{read, tensor};
use super::super::train::{Batch, Rounds};
use super::rehearsal::{Rehearsal, make};
use crate::Result;

/// Pictures of a label that are made at once.
const AT_ONCE: usize = 32;
/// Pictures of a label that are made in one training; after that they come again.
const MOST: usize = 1000;

/// See the module.
pub(super) struct Lessons<'a> {
    sources: Vec<Source<'a>>,
    memory: Option<Memory>,
    turn: usize,
}

/// The learner as it was before the training.
struct Memory {
    gan: Gan,
    classifier: Network,
}

/// Pictures of one output.
struct Source<'a> {
    output: usize,
    new: Vec<&'a Sketch>,
    rounds: Rounds,
    remembered: bool,
    made: Vec<Sketch>,
    /// How many of the made ones were used.
    used: usize,
}

impl<'a> Lessons<'a> {
    /// Of `new` pictures and their outputs, and of all that `rehearsal` knows. `classifier` is how these
    /// are checked.
    pub fn new(
        new: &[(usize, &'a [Sketch])],
        rehearsal: Option<&Rehearsal>,
        classifier: Network,
    ) -> Lessons<'a> {
        let mut sources: Vec<Source> = Vec::new();
        for (output, pictures) in new {
            source(&mut sources, *output).new.extend(pictures.iter());
        }
        for source in &mut sources {
            source.rounds = Rounds::new(source.new.len());
        }
        for &output in rehearsal.iter().flat_map(|rehearsal| &rehearsal.known) {
            source(&mut sources, output).remembered = true;
        }
        let memory = rehearsal.map(|rehearsal| Memory {
            gan: rehearsal.gan.clone(),
            classifier,
        });
        Lessons {
            sources,
            memory,
            turn: 0,
        }
    }

    /// New pictures there are.
    pub fn new_pictures(&self) -> usize {
        self.sources.iter().map(|source| source.new.len()).sum()
    }

    /// Whether something is rehearsed.
    pub fn rehearse(&self) -> bool {
        self.sources.iter().any(|source| source.remembered)
    }

    /// The next `rows`: the labels take turns. A label that is remembered and taught again gives new and
    /// made pictures alike.
    ///
    /// # Errors
    /// [`crate::Error::Compute`] when the device fails.
    pub async fn batch(
        &mut self,
        rows: usize,
        random: &mut Random,
        device: &Device,
    ) -> Result<Batch> {
        let mut batch = Batch::default();
        for _ in 0..rows {
            let at = self.turn % self.sources.len();
            self.turn += 1;
            let source = &mut self.sources[at];
            match &self.memory {
                Some(memory)
                    if source.remembered && (source.new.is_empty() || random.below(2) == 0) =>
                {
                    let output = source.output;
                    batch.push(source.made(memory, random, device).await?, output);
                }
                _ => batch.push(source.new[source.rounds.next(random)], source.output),
            }
        }
        Ok(batch)
    }
}

impl Source<'_> {
    /// The next made picture.
    async fn made(
        &mut self,
        memory: &Memory,
        random: &mut Random,
        device: &Device,
    ) -> Result<&Sketch> {
        if self.used == self.made.len() && self.used < MOST {
            self.made
                .extend(memory.make(self.output, random, device).await?);
        }
        self.used += 1;
        let at = match self.used <= self.made.len() {
            true => self.used - 1,
            false => random.below(self.made.len()),
        };
        Ok(&self.made[at])
    }
}

impl Memory {
    /// Some pictures of an output, at least one.
    async fn make(
        &self,
        output: usize,
        random: &mut Random,
        device: &Device,
    ) -> Result<Vec<Sketch>> {
        let mut made = make(&self.gan, output, AT_ONCE, random, device).await?;
        let values = made.iter().flat_map(|sketch| sketch.values.iter().copied());
        let pictures = tensor(
            values.collect(),
            [made.len(), self.gan.config.pixels],
            device,
        );
        let logits = read(self.classifier.logits(pictures)).await?;
        let rows = logits.chunks_exact(self.classifier.config.outputs);
        let mut right = rows.map(|row| row.iter().all(|logit| *logit <= row[output]));
        if right.clone().any(|right| right) {
            made.retain(|_| right.next() == Some(true));
        }
        Ok(made)
    }
}

fn source<'s, 'a>(sources: &'s mut Vec<Source<'a>>, output: usize) -> &'s mut Source<'a> {
    let at = sources.iter().position(|source| source.output == output);
    let at = at.unwrap_or_else(|| {
        sources.push(Source {
            output,
            new: Vec::new(),
            rounds: Rounds::new(1),
            remembered: false,
            made: Vec::new(),
            used: 0,
        });
        sources.len() - 1
    });
    &mut sources[at]
}
