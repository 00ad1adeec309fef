//! `Scratch`: the class that learns from nothing, in the second module.
//!
//! As with `Learner`, actions may be called without waiting for each other, every promise holds what it
//! needs, and nothing holds a borrow over an await. Training gives the worker's event loop a turn again
//! and again, so that progress is seen, "stop" is heard, and questions are answered meanwhile.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::{Array, Function, Promise, Uint8Array};
use serde::{Deserialize, Serialize};
use wasm_bindgen::Clamped;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::ImageData;

use super::arguments::{self, Storage, invalid};
use super::canvas::Canvases;
use super::error::describe;
use super::photo;
use super::plain::value;
use crate::error::{PhotoError, RequestError};
use crate::labels::{LabelChoice, LabelId};
use crate::photo::{Channels, Limits, Pixels};
use crate::scratch::{
    Control, KnownLabel, Lesson, Preset, Progress, ScratchLearner, Settings, Sketch, Watch,
    preprocess,
};
use crate::store::AnyStore;
use crate::{Error, Result, device};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("scratch.ts");

/// The narrowest picture that is taken, in pixels: less than this shows nothing to tell apart.
const NARROWEST: u32 = 8;
/// Milliseconds of training between two turns of the event loop: a blink is ten times as long.
const BETWEEN_TURNS: f64 = 25.0;

/// Learns to tell a person's pictures apart, with no knowledge to begin with. It keeps labels and
/// networks on this device, and no picture.
#[wasm_bindgen]
pub struct Scratch {
    inner: Rc<Inner>,
}

/// What every promise holds.
struct Inner {
    learner: ScratchLearner<AnyStore>,
    canvases: Option<Canvases>,
    /// The graphics card's name; `None` on the CPU.
    card: Option<String>,
    stopping: Cell<bool>,
    closed: Cell<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Options {
    name: String,
    preset: Preset,
    rehearsal: Option<bool>,
    max_iter: Option<u32>,
    seed: Option<u32>,
    storage: Storage,
    device: Where,
}

#[derive(Deserialize, Default, Clone, Copy, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Where {
    Auto,
    WebGpu,
    #[default]
    Cpu,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            name: "drawings".to_owned(),
            preset: Preset::default(),
            rehearsal: None,
            max_iter: None,
            seed: None,
            storage: Storage::default(),
            device: Where::default(),
        }
    }
}

impl Options {
    fn settings(&self) -> Result<Settings> {
        let usual = Settings::default();
        if self.max_iter == Some(0) {
            return Err(invalid("Training takes one step or more."));
        }
        Ok(Settings {
            preset: self.preset,
            rehearsal: self.rehearsal.unwrap_or(usual.rehearsal),
            max_iter: self.max_iter.map_or(usual.max_iter, |steps| steps as usize),
            seed: self.seed.map_or(usual.seed, u64::from),
            ..usual
        })
    }
}

impl Where {
    /// The device, and the name of the card where it is one.
    async fn open(self) -> Result<(burn::tensor::Device, Option<String>)> {
        if self == Where::Cpu {
            return Ok((device::cpu(), None));
        }
        let opened = device::card().await;
        let opened = opened.map(|(device, setup)| (device, device::Card::of(&setup)));
        match (self, opened) {
            (Where::Auto, Err(_)) => Ok((device::cpu(), None)),
            (Where::Auto, Ok((_, card))) if card.software => Ok((device::cpu(), None)),
            (_, opened) => opened.map(|(device, card)| (device, Some(card.name))),
        }
    }
}

#[wasm_bindgen]
impl Scratch {
    /// Opens a collection, or begins one. Rejects with `storage/unavailable` where nothing can be
    /// stored (then `storage: "memory"` still works), `storage/…`, `compute/…` without the device that
    /// was asked for.
    #[wasm_bindgen(unchecked_return_type = "Promise<Scratch>")]
    pub fn open(
        #[wasm_bindgen(unchecked_optional_param_type = "ScratchOptions")] options: JsValue,
    ) -> Promise {
        let options = arguments::options::<Options>(options);
        future_to_promise(async move {
            let options = options?;
            let settings = options.settings()?;
            let (device, card) = options.device.open().await?;
            // Apart from the photo learners' databases, whatever their names.
            let name = format!("scratch:{}", options.name);
            let store = options.storage.open(&name).await?;
            let inner = Rc::new(Inner {
                learner: ScratchLearner::open(store, Some(settings), &device).await?,
                canvases: Canvases::new(),
                card,
                stopping: Cell::new(false),
                closed: Cell::new(false),
            });
            Ok(Scratch { inner }.into())
        })
    }

