//! Errors at the border: ours become `KeepsakeError` objects, JavaScript's become sentences.

use std::pin::Pin;

use js_sys::{Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

use crate::error::{Error, RequestError};

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

/// What a function here throws, or a promise rejects with: an error of ours as a `KeepsakeError`, or
/// what JavaScript itself threw.
pub struct Thrown(JsValue);

impl From<Error> for Thrown {
    /// An `Error` (so that it has a stack) with `name` and `code` set.
    fn from(error: Error) -> Self {
        let object = js_sys::Error::new(&error.to_string());
        object.set_name("KeepsakeError");
        // Setting a property of a fresh, ordinary object cannot fail.
        let _ = Reflect::set(&object, &"code".into(), &error.code().into());
        Thrown(object.into())
    }
}

impl From<RequestError> for Thrown {
    fn from(error: RequestError) -> Self {
        Error::from(error).into()
    }
}

impl From<JsValue> for Thrown {
    fn from(thrown: JsValue) -> Self {
        Thrown(thrown)
    }
}

impl From<Thrown> for JsValue {
    fn from(Thrown(thrown): Thrown) -> Self {
        thrown
    }
}

/// What a promise waits for, of one type.
type Work = Pin<Box<dyn Future<Output = Result<JsValue, Thrown>>>>;

/// A promise of what `work` will come to.
pub(super) fn promise(work: impl Future<Output = Result<JsValue, Thrown>> + 'static) -> Promise {
    promise_of(Box::pin(work))
}

/// Not generic, so that what drives a promise is compiled once and not for each of them.
fn promise_of(work: Work) -> Promise {
    future_to_promise(async { Ok(work.await?) })
}

/// What a thrown JavaScript value says, for the details of a message.
pub(super) fn describe(thrown: &JsValue) -> String {
    match thrown.dyn_ref::<js_sys::Error>() {
        Some(error) => String::from(error.message()),
        None => thrown.as_string().unwrap_or_else(|| format!("{thrown:?}")),
    }
}
