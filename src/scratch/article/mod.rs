//! The article's learner: one network, trained with Adam on what it is shown, widened for a new label,
//! and a conditional GAN that makes pictures of earlier labels to rehearse.
//!
//! Output 0 is label 0, "none of these", from the start: a network with one output would have nothing
//! to tell apart. Every label taught gets the next output.
//!
//! The classifier is trained first, so that there is an answer at once; then the GAN, for the next time.

mod lessons;
mod rehearsal;
mod snapshot;

use burn::tensor::{Device, activation};

use super::adam::{Adam, AdamConfig};
use super::network::{Initializer, Network, NetworkConfig};
use super::random::Random;
use super::tensors::{read, tensor};
use super::train::{Batch, step};
use super::widen::widen_network;
use super::{Answer, Control, Phase, Progress, Settings, Sketch, Taught, Watch};
use crate::Result;
use crate::labels::{LabelId, NOISE};
use lessons::Lessons;
use rehearsal::{Rehearsal, make};

/// Pictures of a step, at most: Keras's default.
const BATCH: usize = 32;
/// Pictures of a step with rehearsal, and of one of the GAN.
const REHEARSED_BATCH: usize = 64;
/// Pictures that are answered at once.
const AT_ONCE: usize = 256;

/// See the module.
#[derive(Debug, Clone)]
pub(super) struct Article {
    settings: Settings,
    device: Device,
    /// The label of each output.
    outputs: Vec<LabelId>,
    /// Ascending.
    taught: Vec<LabelId>,
    network: Network,
    adam: Adam,
    rehearsal: Option<Rehearsal>,
    random: Random,
}

