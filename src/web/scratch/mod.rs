//! `Scratch`: the class that learns from nothing, in the second module.
//!
//! As with `Learner`, actions may be called without waiting for each other, every promise holds what it
//! needs, and nothing holds a borrow over an await. Training gives the worker's event loop a turn again
//! and again, so that progress is seen, "stop" is heard, and questions are answered meanwhile.

mod follower;
mod options;
mod picture;
mod turns;
mod values;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::prelude::*;

use super::arguments;
use super::canvas::Canvases;
use super::error::{Thrown, promise};
use super::plain::value;
use crate::Result;
use crate::error::RequestError;
use crate::labels::{LabelChoice, LabelId};
use crate::scratch::{ScratchLearner, Sketch};
use crate::store::AnyStore;
use follower::Follower;
use options::Options;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("types.ts");

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
    /// Set when the lessons that were asked for until then are to end; later ones have another.
    stop: RefCell<Rc<Cell<bool>>>,
    closed: Cell<bool>,
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
        promise(async move {
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
                stop: RefCell::default(),
                closed: Cell::new(false),
            });
            Ok(Scratch { inner }.into())
        })
    }

    /// How it learns, and on what.
    #[wasm_bindgen(unchecked_return_type = "ScratchState")]
    pub fn state(&self) -> Result<JsValue, Thrown> {
        let inner = self.open_inner()?;
        Ok(values::state(
            &inner.learner.settings(),
            inner.card.as_deref(),
        )?)
    }

    /// What cannot be read, a sentence each. It stays where it is until it is left out, or written anew by
    /// whatever changes that label.
    #[wasm_bindgen(unchecked_return_type = "string[]")]
    pub fn problems(&self) -> Result<JsValue, Thrown> {
        Ok(value(&self.open_inner()?.learner.problems())?)
    }

    /// Deletes what is left of records that cannot be read, so that they are not told of again. A label
    /// that the networks know stays, under the name that says that its own was lost. There is no undo.
    #[wasm_bindgen(js_name = leaveOut, unchecked_return_type = "Promise<void>")]
    pub fn leave_out(&self) -> Promise {
        self.promise(async |it| {
            it.learner.leave_out().await?;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// What undo and redo would do: the last lesson, of before a reload, too.
    #[wasm_bindgen(unchecked_return_type = "ScratchHistory")]
    pub fn history(&self) -> Result<JsValue, Thrown> {
        Ok(values::history(&self.open_inner()?.learner.last_lesson())?)
    }

    /// Takes the last lesson back: the networks of before it answer again, exactly as they did, and a
    /// label that came with it goes. Resolves to what it was. Waits for the lesson under way; `stop` ends
    /// that one. Rejects with `request/nothing-to-do`.
    #[wasm_bindgen(unchecked_return_type = "Promise<string>")]
    pub fn undo(&self) -> Promise {
        self.promise(async |it| Ok(it.learner.undo().await?.into()))
    }

    /// Does the lesson again that was taken back, if nothing was taught since; resolves to what it is.
    #[wasm_bindgen(unchecked_return_type = "Promise<string>")]
    pub fn redo(&self) -> Promise {
        self.promise(async |it| Ok(it.learner.redo().await?.into()))
    }

    /// Every label, "none of these" first, then by number.
    #[wasm_bindgen(unchecked_return_type = "ScratchLabel[]")]
    pub fn labels(&self) -> Result<JsValue, Thrown> {
        Ok(values::labels(&self.open_inner()?.learner.labels())?)
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
    /// all that was learned is stored. From the first progress of the phase "generator" on the label is
    /// stored and answered; until then nothing is, and a page that closes leaves what was there before.
    /// Rejects with `photo/…` where a picture cannot be used, and then teaches none of them.
    #[wasm_bindgen(unchecked_return_type = "Promise<ScratchLesson>")]
    pub fn teach(
        &self,
        #[wasm_bindgen(unchecked_param_type = "PhotoSource | PhotoSource[]")] pictures: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number | string")] label: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "(progress: ScratchProgress) => void")]
        on_progress: JsValue,
    ) -> Promise {
        let label = arguments::label_choice(&label);
        let listener = follower::listener(on_progress);
        let stop = Rc::clone(&self.inner.stop.borrow());
        self.promise(async move |it| {
            let mut watch = Follower::new(&stop, listener?);
            it.teach(pictures, label?, &mut watch).await
        })
    }

    /// Ends the training under way, and at their first step those that wait for it; not what is taught
    /// from now on. What was learned up to now stays, and `teach` resolves.
    pub fn stop(&self) {
        self.inner.stop.take().set(true);
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
        self.promise(async move |it| values::picture(&it.sketch(&picture).await?))
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
            let pictures = dreams.iter().map(values::picture);
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
        promise(async move {
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
        let lesson = self.learner.teach(label, &sketches, watch).await?;
        values::lesson(&lesson)
    }

    async fn sketch(&self, source: &JsValue) -> Result<Sketch> {
        let side = self.learner.settings().side;
        picture::sketch(source, side, self.canvases.as_ref()).await
    }

    async fn predict(&self, sketch: Sketch) -> Result<JsValue> {
        let answers = self.learner.predict(&[sketch]).await?;
        let answer = answers.into_iter().next().unwrap_or_default();
        values::prediction(&answer, &self.learner.labels())
    }

    fn label(&self, id: LabelId) -> Result<JsValue> {
        let labels = self.learner.labels();
        let missing = || RequestError::NoSuchLabel(id.0.to_string());
        let label = labels.iter().find(|label| label.id == id);
        values::label(label.ok_or_else(missing)?)
    }
}
