//! What a scratch learner answers, as JavaScript sees it. The types are in `types.ts`.

use js_sys::Uint8ClampedArray;
use serde::Serialize;
use wasm_bindgen::prelude::*;
use web_sys::ImageData;

use super::super::error::describe;
use super::super::plain::value;
use crate::labels::LabelId;
use crate::scratch::collection::LastLesson;
use crate::scratch::{self, KnownLabel, Preset, Settings, Sketch};
use crate::{Error, Result};

#[derive(Serialize)]
struct Label<'a> {
    id: LabelId,
    name: &'a str,
    slot: u32,
    taught: u64,
    tried: usize,
    known: usize,
}

impl Label<'_> {
    fn of(label: &KnownLabel) -> Label<'_> {
        Label {
            id: label.id,
            name: &label.name,
            slot: label.slot,
            taught: label.taught,
            tried: label.tried,
            known: label.known,
        }
    }
}

pub(super) fn label(label: &KnownLabel) -> Result<JsValue> {
    value(&Label::of(label))
}

pub(super) fn labels(labels: &[KnownLabel]) -> Result<JsValue> {
    value(&labels.iter().map(Label::of).collect::<Vec<_>>())
}

pub(super) fn history(last: &LastLesson) -> Result<JsValue> {
    #[derive(Serialize)]
    struct History<'a> {
        undo: Option<&'a str>,
        redo: Option<&'a str>,
        label: Option<LabelId>,
    }
    value(&History {
        undo: last.undo.as_deref(),
        redo: last.redo.as_deref(),
        label: last.label,
    })
}

/// How it learns, and on what: on the card of this name, or on the processor.
pub(super) fn state(settings: &Settings, card: Option<&str>) -> Result<JsValue> {
    #[derive(Serialize)]
    struct State<'a> {
        preset: Preset,
        rehearsal: bool,
        side: usize,
        device: &'static str,
        card: &'a str,
    }
    value(&State {
        preset: settings.preset,
        rehearsal: settings.rehearsal,
        side: settings.side,
        device: if card.is_some() { "webgpu" } else { "cpu" },
        card: card.unwrap_or_default(),
    })
}

pub(super) fn lesson(lesson: &scratch::Lesson) -> Result<JsValue> {
    #[derive(Serialize)]
    struct Lesson {
        label: LabelId,
        steps: usize,
        loss: Option<f32>,
        stopped: bool,
    }
    value(&Lesson {
        label: lesson.label,
        steps: lesson.taught.steps,
        loss: lesson.taught.loss,
        stopped: lesson.taught.stopped,
    })
}

/// An answer, with the names of these labels.
pub(super) fn prediction(answer: &scratch::Answer, labels: &[KnownLabel]) -> Result<JsValue> {
    #[derive(Serialize)]
    struct Guess<'a> {
        label: LabelId,
        name: &'a str,
        probability: f32,
    }
    #[derive(Serialize)]
    struct Prediction<'a> {
        label: Option<LabelId>,
        name: Option<&'a str>,
        probability: f32,
        ranked: Vec<Guess<'a>>,
    }
    let name = |id| {
        let label = labels.iter().find(|label| label.id == id);
        label.map_or("", |label| &label.name)
    };
    let ranked = answer.iter().map(|&(label, probability)| Guess {
        label,
        name: name(label),
        probability,
    });
    let ranked: Vec<_> = ranked.collect();
    let first = ranked.first();
    value(&Prediction {
        label: first.map(|first| first.label),
        name: first.map(|first| first.name),
        probability: first.map_or(0.0, |first| first.probability),
        ranked,
    })
}

/// A sketch as the browser draws it.
pub(super) fn picture(sketch: &Sketch) -> Result<JsValue> {
    let level = |value: &f32| (value.clamp(0.0, 1.0) * 255.0).round() as u8;
    let grey = sketch.values.iter().map(level);
    let rgba: Vec<u8> = grey.flat_map(|grey| [grey, grey, grey, 255]).collect();
    let side = sketch.side as u32;
    // Of an array of its own: it keeps what it is given, and wasm's memory is soon something else.
    let rgba = Uint8ClampedArray::from(&rgba[..]);
    let data = ImageData::new_with_js_u8_clamped_array_and_sh(&rgba, side, side);
    let data = data.map_err(|thrown| Error::Compute(describe(&thrown)))?;
    Ok(data.into())
}
