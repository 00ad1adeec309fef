//! A classifier over plain vectors: what [`super::Statistics`] answers with.

use crate::labels::LabelId;

/// One linear score per label, in double precision.
#[derive(Debug, Clone, PartialEq)]
pub struct Linear {
    /// The labels with at least one vector, ascending.
    pub labels: Vec<LabelId>,
    /// `[labels, d]`.
    pub weights: Vec<f64>,
    /// `[labels]`.
    pub bias: Vec<f64>,
    /// β, the factor on the scores before the softmax.
    pub beta: f64,
}

impl Linear {
    /// Scores `W x + b` of a vector, `[labels]`.
    pub fn logits(&self, x: &[f64]) -> Vec<f64> {
        let rows = self.weights.chunks_exact(x.len()).zip(&self.bias);
        rows.map(|(row, bias)| row.iter().zip(x).map(|(w, x)| w * x).sum::<f64>() + bias)
            .collect()
    }

    /// Probabilities of a vector, `[labels]`: `softmax(β · logits)`.
    pub fn predict(&self, x: &[f64]) -> Vec<f64> {
        let mut scores = self.logits(x);
        let largest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        scores
            .iter_mut()
            .for_each(|score| *score = libm::exp(self.beta * (*score - largest)));
        let sum: f64 = scores.iter().sum();
        scores.iter().map(|score| score / sum).collect()
    }
}
