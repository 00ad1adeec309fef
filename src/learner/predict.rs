//! What photos are, by all that was taught, and when the learner is not sure.

use std::collections::HashMap;
use std::sync::Arc;

use super::album::PhotoId;
use super::state::{LessonId, State};
use crate::head::{Classifier, Feature, Head};
use crate::labels::LabelId;

/// The learner is not sure when the likeliest label's probability is below this…
pub const SURE: f32 = 0.5;
/// …or leads the second by less than this. (The head's probabilities are calibrated.)
pub const LEAD: f32 = 0.15;
/// How many labels [`AlbumPredictions`] ranks per photo.
pub const RANKED: usize = 3;

/// A label and how likely it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ranked {
    /// Which label.
    pub label: LabelId,
    /// Its probability, 0 to 1.
    pub probability: f32,
}

/// What one photo is.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    /// Every label that has lessons, the likeliest first. Empty when nothing was taught.
    pub ranked: Vec<Ranked>,
    /// See [`SURE`] and [`LEAD`]. With fewer than two labels there is nothing to be sure of.
    pub not_sure: bool,
}

/// What every photo of the album is, in flat arrays; `n` photos, in the order of the album.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AlbumPredictions {
    /// Ids, `[n]`.
    pub photos: Vec<PhotoId>,
    /// The lesson taught with the photo, `[n]`.
    pub lessons: Vec<Option<LessonId>>,
    /// The label of that lesson, `[n]`: what the photo is, whatever the classifier says.
    pub taught: Vec<Option<LabelId>>,
    /// The label that the photo was accepted as, `[n]`: what it is, while it is not taught.
    pub accepted: Vec<Option<LabelId>>,
    /// Whether the learner is not sure, `[n]`. Never of a taught or accepted photo.
    pub not_sure: Vec<bool>,
    /// The likeliest labels by the classifier, taught or not, `[n, RANKED]`, likeliest first; `None`
    /// where there are fewer labels.
    pub ranked_labels: Vec<Option<LabelId>>,
    /// Their probabilities, `[n, RANKED]`.
    pub ranked_probabilities: Vec<f32>,
}

/// The classifier, solved when it is needed, and what it said of the album.
#[derive(Default)]
pub(super) struct Predictions {
    classifier: Option<Arc<Classifier>>,
    /// Probabilities by photo, `[labels]` each.
    rows: HashMap<PhotoId, Box<[f32]>>,
}

impl Predictions {
    pub fn forget_photo(&mut self, photo: PhotoId) {
        self.rows.remove(&photo);
    }

    pub fn forget_all(&mut self) {
        self.classifier = None;
        self.rows.clear();
    }

    fn classifier(&mut self, head: &Head) -> Arc<Classifier> {
        let solve = || Arc::new(head.solve());
        Arc::clone(self.classifier.get_or_insert_with(solve))
    }
}

impl State {
    pub fn predict(&mut self, feature: &Feature) -> Prediction {
        let classifier = self.predictions.classifier(&self.head);
        if classifier.labels().is_empty() {
            return Prediction {
                ranked: Vec::new(),
                not_sure: true,
            };
        }
        let ranked = rank(classifier.labels(), &classifier.predict(feature));
        Prediction {
            not_sure: not_sure(&ranked),
            ranked,
        }
    }

    pub fn predict_all(&mut self) -> AlbumPredictions {
        let classifier = self.predictions.classifier(&self.head);
        self.fill_rows(&classifier);
        let mut all = AlbumPredictions::default();
        for (photo, _) in self.album.iter() {
            let row = self.predictions.rows.get(&photo);
            let ranked = row.map_or_else(Vec::new, |row| rank(classifier.labels(), row));
            let id = self.lesson_of(photo);
            let taught = id.and_then(|id| self.lessons.get(&id));
            all.photos.push(photo);
            all.lessons.push(id);
            all.taught.push(taught.map(|lesson| lesson.label));
            let accepted = self.accepted.get(&photo).copied();
            all.accepted.push(accepted);
            let done = taught.is_some() || accepted.is_some();
            all.not_sure.push(!done && not_sure(&ranked));
            for place in 0..RANKED {
                let ranked = ranked.get(place);
                all.ranked_labels.push(ranked.map(|ranked| ranked.label));
                all.ranked_probabilities
                    .push(ranked.map_or(0.0, |ranked| ranked.probability));
            }
        }
        all
    }

    /// Computes what the classifier has not said yet, all photos as one product.
    fn fill_rows(&mut self, classifier: &Classifier) {
        let width = classifier.labels().len();
        if width == 0 {
            return;
        }
        let rows = &mut self.predictions.rows;
        let unknown = self.album.iter().filter(|(id, _)| !rows.contains_key(id));
        let (ids, features): (Vec<_>, Vec<_>) = unknown
            .map(|(id, photo)| (id, Arc::clone(&photo.feature)))
            .unzip();
        let flat = classifier.predict_many(&features);
        rows.extend(ids.into_iter().zip(flat.chunks_exact(width).map(Box::from)));
    }
}

fn rank(labels: &[LabelId], probabilities: &[f32]) -> Vec<Ranked> {
    let pairs = labels.iter().zip(probabilities);
    let mut ranked: Vec<_> = pairs
        .map(|(&label, &probability)| Ranked { label, probability })
        .collect();
    ranked.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    ranked
}

fn not_sure(ranked: &[Ranked]) -> bool {
    match ranked {
        [first, second, ..] => {
            // This way round, what is no number is never sure.
            let sure = first.probability >= SURE && first.probability - second.probability >= LEAD;
            !sure
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranked(probabilities: &[f32]) -> Vec<Ranked> {
        let labels: Vec<_> = (1..).map(LabelId).take(probabilities.len()).collect();
        rank(&labels, probabilities)
    }

    #[test]
    fn the_likeliest_is_first_and_equals_keep_their_order() {
        let ids: Vec<_> = ranked(&[0.2, 0.4, 0.2, 0.2])
            .iter()
            .map(|ranked| ranked.label.0)
            .collect();
        assert_eq!(ids, [2, 1, 3, 4]);
    }

    #[test]
    fn sure_is_above_a_half_and_well_ahead() {
        assert!(!not_sure(&ranked(&[0.6, 0.3, 0.1])));
        assert!(not_sure(&ranked(&[0.49, 0.26, 0.25])), "below a half");
        assert!(not_sure(&ranked(&[0.55, 0.45])), "too close");
        assert!(not_sure(&ranked(&[1.0])), "one label says nothing");
        assert!(not_sure(&ranked(&[])));
        assert!(not_sure(&ranked(&[f32::NAN, f32::NAN])), "no number");
        assert!(not_sure(&ranked(&[0.9, f32::NAN])), "no number");
    }
}
