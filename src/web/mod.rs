//! The JavaScript surface: the only part of the crate that knows `JsValue`.
//!
//! * [`error`]: our errors as `KeepsakeError` objects, and JavaScript's as ours.
//! * `guard.js` stands before all of it: after a trap the instance answers nothing but that it ended.
//!   `panic` says what a panic was about.
//! * [`eye`]: `Eye`, which makes a photo's feature: what a pool of workers runs.
//! * [`learner`]: `Learner`, which is taught and asked, over a `collection`; `given` is what it is
//!   given, `values` what it answers, `lock` what keeps it the only one that writes.
//! * [`glance`]: `Glance`, a look into a collection that is not opened.
//! * `photo`: what JavaScript calls a photo becomes the network's input, by the browser's decoder
//!   and `canvas`; `digest` names it.
//! * `arguments`, `plain`: what JavaScript gives to any of them and is given by them.
//! * `card` (feature `burn`): `Card`, the network on a graphics card, in the second module.
//! * `train_step` (feature `burn`): what a step of training costs, for benchmarks.
//! * `scratch` (feature `burn`): `Scratch`, which learns from nothing, in the second module: how it is
//!   opened (`options`), sees (`picture`), is followed (`follower`, `turns`), and answers (`values`).

mod arguments;
mod canvas;
#[cfg(feature = "burn")]
pub mod card;
#[cfg(feature = "core")]
mod collection;
mod digest;
pub mod error;
#[cfg(feature = "core")]
pub mod eye;
#[cfg(feature = "core")]
mod given;
#[cfg(feature = "core")]
pub mod glance;
#[cfg(feature = "core")]
pub mod learner;
#[cfg(feature = "core")]
mod lock;
mod panic;
mod photo;
mod plain;
#[cfg(feature = "burn")]
pub mod scratch;
#[cfg(feature = "burn")]
pub mod train_step;
#[cfg(feature = "core")]
mod values;
