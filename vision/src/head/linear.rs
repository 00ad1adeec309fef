//! A classifier over plain vectors: what [`super::Statistics`] answers with.

use crate::label::LabelId;

/// A label as a classifier sees it: how many vectors it has, and their mean.
pub struct Class {
    /// Which one.
    pub label: LabelId,
    /// At least 1.
    pub count: usize,
    /// `[d]`.
    pub mean: Vec<f64>,
}

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
    /// The linear discriminants of `classes` (ascending by label) under a metric: `inverse` multiplies
    /// by `Σ⁻¹`, means are drawn towards their mean with the strength κ, and β is left to the caller.
    pub fn discriminants(
        classes: &[Class],
        kappa: f64,
        beta: f64,
        inverse: impl Fn(&[f64]) -> Vec<f64>,
    ) -> Self {
        let mut centre = vec![0.0; classes.first().map_or(0, |class| class.mean.len())];
        for class in classes {
            for (m, mean) in centre.iter_mut().zip(&class.mean) {
                *m += mean / classes.len() as f64;
            }
        }
        let mut linear = Linear {
            labels: classes.iter().map(|class| class.label).collect(),
            weights: Vec::with_capacity(classes.len() * centre.len()),
            bias: Vec::with_capacity(classes.len()),
            beta,
        };
        for class in classes {
            let own = class.count as f64 / (class.count as f64 + kappa);
            let pairs = class.mean.iter().zip(&centre);
            let shrunk: Vec<f64> = pairs
                .map(|(mean, m)| own * mean + (1.0 - own) * m)
                .collect();
            let weights = inverse(&shrunk);
            let square: f64 = weights.iter().zip(&shrunk).map(|(w, m)| w * m).sum();
            linear.bias.push(-0.5 * square);
            linear.weights.extend(weights);
        }
        linear
    }

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
