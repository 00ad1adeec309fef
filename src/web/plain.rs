//! Values of ours as plain JavaScript objects.

use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

use crate::Result;
use crate::error::RequestError;

/// A value as a plain object, absent things as `null`.
pub(super) fn value(value: &impl Serialize) -> Result<JsValue> {
    let serializer = Serializer::new().serialize_missing_as_null(true);
    let wrong = |error: serde_wasm_bindgen::Error| RequestError::Invalid(error.to_string());
    Ok(value.serialize(&serializer).map_err(wrong)?)
}
