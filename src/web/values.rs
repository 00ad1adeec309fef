//! What the learner answers, as JavaScript sees it. The types are written once, by hand, since what a
//! program needs to know of them is more than their fields.

use js_sys::{Array, Float32Array, Float64Array, Int32Array, Object, Reflect, Uint8Array};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::plain::value;
use crate::Result;
use crate::labels::LabelId;
use crate::learner::{self, RANKED, Was};
use crate::store::indexed_db::names::Kept;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("values.ts");

#[derive(Serialize)]
struct Label<'a> {
    id: LabelId,
    name: &'a str,
    slot: u32,
    lessons: usize,
}

fn label_value(label: &learner::Label) -> Label<'_> {
    Label {
        id: label.id,
        name: &label.name,
        slot: label.slot,
        lessons: label.lessons,
    }
}

pub(super) fn label(label: &learner::Label) -> Result<JsValue> {
    value(&label_value(label))
}

pub(super) fn labels(labels: &[learner::Label]) -> Result<JsValue> {
    value(&labels.iter().map(label_value).collect::<Vec<_>>())
}

pub(super) fn kept(kept: &[Kept]) -> Result<JsValue> {
    #[derive(Serialize)]
    struct KeptLearner<'a> {
        name: &'a str,
        photos: u32,
        lessons: u32,
        labels: u32,
    }
    let all = kept.iter().map(|one| KeptLearner {
        name: &one.name,
        photos: one.photos,
        lessons: one.lessons,
        labels: one.labels,
    });
    value(&all.collect::<Vec<_>>())
}

#[derive(Serialize)]
struct Lesson {
    id: u64,
    label: LabelId,
    photo: Option<u64>,
    key: Option<String>,
}

/// A revision as JavaScript sees it: no number of its own holds one.
pub(super) fn revision(revision: Option<u64>) -> JsValue {
    revision.map_or(JsValue::UNDEFINED, |it| format!("{it:016x}").into())
}

pub(super) fn changes(changes: Option<learner::Changes>) -> JsValue {
    let Some(changes) = changes else {
        return JsValue::UNDEFINED;
    };
    let (tables, keys): (Vec<u8>, Vec<f64>) = changes
        .places
        .iter()
        .map(|&(table, key)| (table as u8, key as f64))
        .unzip();
    let object = Object::new();
    let set = |name: &str, value: JsValue| {
        // Setting a property of a fresh, ordinary object cannot fail.
        let _ = Reflect::set(&object, &name.into(), &value);
    };
    set("before", revision(Some(changes.before)));
    set("after", revision(Some(changes.after)));
    set("tables", Uint8Array::from(&tables[..]).into());
    set("keys", Float64Array::from(&keys[..]).into());
    object.into()
}

/// A content's SHA-256 as JavaScript sees it.
fn hex(key: &learner::ContentKey) -> String {
    key.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn lesson_value(lesson: &learner::Lesson) -> Lesson {
    Lesson {
        id: lesson.id.0,
        label: lesson.label,
        photo: lesson.photo.map(|photo| photo.0),
        key: lesson.key.as_ref().map(hex),
    }
}

pub(super) fn lesson(lesson: &learner::Lesson) -> Result<JsValue> {
    value(&lesson_value(lesson))
}

pub(super) fn lessons(lessons: &[learner::Lesson]) -> Result<JsValue> {
    value(&lessons.iter().map(lesson_value).collect::<Vec<_>>())
}

pub(super) fn photos(photos: &[learner::AlbumPhoto]) -> Result<JsValue> {
    #[derive(Serialize)]
    struct Photo<'a> {
        id: u64,
        name: &'a str,
        key: String,
        width: u32,
        height: u32,
        lesson: Option<u64>,
        label: Option<LabelId>,
        accepted: Option<LabelId>,
        origin: Option<Origin<'a>>,
    }
    #[derive(Serialize)]
    struct Origin<'a> {
        path: &'a str,
        size: f64,
        modified: f64,
        taken: Option<f64>,
        companions: &'a [String],
    }
    fn origin(origin: &learner::Origin) -> Origin<'_> {
        Origin {
            path: &origin.path,
            size: origin.size as f64,
            modified: origin.modified as f64,
            taken: origin.taken.map(|taken| taken as f64),
            companions: &origin.companions,
        }
    }
    let photos = photos.iter().map(|entry| Photo {
        id: entry.id.0,
        name: &entry.photo.name,
        key: hex(&entry.photo.key),
        width: entry.photo.width,
        height: entry.photo.height,
        lesson: entry.lesson.as_ref().map(|lesson| lesson.id.0),
        label: entry.lesson.as_ref().map(|lesson| lesson.label),
        accepted: entry.accepted,
        origin: entry.origin.as_deref().map(origin),
    });
    value(&photos.collect::<Vec<_>>())
}