impl Article {
    pub fn new(settings: Settings, device: &Device) -> Result<Article> {
        let mut random = Random::new(settings.seed);
        let config = config(&settings, 1);
        let network = config.init(Initializer::Glorot, &mut random, device)?;
        let rehearsal = settings
            .rehearsal
            .then(|| Rehearsal::new(settings.side, 1, &mut random, device));
        Ok(Article {
            adam: Adam::new(AdamConfig::KERAS, &network.parameters),
            rehearsal,
            settings,
            device: device.clone(),
            outputs: vec![NOISE],
            taught: Vec::new(),
            network,
            random,
        })
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    pub fn labels(&self) -> Vec<LabelId> {
        self.taught.clone()
    }

    /// Trains the classifier. The GAN is left to practise.
    pub async fn learn<'a>(
        &mut self,
        lessons: &[(LabelId, &'a [Sketch])],
        watch: &mut impl Watch,
    ) -> Result<(Taught, Practice<'a>)> {
        let before = self.network.clone();
        self.make_room(lessons)?;
        let outputs = lessons
            .iter()
            .filter_map(|(label, pictures)| Some((self.output(*label)?, *pictures)));
        let outputs: Vec<(usize, &[Sketch])> = outputs.collect();
        let label = lessons[0].0;
        let mut lessons = Lessons::new(&outputs, self.rehearsal.as_ref(), before);
        let taught = self.train_classifier(&mut lessons, label, watch).await?;
        let practice = Practice {
            lessons,
            label,
            done: 0,
        };
        Ok((taught, practice))
    }

    async fn train_classifier(
        &mut self,
        lessons: &mut Lessons<'_>,
        label: LabelId,
        watch: &mut impl Watch,
    ) -> Result<Taught> {
        let rows = match lessons.rehearse() {
            true => REHEARSED_BATCH,
            false => lessons.new_pictures().min(BATCH),
        };
        let steps = self.settings.max_iter;
        let mut taught = Taught {
            steps: 0,
            loss: None,
            stopped: false,
        };
        while taught.steps < steps && !taught.stopped {
            let batch = lessons.batch(rows, &mut self.random, &self.device).await?;
            let loss = self.step(batch).await?;
            taught.steps += 1;
            taught.loss = Some(loss);
            let progress = Progress {
                phase: Phase::Classifier,
                label,
                step: taught.steps,
                steps,
                loss,
            };
            taught.stopped = watch.progress(progress).await == Control::Stop;
        }
        Ok(taught)
    }

    /// One step of the GAN; `None` when there is none left.
    pub async fn practise(&mut self, practice: &mut Practice<'_>) -> Result<Option<Progress>> {
        let steps = self.settings.rehearsal_steps;
        let Some(rehearsal) = &mut self.rehearsal else {
            return Ok(None);
        };
        if practice.done == steps {
            return Ok(None);
        }
        let (random, device) = (&mut self.random, &self.device);
        let lessons = &mut practice.lessons;
        let batch = lessons.batch(REHEARSED_BATCH, random, device).await?;
        let loss = rehearsal.step(batch, random, device).await?;
        practice.done += 1;
        Ok(Some(Progress {
            phase: Phase::Generator,
            label: practice.label,
            step: practice.done,
            steps,
            loss: loss.generator,
        }))
    }

    pub async fn predict(&self, pictures: &[Sketch]) -> Result<Vec<Answer>> {
        let mut answers = Vec::with_capacity(pictures.len());
        for pictures in pictures.chunks(AT_ONCE) {
            let values = pictures
                .iter()
                .flat_map(|picture| picture.values.iter().copied());
            let shape = [pictures.len(), self.settings.side * self.settings.side];
            let logits = self
                .network
                .logits(tensor(values.collect(), shape, &self.device));
            let probabilities = read(activation::softmax(logits, 1)).await?;
            answers.extend(probabilities.chunks_exact(self.outputs.len()).map(|row| {
                let mut answer: Answer = self
                    .outputs
                    .iter()
                    .copied()
                    .zip(row.iter().copied())
                    .collect();
                answer.sort_by(|a, b| b.1.total_cmp(&a.1));
                answer
            }));
        }
        Ok(answers)
    }

    pub async fn dreams(&self, label: LabelId, count: usize, seed: u64) -> Result<Vec<Sketch>> {
        match (&self.rehearsal, self.output(label)) {
            (Some(rehearsal), Some(output)) if rehearsal.known.contains(&output) => {
                make(
                    &rehearsal.gan,
                    output,
                    count,
                    &mut Random::new(seed),
                    &self.device,
                )
                .await
            }
            _ => Ok(Vec::new()),
        }
    }

    fn output(&self, label: LabelId) -> Option<usize> {
        self.outputs.iter().position(|output| *output == label)
    }

    /// Widens the network for labels it has no output for.
    fn make_room(&mut self, lessons: &[(LabelId, &[Sketch])]) -> Result<()> {
        let mut outputs = self.outputs.clone();
        for (label, _) in lessons {
            if !outputs.contains(label) {
                outputs.push(*label);
            }
        }
        config(&self.settings, outputs.len()).shapes()?;
        for _ in self.outputs.len()..outputs.len() {
            widen_network(&mut self.network, &mut self.adam, &mut self.random);
            if let Some(rehearsal) = &mut self.rehearsal {
                rehearsal.gan.widen(&mut self.random);
            }
        }
        self.outputs = outputs;
        for (label, _) in lessons {
            if let Err(place) = self.taught.binary_search(label) {
                self.taught.insert(place, *label);
            }
        }
        Ok(())
    }

    async fn step(&mut self, batch: Batch) -> Result<f32> {
        let (pictures, targets) = batch.tensors(self.outputs.len(), &self.device);
        step(
            &mut self.network,
            &mut self.adam,
            pictures,
            targets,
            &mut self.random,
        )
        .await
    }
}

/// The second half of a training: the GAN's steps.
pub(super) struct Practice<'a> {
    lessons: Lessons<'a>,
    /// The first label that is taught.
    label: LabelId,
    done: usize,
}

fn config(settings: &Settings, outputs: usize) -> NetworkConfig {
    NetworkConfig {
        side: settings.side,
        layers: settings.layers.clone(),
        outputs,
    }
}
