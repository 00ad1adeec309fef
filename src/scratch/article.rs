//! The article's learner: one network, trained with Adam on what it is shown, widened for a new label.
//!
//! Output 0 is label 0, "none of these", from the start: a network with one output would have nothing
//! to tell apart. Every label taught gets the next output.

use burn::tensor::{Device, activation};

use super::adam::{Adam, AdamConfig, Moments};
use super::network::{Initializer, Network, NetworkConfig};
use super::random::Random;
use super::snapshot::damaged;
use super::tensors::{read, tensor};
use super::train::{Batch, Rounds, step};
use super::widen::widen_network;
use super::{Answer, Control, Phase, Progress, Settings, Sketch, Snapshot, Taught, Watch};
use crate::Result;
use crate::labels::{LabelId, NOISE};

/// Pictures of a step, at most: Keras's default.
const BATCH: usize = 32;

/// See the module.
#[derive(Debug)]
pub(super) struct Article {
    settings: Settings,
    device: Device,
    /// The label of each output.
    outputs: Vec<LabelId>,
    /// Ascending.
    taught: Vec<LabelId>,
    network: Network,
    adam: Adam,
    random: Random,
}

impl Article {
    pub fn new(settings: Settings, device: &Device) -> Result<Article> {
        let mut random = Random::new(settings.seed);
        let config = config(&settings, 1);
        let network = config.init(Initializer::Glorot, &mut random, device)?;
        Ok(Article {
            adam: Adam::new(AdamConfig::KERAS, &network.parameters),
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

    pub async fn teach(
        &mut self,
        lessons: &[(LabelId, &[Sketch])],
        watch: &mut impl Watch,
    ) -> Result<Taught> {
        self.make_room(lessons)?;
        let rows: Vec<(&Sketch, usize)> = lessons
            .iter()
            .flat_map(|(label, pictures)| pictures.iter().map(|picture| (picture, *label)))
            .filter_map(|(picture, label)| Some((picture, self.output(label)?)))
            .collect();
        let mut rounds = Rounds::new(rows.len());
        let steps = self.settings.max_iter;
        let mut taught = Taught {
            steps: 0,
            loss: None,
            stopped: false,
        };
        while taught.steps < steps && !taught.stopped {
            let mut batch = Batch::default();
            for _ in 0..rows.len().min(BATCH) {
                let (picture, output) = rows[rounds.next(&mut self.random)];
                batch.push(picture, output);
            }
            let loss = self.step(batch).await?;
            taught.steps += 1;
            taught.loss = Some(loss);
            let progress = Progress {
                phase: Phase::Classifier,
                label: lessons[0].0,
                step: taught.steps,
                steps,
                loss,
            };
            taught.stopped = watch.progress(progress).await == Control::Stop;
        }
        Ok(taught)
    }

    pub async fn predict(&self, pictures: &[Sketch]) -> Result<Vec<Answer>> {
        let mut answers = Vec::with_capacity(pictures.len());
        for pictures in pictures.chunks(256) {
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

    pub async fn dreams(&self, _: LabelId, _: usize, _: u64) -> Result<Vec<Sketch>> {
        Ok(Vec::new())
    }

    pub async fn snapshot(&self) -> Result<Snapshot> {
        let mut snapshot = Snapshot::new(self.settings.clone());
        put_labels(&mut snapshot, "outputs", &self.outputs);
        put_labels(&mut snapshot, "taught", &self.taught);
        snapshot.put_u64("random", &[1], vec![self.random.state()]);
        snapshot.put_u64("network.steps", &[1], vec![self.adam.steps]);
        for (at, parameter) in self.network.parameters.iter().enumerate() {
            let Moments { first, second } = &self.adam.moments[at];
            snapshot
                .put_tensor(&format!("network.{at}"), parameter)
                .await?;
            snapshot
                .put_tensor(&format!("network.{at}.first"), first)
                .await?;
            snapshot
                .put_tensor(&format!("network.{at}.second"), second)
                .await?;
        }
        Ok(snapshot)
    }

    pub fn restore(snapshot: &Snapshot, device: &Device) -> Result<Article> {
        let settings = snapshot.settings.clone();
        let outputs = labels(snapshot, "outputs")?;
        let taught = labels(snapshot, "taught")?;
        let known = taught.iter().all(|label| outputs.contains(label));
        if outputs.first() != Some(&NOISE) || !known {
            return Err(damaged("its labels do not fit together"));
        }
        let config = config(&settings, outputs.len());
        let (mut parameters, mut moments) = (Vec::new(), Vec::new());
        for (at, shape) in config.shapes()?.into_iter().enumerate() {
            parameters.push(snapshot.tensor(&format!("network.{at}"), shape, device)?);
            moments.push(Moments {
                first: snapshot.tensor(&format!("network.{at}.first"), shape, device)?,
                second: snapshot.tensor(&format!("network.{at}.second"), shape, device)?,
            });
        }
        Ok(Article {
            settings,
            device: device.clone(),
            outputs,
            taught,
            network: Network { config, parameters },
            adam: Adam {
                config: AdamConfig::KERAS,
                steps: snapshot.number("network.steps")?,
                moments,
            },
            random: Random::new(snapshot.number("random")?),
        })
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

fn config(settings: &Settings, outputs: usize) -> NetworkConfig {
    NetworkConfig {
        side: settings.side,
        layers: settings.layers.clone(),
        outputs,
    }
}

fn put_labels(snapshot: &mut Snapshot, name: &str, labels: &[LabelId]) {
    let ids = labels.iter().map(|label| u64::from(label.0)).collect();
    snapshot.put_u64(name, &[labels.len()], ids);
}

fn labels(snapshot: &Snapshot, name: &str) -> Result<Vec<LabelId>> {
    let ids = snapshot.u64(name, &[usize::MAX])?.iter();
    let labels: Result<Vec<LabelId>, _> = ids.map(|&id| u32::try_from(id).map(LabelId)).collect();
    labels.map_err(|_| damaged("a label's number is too large"))
}
