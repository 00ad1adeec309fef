//! Keepsake learns to recognise a person's own photos, on the person's own device.
//!
//! Data flows one way:
//!
//! ```text
//! photo ──► backbone ──► head ──► learner ──► store
//! bytes     Outputs      Feature   lessons     records on disk
//!           per photo    Classifier labels
//! ```
//!
//! * [`photo`]: the bytes of an image file become an upright, square [`backbone::Input`].
//! * [`backbone`]: a frozen pretrained network turns inputs into [`backbone::Outputs`].
//! * [`head`]: outputs become a [`head::Feature`]; lessons (a feature and a label) become a
//!   [`head::Classifier`]. The classifier is a function of the *set* of lessons.
//! * [`labels`]: the names a person gives, with stable ids. Id 0 is "none of these".
//! * [`learner`]: labels, lessons, photos, undo: the one place where they meet.
//! * [`store`]: where the learner's records live (memory, a file, IndexedDB).
//! * `scratch` (feature `burn`): a learner of another kind, trained from nothing, beside backbone and
//!   head; `device` is where it, and the backbone on a graphics card, compute.
//! * [`error`]: one error type, grouped by who must act.
//! * `web`: the JavaScript surface; nothing below it knows the browser except the IndexedDB store.
#![deny(missing_docs)]
#![cfg_attr(not(test), deny(clippy::unwrap_used))]

#[cfg(feature = "burn")]
pub mod device;
mod distinct;
pub mod labels;
pub mod learner;
#[cfg(feature = "burn")]
pub mod scratch;
pub mod store;
#[cfg(target_arch = "wasm32")]
pub mod web;

pub use keepsake_vision::{Error, Result, backbone, error, head, photo};
