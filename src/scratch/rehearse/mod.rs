//! The rehearsing learner: a conditional GAN whose every label has a generator of its own.
//!
//! A label's generator starts from what its pictures look like (`prior`: principal axes and a mixture of
//! Gaussians over them), is trained against a discriminator (`adversary`), and then stays as it is until
//! pictures of that label come again; so it cannot forget. The classifier (`classifier`) is trained on
//! the new pictures and on generated ones of every label. No picture is kept, but a mean and principal
//! axes resemble the pictures they were made of.
//!
//! A lesson goes like this; what is done is kept at every stop on the way:
//!
//! 1. Priors of the labels taught. A label known before is dreamt of, and the dreams join its pictures.
//! 2. The classifier: from its end on the learner answers.
//! 3. The generators (`practice`), label by label, for the lessons to come.

mod adversary;
mod block;
mod by_hand;
mod classifier;
mod generator;
mod layers;
mod part;
mod practice;
mod principal;
mod prior;
mod recipe;
mod snapshot;

use std::collections::BTreeMap;

use burn::tensor::Device;

use super::adam::{Adam, AdamConfig};
use super::network::{Network, check_side};
use super::random::Random;
use super::{Answer, Control, Phase, Progress, Settings, Sketch, Taught, Watch};
use crate::Result;
use crate::labels::LabelId;
use classifier::{Lesson, Source, probabilities, widened};
use generator::Generator;
use part::{Part, by_label};
pub(super) use practice::Practice;
use recipe::Recipe;

/// See the module.
#[derive(Debug, Clone)]
pub(super) struct Rehearse {
    settings: Settings,
    device: Device,
    /// The label of each output.
    outputs: Vec<LabelId>,
    /// With as many outputs; none before the first lesson.
    network: Option<Network>,
    /// Of each label, where it rehearses.
    generators: BTreeMap<LabelId, Generator>,
    random: Random,
}

impl Rehearse {
    pub fn new(settings: Settings, device: &Device) -> Result<Rehearse> {
        check_side(settings.side)?;
        Ok(Rehearse {
            random: Random::new(settings.seed),
            settings,
            device: device.clone(),
            outputs: Vec::new(),
            network: None,
            generators: BTreeMap::new(),
        })
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    pub fn labels(&self) -> Vec<LabelId> {
        let mut labels = self.outputs.clone();
        labels.sort_unstable();
        labels
    }

    /// Trains the classifier. The generators are left to practise.
    pub async fn learn(
        &mut self,
        lessons: &[(LabelId, &[Sketch])],
        watch: &mut impl Watch,
    ) -> Result<(Taught, Practice)> {
        let given = by_label(lessons);
        let mut outputs = self.outputs.clone();
        outputs.extend(
            given
                .iter()
                .map(|(label, _)| *label)
                .filter(|l| !self.outputs.contains(l)),
        );
        let most = given.iter().map(|(_, pictures)| pictures.len()).max();
        let pixels = self.settings.side * self.settings.side;
        let first = self.outputs.is_empty();
        let recipe = Recipe::new(most.unwrap_or(0), pixels, outputs.len(), first);

        let mut parts = Vec::with_capacity(given.len());
        for (label, pictures) in given {
            parts.push(self.part(label, &pictures).await?);
        }
        let taught = self
            .teach_classifier(&mut parts, outputs, recipe, watch)
            .await?;
        Ok((taught, Practice::new(parts, recipe)))
    }

    pub async fn predict(&self, pictures: &[Sketch]) -> Result<Vec<Answer>> {
        let Some(network) = &self.network else {
            return Ok(vec![Answer::new(); pictures.len()]);
        };
        let values: Vec<f32> = pictures
            .iter()
            .flat_map(|p| p.values.iter().copied())
            .collect();
        let probabilities = probabilities(network, &values, 1.0, &self.device).await?;
        let answer = |row: &[f32]| {
            let pairs = self.outputs.iter().copied().zip(row.iter().copied());
            let mut answer: Answer = pairs.collect();
            answer.sort_by(|a, b| b.1.total_cmp(&a.1));
            answer
        };
        Ok(probabilities
            .chunks_exact(self.outputs.len())
            .map(answer)
            .collect())
    }

    pub async fn dreams(&self, label: LabelId, count: usize, seed: u64) -> Result<Vec<Sketch>> {
        match self.generators.get(&label) {
            Some(generator) => {
                let mut random = Random::new(seed);
                let side = self.settings.side;
                generator
                    .sketches(count, side, &mut random, &self.device)
                    .await
            }
            None => Ok(Vec::new()),
        }
    }

    /// Trains the classifier, then takes over what was trained, and the generators as they begin.
    async fn teach_classifier(
        &mut self,
        parts: &mut [Part],
        outputs: Vec<LabelId>,
        recipe: Recipe,
        watch: &mut impl Watch,
    ) -> Result<Taught> {
        let (side, device) = (self.settings.side, self.device.clone());
        let first = parts
            .first()
            .map_or(crate::labels::NOISE, |part| part.label);
        let mut sources = Vec::new();
        for (output, label) in outputs.iter().enumerate() {
            let part = parts.iter_mut().find(|part| part.label == *label);
            let (real, generator) = match part {
                Some(part) => (std::mem::take(&mut part.real), part.generator.as_ref()),
                None => (Vec::new(), self.generators.get(label)),
            };
            let made = match generator {
                Some(generator) => {
                    generator
                        .dream(recipe.replay, &mut self.random, &device)
                        .await?
                }
                None => Vec::new(),
            };
            if !real.is_empty() || !made.is_empty() {
                sources.push(Source { output, real, made });
            }
        }
        let mut network = widened(
            self.network.as_ref(),
            side,
            outputs.len(),
            &mut self.random,
            &device,
        )?;
        let mut lesson = Lesson::new(sources, self.network.as_ref(), side, recipe, &device).await?;
        let mut adam = Adam::new(AdamConfig::TEXTBOOK, &network.parameters);
        // One label alone has nothing to be told apart from.
        let steps = if outputs.len() > 1 {
            recipe.classifier_steps
        } else {
            0
        };
        let mut taught = Taught {
            steps: 0,
            loss: None,
            stopped: false,
        };
        while taught.steps < steps && !taught.stopped {
            let random = &mut self.random;
            let loss = lesson
                .step(&mut network, &mut adam, taught.steps, random, &device)
                .await?;
            taught.steps += 1;
            taught.loss = Some(loss);
            let progress = Progress {
                phase: Phase::Classifier,
                label: first,
                step: taught.steps,
                steps,
                loss,
            };
            taught.stopped = watch.progress(progress).await == Control::Stop;
        }
        self.outputs = outputs;
        self.network = Some(network);
        for part in parts {
            if let Some(generator) = &part.generator {
                self.generators.insert(part.label, generator.clone());
            }
        }
        Ok(taught)
    }
}
