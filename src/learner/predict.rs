//! What photos are, by all that was taught, and when the learner is not sure.

use std::collections::HashMap;
use std::sync::Arc;

use super::album::PhotoId;
use super::state::{LessonId, State};
use crate::Result;
use crate::head::{self, Classifier, Feature, Head, Reasons};
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

/// Why a photo of the album stands under its label: see [`head::Why`].
#[derive(Debug, Clone, PartialEq)]
pub struct Why {
    /// The label: as taught or accepted, else the likeliest.
    pub label: LabelId,
    /// By how much its score is above the mean of all labels' scores.
    pub lead: f64,
    /// The lessons like the photo that speak most for the label, the loudest first. A photo that was
    /// taught this label is among them.
    pub speakers: Vec<Speaker>,
    /// What everything else adds: the lead is this and what the speakers say.
    pub rest: f64,
}

/// A lesson that speaks for a photo's label.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Speaker {
    /// Which lesson.
    pub lesson: LessonId,
    /// What it was taught.
    pub label: LabelId,
    /// Its photo, if that is in the album.
    pub photo: Option<PhotoId>,
    /// What it adds to the lead. Above 0.
    pub speaks: f64,
    /// Its part of all that speaks for the label, 0 to 1.
    pub share: f64,
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

/// The classifiers, solved when they are needed, and what they said of the album.
#[derive(Default)]
pub(super) struct Predictions {
    classifier: Option<Arc<Classifier>>,
    /// What the lessons alone say, from the same solve: who is asked about an accepted photo, which would
    /// agree with itself otherwise.
    of_lessons: Option<Arc<Classifier>>,
    /// From the same solve.
    reasons: Reasons,
    /// Probabilities by photo, `[labels]` each.
    rows: HashMap<PhotoId, Box<[f32]>>,
}

impl Predictions {
    pub fn forget_photo(&mut self, photo: PhotoId) {
        self.rows.remove(&photo);
    }

    pub fn forget_all(&mut self) {
        *self = Self::default();
    }

    fn classifier(&mut self, head: &mut Head) -> Result<Arc<Classifier>> {
        let classifier = match self.classifier.take() {
            Some(solved) => solved,
            None => {
                let solved = head.solve_in_full()?;
                self.reasons = solved.reasons;
                self.of_lessons = solved.alone.map(Arc::new);
                Arc::new(solved.classifier)
            }
        };
        Ok(Arc::clone(self.classifier.insert(classifier)))
    }
}

impl State {
    pub fn predict(&mut self, feature: &Feature) -> Result<Prediction> {
        self.see();
        let classifier = self.predictions.classifier(&mut self.head)?;
        if classifier.labels().is_empty() {
            return Ok(Prediction {
                ranked: Vec::new(),
                not_sure: true,
            });
        }
        let ranked = rank(classifier.labels(), &classifier.predict(feature));
        Ok(Prediction {
            not_sure: not_sure(&ranked),
            ranked,
        })
    }

    /// Of all photos, or only of those after one.
    pub fn predict_all(&mut self, after: Option<PhotoId>) -> AlbumPredictions {
        // Who asks about no photo waits for no classifier.
        if self.album.after(after).next().is_none() {
            return AlbumPredictions::default();
        }
        self.see();
        // Where there is no answer nothing is ranked and nothing sure: what was done can be undone.
        let classifier = self
            .predictions
            .classifier(&mut self.head)
            .unwrap_or_default();
        self.fill_rows(&classifier, after);
        let mut all = AlbumPredictions::default();
        for (photo, _) in self.album.after(after) {
            let row = self.predictions.rows.get(&photo);
            let ranked = row.map_or([None; RANKED], |row| likeliest(classifier.labels(), row));
            let id = self.lesson_of(photo);
            let taught = id.and_then(|id| self.lessons.get(&id));
            all.photos.push(photo);
            all.lessons.push(id);
            all.taught.push(taught.map(|lesson| lesson.label));
            let accepted = self.accepted.get(&photo).copied();
            all.accepted.push(accepted);
            let done = taught.is_some() || accepted.is_some();
            all.not_sure.push(!done && doubts(ranked[0], ranked[1]));
            for ranked in ranked {
                all.ranked_labels.push(ranked.map(|ranked| ranked.label));
                all.ranked_probabilities
                    .push(ranked.map_or(0.0, |ranked| ranked.probability));
            }
        }
        all
    }

