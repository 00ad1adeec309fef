//! What the head answers with: one linear score per label, and probabilities from the scores.

use std::borrow::Borrow;

use super::feature::{Feature, LENGTH, Wide};
use super::tile::products;
use crate::label::LabelId;

/// Scores and probabilities of the labels with at least one lesson. Made by [`super::Head::solve`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Classifier {
    labels: Vec<LabelId>,
    /// `[labels, 3208]`, block weights included: they apply to the feature's values as they are.
    weights: Vec<f32>,
    bias: Vec<f32>,
    beta: f32,
}

impl Classifier {
    /// `weights` is `[labels, 3208]`, `labels` ascending.
    pub(super) fn new(labels: Vec<LabelId>, weights: Vec<f32>, bias: Vec<f32>, beta: f32) -> Self {
        Self {
            labels,
            weights,
            bias,
            beta,
        }
    }

    /// The labels that scores and probabilities belong to, in ascending order.
    pub fn labels(&self) -> &[LabelId] {
        &self.labels
    }

    /// β, the factor on the scores before the softmax.
    pub fn beta(&self) -> f32 {
        self.beta
    }

    /// Scores `W x + b` of one photo, `[labels]`.
    pub fn logits(&self, feature: &Feature) -> Vec<f32> {
        self.logits_many(&[feature])
    }

    /// Scores of many photos, `[photos, labels]`. A photo's scores do not depend on its neighbours.
    pub fn logits_many<F: Borrow<Feature>>(&self, photos: &[F]) -> Vec<f32> {
        self.score_all(&photos.iter().map(Borrow::borrow).collect::<Vec<_>>())
    }

    /// Not generic, so that it is compiled here, for speed, and not by whoever calls.
    fn score_all(&self, photos: &[&Feature]) -> Vec<f32> {
        let count = self.labels.len();
        let mut logits = vec![0.0; photos.len() * count];
        let mut outs = logits.chunks_exact_mut(count.max(1));
        // They are widened two at a time, and stay where the processor has them at hand.
        let (mut one, mut two) = (Box::new([0.0; LENGTH]), Box::new([0.0; LENGTH]));
        let (pairs, single) = photos.as_chunks::<2>();
        for [first, second] in pairs {
            first.widen(&mut one);
            second.widen(&mut two);
            if let (Some(first), Some(second)) = (outs.next(), outs.next()) {
                self.score([&*one, &*two], [first, second]);
            }
        }
        for (photo, out) in single.iter().zip(outs) {
            photo.widen(&mut one);
            self.score([&*one], [out]);
        }
        logits
    }

    /// Probabilities of one photo, `[labels]`: `softmax(β · logits)`.
    pub fn predict(&self, feature: &Feature) -> Vec<f32> {
        self.predict_many(&[feature])
    }

    /// Probabilities of many photos, `[photos, labels]`.
    pub fn predict_many<F: Borrow<Feature>>(&self, photos: &[F]) -> Vec<f32> {
        let mut rows = self.logits_many(photos);
        for row in rows.chunks_exact_mut(self.labels.len().max(1)) {
            self.calibrate(row);
        }
        rows
    }

    /// Turns one row of scores into probabilities, in place.
    pub fn calibrate(&self, scores: &mut [f32]) {
        let largest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let mut sum = 0.0;
        for score in scores.iter_mut() {
            // libm, not the platform's exp: answers must be the same natively and in wasm.
            *score = libm::expf(self.beta * (*score - largest));
            sum += *score;
        }
        scores.iter_mut().for_each(|score| *score /= sum);
    }

    /// Scores of `P` photos: the weights are read once for all of them.
    fn score<const P: usize>(&self, photos: [&Wide; P], mut outs: [&mut [f32]; P]) {
        let photos = photos.map(|photo| &photo[..]);
        let (rows, _) = self.weights.as_chunks::<LENGTH>();
        let (tiles, rest) = rows.as_chunks::<4>();
        for (t, tile) in tiles.iter().enumerate() {
            let scores = products::<f32, 4, P, 4>(photos, tile.each_ref().map(|row| &row[..]));
            for (out, scores) in outs.iter_mut().zip(scores) {
                out[4 * t..4 * t + 4].copy_from_slice(&scores);
            }
        }
        for (row, at) in rest.iter().zip(4 * tiles.len()..) {
            let scores = products::<f32, 4, P, 1>(photos, [row]);
            for (out, [score]) in outs.iter_mut().zip(scores) {
                out[at] = score;
            }
        }
        for out in outs {
            out.iter_mut()
                .zip(&self.bias)
                .for_each(|(score, bias)| *score += bias);
        }
    }
}