pub(super) fn photo(entry: &learner::AlbumPhoto) -> Result<JsValue> {
    let one = photos(std::slice::from_ref(entry))?;
    Ok(Array::from(&one).get(0))
}

/// The name a label has among these.
fn name(labels: &[learner::Label], id: LabelId) -> &str {
    let label = labels.iter().find(|label| label.id == id);
    label.map_or("", |label| &label.name)
}

pub(super) fn prediction(
    prediction: &learner::Prediction,
    labels: &[learner::Label],
) -> Result<JsValue> {
    #[derive(Serialize)]
    struct Ranked<'a> {
        label: LabelId,
        name: &'a str,
        probability: f32,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Prediction<'a> {
        label: Option<LabelId>,
        name: Option<&'a str>,
        probability: f32,
        not_sure: bool,
        ranked: Vec<Ranked<'a>>,
    }
    let ranked = prediction.ranked.iter().map(|ranked| Ranked {
        label: ranked.label,
        name: name(labels, ranked.label),
        probability: ranked.probability,
    });
    let ranked: Vec<_> = ranked.collect();
    let first = ranked.first();
    value(&Prediction {
        label: first.map(|first| first.label),
        name: first.map(|first| first.name),
        probability: first.map_or(0.0, |first| first.probability),
        not_sure: prediction.not_sure,
        ranked,
    })
}

pub(super) fn why(why: &learner::Why) -> Result<JsValue> {
    #[derive(Serialize)]
    struct Speaker {
        lesson: u64,
        label: LabelId,
        photo: Option<u64>,
        speaks: f64,
        share: f64,
    }
    #[derive(Serialize)]
    struct Why {
        label: LabelId,
        lead: f64,
        speakers: Vec<Speaker>,
        rest: f64,
    }
    let speaker = |of: &learner::Speaker| Speaker {
        lesson: of.lesson.0,
        label: of.label,
        photo: of.photo.map(|photo| photo.0),
        speaks: of.speaks,
        share: of.share,
    };
    value(&Why {
        label: why.label,
        lead: why.lead,
        speakers: why.speakers.iter().map(speaker).collect(),
        rest: why.rest,
    })
}

pub(super) fn history(history: &learner::HistoryWords) -> Result<JsValue> {
    #[derive(Serialize)]
    struct History<'a> {
        undo: Option<&'a str>,
        redo: Option<&'a str>,
    }
    value(&History {
        undo: history.undo.as_deref(),
        redo: history.redo.as_deref(),
    })
}

pub(super) fn report(report: &learner::Report, labels: &[learner::Label]) -> Result<JsValue> {
    #[derive(Serialize)]
    struct LabelReport<'a> {
        label: LabelId,
        name: &'a str,
        lessons: u32,
        tested: u32,
        right: u32,
    }
    #[derive(Serialize)]
    struct Mistake {
        lesson: u64,
        photo: Option<u64>,
        label: LabelId,
        predicted: LabelId,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Report<'a> {
        labels: Vec<LabelReport<'a>>,
        confusion: Vec<&'a [u32]>,
        accuracy: Option<f64>,
        balanced_accuracy: Option<f64>,
        mistakes: Vec<Mistake>,
    }
    let of_label = |of: &learner::LabelReport| LabelReport {
        label: of.label,
        name: name(labels, of.label),
        lessons: of.lessons,
        tested: of.tested,
        right: of.right,
    };
    let mistake = |mistake: &learner::Mistake| Mistake {
        lesson: mistake.lesson.0,
        photo: mistake.photo.map(|photo| photo.0),
        label: mistake.label,
        predicted: mistake.predicted,
    };
    let rows = report.confusion.chunks(report.labels.len().max(1));
    value(&Report {
        labels: report.labels.iter().map(of_label).collect(),
        confusion: rows.collect(),
        accuracy: report.accuracy,
        balanced_accuracy: report.balanced_accuracy,
        mistakes: report.mistakes.iter().map(mistake).collect(),
    })
}

