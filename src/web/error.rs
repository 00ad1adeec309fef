//! Errors at the border: ours become `KeepsakeError` objects, JavaScript's become sentences.

use js_sys::Reflect;
use wasm_bindgen::prelude::*;

use crate::error::Error;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** A stable identifier of what went wrong: who must act, then what happened. */
export type ErrorCode =
  | `${"photo" | "request" | "weights" | "storage" | "import" | "compute"}/${string}`
  /** A fault of ours ended the module's instance: every call rejects with this from then on. */
  | "internal/crashed";

/** What every function here throws or rejects with. `message` is a sentence for the person. */
export interface KeepsakeError extends Error {
  readonly name: "KeepsakeError";
  readonly code: ErrorCode;
}
"#;

impl From<Error> for JsValue {
    /// An `Error` (so that it has a stack) with `name` and `code` set.
    fn from(error: Error) -> Self {
        let object = js_sys::Error::new(&error.to_string());
        object.set_name("KeepsakeError");
        // Setting a property of a fresh, ordinary object cannot fail.
        let _ = Reflect::set(&object, &"code".into(), &error.code().into());
        object.into()
    }
}

/// What a thrown JavaScript value says, for the details of a message.
pub(super) fn describe(thrown: &JsValue) -> String {
    match thrown.dyn_ref::<js_sys::Error>() {
        Some(error) => String::from(error.message()),
        None => thrown.as_string().unwrap_or_else(|| format!("{thrown:?}")),
    }
}
