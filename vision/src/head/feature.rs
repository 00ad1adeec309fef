//! A photo as the head sees it: seven blocks of unit length.

use std::ops::Range;

use half::f16;

use super::Prior;
use crate::backbone::{CLASSES, FEATURES, Outputs, STAGE_WIDTHS};
use crate::error::RequestError;
use crate::{Error, Result};

/// Numbers in a [`Feature`].
pub const LENGTH: usize = 3208;
/// Where the three kinds of blocks lie: features, class probabilities, the five mid-level pools.
pub const BLOCKS: [Range<usize>; 3] = [
    0..FEATURES,
    FEATURES..FEATURES + CLASSES,
    FEATURES + CLASSES..LENGTH,
];
/// How many blocks of unit length each of [`BLOCKS`] holds.
const BLOCKS_OF_KIND: [f64; 3] = [1.0, 1.0, STAGE_WIDTHS.len() as f64];
/// The largest mean square length of a kind's blocks that is believed. Ours are 1 but for rounding; much
/// longer ones, in a forged file, would swamp the ridge and with it every answer.
const LARGEST_SQUARE: f64 = 4.0;

/// A photo's feature, `[3208]`: seven blocks, each centred on the [`Prior`] and of unit length.
///
/// * `x_f = L2(√f − μ₀)`, `[1280]`, of the backbone's features `f`;
/// * `x_p = L2(√softmax(z/2) − ν₀)`, `[1000]`, of its class logits `z`;
/// * `x_s = L2((v_s − mean)/(deviation + 1e-3))` of the five mid-level pools `[320, 192, 112, 192, 112]`.
///
/// The square root is the variance-stabilising transform of non-negative, count-like values; under it
/// the inner product of two class distributions is their Bhattacharyya coefficient.
///
/// Values are rounded to half precision when the feature is made, so what is computed with is what
/// is stored, and answers after a reload equal those before.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    values: Box<[f32]>,
}

impl Feature {
    /// The feature of a photo from the backbone's outputs.
    ///
    /// # Errors
    /// [`Error::Compute`] when the outputs have wrong lengths or are not finite (a failing device).
    pub fn new(outputs: &Outputs, prior: &Prior) -> Result<Self> {
        let mut feature = Self::unrounded(outputs, prior)?;
        for value in &mut feature.values {
            *value = f16::from_f32(*value).to_f32();
        }
        Ok(feature)
    }

    /// [`Feature::new`] before the rounding to half precision: for comparison with reference numbers.
    ///
    /// # Errors
    /// As [`Feature::new`].
    pub fn unrounded(outputs: &Outputs, prior: &Prior) -> Result<Self> {
        if !complete(outputs) {
            return Err(Error::Compute(
                "the network's output is not a complete set of finite numbers".into(),
            ));
        }
        let mut values = Vec::with_capacity(LENGTH);
        let roots = outputs
            .features
            .iter()
            .map(|&f| f64::from(f.max(0.0)).sqrt());
        push_unit(
            &mut values,
            roots
                .zip(prior.features())
                .map(|(root, &mean)| root - f64::from(mean)),
        );
        let classes = root_softmax(&outputs.logits);
        push_unit(
            &mut values,
            classes
                .zip(prior.classes())
                .map(|(root, &mean)| root - f64::from(mean)),
        );
        let (mut means, mut deviations) = prior.stages();
        for stage in &outputs.stages {
            let (mean, deviation);
            (mean, means) = means.split_at(stage.len());
            (deviation, deviations) = deviations.split_at(stage.len());
            let scaled = stage.iter().zip(mean).zip(deviation);
            push_unit(
                &mut values,
                scaled.map(|((&v, &m), &d)| (f64::from(v) - f64::from(m)) / (f64::from(d) + 1e-3)),
            );
        }
        Ok(Self {
            values: values.into(),
        })
    }

    /// 6,416 bytes: the values in half precision, little endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.values
            .iter()
            .flat_map(|&value| f16::from_f32(value).to_le_bytes())
            .collect()
    }

    /// Reads the bytes that [`Feature::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`RequestError::Invalid`] when the length is wrong, a value is not finite, or a block is longer
    /// than any photo's.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let (pairs, rest) = bytes.as_chunks::<2>();
        let values: Box<[f32]> = pairs
            .iter()
            .map(|&pair| f16::from_le_bytes(pair).to_f32())
            .collect();
        if values.len() != LENGTH
            || !rest.is_empty()
            || values.iter().any(|value| !value.is_finite())
            || !has_believable_lengths(&values)
        {
            return Err(
                RequestError::Invalid("These bytes are not a photo's feature.".into()).into(),
            );
        }
        Ok(Self { values })
    }

    /// The mean of photos' features, its blocks shorter than theirs. Their sum is exact, values in half
    /// precision being multiples of 2⁻²⁴: so their order does not matter, to the bit.
    pub(super) fn mean(photos: &[&Feature]) -> Self {
        let mut sum = vec![0.0f64; LENGTH];
        for photo in photos {
            for (sum, &value) in sum.iter_mut().zip(photo.values()) {
                *sum += f64::from(value);
            }
        }
        let count = photos.len().max(1) as f64;
        let rounded = |sum: f64| f16::from_f64(sum / count).to_f32();
        Self {
            values: sum.into_iter().map(rounded).collect(),
        }
    }

    /// What nobody can make: values of any size.
    #[cfg(any(test, feature = "forged"))]
    pub fn forged(values: [f32; LENGTH]) -> Self {
        let values = Box::new(values);
        Self { values }
    }

    /// All values, `[3208]`; [`BLOCKS`] says where the blocks lie.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// Some total order by content alone: equal sets of features sort equally wherever they came from.
    pub(super) fn order(&self, other: &Self) -> std::cmp::Ordering {
        self.values
            .iter()
            .map(|value| value.to_bits())
            .cmp(other.values.iter().map(|value| value.to_bits()))
    }
}

