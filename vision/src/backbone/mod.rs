//! The frozen pretrained network: a batch of [`Input`]s becomes a batch of [`Outputs`].
//!
//! [`Backbone`] is the seam between what computes (CPU kernels, or a graphics card through burn) and
//! the head, which never asks which one it was. Both follow one [`table`] and one [`weights`] file.

#[cfg(feature = "burn")]
pub mod burn;
pub mod cpu;
pub mod table;
pub mod weights;

use crate::error::RequestError;
use crate::{Error, Result};

/// Lengths of the five mid-level pools, in the order of [`Outputs::stages`].
pub const STAGE_WIDTHS: [usize; 5] = [320, 192, 112, 192, 112];
/// Length of [`Outputs::features`].
pub const FEATURES: usize = 1280;
/// Length of [`Outputs::logits`].
pub const CLASSES: usize = 1000;
/// Length of [`Outputs::to_row`]: all that the network says of one photo.
pub const OUTPUTS: usize = FEATURES + CLASSES + 320 + 192 + 112 + 192 + 112;

/// One upright, square photo at the network's resolution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// RGB bytes, `[side, side, 3]`, rows first.
    pub rgb: Vec<u8>,
    /// Width and height in pixels (224 for Lite0).
    pub side: usize,
}

/// What the network says of one photo, raw.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outputs {
    /// Global mean after the last convolution, `[1280]`.
    pub features: Vec<f32>,
    /// The network's own classes before softmax, `[1000]`.
    pub logits: Vec<f32>,
    /// Pools of the projected (no ReLU) ends of stages, in this order: mean of stage 7 `[320]`,
    /// mean of 6 `[192]`, mean of 5 `[112]`, max of 6 `[192]`, max of 5 `[112]`.
    pub stages: [Vec<f32>; 5],
}

impl Outputs {
    /// All numbers in one row, `[3208]`: features, logits, then the stages. What crosses to another
    /// module or device.
    pub fn to_row(&self) -> Vec<f32> {
        let stages = self.stages.iter().flatten();
        let all = self.features.iter().chain(&self.logits).chain(stages);
        all.copied().collect()
    }

    /// Reads what [`Outputs::to_row`] wrote.
    ///
    /// # Errors
    /// [`RequestError::Invalid`] for a row of another length.
    pub fn from_row(row: &[f32]) -> Result<Self> {
        if row.len() != OUTPUTS {
            let sentence = format!(
                "The network's outputs are {OUTPUTS} numbers, not {}.",
                row.len()
            );
            return Err(Error::Request(RequestError::Invalid(sentence)));
        }
        let mut rest = row;
        let mut take = |count| {
            let (taken, after) = rest.split_at(count);
            rest = after;
            taken.to_vec()
        };
        Ok(Self {
            features: take(FEATURES),
            logits: take(CLASSES),
            stages: STAGE_WIDTHS.map(take),
        })
    }
}

/// Something that computes [`Outputs`]: asynchronous, since a graphics card answers later.
pub trait Backbone {
    /// Outputs of each input, in order. Inputs must have the side the network was built for.
    fn outputs(&mut self, batch: &[Input]) -> impl Future<Output = Result<Vec<Outputs>>>;
}
