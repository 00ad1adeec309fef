//! What JavaScript gives, checked: callers without types get a sentence, not a crash.

use js_sys::Uint8Array;
use serde::Deserialize;
use wasm_bindgen::prelude::*;

use crate::error::RequestError;
use crate::labels::{LabelChoice, LabelId};
use crate::store::{AnyStore, IndexedDb, MAX_KEY, Memory};
use crate::{Error, Result};

pub(super) fn invalid(sentence: impl Into<String>) -> Error {
    RequestError::Invalid(sentence.into()).into()
}

/// Options as JavaScript gives them; the usual ones where it gives none.
pub(super) fn options<T: Default + for<'de> Deserialize<'de>>(options: JsValue) -> Result<T> {
    if options.is_undefined() || options.is_null() {
        return Ok(T::default());
    }
    let wrong = |error| invalid(format!("These options cannot be used: {error}."));
    serde_wasm_bindgen::from_value(options).map_err(wrong)
}

/// Where a collection lasts.
#[derive(Deserialize, Default, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Storage {
    #[default]
    IndexedDb,
    Memory,
}

impl Storage {
    /// The store of the collection with this name.
    pub async fn open(&self, name: &str) -> Result<AnyStore> {
        Ok(match self {
            Storage::Memory => AnyStore::Memory(Memory::new()),
            Storage::IndexedDb => AnyStore::IndexedDb(IndexedDb::open(name).await?),
        })
    }
}

/// A whole number that JavaScript holds exactly.
pub(super) fn number(value: &JsValue) -> Option<u64> {
    let number = value.as_f64()?;
    let whole = number >= 0.0 && number <= MAX_KEY as f64 && number.fract() == 0.0;
    whole.then_some(number as u64)
}

pub(super) fn label(value: &JsValue) -> Result<LabelId> {
    let id = number(value).and_then(|id| u32::try_from(id).ok());
    id.map(LabelId)
        .ok_or_else(|| invalid("A label is given by its number."))
}

/// A label's number, or a name.
pub(super) fn label_choice(value: &JsValue) -> Result<LabelChoice> {
    match value.as_string() {
        Some(name) => Ok(LabelChoice::Name(name)),
        None => label(value).map(LabelChoice::Id),
    }
}

pub(super) fn name(value: &JsValue) -> Result<String> {
    let wrong = || invalid("A name is a string.");
    value.as_string().ok_or_else(wrong)
}

pub(super) fn bytes(value: &JsValue) -> Result<Vec<u8>> {
    let wrong = || invalid("A file is given as a Uint8Array.");
    let array: &Uint8Array = value.dyn_ref().ok_or_else(wrong)?;
    Ok(array.to_vec())
}
