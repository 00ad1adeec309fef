//! What a label's pictures look like: principal axes, and a mixture of Gaussians over them.

use burn::tensor::Device;
use half::f16;

use super::super::random::Random;
use super::super::tensors::{read, tensor};
use super::principal::{Principal, principal};
use crate::Result;
use crate::head::cholesky::Cholesky;

/// Gaussians of a label with many pictures.
const CLUSTERS: usize = 5;
/// Rounds of k-means.
const ROUNDS: usize = 15;
/// Pictures for which a cluster's covariance counts as much as its diagonal alone.
const SHRINK: f64 = 30.0;

/// One Gaussian, in whitened coordinates.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cluster {
    /// Share of the label's pictures.
    pub share: f32,
    /// `[axes]`
    pub centre: Vec<f32>,
    /// Lower triangle of the covariance's factor, row by row. `[axes (axes + 1) / 2]`
    pub factor: Vec<f32>,
}

/// See the module. All numbers are 16-bit floats, so that they come back from storage as they are.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Prior {
    pub principal: Principal,
    pub clusters: Vec<Cluster>,
}

impl Prior {
    /// Of a label's pictures (`[count, pixels]`). With `few` one Gaussian along the axes, as there is
    /// too little to tell clusters from.
    pub async fn fit(
        rows: &[f32],
        pixels: usize,
        most_axes: usize,
        few: bool,
        random: &mut Random,
        device: &Device,
    ) -> Result<Prior> {
        let principal = principal(rows, pixels, most_axes, random, device).await?;
        let axes = principal.deviations.len();
        let clusters = if few {
            let identity =
                (0..axes).flat_map(|i| (0..=i).map(move |j| if i == j { 1.0 } else { 0.0 }));
            vec![Cluster {
                share: 1.0,
                centre: vec![0.0; axes],
                factor: identity.collect(),
            }]
        } else {
            let codes = principal.codes(rows, pixels, device).await?;
            let mut clusters = clusters(&codes, axes, random);
            for cluster in &mut clusters {
                cluster.whiten(&principal.deviations);
            }
            clusters
        };
        Ok(Prior {
            principal,
            clusters,
        }
        .rounded())
    }

    pub fn axes(&self) -> usize {
        self.principal.deviations.len()
    }

    /// Draws whitened coordinates, `[axes]`.
    pub fn draw(&self, random: &mut Random) -> Vec<f32> {
        let mut place = random.uniform();
        let cluster = self.clusters.iter().find(|cluster| {
            place -= cluster.share;
            place < 0.0
        });
        let Some(cluster) = cluster.or(self.clusters.last()) else {
            return vec![0.0; self.axes()];
        };
        let noise: Vec<f32> = (0..self.axes()).map(|_| random.normal()).collect();
        let mut row = &cluster.factor[..];
        let draw = cluster.centre.iter().enumerate().map(|(i, centre)| {
            let (own, rest) = row.split_at(i + 1);
            row = rest;
            centre + own.iter().zip(&noise).map(|(l, e)| l * e).sum::<f32>()
        });
        draw.collect()
    }

    fn rounded(mut self) -> Prior {
        let Principal {
            mean,
            axes,
            deviations,
        } = &mut self.principal;
        let clusters = (self.clusters.iter_mut())
            .flat_map(|cluster| [&mut cluster.centre, &mut cluster.factor]);
        for values in [mean, axes, deviations].into_iter().chain(clusters) {
            round(values);
        }
        self
    }
}

/// To the nearest 16-bit floats.
pub(super) fn round(values: &mut [f32]) {
    for value in values {
        *value = f16::from_f32(*value).to_f32();
    }
}

