//! Why a photo is taken for a label: how much each lesson speaks for it.
//!
//! A score is linear in the kernel between the photo and the lessons (`solve`), so it falls apart into
//! one part per lesson:
//!
//! ```text
//! s_c(x) = Σ_i α_ci K(x_i, x) + b_c            the score of label c, as the classifier has it
//! lead   = s_c(x) − mean over all labels k of s_k(x)
//!        = Σ_i a_i K(x_i, x) + rest,           a_i = α_ci − mean_k α_ki
//! speaks_i = a_i K(x_i, x)
//! share_i  = speaks_i / Σ of all speaks_j > 0
//! ```
//!
//! The lead is asked about, not the score: what is in every label's score (the mean of the label means
//! that all of them are drawn towards) decides nothing, and the softmax leaves it out, too.
//!
//! A lesson can speak for a label in two ways: the photo is like it and it is of that kind, or the photo
//! is unlike it and it is of another. Both count for the shares; shown is who speaks by being alike.

use std::sync::Arc;

use super::feature::Feature;
use super::gram::kernel;
use super::solve::Solution;
use crate::label::LabelId;
use crate::order::ordered;

/// A classifier as what each lesson adds to it. Made beside the classifier by
/// [`super::Head::solve_in_full`], and of the same bits natively and in a browser.
#[derive(Debug, Clone, Default)]
pub struct Reasons {
    /// Ascending, as [`super::Classifier::labels`].
    labels: Vec<LabelId>,
    /// In the order that the system had: the canonical one, while all is solved anew.
    lessons: Vec<Spoken>,
    /// What was seen beside the lessons speaks, too, but not by name.
    seen: Vec<Arc<Feature>>,
    /// α, `[labels, lessons + seen]`.
    coefficients: Vec<f64>,
    /// `[labels]`.
    bias: Vec<f64>,
    /// What each kind of block counts in the kernel.
    shares: [f64; 3],
}

/// A lesson, as far as it can speak.
#[derive(Debug, Clone)]
pub(super) struct Spoken {
    pub id: u64,
    pub label: LabelId,
    pub feature: Arc<Feature>,
}

/// A lesson that speaks for a label.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Speaker {
    /// Which lesson.
    pub lesson: u64,
    /// What it was taught.
    pub label: LabelId,
    /// What it adds to the label's lead, in units of the scores. Above 0.
    pub speaks: f64,
    /// Its part of all that speaks for the label, 0 to 1.
    pub share: f64,
}

/// Why a photo is taken for a label.
#[derive(Debug, Clone, PartialEq)]
pub struct Why {
    /// The label asked about.
    pub label: LabelId,
    /// By how much its score is above the mean of all labels' scores.
    pub lead: f64,
    /// The lessons like the photo that speak most for the label, the loudest first.
    pub speakers: Vec<Speaker>,
    /// What all other lessons, and the constants, add: the lead is this and what the speakers say.
    pub rest: f64,
}

impl Reasons {
    /// `coefficients` and `bias` of `solution` are of the labels, and of the lessons and what was seen, in
    /// the order given.
    pub(super) fn new(
        labels: Vec<LabelId>,
        lessons: Vec<Spoken>,
        seen: Vec<Arc<Feature>>,
        solution: Solution,
        shares: [f64; 3],
    ) -> Self {
        Self {
            labels,
            lessons,
            seen,
            coefficients: solution.coefficients,
            bias: solution.bias,
            shares,
        }
    }

    /// Why a photo is taken for `label`, with at most `most` speakers. `None` where there is nothing to
    /// be asked: the label has no lessons, or no other label has any.
    pub fn why(&self, photo: &Feature, label: LabelId, most: usize) -> Option<Why> {
        let asked = self.labels.iter().position(|&known| known == label)?;
        if self.labels.len() < 2 {
            return None;
        }
        let kernel = self.kernel(photo);
        let parts: Vec<f64> = kernel
            .iter()
            .enumerate()
            .map(|(i, alike)| self.lead_of(asked, i) * alike)
            .collect();
        let constant = self.bias[asked] - mean(self.bias.iter().copied());
        let lead = parts.iter().sum::<f64>() + constant;
        let all: f64 = parts.iter().filter(|&&part| part > 0.0).sum();

        // Equals stay in the lessons' order.
        let places: Vec<usize> = ordered(self.lessons.len(), &|a, b| parts[b].total_cmp(&parts[a]))
            .into_iter()
            .filter(|&i| parts[i] > 0.0 && kernel[i] > 0.0)
            .take(most)
            .collect();
        let rest = (0..parts.len()).filter(|i| !places.contains(i));
        Some(Why {
            label,
            lead,
            rest: rest.map(|i| parts[i]).sum::<f64>() + constant,
            speakers: places
                .into_iter()
                .map(|i| Speaker {
                    lesson: self.lessons[i].id,
                    label: self.lessons[i].label,
                    speaks: parts[i],
                    share: parts[i] / all,
                })
                .collect(),
        })
    }

    /// `a_i`: what lesson `i` adds to the lead of a label, for each unit of the kernel.
    fn lead_of(&self, asked: usize, i: usize) -> f64 {
        let count = self.lessons.len() + self.seen.len();
        let column = self.coefficients.iter().skip(i).step_by(count).copied();
        self.coefficients[asked * count + i] - mean(column)
    }

    /// `K(x_i, x)` of all lessons, then of what was seen.
    fn kernel(&self, photo: &Feature) -> Vec<f64> {
        let lessons = self.lessons.iter().map(|lesson| &lesson.feature);
        let all: Vec<&Feature> = lessons.chain(&self.seen).map(|it| &**it).collect();
        kernel(photo, &all, self.shares)
    }
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len() as f64;
    values.sum::<f64>() / count
}
