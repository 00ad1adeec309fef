//! What features of photos in general look like: the origin and scale that every feature is
//! measured against.

use crate::backbone::{CLASSES, FEATURES, Outputs, STAGE_WIDTHS};
use crate::error::RequestError;
use crate::{Error, Result};

/// Mid-level values per photo, all five pools together.
const STAGES: usize =
    STAGE_WIDTHS[0] + STAGE_WIDTHS[1] + STAGE_WIDTHS[2] + STAGE_WIDTHS[3] + STAGE_WIDTHS[4];
/// μ₀, ν₀, then the mid-level means and deviations.
const VALUES: usize = FEATURES + CLASSES + 2 * STAGES;
/// First bytes of the file; the last one is the format's version.
const MAGIC: [u8; 8] = *b"KEEPPRI\x01";

/// The shipped prior, read when the crate is compiled: a damaged file cannot be built.
static EMBEDDED: Prior = match Prior::read(include_bytes!("../../../data/prior.bin")) {
    Some(prior) => prior,
    None => panic!("data/prior.bin is not a prior file; make it with `cargo xtask prior`"),
};

/// Means and deviations of the backbone's outputs over a collection of generic photos.
///
/// On disk: 8 bytes magic, then f32 little endian: μ₀ `[1280]`, ν₀ `[1000]`, the five mid-level means
/// `[928]`, the five mid-level deviations `[928]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Prior {
    values: [f32; VALUES],
}

impl Prior {
    /// The shipped prior, over 100 photos of ImageNet (`cargo xtask prior` makes it).
    pub fn embedded() -> &'static Self {
        &EMBEDDED
    }

    /// Measures a prior: means of `√f` and of `√softmax(z/2)`, mean and (population) standard
    /// deviation of the mid-level pools.
    ///
    /// # Errors
    /// [`RequestError::Invalid`] when there are no photos or an output has a wrong length.
    pub fn measure(photos: &[Outputs]) -> Result<Self> {
        if photos.is_empty() || photos.iter().any(|photo| !super::feature::complete(photo)) {
            return Err(RequestError::Invalid(
                "A prior is measured over the complete outputs of some photos.".into(),
            )
            .into());
        }
        let count = photos.len() as f64;
        let mut sums = vec![0.0f64; FEATURES + CLASSES + STAGES];
        let mut squares = vec![0.0f64; FEATURES + CLASSES + STAGES];
        for photo in photos {
            let roots = photo.features.iter().map(|&f| f64::from(f.max(0.0)).sqrt());
            let classes = super::feature::root_softmax(&photo.logits);
            let stages = photo.stages.iter().flatten().map(|&v| f64::from(v));
            for (at, value) in roots.chain(classes).chain(stages).enumerate() {
                sums[at] += value;
                squares[at] += value * value;
            }
        }
        let mut values = [0.0; VALUES];
        for at in 0..sums.len() {
            let mean = sums[at] / count;
            values[at] = mean as f32;
            if at >= FEATURES + CLASSES {
                values[at + STAGES] = (squares[at] / count - mean * mean).max(0.0).sqrt() as f32;
            }
        }
        Ok(Self { values })
    }

    /// Reads the bytes that [`Prior::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`RequestError::Invalid`] when they are something else.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        Self::read(bytes).ok_or_else(|| {
            Error::from(RequestError::Invalid(
                "These bytes are not a prior file.".into(),
            ))
        })
    }

    /// The bytes of `data/prior.bin`.
    pub fn to_bytes(&self) -> Vec<u8> {
        MAGIC
            .into_iter()
            .chain(self.values.iter().flat_map(|value| value.to_le_bytes()))
            .collect()
    }

    /// [`Prior::parse`] as the compiler can run it: `None` for a wrong length, magic or value.
    const fn read(bytes: &[u8]) -> Option<Self> {
        if bytes.len() != MAGIC.len() + 4 * VALUES {
            return None;
        }
        let mut at = 0;
        while at < MAGIC.len() {
            if bytes[at] != MAGIC[at] {
                return None;
            }
            at += 1;
        }
        let mut values = [0.0; VALUES];
        let mut index = 0;
        while index < VALUES {
            let value =
                f32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
            if !value.is_finite() {
                return None;
            }
            values[index] = value;
            at += 4;
            index += 1;
        }
        Some(Self { values })
    }

    /// μ₀: mean of the square roots of the features, `[1280]`.
    pub(super) fn features(&self) -> &[f32] {
        &self.values[..FEATURES]
    }

    /// ν₀: mean of the square roots of the class probabilities at temperature 2, `[1000]`.
    pub(super) fn classes(&self) -> &[f32] {
        &self.values[FEATURES..FEATURES + CLASSES]
    }

    /// Means and deviations of the mid-level pools, `[928]` each, in the order of [`Outputs::stages`].
    pub(super) fn stages(&self) -> (&[f32], &[f32]) {
        self.values[FEATURES + CLASSES..].split_at(STAGES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Outputs whose values all equal `value`.
    fn flat(value: f32) -> Outputs {
        Outputs {
            features: vec![value; FEATURES],
            logits: vec![value; CLASSES],
            stages: STAGE_WIDTHS.map(|n| vec![value; n]),
        }
    }

    #[test]
    fn bytes_come_back() {
        let prior = Prior::embedded();
        assert_eq!(&Prior::parse(&prior.to_bytes()).expect("own bytes"), prior);
    }

    #[test]
    fn foreign_bytes_are_refused() {
        let mut bytes = Prior::embedded().to_bytes();
        assert!(Prior::parse(&bytes[..bytes.len() - 1]).is_err());
        bytes[8..12].copy_from_slice(&f32::NAN.to_le_bytes());
        assert!(Prior::parse(&bytes).is_err());
        bytes[0] ^= 1;
        assert!(Prior::parse(&bytes).is_err());
    }

    #[test]
    fn measured_means_and_deviations() {
        let prior = Prior::measure(&[flat(1.0), flat(9.0)]).expect("complete outputs");
        assert_eq!(prior.features()[7], 2.0); // mean of √1 and √9
        assert!((prior.classes()[7] - (1.0f32 / CLASSES as f32).sqrt()).abs() < 1e-7); // softmax of equal logits
        assert_eq!((prior.stages().0[7], prior.stages().1[7]), (5.0, 4.0));
        assert!(Prior::measure(&[]).is_err());
        assert!(Prior::measure(&[Outputs::default()]).is_err());
    }
}