/// Weights of the three kinds of blocks: `w_f`, `w_p`, and `w_s` of each mid-level block.
///
/// With them a photo is one vector `x`, its blocks times their weights divided by `√Σw²`, of unit
/// length; inner products are `K(x, y) = Σ w²⟨x_b, y_b⟩ / Σ w²`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BlockWeights(pub [f64; 3]);

/// Steps of a weight of 1 for [`BlockWeights::steady`].
const GRID: f64 = 1000.0;

impl Default for BlockWeights {
    /// Those of no lessons.
    fn default() -> Self {
        Self::for_mean_count(1.0)
    }
}

impl BlockWeights {
    /// What the weights become with many lessons.
    pub const FULL: Self = Self([1.0, 0.5, 0.7]);

    /// The weights for a geometric mean of `mean_count` lessons per label: `w_f = 1`, `w_p = 0.5`,
    /// `w_s = min(0.7, 0.2 ln n̄)`.
    ///
    /// Mid-level blocks (textures, colours, layout) tell labels apart only once several lessons show
    /// what varies within a label; with one lesson each they are noise. Chosen with [`super::Settings`]:
    /// `w_p` from 0.35 to 0.5 changes balanced accuracy by less than 0.1 points.
    pub fn for_mean_count(mean_count: f64) -> Self {
        Self([1.0, 0.5, (0.2 * libm::log(mean_count)).clamp(0.0, 0.7)])
    }

    /// These weights on a grid, so that not each lesson changes them a little: what was factored with them
    /// stays true meanwhile. Scores differ by less than 1e-3 by it (`tests/head/exactness.rs`).
    pub(super) fn steady(self) -> Self {
        let [features, classes, stages] = self.0;
        Self([features, classes, (stages * GRID).round() / GRID])
    }

    /// Factor of each kind's inner products in the kernel: `w² / Σw²`.
    pub fn shares(&self) -> [f64; 3] {
        let squares = self.0.map(|weight| weight * weight);
        let sum: f64 = squares
            .iter()
            .zip(BLOCKS_OF_KIND)
            .map(|(square, blocks)| square * blocks)
            .sum();
        squares.map(|square| square / sum)
    }

    /// The photo's vector `x`, `[3208]`.
    pub fn apply(&self, feature: &Feature) -> Vec<f64> {
        let shares = self.shares();
        let kinds = BLOCKS.into_iter().zip(shares);
        kinds
            .flat_map(|(block, share)| {
                feature.values[block]
                    .iter()
                    .map(move |&v| f64::from(v) * share.sqrt())
            })
            .collect()
    }
}

/// Whether every part has its length and only finite numbers.
pub(super) fn complete(outputs: &Outputs) -> bool {
    let lengths = outputs.features.len() == FEATURES
        && outputs.logits.len() == CLASSES
        && outputs
            .stages
            .iter()
            .zip(STAGE_WIDTHS)
            .all(|(stage, width)| stage.len() == width);
    lengths
        && outputs
            .features
            .iter()
            .chain(&outputs.logits)
            .chain(outputs.stages.iter().flatten())
            .all(|v| v.is_finite())
}

/// `√softmax(z/2)`. The temperature 2 lets the backbone's second and third guesses be seen.
pub(super) fn root_softmax(logits: &[f32]) -> impl Iterator<Item = f64> {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    // libm, not the platform's exp: features must be the same natively and in wasm.
    let powers: Vec<f64> = logits
        .iter()
        .map(|&z| libm::exp((f64::from(z) - f64::from(largest)) / 2.0))
        .collect();
    let sum: f64 = powers.iter().sum();
    powers.into_iter().map(move |power| (power / sum).sqrt())
}

/// Whether each kind of blocks is about as long as ours are: see [`LARGEST_SQUARE`].
fn has_believable_lengths(values: &[f32]) -> bool {
    BLOCKS.iter().zip(BLOCKS_OF_KIND).all(|(block, count)| {
        let square: f64 = values[block.clone()]
            .iter()
            .map(|&value| f64::from(value) * f64::from(value))
            .sum();
        square <= LARGEST_SQUARE * count
    })
}

/// Appends a block scaled to unit length (or as it is, if all zero).
/// Appends a block scaled to unit length (or as it is, if all zero).
fn push_unit(values: &mut Vec<f32>, block: impl Iterator<Item = f64>) {
    let block: Vec<f64> = block.collect();
    let length = block.iter().map(|v| v * v).sum::<f64>().sqrt();
    let scale = if length > 0.0 { 1.0 / length } else { 1.0 };
    values.extend(block.iter().map(|v| (v * scale) as f32));
}