    pub fn why(&mut self, photo: PhotoId, most: usize) -> Result<Option<Why>> {
        let feature = Arc::clone(&self.photo(photo)?.feature);
        let lesson = self.lesson_of(photo).and_then(|id| self.lessons.get(&id));
        let taught = lesson.map(|lesson| lesson.label);
        let accepted = self.accepted.get(&photo).copied();
        let likeliest = self.predict(&feature)?.ranked;
        let likeliest = likeliest.first().map(|ranked| ranked.label);
        let label = taught.or(accepted).or(likeliest);
        let reasons = &self.predictions.reasons;
        let Some(why) = label.and_then(|label| reasons.why(&feature, label, most)) else {
            return Ok(None);
        };
        let speaker = |of: &head::Speaker| {
            let lesson = self.lessons.get(&LessonId(of.lesson));
            Speaker {
                lesson: LessonId(of.lesson),
                label: of.label,
                photo: lesson.and_then(|lesson| self.photo_of(lesson)),
                speaks: of.speaks,
                share: of.share,
            }
        };
        Ok(Some(Why {
            label: why.label,
            lead: why.lead,
            speakers: why.speakers.iter().map(speaker).collect(),
            rest: why.rest,
        }))
    }

    /// Computes what the classifier has not said yet, all photos as one product.
    fn fill_rows(&mut self, classifier: &Classifier, after: Option<PhotoId>) {
        let rows = &mut self.predictions.rows;
        let photos = self.album.after(after);
        let unknown = photos.filter(|(id, _)| !rows.contains_key(id));
        let unknown = unknown.map(|(id, photo)| (id, Arc::clone(&photo.feature)));
        let (accepted, others): (Vec<_>, Vec<_>) =
            unknown.partition(|(id, _)| self.accepted.contains_key(id));
        let of_lessons = self.predictions.of_lessons.as_deref();
        for (asked, photos) in [
            (classifier, others),
            (of_lessons.unwrap_or(classifier), accepted),
        ] {
            let (ids, features): (Vec<_>, Vec<_>) = photos.into_iter().unzip();
            let flat = asked.predict_many(&features);
            let width = classifier.labels().len().max(1);
            rows.extend(ids.into_iter().zip(flat.chunks_exact(width).map(Box::from)));
        }
    }
}

fn rank(labels: &[LabelId], probabilities: &[f32]) -> Vec<Ranked> {
    let pairs = labels.iter().zip(probabilities);
    let mut ranked: Vec<_> = pairs
        .map(|(&label, &probability)| Ranked { label, probability })
        .collect();
    ranked.sort_unstable_by(|a, b| {
        let better = b.probability.total_cmp(&a.probability);
        better.then(a.label.cmp(&b.label))
    });
    ranked
}

/// The first of what [`rank`] gives, without putting all labels in order for each of thousands of photos.
fn likeliest(labels: &[LabelId], probabilities: &[f32]) -> [Option<Ranked>; RANKED] {
    let mut first: [Option<Ranked>; RANKED] = [None; RANKED];
    for (&label, &probability) in labels.iter().zip(probabilities) {
        let mut next = Some(Ranked { label, probability });
        let above = |here: &Option<Ranked>| {
            here.is_none_or(|here| probability.total_cmp(&here.probability).is_gt())
        };
        // What stands from there on moves down, equals in their order.
        if let Some(at) = first.iter().position(above) {
            for place in &mut first[at..] {
                std::mem::swap(place, &mut next);
            }
        }
    }
    first
}

