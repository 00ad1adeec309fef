//! A photo as the head sees it: seven blocks of unit length.

use std::ops::Range;

use half::f16;

use super::Prior;
use super::tile::products;
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
/// is stored, and answers after a reload equal those before. They are held so, too, since thousands of
/// photos are: 6.4 KB each. Who computes with them [widens](Feature::widen) a few at a time.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    values: Values,
}

#[derive(Debug, Clone, PartialEq)]
enum Values {
    Half(Box<[f16]>),
    /// As nobody keeps them: see [`Feature::unrounded`].
    Single(Box<Wide>),
}

/// A feature's values as they are computed with.
pub type Wide = [f32; LENGTH];

impl Feature {
    /// The feature of a photo from the backbone's outputs.
    ///
    /// # Errors
    /// [`Error::Compute`] when the outputs have wrong lengths or are not finite (a failing device).
    pub fn new(outputs: &Outputs, prior: &Prior) -> Result<Self> {
        let exact = computed(outputs, prior)?;
        let values = exact.iter().map(|&value| f16::from_f32(value)).collect();
        Ok(Self {
            values: Values::Half(values),
        })
    }

    /// [`Feature::new`] before the rounding to half precision: for comparison with reference numbers.
    ///
    /// # Errors
    /// As [`Feature::new`].
    pub fn unrounded(outputs: &Outputs, prior: &Prior) -> Result<Self> {
        Ok(Self {
            values: Values::Single(computed(outputs, prior)?),
        })
    }

    /// 6,416 bytes: the values in half precision, little endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        match &self.values {
            Values::Half(halves) => halves.iter().flat_map(|half| half.to_le_bytes()).collect(),
            Values::Single(values) => values
                .iter()
                .flat_map(|&value| f16::from_f32(value).to_le_bytes())
                .collect(),
        }
    }

    /// Reads the bytes that [`Feature::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`RequestError::Invalid`] when the length is wrong, a value is not finite, or a block is longer
    /// than any photo's.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let (pairs, rest) = bytes.as_chunks::<2>();
        let halves: Box<[f16]> = pairs.iter().map(|&pair| f16::from_le_bytes(pair)).collect();
        let whole = halves.len() == LENGTH && rest.is_empty();
        let feature = Self {
            values: Values::Half(halves),
        };
        if !whole || !is_believable(&feature.values()) {
            return Err(
                RequestError::Invalid("These bytes are not a photo's feature.".into()).into(),
            );
        }
        Ok(feature)
    }

    /// The mean of photos' features, its blocks shorter than theirs. Their sum is exact, values in half
    /// precision being multiples of 2⁻²⁴: so their order does not matter, to the bit.
    pub(super) fn mean(photos: &[&Feature]) -> Self {
        let mut sum = vec![0.0f64; LENGTH];
        let mut wide = Box::new([0.0; LENGTH]);
        for photo in photos {
            photo.widen(&mut wide);
            for (sum, &value) in sum.iter_mut().zip(&wide[..]) {
                *sum += f64::from(value);
            }
        }
        let count = photos.len().max(1) as f64;
        let halves = sum.into_iter().map(|sum| f16::from_f64(sum / count));
        Self {
            values: Values::Half(halves.collect()),
        }
    }

    /// What nobody can make: values of any size.
    #[cfg(any(test, feature = "forged"))]
    pub fn forged(values: Wide) -> Self {
        let values = Values::Single(Box::new(values));
        Self { values }
    }

    /// All values; [`BLOCKS`] says where the blocks lie.
    pub fn values(&self) -> Box<Wide> {
        let mut wide = Box::new([0.0; LENGTH]);
        self.widen(&mut wide);
        wide
    }

    /// The same, written over what is there.
    pub fn widen(&self, wide: &mut Wide) {
        match &self.values {
            Values::Half(halves) => {
                for (value, &half) in wide.iter_mut().zip(halves) {
                    *value = widened(half);
                }
            }
            Values::Single(values) => wide.copy_from_slice(&values[..]),
        }
    }

    /// Some total order by content alone: equal sets of features sort equally wherever they came from.
    pub(super) fn order(&self, other: &Self) -> std::cmp::Ordering {
        match (&self.values, &other.values) {
            // Bits of halves stand in the order of the bits of what they are widened to.
            (Values::Half(ours), Values::Half(others)) => {
                let others = others.iter().map(|value| value.to_bits());
                ours.iter().map(|value| value.to_bits()).cmp(others)
            }
            _ => {
                let bits = |it: &Self| it.values().map(f32::to_bits);
                bits(self).cmp(&bits(other))
            }
        }
    }
}

