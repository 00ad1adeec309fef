//! The JavaScript surface: the only part of the crate that knows `JsValue`.
//!
//! * [`error`]: our errors as `KeepsakeError` objects, and JavaScript's as ours.
//! * [`eye`]: `Eye`, which makes a photo's feature: what a pool of workers runs.
//! * `photo`: what JavaScript calls a photo becomes the network's input, by the browser's decoder
//!   and `canvas`; `digest` names it.

mod canvas;
mod digest;
pub mod error;
pub mod eye;
mod photo;
