//! The JavaScript surface: the only part of the crate that knows `JsValue`.
//!
//! * [`error`]: our errors as `KeepsakeError` objects, and JavaScript's as ours.

pub mod error;