fn not_sure(ranked: &[Ranked]) -> bool {
    doubts(ranked.first().copied(), ranked.get(1).copied())
}

/// Whether the learner is not sure, by the two likeliest labels.
fn doubts(first: Option<Ranked>, second: Option<Ranked>) -> bool {
    match (first, second) {
        (Some(first), Some(second)) => {
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
    use crate::head::LENGTH;
    use crate::learner::{Learner, NewPhoto};
    use crate::store::Memory;

    fn ranked(probabilities: &[f32]) -> Vec<Ranked> {
        let labels: Vec<_> = (1..).map(LabelId).take(probabilities.len()).collect();
        rank(&labels, probabilities)
    }

    /// A feature whose products with others are beyond what the ridge can bear.
    fn forged(sign: f32) -> Arc<Feature> {
        Arc::new(Feature::forged([sign * f32::MAX; LENGTH]))
    }

    fn seen(seed: u32) -> Arc<Feature> {
        let value = |at: u32| ((at * 31 + seed * 7919) % 97) as f32 / 97.0 - 0.5;
        Arc::new(Feature::forged(std::array::from_fn(|at| {
            value(at as u32) / 30.0
        })))
    }

    /// Numbers that no photo has, past every check: an error, nothing sure, and undo ends it.
    #[test]
    fn what_has_no_finite_answer_is_an_error_until_it_is_taken_back() {
        pollster::block_on(async {
            let learner = Learner::open(Memory::new(), [7; 32]).await.unwrap();
            let photo = NewPhoto {
                name: "hat.jpg".to_owned(),
                key: [1; 32],
                feature: seen(9),
                thumbnail: vec![1],
                width: 1,
                height: 1,
                origin: None,
            };
            learner.add_photos(vec![photo]).await.unwrap();
            for (seed, label) in [(1, "Hat"), (2, "Hat"), (3, "Boots")] {
                learner.teach(seen(seed), label).await.unwrap();
            }
            let before = learner.predict(&seen(9)).unwrap();
            assert!(before.ranked.iter().all(|it| it.probability.is_finite()));
            for (sign, label) in [(1.0, "Hat"), (-1.0, "Boots")] {
                learner.teach(forged(sign), label).await.unwrap();
                let answer = learner.predict(&seen(9));
                assert_eq!(answer.map_err(|error| error.code()), Err("compute/failed"));
                let all = learner.predict_all();
                assert_eq!((all.not_sure, all.ranked_labels[0]), (vec![true], None));
                assert!(learner.report().mistakes.is_empty());
            }
            learner.undo().await.unwrap();
            learner.undo().await.unwrap();
            assert_eq!(learner.predict(&seen(9)).unwrap(), before);
            assert!(learner.predict_all().ranked_labels[0].is_some());
        });
    }

    #[test]
    fn the_likeliest_is_first_and_equals_keep_their_order() {
        let ids: Vec<_> = ranked(&[0.2, 0.4, 0.2, 0.2])
            .iter()
            .map(|ranked| ranked.label.0)
            .collect();
        assert_eq!(ids, [2, 1, 3, 4]);
    }

    /// Equals, what is no number, fewer labels than places: as sorted.
    #[test]
    fn the_three_likeliest_are_the_first_three_of_all() {
        let some = [0.25, 0.0, f32::NAN, 0.25, -f32::NAN, 0.5, 1e-30, -0.0, 0.5];
        for count in 0..some.len() {
            for turn in 0..some.len() {
                let mut row = some;
                row.rotate_left(turn);
                let row = &row[..count];
                let ids: Vec<_> = (1..).map(LabelId).take(count).collect();
                let sorted = rank(&ids, row);
                let wanted: Vec<_> = sorted.iter().take(RANKED).map(|one| one.label).collect();
                let found = likeliest(&ids, row);
                let found: Vec<_> = found.iter().flatten().map(|one| one.label).collect();
                assert_eq!(found, wanted, "{row:?}");
            }
        }
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
