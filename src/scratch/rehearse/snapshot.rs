//! The rehearsing learner as a snapshot, and back. Generators are kept in 16 bits, which is what their
//! numbers have.

use std::sync::Arc;

use burn::tensor::Device;
use half::f16;

use super::super::network::NetworkConfig;
use super::super::random::Random;
use super::super::snapshot::{Snapshot, damaged, labels, put_labels};
use super::super::tensors::{read, tensor};
use super::generator::Generator;
use super::layers::layers;
use super::principal::Principal;
use super::prior::{Cluster, Prior};
use super::recipe::Recipe;
use super::{Network, Rehearse};
use crate::Result;

impl Rehearse {
    pub async fn snapshot(&self) -> Result<Snapshot> {
        let mut snapshot = Snapshot::new(self.settings.clone());
        put_labels(&mut snapshot, "outputs", &self.outputs);
        snapshot.put_u64("random", &[1], vec![self.random.state()]);
        for (at, parameter) in self.network.iter().flat_map(|n| &n.parameters).enumerate() {
            snapshot
                .put_tensor(&format!("network.{at}"), parameter)
                .await?;
        }
        for (label, generator) in &self.generators {
            put_generator(&mut snapshot, &label.0.to_string(), generator).await?;
        }
        Ok(snapshot)
    }

    pub fn restore(snapshot: &Snapshot, device: &Device) -> Result<Rehearse> {
        let mut restored = Rehearse::new(snapshot.settings.clone(), device)?;
        restored.random = Random::new(snapshot.number("random")?);
        restored.outputs = labels(snapshot, "outputs")?;
        let mut sorted = restored.labels();
        sorted.dedup();
        if sorted.len() != restored.outputs.len() {
            return Err(damaged("a label is there twice"));
        }
        let side = restored.settings.side;
        if !restored.outputs.is_empty() {
            let config = NetworkConfig {
                side,
                layers: layers(side),
                outputs: restored.outputs.len(),
            };
            let shapes = config.shapes()?.into_iter().enumerate();
            let parameters =
                shapes.map(|(at, shape)| snapshot.tensor(&format!("network.{at}"), shape, device));
            let parameters = parameters.collect::<Result<_>>()?;
            restored.network = Some(Network { config, parameters });
        }
        for label in &restored.outputs {
            let name = label.0.to_string();
            if snapshot.shape(&format!("{name}.mean")).is_some() {
                let generator = generator(snapshot, &name, side * side, device)?;
                restored.generators.insert(*label, generator);
            }
        }
        Ok(restored)
    }
}

async fn put_generator(snapshot: &mut Snapshot, name: &str, generator: &Generator) -> Result<()> {
    let Principal {
        mean,
        axes,
        deviations,
    } = &generator.prior.principal;
    snapshot.put_u64(&format!("{name}.count"), &[1], vec![generator.count as u64]);
    put(snapshot, &format!("{name}.mean"), mean);
    put(snapshot, &format!("{name}.axes"), axes);
    put(snapshot, &format!("{name}.deviations"), deviations);
    let clusters = &generator.prior.clusters;
    let shares = clusters.iter().map(|cluster| cluster.share).collect();
    snapshot.put_f32(&format!("{name}.shares"), &[clusters.len()], shares);
    for (at, cluster) in clusters.iter().enumerate() {
        put(snapshot, &format!("{name}.{at}.centre"), &cluster.centre);
        put(snapshot, &format!("{name}.{at}.factor"), &cluster.factor);
    }
    for (at, parameter) in generator.parameters.iter().enumerate() {
        put(
            snapshot,
            &format!("{name}.layer.{at}"),
            &read(parameter.clone()).await?,
        );
    }
    Ok(())
}

fn generator(snapshot: &Snapshot, name: &str, pixels: usize, device: &Device) -> Result<Generator> {
    let axes = snapshot.shape(&format!("{name}.deviations"));
    let axes = axes.and_then(|shape| shape.first().copied()).unwrap_or(0);
    if axes > Recipe::axes(false) {
        return Err(damaged("a label has too many axes"));
    }
    let principal = Principal {
        mean: get(snapshot, &format!("{name}.mean"), pixels)?,
        axes: get(snapshot, &format!("{name}.axes"), axes * pixels)?,
        deviations: get(snapshot, &format!("{name}.deviations"), axes)?,
    };
    if axes == 0 || principal.deviations.iter().any(|&value| value <= 0.0) {
        return Err(damaged("a deviation is not above 0"));
    }
    let shares = snapshot.f32(&format!("{name}.shares"), &[usize::MAX])?;
    if shares.is_empty() {
        return Err(damaged("a label has no clusters"));
    }
    let clusters = shares.iter().enumerate().map(|(at, &share)| {
        Ok(Cluster {
            share,
            centre: get(snapshot, &format!("{name}.{at}.centre"), axes)?,
            factor: get(
                snapshot,
                &format!("{name}.{at}.factor"),
                axes * (axes + 1) / 2,
            )?,
        })
    });
    let clusters = clusters.collect::<Result<_>>()?;
    let parameters = Generator::shapes(axes)
        .into_iter()
        .enumerate()
        .map(|(at, shape)| {
            let values = get(snapshot, &format!("{name}.layer.{at}"), shape[0] * shape[1])?;
            Ok(tensor(values, shape, device))
        });
    Ok(Generator {
        count: usize::try_from(snapshot.number(&format!("{name}.count"))?).unwrap_or(usize::MAX),
        parameters: parameters.collect::<Result<_>>()?,
        prior: Arc::new(Prior {
            principal,
            clusters,
        }),
    })
}

fn put(snapshot: &mut Snapshot, name: &str, values: &[f32]) {
    let bytes = values
        .iter()
        .flat_map(|&value| f16::from_f32(value).to_le_bytes());
    snapshot.put_u8(name, &[values.len(), 2], bytes.collect());
}

fn get(snapshot: &Snapshot, name: &str, count: usize) -> Result<Vec<f32>> {
    let bytes = snapshot.u8(name, &[count, 2])?.as_chunks::<2>().0;
    let values: Vec<f32> = bytes
        .iter()
        .map(|&pair| f16::from_le_bytes(pair).to_f32())
        .collect();
    match values.iter().all(|value| value.is_finite()) {
        true => Ok(values),
        false => Err(damaged(&format!("“{name}” has a value that is no number"))),
    }
}
