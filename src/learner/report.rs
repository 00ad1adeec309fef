//! How often the learner would be right about what it was taught, had it not been taught it.

use super::album::PhotoId;
use super::state::{LessonId, State};
use crate::distinct::distinct;
use crate::labels::LabelId;

/// The learner's own exam, by leave-one-out: every lesson is asked of a classifier made of all the
/// others. An honest forecast for photos like those taught, and it costs no photo. Of more than some
/// two thousand lessons a part is asked, evenly from every label, so that it takes no longer than that.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Report {
    /// Every label that has lessons, ascending by id.
    pub labels: Vec<LabelReport>,
    /// How many lessons of the label of the row were taken for the label of the column,
    /// `[labels, labels]`, rows first.
    pub confusion: Vec<u32>,
    /// Share of the tested lessons that were right, 0 to 1; `None` when none could be tested.
    pub accuracy: Option<f64>,
    /// Mean over the labels of that share: a large label does not hide a small one.
    pub balanced_accuracy: Option<f64>,
    /// The lessons that were wrong, ascending by id: the others contradict them.
    pub mistakes: Vec<Mistake>,
}

/// One label's part of a [`Report`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LabelReport {
    /// Which label.
    pub label: LabelId,
    /// How many lessons it has.
    pub lessons: u32,
    /// How many of them were tested: none, when there is only one (the others know nothing of the
    /// label) or when there is no other label to take them for; a part, when there are very many, and
    /// perhaps none of a small label then.
    pub tested: u32,
    /// How many of those were right.
    pub right: u32,
}

/// A lesson that the others would have got wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mistake {
    /// Which lesson.
    pub lesson: LessonId,
    /// Its photo, if that is in the album.
    pub photo: Option<PhotoId>,
    /// What was taught.
    pub label: LabelId,
    /// What the others say.
    pub predicted: LabelId,
}

impl State {
    pub fn report(&mut self) -> Report {
        let untested = |label| LabelReport {
            label,
            lessons: 0,
            tested: 0,
            right: 0,
        };
        let labels = distinct(self.lessons.values().map(|lesson| lesson.label));
        let mut report = Report {
            labels: labels.iter().copied().map(untested).collect(),
            ..Report::default()
        };
        for lesson in self.lessons.values() {
            if let Ok(row) = labels.binary_search(&lesson.label) {
                report.labels[row].lessons += 1;
            }
        }
        let count = report.labels.len();
        report.confusion = vec![0; count * count];
        if count < 2 {
            return report;
        }
        for left in self.head.leave_one_out() {
            let row = report.labels.iter().position(|of| of.label == left.label);
            let column = left.logits.as_deref().and_then(largest);
            let (Some(row), Some(column)) = (row, column) else {
                continue;
            };
            report.confusion[row * count + column] += 1;
            report.labels[row].tested += 1;
            if row == column {
                report.labels[row].right += 1;
                continue;
            }
            let lesson = LessonId(left.lesson);
            let taught = self.lessons.get(&lesson);
            report.mistakes.push(Mistake {
                lesson,
                photo: taught.and_then(|taught| self.photo_of(taught)),
                label: left.label,
                predicted: report.labels[column].label,
            });
        }
        let tested = report.labels.iter().filter(|of| of.tested > 0);
        let (right, all) = tested.clone().fold((0, 0), |(right, all), of| {
            (right + of.right, all + of.tested)
        });
        let shares = tested.map(|of| f64::from(of.right) / f64::from(of.tested));
        let labels = shares.clone().count();
        if labels > 0 {
            report.accuracy = Some(f64::from(right) / f64::from(all));
            report.balanced_accuracy = Some(shares.sum::<f64>() / labels as f64);
        }
        report
    }
}

/// Where the largest value is, the first of equals.
fn largest(values: &[f32]) -> Option<usize> {
    let places = 0..values.len();
    places.reduce(|best, at| if values[at] > values[best] { at } else { best })
}