pub(super) fn renewal(renewal: &learner::Renewal) -> Result<JsValue> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Renewal {
        photos: usize,
        lost_photos: usize,
        lost_lessons: usize,
    }
    value(&Renewal {
        photos: renewal.photos,
        lost_photos: renewal.lost_photos,
        lost_lessons: renewal.lost_lessons,
    })
}

pub(super) fn problems(problems: &[learner::Problem]) -> Result<JsValue> {
    #[derive(Serialize)]
    struct Problem<'a> {
        table: Option<&'static str>,
        key: Option<u64>,
        was: &'static str,
        label: Option<LabelId>,
        lessons: usize,
        photo: Option<&'a str>,
        step: Option<&'a str>,
        sentence: &'a str,
    }
    let told = problems.iter().map(|problem| {
        let (was, label, lessons, photo) = match &problem.was {
            Was::Unknown => ("unknown", None, 0, None),
            Was::Description => ("description", None, 0, None),
            Was::Numbers => ("numbers", None, 0, None),
            Was::Undo => ("undo", None, 0, None),
            Was::Label { lessons } => ("label", None, *lessons, None),
            Was::Lesson => ("lesson", None, 0, None),
            Was::Photo { taught } => ("photo", *taught, 0, None),
            Was::Picture { of } => ("picture", None, 0, of.as_deref()),
            Was::Origin { of } => ("origin", None, 0, of.as_deref()),
            Was::Accepted { of } => ("accepted", None, 0, of.as_deref()),
        };
        Problem {
            table: problem.place.map(|(table, _)| table.name()),
            key: problem.place.map(|(_, key)| key),
            was,
            label,
            lessons,
            photo,
            step: problem.step.as_deref(),
            sentence: &problem.sentence,
        }
    });
    value(&told.collect::<Vec<_>>())
}

pub(super) fn mended(mended: &learner::Mended) -> Result<JsValue> {
    #[derive(Serialize)]
    struct Mended {
        records: usize,
        outdated: usize,
        left: usize,
    }
    value(&Mended {
        records: mended.records,
        outdated: mended.outdated,
        left: mended.left,
    })
}

pub(super) fn import_summary(summary: &learner::ImportSummary) -> Result<JsValue> {
    #[derive(Serialize)]
    struct ImportSummary {
        labels: usize,
        photos: usize,
        lessons: usize,
        kept: usize,
    }
    value(&ImportSummary {
        labels: summary.labels,
        photos: summary.photos,
        lessons: summary.lessons,
        kept: summary.kept,
    })
}

/// Flat arrays, since there may be thousands of photos after every lesson: copied as memory, not value
/// by value.
pub(super) fn album(all: &learner::AlbumPredictions) -> Result<JsValue> {
    const { assert!(RANKED == 3, "the types above say so") };
    let label = |label: &Option<LabelId>| label.map_or(-1, |label| label.0 as i32);
    let labels = |of: &[Option<LabelId>]| {
        let numbers: Vec<i32> = of.iter().map(label).collect();
        Int32Array::from(&numbers[..])
    };
    let photos: Vec<f64> = all.photos.iter().map(|photo| photo.0 as f64).collect();
    let lesson = all.lessons.iter().map(|lesson| lesson.map_or(0, |id| id.0));
    let lessons: Vec<f64> = lesson.map(|id| id as f64).collect();
    let not_sure: Vec<u8> = all.not_sure.iter().map(|&flag| u8::from(flag)).collect();
    let fields: [(&str, JsValue); 7] = [
        ("photos", Float64Array::from(&photos[..]).into()),
        ("lessons", Float64Array::from(&lessons[..]).into()),
        ("taught", labels(&all.taught).into()),
        ("accepted", labels(&all.accepted).into()),
        ("notSure", Uint8Array::from(&not_sure[..]).into()),
        ("rankedLabels", labels(&all.ranked_labels).into()),
        (
            "rankedProbabilities",
            Float32Array::from(&all.ranked_probabilities[..]).into(),
        ),
    ];
    let object = Object::new();
    for (name, field) in fields {
        // Setting a property of a fresh, ordinary object cannot fail.
        let _ = Reflect::set(&object, &name.into(), &field);
    }
    Ok(object.into())
}