    /// How it learns, and on what.
    #[wasm_bindgen(unchecked_return_type = "ScratchState")]
    pub fn state(&self) -> Result<JsValue> {
        #[derive(Serialize)]
        struct State<'a> {
            preset: Preset,
            rehearsal: bool,
            side: usize,
            device: &'static str,
            card: &'a str,
        }
        let inner = self.open_inner()?;
        let settings = inner.learner.settings();
        value(&State {
            preset: settings.preset,
            rehearsal: settings.rehearsal,
            side: settings.side,
            device: if inner.card.is_some() {
                "webgpu"
            } else {
                "cpu"
            },
            card: inner.card.as_deref().unwrap_or_default(),
        })
    }

    /// Every label, "none of these" first, then by number.
    #[wasm_bindgen(unchecked_return_type = "ScratchLabel[]")]
    pub fn labels(&self) -> Result<JsValue> {
        let labels = self.open_inner()?.learner.labels();
        value(&labels.iter().map(Label::of).collect::<Vec<_>>())
    }

    /// Makes a label that nothing was taught of yet. Rejects with `request/label-exists` and the like.
    #[wasm_bindgen(js_name = addLabel, unchecked_return_type = "Promise<ScratchLabel>")]
    pub fn add_label(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] name: JsValue,
    ) -> Promise {
        let name = arguments::name(&name);
        self.promise(async move |it| {
            let id = it.learner.add_label(&name?).await?;
            it.label(id)
        })
    }

    /// Gives a label another name.
    #[wasm_bindgen(unchecked_return_type = "Promise<ScratchLabel>")]
    pub fn rename(
        &self,
        #[wasm_bindgen(unchecked_param_type = "number")] label: JsValue,
        #[wasm_bindgen(unchecked_param_type = "string")] name: JsValue,
    ) -> Promise {
        let (label, name) = (arguments::label(&label), arguments::name(&name));
        self.promise(async move |it| {
            let label = label?;
            it.learner.rename_label(label, &name?).await?;
            it.label(label)
        })
    }

    /// Teaches pictures of one label, by its number or by a name, which is found or made. Resolves when
    /// what was learned is stored; until then nothing is, and a page that closes leaves what was there
    /// before. Rejects with `photo/…` where a picture cannot be used, and then teaches none of them.
    #[wasm_bindgen(unchecked_return_type = "Promise<ScratchLesson>")]
    pub fn teach(
        &self,
        #[wasm_bindgen(unchecked_param_type = "PhotoSource | PhotoSource[]")] pictures: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number | string")] label: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "(progress: ScratchProgress) => void")]
        on_progress: JsValue,
    ) -> Promise {
        let label = arguments::label_choice(&label);
        let listener = listener(on_progress);
        self.inner.stopping.set(false);
        self.promise(async move |it| {
            let mut watch = Follower::new(it, listener?);
            it.teach(pictures, label?, &mut watch).await
        })
    }

    /// Ends the training under way. What was learned up to now stays, and `teach` resolves.
    pub fn stop(&self) {
        self.inner.stopping.set(true);
    }

    /// What a picture is, by all that was taught.
    #[wasm_bindgen(unchecked_return_type = "Promise<ScratchPrediction>")]
    pub fn predict(
        &self,
        #[wasm_bindgen(unchecked_param_type = "PhotoSource")] picture: JsValue,
    ) -> Promise {
        self.promise(async move |it| {
            let sketch = it.sketch(&picture).await?;
            it.predict(sketch).await
        })
    }

    /// A picture as the learner sees it: small and grey.
    #[wasm_bindgen(unchecked_return_type = "Promise<ImageData>")]
    pub fn sees(
        &self,
        #[wasm_bindgen(unchecked_param_type = "PhotoSource")] picture: JsValue,
    ) -> Promise {
        self.promise(async move |it| picture_of(&it.sketch(&picture).await?))
    }

    /// Pictures that the learner makes of a label that was taught: what it rehearses, or, for "exact",
    /// which rehearses nothing, one: the average of what it was taught. The same seed gives the same
    /// pictures.
    #[wasm_bindgen(unchecked_return_type = "Promise<ImageData[]>")]
    pub fn dreams(
        &self,
        #[wasm_bindgen(unchecked_param_type = "number")] label: JsValue,
        count: u32,
        seed: Option<u32>,
    ) -> Promise {
        let label = arguments::label(&label);
        self.promise(async move |it| {
            let seed = u64::from(seed.unwrap_or_default());
            let dreams = it.learner.dreams(label?, count as usize, seed).await?;
            let pictures = dreams.iter().map(picture_of);
            Ok(pictures.collect::<Result<Array>>()?.into())
        })
    }

    /// Everything as one file: labels and networks.
    #[wasm_bindgen(unchecked_return_type = "Promise<Uint8Array>")]
    pub fn export(&self) -> Promise {
        self.promise(async move |it| {
            let file = it.learner.export().await?;
            Ok(Uint8Array::from(&file[..]).into())
        })
    }

    /// Reads a file that `export` made, in place of everything. Rejects with `import/…` when the file
    /// cannot be used; nothing was changed then.
    #[wasm_bindgen(unchecked_return_type = "Promise<void>")]
    pub fn import(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] file: JsValue,
    ) -> Promise {
        let file = arguments::bytes(&file);
        self.promise(async move |it| {
            it.learner.import(&file?).await?;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// Waits for the actions under way, then lets go of the storage. Whatever is called afterwards
    /// throws or rejects with `request/closed`.
    #[wasm_bindgen(unchecked_return_type = "Promise<void>")]
    pub fn close(&self) -> Promise {
        self.last(async |it| it.learner.close().await)
    }

    /// Deletes everything that was taught, and closes.
    #[wasm_bindgen(unchecked_return_type = "Promise<void>")]
    pub fn delete(&self) -> Promise {
        self.last(async |it| it.learner.delete().await)
    }

    fn last(&self, work: impl AsyncFnOnce(&Inner) -> Result<()> + 'static) -> Promise {
        let promise = self.promise(async move |it| {
            work(it).await?;
            Ok(JsValue::UNDEFINED)
        });
        self.inner.closed.set(true);
        promise
    }

    /// A promise of what `work` answers; rejected at once when this was closed before.
    fn promise(&self, work: impl AsyncFnOnce(&Inner) -> Result<JsValue> + 'static) -> Promise {
        let inner = self.open_inner().map(|_| Rc::clone(&self.inner));
        future_to_promise(async move {
            let inner = inner?;
            Ok(work(&inner).await?)
        })
    }

    fn open_inner(&self) -> Result<&Inner> {
        match self.inner.closed.get() {
            true => Err(RequestError::Closed.into()),
            false => Ok(&self.inner),
        }
    }
}

impl Inner {
    async fn teach(
        &self,
        pictures: JsValue,
        label: LabelChoice,
        watch: &mut Follower<'_>,
    ) -> Result<JsValue> {
        let pictures = match pictures.dyn_into::<Array>() {
            Ok(many) => many,
            Err(one) => Array::of1(&one),
        };
        let mut sketches = Vec::with_capacity(pictures.length() as usize);
        for picture in pictures.iter() {
            sketches.push(self.sketch(&picture).await?);
        }
        let Lesson { label, taught } = self.learner.teach(label, &sketches, watch).await?;
        #[derive(Serialize)]
        struct Answer {
            label: LabelId,
            steps: usize,
            loss: Option<f32>,
            stopped: bool,
        }
        value(&Answer {
            label,
            steps: taught.steps,
            loss: taught.loss,
            stopped: taught.stopped,
        })
    }

    /// A `PhotoSource` as the networks see it: its centred square, small and grey.
    async fn sketch(&self, picture: &JsValue) -> Result<Sketch> {
        let side = self.learner.settings().side;
        let canvases = self.canvases.as_ref();
        let opened = photo::open(picture, side, &Limits::default(), canvases).await?;
        let (width, height) = (opened.width, opened.height);
        if width.min(height) < NARROWEST {
            return Err(PhotoError::TooSmall { width, height }.into());
        }
        let small = side as u32;
        let pixels = Pixels::new(small, small, Channels::Rgb, &opened.input.rgb)?;
        Ok(preprocess::sketch(pixels, side))
    }

    async fn predict(&self, sketch: Sketch) -> Result<JsValue> {
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
        let answers = self.learner.predict(&[sketch]).await?;
        let labels = self.learner.labels();
        let name = |id| {
            let label = labels.iter().find(|label| label.id == id);
            label.map_or("", |label| &label.name)
        };
        let guesses = answers.iter().flatten();
        let ranked = guesses.map(|&(label, probability)| Guess {
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

    fn label(&self, id: LabelId) -> Result<JsValue> {
        let labels = self.learner.labels();
        let missing = || RequestError::NoSuchLabel(id.0.to_string());
        let label = labels.iter().find(|label| label.id == id);
        value(&Label::of(label.ok_or_else(missing)?))
    }
}

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

/// A sketch as the browser draws it.
fn picture_of(sketch: &Sketch) -> Result<JsValue> {
    let level = |value: &f32| (value.clamp(0.0, 1.0) * 255.0).round() as u8;
    let grey = sketch.values.iter().map(level);
    let rgba: Vec<u8> = grey.flat_map(|grey| [grey, grey, grey, 255]).collect();
    let side = sketch.side as u32;
    let data = ImageData::new_with_u8_clamped_array_and_sh(Clamped(&rgba), side, side);
    let data = data.map_err(|thrown| Error::Compute(describe(&thrown)))?;
    Ok(data.into())
}

fn listener(given: JsValue) -> Result<Option<Function>> {
    if given.is_undefined() || given.is_null() {
        return Ok(None);
    }
    let wrong = |_| invalid("Progress is given to a function.");
    given.dyn_into().map(Some).map_err(wrong)
}

/// Tells of progress, hears "stop", and lets the event loop have its turns.
struct Follower<'a> {
    inner: &'a Inner,
    listener: Option<Function>,
    turns: Turns,
    last_turn: f64,
}

impl<'a> Follower<'a> {
    fn new(inner: &'a Inner, listener: Option<Function>) -> Follower<'a> {
        Follower {
            inner,
            listener,
            turns: Turns::new(),
            last_turn: js_sys::Date::now(),
        }
    }
}

impl Watch for Follower<'_> {
    async fn progress(&mut self, progress: Progress) -> Control {
        if let Some(listener) = &self.listener
            && let Ok(progress) = value(&progress)
        {
            // Whoever listens badly keeps nothing from being learned.
            let _ = listener.call1(&JsValue::UNDEFINED, &progress);
        }
        if js_sys::Date::now() - self.last_turn > BETWEEN_TURNS {
            self.turns.next().await;
            self.last_turn = js_sys::Date::now();
        }
        match self.inner.stopping.get() {
            true => Control::Stop,
            false => Control::Continue,
        }
    }
}

#[wasm_bindgen]
extern "C" {
    type MessageChannel;
    #[wasm_bindgen(constructor)]
    fn new() -> MessageChannel;
    #[wasm_bindgen(method, getter)]
    fn port1(this: &MessageChannel) -> MessagePort;
    #[wasm_bindgen(method, getter)]
    fn port2(this: &MessageChannel) -> MessagePort;

    type MessagePort;
    #[wasm_bindgen(method, setter)]
    fn set_onmessage(this: &MessagePort, handler: Option<&Function>);
    #[wasm_bindgen(method, js_name = postMessage)]
    fn post_message(this: &MessagePort, message: &JsValue);
    #[wasm_bindgen(method)]
    fn close(this: &MessagePort);
}

/// Turns of the event loop. A message to oneself comes after everything that waits already; a timer
/// would come four milliseconds late, as long as a step of training takes.
struct Turns {
    near: MessagePort,
    far: MessagePort,
}

impl Turns {
    fn new() -> Turns {
        let channel = MessageChannel::new();
        Turns {
            near: channel.port1(),
            far: channel.port2(),
        }
    }

    async fn next(&self) {
        let turn = Promise::new(&mut |done, _| {
            self.near.set_onmessage(Some(&done));
            self.far.post_message(&JsValue::UNDEFINED);
        });
        // It is never rejected.
        let _ = JsFuture::from(turn).await;
    }
}

impl Drop for Turns {
    fn drop(&mut self) {
        self.near.set_onmessage(None);
        self.near.close();
    }
}
