//! An open collection: what every promise of a `Learner` holds, and the steps that need the browser.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::arguments::Storage;
use super::eye::Sight;
use super::given::{OpenOptions, Seen, Subject};
use super::lock::Lock;
use super::values;
use crate::Result;
use crate::error::{RequestError, StorageError};
use crate::labels::{LabelChoice, LabelId};
use crate::learner::{self, PhotoId, Sample};
use crate::store::AnyStore;

/// A learner and its store, and an eye where weights were given.
pub(super) struct Collection {
    pub learner: learner::Learner<AnyStore>,
    sight: Option<Sight>,
    /// Held by the one that writes.
    lock: Option<Lock>,
    pub closed: Cell<bool>,
}

impl Collection {
    pub async fn open(options: OpenOptions) -> Result<Rc<Collection>> {
        let sight = match options.weights()? {
            Some(weights) => Some(Sight::open(weights).await?),
            None => None,
        };
        // Before anything is read: whoever had it may be about to write.
        let lock = match options.read_only || options.storage == Storage::Memory {
            true => None,
            false => Lock::take(&options.name).await,
        };
        let store = options.storage.open(&options.name).await?;
        let id = sight.as_ref().map(Sight::id);
        let learner = match options.read_only {
            true => learner::Learner::open_read_only(store, id).await?,
            false => learner::Learner::open(store, id).await?,
        };
        let collection = Rc::new(Collection {
            learner,
            sight,
            lock,
            closed: Cell::new(false),
        });
        collection.give_when_asked();
        Ok(collection)
    }

    /// Lets another write who asks for it, when the action under way is done.
    fn give_when_asked(self: &Rc<Collection>) {
        let Some(lock) = &self.lock else {
            return;
        };
        let this = Rc::downgrade(self);
        lock.when_asked(move || {
            let Some(collection) = this.upgrade() else {
                return;
            };
            spawn_local(async move {
                collection.learner.stop_writing().await;
                collection.release();
            });
        });
    }

    fn release(&self) {
        if let Some(lock) = &self.lock {
            lock.release();
        }
    }

    pub async fn close(&self) -> Result<()> {
        let closed = self.learner.close().await;
        self.release();
        closed
    }

    pub fn label(&self, id: LabelId) -> Result<JsValue> {
        let labels = self.learner.labels();
        let missing = || RequestError::NoSuchLabel(id.0.to_string());
        let label = labels.iter().find(|label| label.id == id);
        values::label(label.ok_or_else(missing)?)
    }

    async fn look(&self, source: &JsValue) -> Result<Seen> {
        let sight = self.sight.as_ref().ok_or_else(|| {
            let sentence = "To look at photos itself, the learner is opened with weights.";
            RequestError::Invalid(sentence.to_owned())
        })?;
        let look = sight.look(source).await?;
        Ok(Seen {
            feature: Arc::new(look.feature),
            key: look.opened.identity.key,
            eye: sight.id(),
        })
    }

    pub async fn teach(&self, subject: Subject, label: LabelChoice) -> Result<JsValue> {
        let seen = match subject {
            Subject::Photo(id) => return self.teach_sample(Sample::Photo(id), label).await,
            Subject::Photos(ids) => return self.teach_alike(&ids, &[], label).await,
            Subject::Look(seen) => seen,
            Subject::Source(source) => self.look(&source).await?,
        };
        self.learner.bind(seen.eye).await?;
        let sample = Sample::Content(seen.key, seen.feature);
        self.teach_sample(sample, label).await
    }

    /// Resolves to the first lesson.
    pub async fn teach_alike(
        &self,
        photos: &[PhotoId],
        alike: &[PhotoId],
        label: LabelChoice,
    ) -> Result<JsValue> {
        let lessons = self.learner.teach_alike(photos, alike, label).await?;
        let none = || RequestError::Invalid("There is no photo to teach.".to_owned());
        let first = lessons.first().copied().ok_or_else(none)?;
        values::lesson(&self.learner.lesson(first)?)
    }

    async fn teach_sample(&self, sample: Sample, label: LabelChoice) -> Result<JsValue> {
        let lesson = self.learner.teach(sample, label).await?;
        values::lesson(&self.learner.lesson(lesson)?)
    }

    pub async fn predict(&self, subject: Subject) -> Result<JsValue> {
        let seen = match subject {
            Subject::Photo(id) => return self.answer(self.learner.predict_photo(id)?),
            Subject::Photos(_) => {
                let sentence = "One photo at a time; predictAll answers for the album.";
                return Err(RequestError::Invalid(sentence.to_owned()).into());
            }
            Subject::Look(seen) => seen,
            Subject::Source(source) => self.look(&source).await?,
        };
        let bound = self.learner.backbone();
        if bound.is_some_and(|bound| bound != seen.eye) {
            return Err(StorageError::OtherBackbone.into());
        }
        self.answer(self.learner.predict(&seen.feature)?)
    }

    fn answer(&self, prediction: learner::Prediction) -> Result<JsValue> {
        values::prediction(&prediction, &self.learner.labels())
    }
}