impl Principal {
    /// Coordinates of pictures along the axes, `[count, axes]`.
    async fn codes(&self, rows: &[f32], pixels: usize, device: &Device) -> Result<Vec<f64>> {
        let axes = self.deviations.len();
        let centred = rows.chunks_exact(pixels);
        let centred = centred.flat_map(|row| row.iter().zip(&self.mean).map(|(x, m)| x - m));
        let centred = tensor(centred.collect(), [rows.len() / pixels, pixels], device);
        let along = tensor(self.axes.clone(), [axes, pixels], device);
        let codes = read(centred.matmul(along.transpose())).await?;
        Ok(codes.into_iter().map(f64::from).collect())
    }
}

impl Cluster {
    /// Divides by the deviation along each axis.
    fn whiten(&mut self, deviations: &[f32]) {
        let mut row = &mut self.factor[..];
        for (i, (centre, deviation)) in self.centre.iter_mut().zip(deviations).enumerate() {
            *centre /= deviation;
            let (own, rest) = row.split_at_mut(i + 1);
            own.iter_mut().for_each(|value| *value /= deviation);
            row = rest;
        }
    }
}

/// k-means where far is far in pixels, then a Gaussian of each cluster.
fn clusters(codes: &[f64], axes: usize, random: &mut Random) -> Vec<Cluster> {
    let rows: Vec<&[f64]> = codes.chunks_exact(axes).collect();
    let mut starts: Vec<usize> = (0..rows.len()).collect();
    random.shuffle(&mut starts);
    let mut centres: Vec<Vec<f64>> = starts
        .iter()
        .take(CLUSTERS)
        .map(|&at| rows[at].to_vec())
        .collect();
    let mut members = vec![Vec::new(); centres.len()];
    for _ in 0..ROUNDS {
        members.iter_mut().for_each(Vec::clear);
        for (at, row) in rows.iter().enumerate() {
            let distances = centres.iter().map(|centre| distance(row, centre));
            let nearest = distances.enumerate().min_by(|a, b| a.1.total_cmp(&b.1));
            members[nearest.map_or(0, |(place, _)| place)].push(at);
        }
        for (centre, members) in centres.iter_mut().zip(&members) {
            if !members.is_empty() {
                centre.fill(0.0);
                for &at in members {
                    let parts = centre.iter_mut().zip(rows[at]);
                    parts.for_each(|(centre, value)| *centre += value / members.len() as f64);
                }
            }
        }
    }
    let filled = centres
        .iter()
        .zip(&members)
        .filter(|(_, members)| !members.is_empty());
    let gaussian = |(centre, members): (&Vec<f64>, &Vec<usize>)| Cluster {
        share: members.len() as f32 / rows.len() as f32,
        centre: centre.iter().map(|&value| value as f32).collect(),
        factor: factor(centre, members.iter().map(|&at| rows[at]), axes),
    };
    filled.map(gaussian).collect()
}

/// Lower triangle of the factor of the covariance, drawn towards its diagonal.
fn factor<'a>(
    centre: &[f64],
    members: impl ExactSizeIterator<Item = &'a [f64]>,
    axes: usize,
) -> Vec<f32> {
    let count = members.len() as f64;
    let whole = count / (count + SHRINK);
    let mut covariance = vec![0.0; axes * axes];
    for member in members {
        let deviation: Vec<f64> = member.iter().zip(centre).map(|(a, b)| a - b).collect();
        for (i, row) in covariance.chunks_exact_mut(axes).enumerate() {
            for (entry, other) in row[..=i].iter_mut().zip(&deviation) {
                *entry += deviation[i] * other / count;
            }
        }
    }
    for (i, row) in covariance.chunks_exact_mut(axes).enumerate() {
        row[..i].iter_mut().for_each(|entry| *entry *= whole);
        row[i] += 1e-6;
    }
    let rows = covariance.chunks_exact(axes).enumerate();
    let Some(factor) = Cholesky::new(rows.map(|(i, row)| row[..=i].to_vec()).collect()) else {
        // Numbers beyond all bounds: then its members do not differ.
        return vec![0.0; axes * (axes + 1) / 2];
    };
    (0..axes)
        .flat_map(|i| factor.row(i))
        .map(|&value| value as f32)
        .collect()
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}
