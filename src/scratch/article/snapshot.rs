//! The article's learner as a snapshot, and back.

use burn::tensor::Device;

use super::super::adam::AdamConfig;
use super::super::cgan::{self, Gan, GanConfig};
use super::super::network::Network;
use super::super::random::Random;
use super::super::snapshot::{Snapshot, damaged, labels, put_labels};
use super::rehearsal::Rehearsal;
use super::{Article, config};
use crate::Result;
use crate::labels::NOISE;

impl Article {
    pub async fn snapshot(&self) -> Result<Snapshot> {
        let mut snapshot = Snapshot::new(self.settings.clone());
        put_labels(&mut snapshot, "outputs", &self.outputs);
        put_labels(&mut snapshot, "taught", &self.taught);
        snapshot.put_u64("random", &[1], vec![self.random.state()]);
        snapshot
            .put_trained("network", &self.network.parameters, &self.adam)
            .await?;
        if let Some(rehearsal) = &self.rehearsal {
            put_rehearsal(&mut snapshot, rehearsal).await?;
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
        let shapes = config.shapes()?;
        let (parameters, adam) = snapshot.trained("network", &shapes, AdamConfig::KERAS, device)?;
        let rehearsal = match settings.rehearsal {
            true => Some(rehearsal(snapshot, settings.side, outputs.len(), device)?),
            false => None,
        };
        Ok(Article {
            settings,
            device: device.clone(),
            outputs,
            taught,
            network: Network { config, parameters },
            adam,
            rehearsal,
            random: Random::new(snapshot.number("random")?),
        })
    }
}

async fn put_rehearsal(snapshot: &mut Snapshot, rehearsal: &Rehearsal) -> Result<()> {
    let Rehearsal { gan, known } = rehearsal;
    let known: Vec<u64> = known.iter().map(|&output| output as u64).collect();
    snapshot.put_u64("known", &[known.len()], known);
    snapshot
        .put_trained("generator", &gan.generator, &gan.generator_adam)
        .await?;
    snapshot
        .put_trained("discriminator", &gan.discriminator, &gan.discriminator_adam)
        .await?;
    for (layer, [mean, variance]) in gan.moving.iter().enumerate() {
        snapshot
            .put_tensor(&format!("moving.{layer}.mean"), mean)
            .await?;
        snapshot
            .put_tensor(&format!("moving.{layer}.variance"), variance)
            .await?;
    }
    Ok(())
}

fn rehearsal(
    snapshot: &Snapshot,
    side: usize,
    outputs: usize,
    device: &Device,
) -> Result<Rehearsal> {
    let config = GanConfig::article(side * side, outputs);
    let trained =
        |name: &str, shapes: &[[usize; 2]]| snapshot.trained(name, shapes, cgan::ADAM, device);
    let (generator, generator_adam) = trained("generator", &config.generator_shapes())?;
    let (discriminator, discriminator_adam) =
        trained("discriminator", &config.discriminator_shapes())?;
    let moving = config.generator.iter().enumerate().map(|(layer, &units)| {
        let read =
            |what: &str| snapshot.tensor(&format!("moving.{layer}.{what}"), [1, units], device);
        Ok([read("mean")?, read("variance")?])
    });
    let moving = moving.collect::<Result<Vec<_>>>()?;
    for (layer, &units) in config.generator.iter().enumerate() {
        let variance = snapshot.f32(&format!("moving.{layer}.variance"), &[1, units])?;
        if variance.iter().any(|value| *value < 0.0) {
            return Err(damaged("a variance is below 0"));
        }
    }
    if snapshot
        .u64("known", &[usize::MAX])?
        .iter()
        .any(|&output| output >= outputs as u64)
    {
        return Err(damaged("it rehearses labels that are not there"));
    }
    let known = snapshot
        .u64("known", &[usize::MAX])?
        .iter()
        .map(|&output| output as usize);
    Ok(Rehearsal {
        known: known.collect(),
        gan: Gan {
            config,
            generator,
            moving,
            discriminator,
            generator_adam,
            discriminator_adam,
        },
    })
}