/// A finite half as `f32`, exactly, and as no instruction but every processor's SIMD does it: exponent and
/// mantissa are put where `f32` has them, which makes it too small by 2¹¹² and, where the half is subnormal,
/// subnormal, too. Infinity and what is no number become numbers so large that no feature is let in with them.
#[inline(always)]
fn widened(half: f16) -> f32 {
    const SCALE: f32 = f32::from_bits((127 + 112) << 23);
    // The sign comes along at the top, and in three more places where it has no business.
    let bits = (i32::from(half.to_bits().cast_signed()) << 13).cast_unsigned();
    f32::from_bits(bits & 0x8fff_e000) * SCALE
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
        let values = &feature.values();
        let kinds = BLOCKS.into_iter().zip(shares);
        kinds
            .flat_map(|(block, share)| block.map(move |at| f64::from(values[at]) * share.sqrt()))
            .collect()
    }
}

/// The values before any rounding.
fn computed(outputs: &Outputs, prior: &Prior) -> Result<Box<Wide>> {
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
    // As long as complete outputs make it.
    let mut wide = Box::new([0.0; LENGTH]);
    wide.copy_from_slice(&values);
    Ok(wide)
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
fn is_believable(values: &Wide) -> bool {
    BLOCKS.iter().zip(BLOCKS_OF_KIND).all(|(block, count)| {
        let block = &values[block.clone()];
        let [[square]] = products::<f32, 4, 1, 1>([block], [block]);
        f64::from(square) <= LARGEST_SQUARE * count
    })
}

/// Appends a block scaled to unit length (or as it is, if all zero).
fn push_unit(values: &mut Vec<f32>, block: impl Iterator<Item = f64>) {
    let block: Vec<f64> = block.collect();
    let length = block.iter().map(|v| v * v).sum::<f64>().sqrt();
    let scale = if length > 0.0 { 1.0 / length } else { 1.0 };
    values.extend(block.iter().map(|v| (v * scale) as f32));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_half_is_widened_exactly() {
        for half in (0..=u16::MAX).map(f16::from_bits) {
            match half.is_finite() {
                true => assert_eq!(widened(half).to_bits(), half.to_f32().to_bits(), "{half}"),
                false => assert!(widened(half).abs() >= 65536.0),
            }
        }
    }

    /// What the lessons' order in a solve, and so the bits of all answers, goes by.
    #[test]
    fn halves_stand_in_the_order_of_what_they_are_widened_to() {
        let feature = |value: f32| {
            let halves = [f16::from_f32(value).to_le_bytes(), [0, 0]];
            let bytes: Vec<u8> = (0..LENGTH).flat_map(|at| halves[at.min(1)]).collect();
            Feature::from_bytes(&bytes).unwrap()
        };
        let values = [0.0, 1e-7, 6e-5, 0.03, 0.5, 1.5, -0.0, -1e-7, -0.03, -1.5];
        for (a, b) in values.iter().flat_map(|a| values.map(|b| (*a, b))) {
            let [a, b] = [a, b].map(feature);
            let bits = |it: &Feature| it.values().map(f32::to_bits);
            assert_eq!(a.order(&b), bits(&a).cmp(&bits(&b)));
        }
    }

    #[test]
    fn what_is_no_number_is_not_let_in() {
        for half in [f16::INFINITY, f16::NEG_INFINITY, f16::NAN, f16::MAX] {
            let mut bytes = vec![0; 2 * LENGTH];
            assert!(Feature::from_bytes(&bytes).is_ok());
            bytes[6000..6002].copy_from_slice(&half.to_le_bytes());
            assert!(Feature::from_bytes(&bytes).is_err(), "{half}");
        }
    }
}
