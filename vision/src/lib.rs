//! What Keepsake computes: the way from a photo's bytes to the answer of a classifier.
//!
//! ```text
//! photo ──► backbone ──► head
//! bytes     Outputs      Feature
//!           per photo    Classifier
//! ```
//!
//! Nothing here has a name, is kept, or knows a browser. It is a crate because Cargo optimises by the
//! crate: this is compiled for speed, and what keeps and names (`keepsake`) for size where it is
//! downloaded.
#![deny(missing_docs)]
#![cfg_attr(not(test), deny(clippy::unwrap_used))]

pub mod backbone;
pub mod error;
pub mod head;
pub mod label;
mod order;
#[cfg(feature = "photo")]
pub mod photo;

pub use error::{Error, Result};
